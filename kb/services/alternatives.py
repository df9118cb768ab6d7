"""Never a silent zero: what else may have been meant, each with what it finds for this reader."""

import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain

from kb.arabic.keyboard import retyped
from kb.core.text import Passage
from kb.languages.analyzer import Token
from kb.search.query import Precision, Query, Words
from kb.search.spelling import corrected, telling, without_each
from kb.services import shown
from kb.services.answers import Alternative, Ask
from kb.services.context import Services
from kb.services.suggest import suggest

MOST_PARTS = 8
"""Parts of a question that are left out in turn."""

_TEXTS = 36
_BEGINNINGS = (5, 4, 3)  # letters
_PART = re.compile(r'-?(?:"[^"]*"|«[^«»]*»|“[^“”]*”)|\S+')

Count = Callable[[Ask], int]
"""Tells how many documents a search finds for the reader."""


@dataclass(frozen=True, slots=True)
class Search:
    """A search that was made: who asked, in which language labels are, what it found."""

    ask: Ask
    audience: frozenset[str]
    language: str
    total: int
    passages: Sequence[Passage]


def offer(services: Services, search: Search, count: Count) -> tuple[Alternative, ...]:
    """Return other searches that find something; all kinds of them where this one found nothing.

    Where it found something only a question that seems misspelt is answered with another. Ends when the time of a
    search is over, with what it has.
    """
    if not _words(search.ask):
        return tuple(_lifted(services, search, count)) if not search.total else ()
    ends = time.monotonic() + services.settings.search_seconds
    found: list[Alternative] = []
    for one in _all(services, search, count):
        found.append(one)
        if time.monotonic() > ends:
            break
    return tuple(found)


def _all(services: Services, search: Search, count: Count) -> Iterator[Alternative]:
    yield from _spelt(services, search, count)
    if search.total:
        return
    found = False
    for one in chain(_looser(search, count), _fewer(search, count), _lifted(services, search, count)):
        found = True
        yield one
    if not found:
        yield from _nearest(services, search, count)


def _words(ask: Ask) -> str:
    return " ".join(filter(None, (ask.q, ask.form.every, ask.form.some, ask.form.phrase)))


def _spelt(services: Services, search: Search, count: Count) -> Iterator[Alternative]:
    """Yield the question with its words mended, or as the other keyboard would have written it."""
    ask = search.ask
    if not ask.q:
        return

    @cache
    def known(word: str) -> bool:
        return _finds(services, search.audience, word) or _is_of_a_list(services, word)

    def are_known(text: str, tokens: Iterable[Token]) -> Iterator[bool]:
        return (known(text[token.start : token.end]) for token in tokens if not token.terms.stop)

    def is_text(typed: str) -> bool:
        tokens = services.analyzer.tokens(typed)
        return bool(telling(typed, services.analyzer)) and all(are_known(typed, tokens))

    passages = search.passages if search.total else _similar(services, search)
    texts = [(passage.text, passage.language) for passage in passages[:_TEXTS]]
    mended = corrected(ask.q, texts, services.analyzer, known)
    typed_otherwise = () if any(are_known(ask.q, telling(ask.q, services.analyzer))) else retyped(ask.q)
    keyboard = filter(is_text, typed_otherwise)
    for kind, text in [*(("keyboard", text) for text in keyboard), *([("spelling", mended)] if mended else [])]:
        other = replace(ask, q=text, page=1)
        if total := count(other):
            yield Alternative(kind, other, total, text)


def _finds(services: Services, audience: frozenset[str], word: str) -> bool:
    query = Query(Words(word), audience=audience, precision=Precision.SAME, limit=0, passages=0)
    return services.engine.search(query).total > 0


def _is_of_a_list(services: Services, word: str) -> bool:
    """Tell of a word whether the thesaurus or the dictionary knows it; none of these is misspelt."""
    asked = Words(word)
    return services.widener().widen(asked, translate_arabic=True) != asked


def _similar(services: Services, search: Search) -> list[Passage]:
    """Return passages with words that look like those asked for, filters and operators left aside."""
    query = Query(Words(search.ask.q), audience=search.audience, limit=_TEXTS, passages=1)
    return [passage for hit in services.engine.search(query).hits for passage in hit.passages]


def _looser(search: Search, count: Count) -> Iterator[Alternative]:
    """Yield the search for near words, and for those of the other language."""
    near = replace(search.ask, precision=Precision.NEAR, page=1)
    if search.ask.precision is not Precision.NEAR and (total := count(near)):
        yield Alternative("precision", near, total)
    wide = replace(near, widen=True, without=frozenset())
    if (not search.ask.widen or search.ask.without) and (total := count(wide)):
        yield Alternative("widened", wide, total)


def _fewer(search: Search, count: Count) -> Iterator[Alternative]:
    """Yield the search without one of its parts, in turn."""
    ask = search.ask
    others = [(part, replace(ask, q=rest, page=1)) for part, rest in without_each(_PART.findall(ask.q)[:MOST_PARTS])]
    for name in ("every", "phrase"):
        pairs = without_each(getattr(ask.form, name).split()[:MOST_PARTS])
        others += [(word, replace(ask, form=replace(ask.form, **{name: rest}), page=1)) for word, rest in pairs]
    if ask.form.none:
        others.append((ask.form.none, replace(ask, form=replace(ask.form, none=""), page=1)))
    for said, other in others:
        if total := count(other):
            yield Alternative("fewer", other, total, said)


def _lifted(services: Services, search: Search, count: Count) -> Iterator[Alternative]:
    """Yield the search without one of its filters, in turn, and without all of them."""
    ask = search.ask
    lifts = list(_lifts(services, ask, search.language))
    for kind, name, said, other in lifts:
        if total := count(other):
            yield Alternative(kind, other, total, said, name)
    if len(lifts) > 1:
        other = replace(ask, filters={}, years=None, excluded={}, page=1)
        if total := count(other):
            yield Alternative("filters", other, total)


def _lifts(services: Services, ask: Ask, language: str) -> Iterator[tuple[str, str, str, Ask]]:
    """Yield each filter that can be lifted: its kind, its name, what it says, the search without it."""

    def said(name: str, values: frozenset[str]) -> str:
        labels = [shown.facet_label(services, name, value, language) for value in sorted(values)]
        return "، ".join(labels) if language == "ar" else ", ".join(labels)

    for name, values in ask.filters.items():
        kept = {key: ask.filters[key] for key in ask.filters if key != name}
        yield "filter", name, said(name, values), replace(ask, filters=kept, page=1)
    if ask.years:
        ends = (str(end) if end is not None else "" for end in (ask.years.first, ask.years.last))
        yield "filter", "year", "–".join(ends), replace(ask, years=None, page=1)
    for name, values in ask.excluded.items():
        kept = {key: ask.excluded[key] for key in ask.excluded if key != name}
        yield "excluded", name, said(name, values), replace(ask, excluded=kept, page=1)


def _nearest(services: Services, search: Search, count: Count) -> Iterator[Alternative]:
    """Yield what may be suggested with a word that begins as the longest one asked for does."""
    longest = max(_words(search.ask).split(), key=len)
    for letters in _BEGINNINGS:
        found = suggest(services, longest[:letters], search.audience, search.language)
        for one in found:
            if one.kind in ("theme", "organisation"):
                filters = {str(one.kind): frozenset({one.value})}
                yield Alternative("term", Ask(filters=filters, size=search.ask.size), one.count, one.text)
            else:
                other = Ask(q=one.text, size=search.ask.size)
                # A title is searched for its document, which is among many with a word of it.
                yield Alternative("term", other, 0 if one.kind == "title" else count(other), one.text)
        if found:
            return
