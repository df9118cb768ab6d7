"""Taking a file out of a document again, as if it had never come; its bytes stay in the store."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from kb.catalog import corrections
from kb.catalog.numbering import DETACHED
from kb.catalog.tables import Document, Event, File, PageText


def detach(session: Session, document: Document, file: File, *, actor: str) -> None:
    """Remove the file with its text. What it had taken the place of holds again."""
    for other in document.files:
        if other.successor_id == file.id:
            other.successor_id = None
    session.execute(delete(PageText).where(PageText.file_id == file.id))
    corrections.drop(session, [file.id])
    session.add(Event(document_id=document.id, actor=actor, action=DETACHED, note=str(file.number)))
    session.flush()
    document.files.remove(file)
    session.flush()
