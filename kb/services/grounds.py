"""What the statements of a sheet rest on: for each the page that says it, and the documents that prove the whole."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy.orm import Session

from kb.catalog import documents, relations
from kb.catalog.content_type import SOURCES
from kb.catalog.tables import Document
from kb.ingest import gallery
from kb.services import shown
from kb.services.context import Services
from kb.services.views import Card, FieldShown, Record

WHOLE: Final = 0
"""The item of a source that is given for a field as a whole."""

PROVING: Final = ("evidenced_by", "reported_in")
"""Kinds of relation whose targets prove what a sheet says."""

EVIDENCE: Final = "evidence"
_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]*")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a statement stands. `card` is None while the document is not there for this reader: `text` is its name,
    "" when only its code was given. `page` is 0 when none was named or the file has no such page; `pictured` says
    whether it can be shown as it looks.
    """

    text: str
    card: Card | None = None
    file: int = 1
    page: int = 0
    pictured: bool = False
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Proof:
    """A document that statements rest on, with the pages they name, in order; of page 0 its first one is shown."""

    card: Card
    pages: tuple[Source, ...]
    cover: Source | None = None


@dataclass(frozen=True, slots=True)
class Grounds:
    """`places` are by field and item, counted from 1; WHOLE stands for the field."""

    places: Mapping[tuple[str, int], tuple[Source, ...]] = field(default_factory=dict)
    proofs: tuple[Proof, ...] = ()

    def of(self, name: str, item: int = WHOLE) -> tuple[Source, ...]:
        return self.places.get((name, item), ())

    def covers(self, name: str) -> bool:
        """Whether the field or any of its items names its source."""
        return any(place == name for place, _ in self.places)


@dataclass(frozen=True, slots=True)
class _Told:
    """A source as a sheet writes it down; `document` is "" for a page of the sheet's own file."""

    name: str
    item: int
    document: str
    file: int = 1
    page: int = 0
    quote: str = ""


def grounds(services: Services, record: Record, audience: frozenset[str], language: str) -> Grounds:
    """Return what the record's statements rest on, as far as this reader may see it."""
    told = list(_told(record))
    listed = [str(name) for one in record.fields if one.name == EVIDENCE for name in one.value]
    with services.database.reading() as session:
        names = [one.document or record.card.id for one in told] + listed
        found = _Found(services, relations.named(session, names, audience), language)
        places: dict[tuple[str, int], tuple[Source, ...]] = {}
        for one in told:
            here = (one.name, one.item)
            places[here] = (*places.get(here, ()), found.source(one, record.card.id))
        return Grounds(
            places, _proofs(session, record, places, [found.named(name) for name in listed], found, audience)
        )


def _told(record: Record) -> Iterator[_Told]:
    for one in record.fields:
        if one.kind == SOURCES:
            for row in one.value:
                numbers = {key: row[key] for key in ("file", "page") if key in row}
                item = row.get("item", WHOLE)
                yield _Told(row["statement"], item, row["document"], quote=row.get("quote", ""), **numbers)
        elif one.columns and isinstance(one.value, list):
            yield from _in_rows(one)


def _in_rows(table: FieldShown) -> Iterator[_Told]:
    """Sources that rows name in a column of their own; a page without a document is one of the sheet's own file."""
    columns = {name for name, *_ in table.columns}
    for place, row in enumerate(table.value, start=1):
        if "source" in row or ("page" in row and "source" not in columns):
            yield _Told(table.name, place, row.get("source", ""), page=row.get("page", 0))


@dataclass(frozen=True, slots=True)
class _Found:
    services: Services
    documents: Mapping[str, Document]
    language: str

    def named(self, name: str) -> Document | None:
        return self.documents.get(name)

    def card(self, document: Document) -> Card:
        return shown.card(self.services, document, self.language)

    def source(self, told: _Told, own: str) -> Source:
        document = self.documents.get(told.document or own)
        if document is None:
            return Source("" if _CODE.fullmatch(told.document) else told.document, quote=told.quote)
        return self.at(document, told.file, told.page, told.quote)

    def at(self, document: Document, file: int, page: int, quote: str = "") -> Source:
        """The page of the document, or the document alone where it has no such page."""
        card = self.card(document)
        held = next((row for row in document.files if row.number == file and page <= row.pages), None)
        if held is None or not page:
            return Source(card.title.text, card, quote=quote)
        pictured = gallery.has_pages(held.media_type) or (page == 1 and gallery.has_cover(held.media_type))
        return Source(card.title.text, card, file, page, pictured, quote)


def _proofs(
    session: Session,
    record: Record,
    places: Mapping[tuple[str, int], tuple[Source, ...]],
    listed: list[Document | None],
    found: _Found,
    audience: frozenset[str],
) -> tuple[Proof, ...]:
    """The documents that sources name, then those of relations that prove, then those listed as evidence, once each."""
    named = [source for sources in places.values() for source in sources if source.card]
    related = [one.card.id for one in record.relations if one.kind in PROVING and not one.inverse and one.card]
    cited = [source.card.id for source in named if source.card]
    ids = dict.fromkeys([*cited, *related, *(one.id for one in listed if one)])
    ids.pop(record.card.id, None)
    proofs = []
    for document in documents.cards(session, list(ids), audience):
        pages = {(s.file, s.page): s for s in named if s.card and s.card.id == document.id and s.page}
        pages |= {
            (1, one.page): found.at(document, 1, one.page)
            for one in record.relations
            if one.kind in PROVING and not one.inverse and one.card and one.card.id == document.id and one.page
        }
        ordered = tuple(pages[key] for key in sorted(pages) if pages[key].page)
        cover = ordered[0] if ordered else found.at(document, 1, 1)
        proofs.append(Proof(found.card(document), ordered, cover if cover.pictured else None))
    return tuple(proofs)
