"""How far the files of the library are read."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kb.catalog.access import visible_to
from kb.catalog.tables import Document, File, FileState


@dataclass(frozen=True, slots=True)
class Progress:
    """Numbers of files: `read`, `waiting` and `failed` are all of them; of those read, `pictures` needed OCR.

    `pages` counts those of files that were read, `unread` those of them that wait for OCR.
    """

    read: int
    waiting: int
    failed: int
    pictures: int
    pages: int
    unread: int


def progress(session: Session, audience: frozenset[str]) -> Progress:
    """Return how far the files of documents that this audience sees are read."""
    numbers = (func.count(), func.sum(File.pages), func.sum(File.unread), func.count(func.nullif(File.ocr_by, "")))
    query = select(File.state, *numbers).join(Document, Document.id == File.document_id).where(visible_to(audience))
    rows = {state: row for state, *row in session.execute(query.group_by(File.state))}
    files = {state: rows.get(state, [0, 0, 0, 0]) for state in FileState}
    _, pages, unread, pictures = files[FileState.READ]
    return Progress(
        read=files[FileState.READ][0],
        waiting=files[FileState.WAITING][0],
        failed=files[FileState.FAILED][0],
        pictures=pictures,
        pages=pages,
        unread=unread,
    )


def files(session: Session) -> dict[str, int]:
    """Return how many files are in each state."""
    found = session.execute(select(File.state, func.count()).group_by(File.state)).tuples()
    return dict(iter(found))
