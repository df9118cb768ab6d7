"""What a reader may be about to type: titles, themes and bodies in which it stands, of documents they may see."""

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy.orm import Session

from kb.arabic.fold import fold
from kb.arabic.letters import ARTICLE
from kb.arabic.words import words
from kb.catalog import documents
from kb.catalog.fields import Label
from kb.catalog.translated import pick
from kb.catalog.vocabulary import labelled
from kb.services.answers import Suggestion
from kb.services.context import Services

TITLES = 5
OTHERS = 3
"""Of each other kind."""

_LEAST_LETTERS = 2
_CANDIDATES = 60
_TYPED_CHARS = 80
_MOST_WORDS = 8


def suggest(services: Services, typed: str, audience: frozenset[str], language: str) -> tuple[Suggestion, ...]:
    """Return themes, then bodies, then titles with a word that begins as the last one typed, after the others.

    Spelling, articles and marks do not count. Empty for fewer than two letters.
    """
    begun = _bare(typed[:_TYPED_CHARS])[:_MOST_WORDS]
    if sum(map(len, begun)) < _LEAST_LETTERS:
        return ()
    with services.database.reading() as session:
        return (
            *_themes(services, session, begun, audience, language),
            *_bodies(services, session, begun, audience, language),
            *_titles(session, begun, audience, language),
        )


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
    for document in documents.titled(session, begun, audience, _CANDIDATES):
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
