"""The facts by which a document, a page of it or words on that page are cited."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy.orm import Session

from kb.catalog import corrections, documents, files
from kb.catalog.period import OPEN, Period
from kb.catalog.tables import Document
from kb.catalog.translated import pick
from kb.core import permanent
from kb.core.clock import now
from kb.services import shown
from kb.services.context import Services
from kb.writing.citation import Bulletin, Citation, Dated, Passage
from kb.writing.plain import plain

WORDS = 1200
"""Characters of a passage that are quoted; who cites more copies it."""


@dataclass(frozen=True, slots=True)
class Place:
    """A page of a file (1-based) and words on it, as somebody chose them; "" for the whole page."""

    file: int
    page: int
    words: str = ""


def cited(services: Services, id: str, audience: frozenset[str], base: str, place: Place | None = None) -> Citation:
    """Return what to say of a document where it is cited. `base` is what its address begins with.

    Words that do not stand on the page are left out, for nobody may quote what is not written. Raises NotFound, and
    Gone for what was withdrawn; NotFound too for a page that is not there.
    """
    with services.database.reading() as session:
        document = documents.get(session, id, audience)
        return _citation(services, document, base, _passage(session, document, place) if place else None)


def cited_all(
    services: Services, ids: Sequence[str], audience: frozenset[str], base: str, places: Mapping[str, Passage]
) -> list[Citation]:
    """Return a citation of each document that this audience sees, in this order; at its place where it has one."""
    with services.database.reading() as session:
        rows = documents.cards(session, ids, audience)
        return [_citation(services, row, base, places.get(row.id)) for row in rows]


def of(services: Services, document: Document, base: str, passage: Passage | None = None) -> Citation:
    """Return what to say of a document that the caller may see."""
    return _citation(services, document, base, passage)


def _passage(session: Session, document: Document, place: Place) -> Passage:
    row = corrections.page(session, files.numbered(document, place.file), place.page)
    return Passage(place.file, place.page, row.label or str(row.number), written(row.text, place.words))


def written(text: str, words: str) -> str:
    """Return the words as the page writes them, on one line; "" where it does not.

    White space may differ, for lines are broken elsewhere on a screen.
    """
    chosen = words.split()
    if not chosen or len(words) > WORDS:
        return ""
    found = re.search(r"\s+".join(map(re.escape, chosen)), text)
    return plain(found[0]) if found else ""


def _citation(services: Services, document: Document, base: str, passage: Passage | None) -> Citation:
    title, language = pick(document.title, document.language, document.language)
    summary, _ = pick(document.summary, document.language, document.language)
    address = permanent.document(base, document.id)
    kind = str(document.data.get("kind", ""))
    return Citation(
        id=document.id,
        type=document.type,
        kind=kind,
        genres=_genres(services, document, kind),
        title=plain(title),
        language=document.language or language,
        authors=_authors(services, document),
        publisher=plain(str(document.data.get("publisher", ""))),
        number=plain(str(document.data.get("number", ""))) if document.type == "law" else "",
        dated=_dated(document),
        edition=plain(str(document.data.get("edition", ""))),
        identifier=plain(str(document.data.get("deposit", ""))),
        bulletin=_bulletin(document.data.get("bulletin")),
        keywords=_keywords(services, document),
        abstract=summary,
        pages=document.files[0].pages if document.files else 0,
        document=address,
        address=permanent.page(base, document.id, passage.file, passage.page) if passage else address,
        passage=passage,
        consulted=now().astimezone().date(),
    )


def _genres(services: Services, document: Document, kind: str) -> Mapping[str, str]:
    type = services.types[document.type]
    return type.kinds.get(kind) or type.label


def _authors(services: Services, document: Document) -> tuple[str, ...]:
    """Return the bodies that answer for the text: as printed on it, else under the name each bore at its date."""
    data = document.data
    if document.organisation_text:
        return (plain(document.organisation_text),)
    if printed := data.get("ministry"):
        return (plain(printed),)
    listed: Sequence[str] = data.get("author") or ()
    named = (
        [document.organisation_id] if document.organisation_id else [*listed, *filter(None, [data.get("authority")])]
    )
    names = (services.vocabulary.said(body, document.language, _named_on(document))[0] for body in named)
    return tuple(dict.fromkeys(map(plain, names)))


def _named_on(document: Document) -> dt.date | None:
    """Return the day whose names hold: the last of the document's period, the first where it goes on."""
    return document.date_first if document.date_last == OPEN else document.date_last


def _keywords(services: Services, document: Document) -> tuple[str, ...]:
    language = document.language or "ar"
    themes = [shown.facet_label(services, "theme", code, language) for code in sorted(document.theme_codes)]
    given = document.data.get("keywords", ())
    return tuple(dict.fromkeys(map(plain, [*themes, *(given if isinstance(given, list) else ())])))


def _dated(document: Document) -> Dated | None:
    """Return the day a law was signed, else the document's own date."""
    if document.type == "law" and (signed := document.data.get("signed")):
        return _as_dated(Period.read(dict(signed)))
    return _as_dated(document.period) if document.period else None


def _as_dated(period: Period) -> Dated:
    return Dated(period.first, None if period.last == OPEN else period.last, period.precision)


def _bulletin(stored: Any) -> Bulletin | None:
    if not stored:
        return None
    notice = cast("Mapping[str, Any]", stored)
    dated = _as_dated(Period.read(dict(notice["date"]))) if notice.get("date") else None
    return Bulletin(plain(str(notice["number"])), dated, int(notice.get("page") or 0))
