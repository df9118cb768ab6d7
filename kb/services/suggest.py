"""What a reader may be about to type: of titles, themes, bodies, concepts and questions those that find something."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

from sqlalchemy.orm import Session

from kb.arabic.fold import fold
from kb.arabic.letters import ARTICLE
from kb.arabic.words import words
from kb.catalog import documents, relations, searched
from kb.catalog.fields import Label
from kb.catalog.translated import pick
from kb.catalog.vocabulary import labelled
from kb.core.clock import now
from kb.search import thesaurus
from kb.search.query import Clause, Phrase, Precision, Query, Words
from kb.services.answers import Suggestion
from kb.services.context import Services

TITLES = 5
OTHERS = 3
"""Of each other kind."""

_LEAST_LETTERS = 2
_CANDIDATES = 60
_TYPED_CHARS = 80
_MOST_WORDS = 8
_TERMS_TRIED = 6

ASKED_OFTEN, ASKED_DAYS = 5, 3
"""Times and days from which a question of readers is suggested to others."""

ASKED_WITHIN = dt.timedelta(days=90)


def suggest(services: Services, typed: str, audience: frozenset[str], language: str) -> tuple[Suggestion, ...]:
    """Return questions, themes, bodies, concepts and titles with a word that begins as the last one typed.

    The words typed before it stand before it. Spelling, articles and marks do not count. Empty for fewer than two
    letters. What no document of the reader's holds is no suggestion.
    """
    begun = _bare(typed[:_TYPED_CHARS])[:_MOST_WORDS]
    if sum(map(len, begun)) < _LEAST_LETTERS:
        return ()
    with services.database.reading() as session:
        return (
            *_questions(services, session, begun, audience),
            *_themes(services, session, begun, audience, language),
            *_bodies(services, session, begun, audience, language),
            *_terms(services, begun, audience, language),
            *_titles(session, begun, audience, language),
        )


def _questions(
    services: Services, session: Session, begun: Sequence[str], audience: frozenset[str]
) -> Iterator[Suggestion]:
    """Yield what was asked often, on several days, and is held by one passage: so nobody's own words come up."""
    matching = [terms for terms in _often(session) if _place(begun, _bare(terms)) is not None]
    yield from _spelled(services, session, matching[:OTHERS], audience)


def frequent(services: Services, session: Session, audience: frozenset[str], most: int) -> tuple[Suggestion, ...]:
    """Return what is asked most often, as most people type it, where that finds something."""
    return tuple(_spelled(services, session, _often(session)[:most], audience))


def _often(session: Session) -> list[str]:
    since = now().date() - ASKED_WITHIN
    return searched.often(session, since, asked=ASKED_OFTEN, days=ASKED_DAYS, limit=_CANDIDATES)


def _spelled(
    services: Services, session: Session, terms: Sequence[str], audience: frozenset[str]
) -> Iterator[Suggestion]:
    typed = searched.spelled(session, terms)
    for one in terms:
        if found := _count(services, Words(one, any=False), audience):
            yield Suggestion("question", typed[one], "", typed[one], found)


def _terms(services: Services, begun: Sequence[str], audience: frozenset[str], language: str) -> Iterator[Suggestion]:
    """Yield concepts by the word of theirs that is being typed, the reader's language first."""
    matching = [label for label in _labels() if _place(begun, label.bare) is not None]
    yielded = 0
    for label in sorted(matching, key=lambda label: (label.language != language, len(label.bare)))[:_TERMS_TRIED]:
        if yielded < OTHERS and (found := _count(services, Phrase(label.text), audience)):
            yielded += 1
            yield Suggestion("term", label.text, label.language, label.text, found)


class _Label(NamedTuple):
    text: str
    language: str
    bare: Sequence[str]


@cache
def _labels() -> tuple[_Label, ...]:
    labels = (label for concept in thesaurus.load() for label in concept.labels())
    return tuple(_Label(text, language, _bare(text)) for text, language in dict.fromkeys(labels))


def _count(services: Services, clause: Clause, audience: frozenset[str]) -> int:
    query = Query(clause, audience=audience, precision=Precision.SAME, limit=0, passages=0)
    return services.engine.search(query).total


def _themes(
    services: Services, session: Session, begun: Sequence[str], audience: frozenset[str], language: str
) -> Iterator[Suggestion]:
    found = {
        code: labelled(term.label, language)
        for code, term in services.vocabulary.themes.items()
        if _stands_in_label(begun, term.label)
    }
    counts = documents.count_themes(session, audience) if found else {}
    seen = sorted((code for code in found if counts.get(code)), key=lambda code: -counts[code])
    for code in seen[:OTHERS]:
        yield Suggestion("theme", *found[code], code, counts[code])


def _bodies(
    services: Services, session: Session, begun: Sequence[str], audience: frozenset[str], language: str
) -> Iterator[Suggestion]:
    bodies = services.vocabulary.organisations.values()
    known = {body.id for body in bodies if _stands_in(begun, (*(name.text for name in body.names), *body.acronyms))}
    counts = documents.count_bodies(session, audience)
    seen = [
        body
        for body in counts
        if body in known or (body not in services.vocabulary.organisations and _stands_in(begun, (body,)))
    ]
    for body in sorted(seen, key=lambda body: (-counts[body], body))[:OTHERS]:
        yield Suggestion("organisation", *services.vocabulary.said(body, language), body, counts[body])


def _titles(session: Session, begun: Sequence[str], audience: frozenset[str], language: str) -> Iterator[Suggestion]:
    found = []
    for document in relations.titled(session, begun, audience, _CANDIDATES):
        titles = [wording["text"] for wording in document.title.values()]
        places = [place for title in titles if (place := _place(begun, _bare(title))) is not None]
        if places:
            found.append((min(places), *pick(document.title, language, document.language), document.id))
    for _, text, code, id in sorted(found, key=lambda row: row[0])[:TITLES]:
        yield Suggestion("title", text, code, id)


def _stands_in_label(begun: Sequence[str], label: Label) -> bool:
    return _stands_in(begun, label.values())


def _stands_in(begun: Sequence[str], texts: Iterable[str]) -> bool:
    return any(_place(begun, _bare(text)) is not None for text in texts)


def _place(begun: Sequence[str], text: Sequence[str]) -> int | None:
    """Return the first place in the words of a text where those typed stand side by side, the last one begun."""
    *whole, last = begun
    for start in range(len(text) - len(whole)):
        if list(text[start : start + len(whole)]) == whole and text[start + len(whole)].startswith(last):
            return start
    return None


def _bare(text: str) -> list[str]:
    """Return the folded words without their articles."""
    return [_without_article(word.group()) for word in words(fold(text))]


def _without_article(word: str) -> str:
    rest = word.removeprefix(ARTICLE)
    return rest if len(rest) > 1 else word
