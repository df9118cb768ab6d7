"""A document as one of its revisions keeps it."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Date

from kb.catalog.tables import Document, DocumentTheme, File, Revision
from kb.db.columns import UtcDateTime


def restore(revision: Revision) -> Document:
    """Return the document as it was then: a value to be shown, in no session. Columns made since are left unset."""
    snapshot = revision.snapshot
    document = Document(**_columns(Document, snapshot), revision=revision.number, changed_at=revision.taken_at)
    document.files = [File(**_columns(File, file)) for file in snapshot.get("files", ())]
    document.themes = [DocumentTheme(theme=code) for code in snapshot.get("themes", ())]
    return document


def _columns(table: type[Document | File], kept: Mapping[str, Any]) -> dict[str, Any]:
    types = {column.key: column.columns[0].type for column in table.__mapper__.column_attrs}
    return {name: _read(types[name], value) for name, value in kept.items() if name in types}


def _read(type: object, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(type, UtcDateTime):
        return dt.datetime.fromisoformat(value)
    return dt.date.fromisoformat(value) if isinstance(type, Date) else value
