"""What a list shows of documents: a few columns, read without the rest of their sheets and files."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Select, bindparam, select
from sqlalchemy.orm import Session

from kb.catalog.access import visible_to
from kb.catalog.tables import Document, File
from kb.db.columns import Wording


class BriefFile(NamedTuple):
    """Of a File what its name says; `read_in` as there."""

    name: str
    language: str
    pages: int
    read_in: Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Brief:
    """Of a Document what its name says; files in their order."""

    files: Sequence[BriefFile]
    id: str
    type: str
    state: str
    title: Mapping[str, Wording]
    summary: Mapping[str, Wording]
    language: str
    organisation_id: str | None
    organisation_text: str
    date_first: dt.date | None
    date_last: dt.date | None
    date_precision: str
    date_text: str


def briefs(session: Session, ids: Sequence[str], audience: frozenset[str]) -> dict[str, Brief]:
    """Return the documents by id, in two queries whatever their number; not those that are not for these eyes."""
    asked = {"ids": list(ids)}
    files: dict[str, list[BriefFile]] = {}
    for id, name, language, pages, read_in in session.execute(_FILES, asked):
        files.setdefault(id, []).append(BriefFile(name, language, pages, read_in or ()))
    rows = session.execute(_documents(audience), asked).tuples()
    return {row[0]: Brief(files.get(row[0], ()), *row) for row in rows}


_IDS: BindParameter[list[str]] = bindparam("ids", expanding=True)

# Made once: SQLAlchemy takes longer over what it has not seen than the database over the answer.
_FILES = (
    select(File.document_id, File.name, File.language, File.pages, File.receipt["languages"])
    .where(File.document_id.in_(_IDS))
    .order_by(File.document_id, File.number)
)


@lru_cache(256)
def _documents(audience: frozenset[str]) -> Select[tuple[Any, ...]]:
    return select(
        Document.id,
        Document.type,
        Document.state,
        Document.title,
        Document.summary,
        Document.language,
        Document.organisation_id,
        Document.organisation_text,
        Document.date_first,
        Document.date_last,
        Document.date_precision,
        Document.date_text,
    ).where(Document.id.in_(_IDS), visible_to(audience))
