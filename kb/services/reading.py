"""Files become text: the job that reads a stored file, and the reading of one that is not stored."""

import logging
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sqlalchemy.orm import Session

from kb.catalog import corrections, documents, files
from kb.catalog.tables import Document, File, Role
from kb.catalog.translated import UNREVIEWED
from kb.core.errors import NotFound
from kb.core.settings import Settings
from kb.core.text import Page, codes
from kb.ingest import sandbox
from kb.ingest.extraction import Damaged, Extraction, ExtractionError, Limits
from kb.ingest.formats import FORMATS, choose
from kb.ingest.language import of as language_of
from kb.ingest.verdict import NEEDS_OCR
from kb.jobs.queue import JobRef
from kb.services import receipt
from kb.services.context import Services

TITLE_CHARS = 300
ACTOR = "extract"
_LEAST_TIME = 1 / 6  # of the time allowed, for the smallest file
_ALL_THE_TIME = 5 * 1024 * 1024  # bytes that grant all of it, and a part in proportion
UNMAPPED = "\ufffd"

_log = logging.getLogger(__name__)


def stamps() -> frozenset[str]:
    """Return what the readers of this version call themselves."""
    return frozenset(reader.stamp for reader in FORMATS.values())


def limits_for(settings: Settings, size: int) -> Limits:
    """Return the limits for a file of so many bytes. A small one has less time: it is short, or it is a trap."""
    seconds = settings.extract_seconds * min(1.0, _LEAST_TIME + size / _ALL_THE_TIME)
    return Limits(seconds, settings.extract_bytes, settings.max_pages, settings.max_page_chars)


def read_file(path: Path, settings: Settings, name: str = "") -> Extraction:
    """Read a file in a child process with the limits of the settings. Raises ExtractionError.

    `name` is the file's own where `path` does not keep it; it only tells kinds of text apart.
    """
    extraction = sandbox.extract(choose(sandbox.sniff(path, name)), path, limits_for(settings, path.stat().st_size))
    return replace(extraction, pages=tuple(map(_with_language, extraction.pages)))


def _with_language(page: Page) -> Page:
    return page if page.language else replace(page, language=language_of(page.text, ""))


def run(services: Services, jobs: Sequence[JobRef]) -> None:
    """Read each file and keep its pages, or the reason why not. Silent for a file that is gone from the catalog."""
    for job in jobs:
        try:
            name, path = _source(services, job.key)
        except NotFound:
            continue
        started = time.monotonic()
        try:
            if not path.is_file():
                raise Damaged("the original is not in the store")
            extraction = read_file(path, services.settings, name)
        except ExtractionError as failure:
            _log.warning("file %s cannot be read: %s %s", job.key, failure.code, failure)
            with services.database.writing() as session:
                row = files.load(session, job.key)
                files.mark_failed(session, row, failure.code, files.among(stamps()))
        else:
            _keep(services, job.key, extraction, time.monotonic() - started)


def _source(services: Services, file_id: str) -> tuple[str, Path]:
    with services.database.reading() as session:
        row = files.load(session, file_id)
        return row.name, services.store.path(row.digest)


def _keep(services: Services, file_id: str, extraction: Extraction, seconds: float) -> None:
    of_pages = {code for page in extraction.pages for code in codes(page.findings)}
    whole = [code for code in codes(extraction.findings) if code not in of_pages]
    with services.database.writing() as session:
        row = files.load(session, file_id)
        pages = _with_ocr(session, row, extraction.pages)
        files.mark_read(
            session,
            row,
            pages,
            stamp=extraction.by,
            language=main_language(pages),
            meta=extraction.meta,
            outline=extraction.outline,
        )
        corrections.settle(session, row)
        files.wait_for_ocr(session, row, sum(NEEDS_OCR in codes(page.findings) for page in pages))
        receipt.keep(services, session, row, whole=whole, seconds=seconds)
        if row.role != Role.ANNEX:
            headings = extraction.meta.get("heading", ""), extraction.meta.get("title", "")
            describe(session, documents.load(session, row.document_id), headings, row.language)


def _with_ocr(session: Session, row: File, pages: Sequence[Page]) -> list[Page]:
    """Return the pages, those that still need OCR as OCR has read them already: the file's bytes never change."""
    kept = {old.number: old for old in files.pages(session, row) if old.origin == "ocr"}
    return [
        files.as_page(kept[page.number], with_boxes=True)
        if page.number in kept and NEEDS_OCR in codes(page.findings)
        else page
        for page in pages
    ]


def main_language(pages: Sequence[Page]) -> str:
    """Return the language that has the most letters."""
    letters: Counter[str] = Counter()
    for page in pages:
        if page.language:
            letters[page.language] += len(page.text)
    return max(letters, key=lambda code: letters[code], default="")


def describe(session: Session, document: Document, titles: Sequence[str], language: str) -> None:
    """Say of the document what its file says, where nobody has said it: language, and the first of the titles."""
    if not document.language and language:
        documents.edit(session, document, actor=ACTOR, language=language)
    title = next((t for t in map(_line, titles) if t and UNMAPPED not in t), "")
    if title and all(wording["state"] == UNREVIEWED for wording in document.title.values()):
        code = language_of(title, document.language or "ar")
        documents.edit(session, document, actor=ACTOR, title={code: {"text": title, "state": UNREVIEWED}})


def _line(text: str) -> str:
    return " ".join(text.split())[:TITLE_CHARS]
