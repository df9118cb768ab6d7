"""A document as one of its revisions keeps it."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Date

from kb.catalog.tables import Document, DocumentTheme, File, Revision
from kb.catalog.translated import UNREVIEWED
from kb.db.columns import UtcDateTime

# Columns that the house fills by itself, or that follow from others.
_NOTED: Final = frozenset(
    {
        "language",
        "sort_title",
        "state",
        "published_at",
        "withdrawn_at",
        "withdrawn_reason",
        "review_on",
    }
)
_FILE: Final = ("digest", "name", "role", "successor_id")
_RELATION: Final = ("kind", "target_text", "note", "file", "page")


def restore(revision: Revision) -> Document:
    """Return the document as it was then: a value to be shown, in no session. Columns made since are left unset."""
    snapshot = revision.snapshot
    document = Document(**_columns(Document, snapshot), revision=revision.number, changed_at=revision.taken_at)
    document.files = [File(**_columns(File, file)) for file in snapshot.get("files", ())]
    document.themes = [DocumentTheme(theme=code) for code in snapshot.get("themes", ())]
    return document


def turns(revisions: Iterable[Revision]) -> list[tuple[int, dt.datetime]]:
    """Return the number and day of each version that says something else than the one before it, newest first.

    `revisions` are newest first. What the house notes by itself is no other version: that a file was read, the
    heading that became a title, the target of a relation that arrived. Such notes belong to the version they follow,
    which is shown with them and dated from its beginning.
    """
    found: list[tuple[int, dt.datetime]] = []
    later: Mapping[str, Any] | None = None
    for revision in revisions:
        said = _said(revision.snapshot)
        if said == later:
            found[-1] = (found[-1][0], revision.taken_at)
        else:
            found.append((revision.number, revision.taken_at))
        later = said
    return found


def _said(snapshot: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what people said of the document."""
    kept = {name: value for name, value in snapshot.items() if name not in _NOTED}
    titles = snapshot.get("title", {})
    return kept | {
        "title": {code: part for code, part in titles.items() if part.get("state") != UNREVIEWED},
        "files": [_chosen(file, _FILE) for file in snapshot.get("files", ())],
        "relations": [_chosen(relation, _RELATION) for relation in snapshot.get("relations", ())],
    }


def _chosen(row: Mapping[str, Any], names: Sequence[str]) -> list[Any]:
    return [row.get(name) for name in names]


def _columns(table: type[Document | File], kept: Mapping[str, Any]) -> dict[str, Any]:
    types = {column.key: column.columns[0].type for column in table.__mapper__.column_attrs}
    return {name: _read(types[name], value) for name, value in kept.items() if name in types}


def _read(type: object, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(type, UtcDateTime):
        return dt.datetime.fromisoformat(value)
    return dt.date.fromisoformat(value) if isinstance(type, Date) else value
