"""Which file of a document stands in the place of which, when bytes come in under a name that it has already."""

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb.catalog import files
from kb.catalog.tables import Document, Event, File

ADDED = "file"
"""The event of a file that somebody adds at the desk; its note is its number, and " > " that of the one it replaces."""


def take_places(session: Session, document: Document, brought: Sequence[File], held: Collection[str]) -> None:
    """Have the files that an import brought take the place of others of their name and role.

    A new one is put before all earlier ones. One whose id was `held` already and that a later import had replaced is
    the current one again; where somebody did so at the desk, it is left.
    """
    for row in brought:
        if row.id not in held:
            for earlier in document.files:
                if earlier.number < row.number and (earlier.name, earlier.role) == (row.name, row.role):
                    files.replace(session, earlier, row)
        elif row.successor_id is not None:
            last = newest(document, row)
            if last not in brought and last.name == row.name and not _is_put_by_hand(session, last):
                files.replace(session, last, row)


def newest(document: Document, file: File) -> File:
    """Return what stands in the place of this file in the end, itself where nothing does."""
    by_id = {one.id: one for one in document.files}
    while file.successor_id in by_id:
        file = by_id[file.successor_id]
    return file


def _is_put_by_hand(session: Session, file: File) -> bool:
    query = select(Event.id).where(Event.document_id == file.document_id, Event.action == ADDED)
    return session.scalar(query.where(Event.note.startswith(f"{file.number} > ")).limit(1)) is not None
