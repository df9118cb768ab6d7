"""What an earlier version of a reader made is made again, and jobs that were given up are taken up again."""

from kb.catalog import files
from kb.core.clock import now
from kb.ingest import ocr
from kb.ingest.verdict import NEEDS_OCR, UNREAD
from kb.jobs import queue
from kb.services import reading
from kb.services.context import Services
from kb.services.health import KINDS

RENEW = "renew"
"""The job that reads a file again; apart from the first readings, which must not wait for it."""


def outdated(services: Services) -> int:
    """Return how many files no reader of this version has seen."""
    with services.database.reading() as session:
        return len(files.read_by_others(session, reading.stamps()))


def renew(services: Services) -> int:
    """Queue the reading of those files anew; return how many. Until it is done their earlier text is searched."""
    if not outdated(services):
        return 0
    with services.database.writing() as session:
        found = files.read_by_others(session, reading.stamps())
        for id in found:
            queue.put(session, RENEW, id, now())
    return len(found)


def renew_ocr(services: Services) -> int:
    """Queue the files whose pages wait for OCR, and those that another version read; return how many.

    So too those pages that the other version could not read. None where Tesseract is missing. An earlier text stays
    until the page is read again.
    """
    if not ocr.is_here():
        return 0
    with services.database.reading() as session:
        if not files.for_ocr(session, ocr.STAMP):
            return 0
    with services.database.writing() as session:
        found = files.for_ocr(session, ocr.STAMP)
        for row in found:
            other = row.ocr_by not in ("", ocr.STAMP)
            again = files.ask_again(session, row, NEEDS_OCR, UNREAD) if other else row.unread
            files.wait_for_ocr(session, row, again)
    return len(found)


def retry(services: Services) -> int:
    """Queue the jobs that had failed too often, with a clean sheet; return how many there were."""
    with services.database.writing() as session:
        return sum(queue.retry(session, kind, now()) for kind in KINDS)
