"""What is new in a search or a list: the documents of it by the day they came into the library, the latest first."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from kb.catalog import documents, harvest, listing
from kb.catalog.listing import Wanted
from kb.catalog.tables import Document
from kb.core import permanent
from kb.core.text import DocumentId
from kb.services import find, shown
from kb.services.answers import Ask
from kb.services.context import Services
from kb.writing.feed import Enclosure, Entry
from kb.writing.plain import paragraphs, plain

_OURS: Final = uuid.UUID("6f1d8a3e-2c57-5b94-9e0a-7d4f3b1c8e25")


@dataclass(frozen=True, slots=True)
class News:
    """A part of what is new, of `total` documents. `changed` is when anything last changed for these readers."""

    entries: tuple[Entry, ...]
    total: int
    changed: dt.datetime | None


def name(what: str) -> str:
    """Return a name of this text that is the same everywhere and for ever; no host is part of it (RFC 9562, 5.5)."""
    return uuid.uuid5(_OURS, what).urn


def of_search(services: Services, ask: Ask, audience: frozenset[str], language: str, base: str) -> News:
    """Return the page of `ask` of what a search finds, whatever order it asks for. Raises as `find.every`."""
    found = find.every(services, ask, audience)
    with services.database.reading() as session:
        newest = documents.newest(session, found, audience)
        start = (ask.page - 1) * ask.size
        rows = documents.cards(session, newest[start : start + ask.size], audience)
        return _news(services, session, rows, len(newest), audience, language, base)


def of_list(services: Services, wanted: Wanted, page: int, audience: frozenset[str], language: str, base: str) -> News:
    """Return a page of a list, which is to be in the order of publication."""
    size = services.settings.page_size
    with services.database.reading() as session:
        found = listing.listing(session, wanted, audience, size, (page - 1) * size)
        return _news(services, session, found.documents, found.total, audience, language, base)


def _news(
    services: Services,
    session: Session,
    rows: Sequence[Document],
    total: int,
    audience: frozenset[str],
    language: str,
    base: str,
) -> News:
    entries = tuple(_entry(services, row, language, base) for row in rows)
    return News(entries, total, harvest.latest(session, audience))


def _entry(services: Services, document: Document, language: str, base: str) -> Entry:
    card = shown.card(services, document, language)
    themes = shown.themes(services, document, language)
    address = permanent.document(base, document.id)
    return Entry(
        id=name(f"d/{document.id}"),
        address=f"{base}/{language}/d/{document.id}",
        title=plain(card.title.text),
        title_language=card.title.language,
        published=document.published_at or document.changed_at,
        updated=document.changed_at,
        summary="\n".join(paragraphs(card.summary.text)) if card.summary else "",
        summary_language=card.summary.language if card.summary else "",
        authors=(plain(card.organisation.text),) if card.organisation else (),
        categories=(
            (f"{base}/{language}/types", card.type, card.type_label),
            *((f"{base}/{language}/themes", theme.value, theme.label) for theme in themes),
        ),
        enclosures=tuple(
            Enclosure(f"{address}/f/{file.number}/file", file.media_type, file.size) for file in document.files
        ),
        twin=f"{base}/api/v1/documents/{DocumentId(document.id)}",
    )
