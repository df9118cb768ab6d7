"""Rows of the catalog as plain JSON, and back: for taking a whole library elsewhere."""

import base64
import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from sqlalchemy import ColumnElement, Date, LargeBinary, RowMapping, Table, func, select
from sqlalchemy.orm import Session

import kb.catalog.corrections
import kb.catalog.people
import kb.catalog.tables  # noqa: F401 - the models
from kb.db.columns import UtcDateTime
from kb.db.database import Base

Plain = dict[str, Any]

DOCUMENT: Final = "document"
PAGES: Final = "page_text"

OF_A_DOCUMENT: Final = {
    "document_theme": "document_id",
    "document_key": "document_id",
    "file": "document_id",
    "relation": "source_id",
    "revision": "document_id",
}
"""Tables whose rows belong to a document, with the column that names it."""

OF_A_FILE: Final = {"correction": "file_id"}
"""The same of a file of a document; so do its pages, which are many."""

NUMBERED: Final = ("relation", "correction")
"""Tables of those whose rows have numbers of the library's, not of the document's."""

OF_THE_LIBRARY: Final = ("organisation", "organisation_name", "organisation_link", "tombstone", "event")

OF_PERSONS: Final = "person"

SECRET: Final = {
    "person": frozenset({"password", "key", "seen_at"}),
    "correction": frozenset({"standing"}),
}
"""Columns that leave the library with nobody, or follow from others."""

LEFT_OUT: Final = {
    "visit": "a secret",
    "api_key": "a secret",
    "link": "a secret",
    "tries": "a secret",
    "second_factor": "a secret",
    "recovery_code": "a secret",
    "half_visit": "a secret",
    "job": "work in hand",
    "batch": "work in hand",
    "upload": "work in hand",
    "brought": "work in hand",
    "bulk_import": "work in hand",
    "bulk_row": "work in hand",
    "document_lock": "work in hand",
    "draft": "work in hand",
    "notice": "letters to persons",
    "searched": "what readers ask, which is theirs",
    "spelled": "what readers ask, which is theirs",
}
"""Tables that are not taken along, and why. A new table is in one of these lists: tests/house looks."""

_BATCH: Final = 500


def table(name: str) -> Table:
    return Base.metadata.tables[name]


def ids(session: Session) -> list[str]:
    """Return the ids of all documents, whoever may see them: for taking the library elsewhere."""
    document = table(DOCUMENT)
    return list(session.scalars(select(document.c.id).order_by(document.c.id)))


def count(session: Session, name: str) -> int:
    return session.execute(select(func.count()).select_from(table(name))).scalar_one()


def each(session: Session, name: str, *wanted: ColumnElement[bool]) -> Iterator[Plain]:
    """Yield the rows of a table in the order of its key, as they are used."""
    rows = table(name)
    query = select(rows).where(*wanted).order_by(*rows.primary_key)
    for part in session.execute(query, execution_options={"yield_per": _BATCH}).mappings().partitions():
        yield from (plain(name, row) for row in part)


def plain(name: str, row: RowMapping) -> Plain:
    hidden = SECRET.get(name, frozenset())
    return {column: _told(value) for column, value in row.items() if column not in hidden}


def read(name: str, row: Mapping[str, Any]) -> Plain:
    """Return a row to be written. Raises ValueError for what no row of this table is."""
    columns = table(name).columns
    if row.keys() - columns.keys() or row.keys() & SECRET.get(name, frozenset()):
        raise ValueError(name)
    try:
        return {column: _read(columns[column].type, value) for column, value in row.items()}
    except TypeError as error:
        raise ValueError(name) from error


def insert(session: Session, name: str, rows: Iterable[Plain]) -> int:
    """Write rows past the listeners of changes and trace, as they were elsewhere; return how many."""
    batch: list[Plain] = []
    done = 0
    for row in rows:
        batch.append(row)
        if len(batch) == _BATCH:
            done += _insert(session, name, batch)
            batch = []
    return done + _insert(session, name, batch)


def _insert(session: Session, name: str, batch: list[Plain]) -> int:
    if batch:
        session.execute(table(name).insert(), batch)
    return len(batch)


def _told(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode("ascii")
    return value.isoformat() if isinstance(value, dt.date) else value  # a datetime is one too


def _read(type: object, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(type, UtcDateTime):
        moment = dt.datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError("a moment without its zone")
        return moment
    if isinstance(type, Date):
        return dt.date.fromisoformat(value)
    return base64.b64decode(value, validate=True) if isinstance(type, LargeBinary) else value
