"""The files of a document and the text of their pages."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session, undefer

from kb.catalog import boxes, numbering
from kb.catalog.tables import Document, File, FileState, PageText, Role
from kb.core.clock import new_id, now
from kb.core.errors import Invalid, NotFound
from kb.core.text import Finding, Heading, Page, Region, Span
from kb.db.columns import HIGHEST
from kb.jobs import queue

EXTRACT = "extract"
OCR = "ocr"
MOST_HEADINGS = 1000
"""Headings of a file that its outline keeps."""


def attach(  # noqa: PLR0913 -- each is a column of the row
    session: Session,
    document: Document,
    *,
    digest: str,
    name: str,
    media_type: str,
    size: int,
    role: str = Role.ORIGINAL,
    language: str = "",
) -> File:
    """Add a stored original to the document and ask for its text, in the same commit.

    Bytes that the document has already, in that role, stay one file: that file is returned. Raises Invalid for an
    unknown role.
    """
    if role not in set(Role):
        raise Invalid({"role": "unknown"})
    for file in document.files:
        if file.digest == digest and file.role == role:
            return file
    file = File(
        id=new_id(),
        number=numbering.next_number(session, document),
        digest=digest,
        name=name,
        media_type=media_type,
        size=size,
        role=role,
        language=language,
    )
    document.files.append(file)
    session.flush()
    read_again(session, file)
    return file


def read_again(session: Session, file: File) -> None:
    """Ask for the text of the file; what is known of it stays until the new reading is there."""
    queue.put(session, EXTRACT, file.id, now())


def replace(session: Session, file: File, successor: File) -> None:
    """Say that another file has taken the place of this one; both stay. What was replaced itself holds again."""
    successor.successor_id = None
    file.successor_id = successor.id
    session.flush()


def load(session: Session, id: str) -> File:
    """Return the file in any state, for jobs. Raises NotFound."""
    found = session.get(File, id)
    if found is None:
        raise NotFound(id)
    return found


def by_digest(session: Session, digest: str) -> list[File]:
    """Return the files with these bytes, of any document."""
    return list(session.scalars(select(File).where(File.digest == digest).order_by(File.document_id, File.number)))


def digests(session: Session) -> list[str]:
    """Return the digest of every file that the catalog knows, each once: for checking the store."""
    return list(session.scalars(select(File.digest).distinct().order_by(File.digest)))


def sizes(session: Session) -> dict[str, int]:
    """Return the size of every file that the catalog knows, by its digest: for copying the store."""
    return dict(session.execute(select(File.digest, func.max(File.size)).group_by(File.digest)).tuples().all())


def read_by_others(session: Session, stamps: Collection[str]) -> list[str]:
    """Return the ids of the files that these readers have not seen, in the order of their documents.

    Those are the files whose text was made by none of them, and those that could not be read when there were others.
    """
    other = (File.state == FileState.READ) & File.read_by.not_in(sorted(stamps))
    query = select(File.id, File.failure, File.receipt).where(other | (File.failure != ""))
    rows = session.execute(query.order_by(File.document_id, File.number))
    readers = among(stamps)
    return [id for id, failure, receipt in rows if not failure or receipt.get("refused_by") != readers]


def among(stamps: Collection[str]) -> str:
    """Return a short name for this set of readers, kept of a failure to know when trying again may help."""
    return hashlib.sha256(" ".join(sorted(stamps)).encode()).hexdigest()[:12]


def numbered(document: Document, number: int) -> File:
    """Return the n-th file (1-based) of the document. Raises NotFound."""
    for file in document.files:
        if file.number == number:
            return file
    raise NotFound(f"{document.id} file {number}")


def mark_read(  # noqa: PLR0913 -- each is a column of the row
    session: Session,
    file: File,
    pages: Sequence[Page],
    *,
    stamp: str,
    warnings: Sequence[str] = (),
    language: str = "",
    meta: Mapping[str, str] | None = None,
    outline: Sequence[Heading] = (),
) -> None:
    """Keep what the extractor named by `stamp` read, in place of any earlier reading.

    `language` is what the text turned out to be in; it fills the file's own only when that is unknown. Of an outline
    the first MOST_HEADINGS are kept.
    """
    session.execute(delete(PageText).where(PageText.file_id == file.id))
    for page in pages:
        session.add(PageText(file_id=file.id, stamp=stamp, number=page.number, **_columns(page)))
    file.state, file.failure, file.read_by, file.pages = FileState.READ, "", stamp, len(pages)
    file.warnings, file.language = list(warnings), file.language or language
    file.meta = dict(meta or {})
    file.outline = [[one.text, one.page, one.level] for one in outline[:MOST_HEADINGS]]
    session.flush()


def _columns(page: Page) -> dict[str, Any]:
    return {
        "label": page.label,
        "text": page.text,
        "origin": page.origin,
        "quality": page.quality,
        "findings": [[finding.code, finding.detail] for finding in page.findings],
        "boxes": boxes.pack(page.boxes),
        "width": page.width,
        "height": page.height,
        "regions": [[one.kind, one.span.start, one.span.end, one.level] for one in page.regions],
        "head": page.head,
        "foot": page.foot,
        "language": page.language,
    }


def as_page(row: PageText, *, with_boxes: bool = False) -> Page:
    """Return the page as it was read; its boxes, which are loaded apart, only where asked for."""
    return Page(
        number=row.number,
        text=row.text,
        origin=row.origin,
        label=row.label,
        quality=row.quality,
        findings=tuple(Finding(code, detail) for code, detail in row.findings),
        boxes=boxes.unpack(row.boxes) if with_boxes else (),
        width=row.width,
        height=row.height,
        regions=tuple(Region(kind, Span(start, end), level) for kind, start, end, level in row.regions),
        head=row.head,
        foot=row.foot,
        language=row.language,
    )


def mark_failed(session: Session, file: File, code: str, readers: str = "") -> None:
    """Keep why the file could not be read: the code of an ExtractionError, and by which set of readers.

    A file that was read before stays read: its pages are shown and searched as they were.
    """
    if not file.read_by:
        file.state = FileState.FAILED
    file.failure = code
    file.receipt = {**file.receipt, "refused_by": readers}
    session.flush()


def pages(session: Session, file: File) -> list[PageText]:
    """Return the pages in order, as the last successful reading gave them."""
    return list(session.scalars(select(PageText).where(*_shown(file)).order_by(PageText.number)))


def texts(session: Session, file: File) -> list[tuple[int, str, str]]:
    """Return (number, text, language) of each page in order: what it takes to look for words in all of them."""
    query = select(PageText.number, PageText.text, PageText.language).where(*_shown(file))
    return list(session.execute(query.order_by(PageText.number)).tuples())


def labels(session: Session, file: File, first: int, last: int) -> dict[int, str]:
    """Return what is printed on the pages from `first` to `last`, where that is not their number."""
    query = select(PageText.number, PageText.label).where(*_shown(file), PageText.number.between(first, last))
    rows = session.execute(query.where(PageText.label != "")).tuples()
    return {number: label for number, label in rows if label != str(number)}


def labelled(session: Session, file: File, label: str) -> int:
    """Return the number of the first page on which this is printed, 0 where there is none."""
    query = select(func.min(PageText.number)).where(*_shown(file), func.lower(PageText.label) == label.lower())
    return session.scalar(query) or 0


def _shown(file: File) -> tuple[ColumnElement[bool], ...]:
    """Return the condition of the pages that the last successful reading gave."""
    return PageText.file_id == file.id, PageText.stamp == file.read_by


def pages_of(session: Session, files: Sequence[File]) -> dict[str, list[PageText]]:
    """Return {file id: its pages in order} in one query."""
    found: dict[str, list[PageText]] = {file.id: [] for file in files}
    query = (
        select(PageText)
        .join(File, (File.id == PageText.file_id) & (File.read_by == PageText.stamp))
        .where(File.id.in_(list(found)))
    )
    for page in session.scalars(query.order_by(PageText.file_id, PageText.number)):
        found[page.file_id].append(page)
    return found


def numbers_with(session: Session, file: File, code: str) -> list[int]:
    """Return the numbers of the pages that have this finding, in order."""
    query = select(PageText.number, PageText.findings).where(*_shown(file))
    return [number for number, found in session.execute(query.order_by(PageText.number)) if code in dict(found)]


def wait_for_ocr(session: Session, file: File, pages: int) -> None:
    """Say that so many pages wait for OCR, and ask for it in the same commit."""
    file.unread = pages
    if pages:
        queue.put(session, OCR, file.id, now())
    session.flush()


def unread(session: Session) -> int:
    """Return how many pages of the library wait for OCR."""
    return session.scalar(select(func.coalesce(func.sum(File.unread), 0))) or 0


def count_pages(session: Session) -> int:
    """Return how many pages the library has, all states of documents together."""
    return session.scalar(select(func.coalesce(func.sum(File.pages), 0))) or 0


def for_ocr(session: Session, stamp: str) -> list[File]:
    """Return the files that have pages which wait for OCR, or were read by another OCR than the one of this stamp."""
    others = File.ocr_by.not_in(["", stamp])
    return list(session.scalars(select(File).where((File.unread > 0) | others).order_by(File.document_id, File.number)))


def ask_again(session: Session, file: File, code: str, unread: Collection[str] = ()) -> int:
    """Put a finding on the pages that OCR has read, beside those that have it; return how many have it now.

    So too on those with one of the findings that say that OCR could not read them.
    """
    rows = pages(session, file)
    for row in rows:
        found = dict(row.findings)
        if code not in found and (row.origin == "ocr" or not found.keys().isdisjoint(unread)):
            row.findings = [*row.findings, [code, ""]]
    file.ocr_by = ""
    session.flush()
    return sum(code in dict(row.findings) for row in rows)


def put_page(session: Session, file: File, page: Page) -> None:
    """Keep another reading of one page in place of the one that is shown. Raises NotFound."""
    row = session.get(PageText, (file.id, file.read_by, page.number))
    if row is None:
        raise NotFound(f"{file.id} page {page.number}")
    for column, value in _columns(page).items():
        setattr(row, column, value)
    session.flush()


def page(session: Session, file: File, number: int, *, with_boxes: bool = False) -> PageText:
    """Return the n-th page (1-based), with its boxes in the same query where these are wanted. Raises NotFound."""
    options = [undefer(PageText.boxes)] if with_boxes else []
    key = (file.id, file.read_by, number)
    found = session.get(PageText, key, options=options) if 0 < number <= HIGHEST else None
    if found is None:
        raise NotFound(f"{file.id} page {number}")
    return found
