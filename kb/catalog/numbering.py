"""The numbers of files, which stand in addresses: one that was given is never another file's."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb.catalog.tables import Document, Event

DETACHED = "unfile"
"""The event that a file was taken out of a document; its note is the number."""


def next_number(session: Session, document: Document) -> int:
    """Return the number of the next file of the document, 1 for the first."""
    query = select(Event.note).where(Event.document_id == document.id, Event.action == DETACHED)
    gone = (int(note) for note in session.scalars(query) if note.isdigit())
    return max((*gone, *(file.number for file in document.files)), default=0) + 1
