"""Pages that wait for OCR are read one by one: the job, in a lane of its own, and the pages of a file not stored."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

from sqlalchemy.orm import Session

from kb.catalog import changes, corrections, documents, files
from kb.catalog.tables import File, Role
from kb.core.errors import NotFound
from kb.core.settings import Settings
from kb.core.text import Finding, Page, codes
from kb.ingest import headings, lexicon, ocr, verdict
from kb.ingest.extraction import Extraction, ExtractionError, Limits, TooCostly
from kb.jobs.queue import JobRef
from kb.services import reading, receipt
from kb.services.context import Services

SLICE = 20
"""Pages that one job reads: after so many they can be found, and other files have their turn."""

# What a page may say that another reading of it unsays.
_OF_PAGES = frozenset(
    {verdict.NEEDS_OCR, verdict.NO_TEXT, verdict.LOW_WORD_RATE, verdict.UNMAPPED, verdict.MISMAPPED} | verdict.UNREAD
)

Progress = Callable[[int, int], None]

_log = logging.getLogger(__name__)


def run(services: Services, jobs: Sequence[JobRef], told: Callable[[], None] = lambda: None) -> None:
    """Read up to SLICE pages of each file that wait for it, and ask for the rest; `told` is called after each page.

    Each page is kept as soon as it is read. Where Tesseract is missing the pages go on waiting.
    """
    for job in jobs:
        if ocr.is_here():
            _read_some(services, job.key, told)


def pages(path: Path, extraction: Extraction, settings: Settings, progress: Progress) -> Extraction:
    """Return the extraction with the pages read by OCR that need it, where Tesseract is there."""
    if not ocr.is_here():
        return extraction
    waiting = sum(verdict.NEEDS_OCR in codes(page.findings) for page in extraction.pages)
    found: list[Page] = []
    done = 0
    for page in extraction.pages:
        needed = verdict.NEEDS_OCR in codes(page.findings)
        found.append(_better(page, _read(path, page.number, settings)) if needed else page)
        done += needed
        progress(done, waiting)
    findings = [one for one in extraction.findings if one.code not in _OF_PAGES]
    told = codes([one for page in found for one in page.findings])
    unsaid = [Finding(code) for code in told if code not in codes(findings)]
    return replace(extraction, pages=tuple(found), findings=(*findings, *unsaid))


def _read_some(services: Services, id: str, told: Callable[[], None]) -> None:
    with services.database.reading() as session:
        try:
            row = files.load(session, id)
        except NotFound:
            return
        stamp, path = row.read_by, services.store.path(row.digest)
        numbers = files.numbers_with(session, row, verdict.NEEDS_OCR)
    if not path.is_file():
        _log.warning("file %s cannot be read by OCR: the original is not in the store", id)
        return
    for left, number in _counted_down(numbers):
        found = _read(path, number, services.settings)
        if not _keep(services, id, stamp, number, found, left, last=left == max(0, len(numbers) - SLICE)):
            return
        told()


def _counted_down(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the first SLICE numbers, each with how many are left after it."""
    for place, number in enumerate(numbers[:SLICE], 1):
        yield len(numbers) - place, number


def _read(path: Path, number: int, settings: Settings) -> Page | Finding:
    """Return the page as OCR reads it, or why it could not."""
    limits = Limits(settings.ocr_seconds, settings.ocr_bytes, 1, settings.max_page_chars)
    try:
        return ocr.read(
            path, number, limits, dpi=settings.ocr_dpi, pixels=settings.ocr_pixels, source=settings.ocr_image_pixels
        )
    except ExtractionError as error:
        _log.warning("page %d of %s cannot be read by OCR: %s %s", number, path.name, error.code, error)
        return Finding(verdict.OCR_TIMEOUT if isinstance(error, TooCostly) else verdict.OCR_FAILED, str(error)[:300])


def _keep(
    services: Services, id: str, stamp: str, number: int, found: Page | Finding, left: int, *, last: bool
) -> bool:
    """Keep the page; return False where the file is gone or was read anew meanwhile.

    Only with the `last` page of a slice is the document told to have changed, and so indexed.
    """
    with services.database.writing() as session:
        try:
            row = files.load(session, id)
            if row.read_by != stamp:
                return False
            before = files.as_page(files.page(session, row, number, with_boxes=True), with_boxes=True)
        except NotFound:
            return False
        with nullcontext() if last else changes.quietly(session):
            files.put_page(session, row, _better(before, found))
            row.unread, row.ocr_by = left, ocr.STAMP
            corrections.settle(session, row, number)
        if last:
            files.wait_for_ocr(session, row, left)
            _tell(services, session, row)
    return True


def _better(before: Page, found: Page | Finding) -> Page:
    """Return the page that is worth more, without its wish for OCR: an earlier OCR yields to a later one."""
    rest = tuple(finding for finding in before.findings if finding.code not in {verdict.NEEDS_OCR, *verdict.UNREAD})
    if isinstance(found, Finding):
        return replace(before, findings=(*rest, found))
    if not found.text and not before.text:
        return replace(before, findings=tuple(dict.fromkeys((*rest, *found.findings))))
    if not found.text or (before.text and before.origin != "ocr" and _gain(before.text) >= _gain(found.text)):
        return replace(before, findings=rest)
    return replace(found, label=before.label)


def _gain(text: str) -> float:
    """Return what a text is worth: its known words, less half of the unknown."""
    rate = lexicon.rate(text)
    return 1.5 * rate.known - 0.5 * rate.judged


def _tell(services: Services, session: Session, row: File) -> None:
    """Say of the file and its document what the pages say now."""
    pages = [files.as_page(page) for page in files.pages(session, row)]
    row.language = row.language or reading.main_language(pages)
    receipt.keep(services, session, row)
    if row.role != Role.ANNEX:
        # Where the file's own text comes before what OCR has read, it has named the document.
        told = [page for page in pages if page.text]
        names = [headings.first(told)] if told and told[0].origin == "ocr" else []
        reading.describe(session, documents.load(session, row.document_id), names, row.language)
