"""Pages that wait for OCR: read in a lane of their own, kept one by one, searched as they come, never lost."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pypdfium2 import PdfDocument

from kb import app
from kb.catalog import documents, files
from kb.catalog.access import PUBLIC
from kb.catalog.tables import File
from kb.core.text import codes
from kb.ingest import ocr as engine
from kb.ingest.ocr import engine as library_of_ocr
from kb.jobs.queue import Job
from kb.services import doctor, importing, ocr, receipt, renewal
from kb.services.context import Services
from tests.ingest import scans
from tests.opening import ask, drain, library, take_in, titles
from tests.waiting import eventually

needs_tesseract = pytest.mark.skipif(not engine.is_here(), reason="missing tesserocr")
HEADING = "دليل تبسيط المساطر"
DEMO = Path(__file__).parents[2] / "corpus" / "demo"
SUBJECTS = ("التعليم", "الصحة", "العدل", "المالية", "الفلاحة", "الصناعة")


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    with library(tmp_path / "home") as opened:
        yield opened


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    return scans.saved(
        tmp_path / "scan.pdf", scans.drawn(HEADING, "لفائدة المرتفقين"), scans.drawn("الملحق الأول", "نموذج الطلب")
    )


def without_tesseract(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library_of_ocr, "LIBRARY", "no_such_library")


def file_of(services: Services) -> File:
    with services.database.reading() as session:
        [id] = documents.revisions(session)
        [file] = documents.load(session, id).files
        session.refresh(file)
        session.expunge(file)
        return file


def pages_of(services: Services, file: File) -> list[tuple[str, str, tuple[str, ...]]]:
    with services.database.reading() as session:
        pages = [files.as_page(page) for page in files.pages(session, files.load(session, file.id))]
    return [(page.origin, page.text, codes(page.findings)) for page in pages]


@needs_tesseract
def test_a_scan_is_found_by_its_words_and_described_by_its_first_line(services: Services, scan: Path) -> None:
    take_in(services, scan)
    file = file_of(services)
    assert (file.pages, file.unread, file.ocr_by, file.warnings, file.language) == (2, 0, engine.STAMP, [], "ar")
    assert pages_of(services, file) == [
        ("ocr", f"{HEADING}\n\nلفائدة المرتفقين", ()),
        ("ocr", "الملحق الأول\n\nنموذج الطلب", ()),
    ]
    assert titles(ask(services, "المرتفقين")) == [HEADING]
    assert ask(services, "نموذج الطلب").found[0].quotes[0].page == 2


@needs_tesseract
def test_a_letterhead_is_no_title(services: Services, tmp_path: Path) -> None:
    take_in(services, scans.saved(tmp_path / "scan.png", scans.drawn("المملكة المغربية", HEADING)))
    assert titles(ask(services, "تبسيط")) == [HEADING]


@needs_tesseract
def test_a_scan_among_pages_of_text_does_not_name_the_document(services: Services, scan: Path, tmp_path: Path) -> None:
    mixed = PdfDocument.new()
    for path in (DEMO / "guide-reception.pdf", scan):
        mixed.import_pages(PdfDocument(path))
    mixed.save(tmp_path / "mixed.pdf")
    importing.take_in(services, [tmp_path / "mixed.pdf"])
    while app.worker(services, app.TEXT).run_once():
        pass
    [before] = titles(ask(services, "دليل"))
    drain(services)
    assert ask(services, "المرتفقين").found[0].quotes
    assert [origin for origin, _, _ in pages_of(services, file_of(services))][-2:] == ["ocr", "ocr"]
    assert titles(ask(services, "دليل")) == [before]


@needs_tesseract
def test_a_receipt_is_settled_when_the_pictures_are_read(services: Services, scan: Path) -> None:
    [id] = importing.take_in(services, [scan]).touched
    while app.worker(services, app.TEXT).run_once():
        pass
    told = receipt.show(services, id, 1, PUBLIC, "ar")
    assert (told.settled, told.file.unread, told.questions) == (False, 2, ())
    drain(services)
    told = receipt.show(services, id, 1, PUBLIC, "ar")
    assert (told.settled, told.file.unread, told.origins, told.doubtful) == (True, 0, (("ocr", 2),), ())
    assert [share.code for share in told.languages] == ["ar"]
    assert told.questions


@needs_tesseract
def test_a_lane_does_its_own_jobs_alone(services: Services, scan: Path, tmp_path: Path) -> None:
    text = tmp_path / "guide.txt"
    text.write_text("تقرير السنة", "utf-8")
    importing.take_in(services, [scan, text])
    while app.worker(services, app.TEXT).run_once():
        pass
    assert ask(services, "تقرير").total == 1
    with services.database.reading() as session:
        assert files.unread(session) == 2
    assert app.worker(services, app.OCR).run_once() == 1
    with services.database.reading() as session:
        assert files.unread(session) == 0
    assert ask(services, "المرتفقين").total == 0
    drain(services)
    assert ask(services, "المرتفقين").total == 1


@needs_tesseract
def test_the_bar_of_an_import_counts_pages(services: Services, scan: Path) -> None:
    importing.take_in(services, [scan])
    told: list[tuple[int, int]] = []
    app.drain(services, lambda done, total: told.append((done, total)))
    assert all(done <= total for done, total in told)
    assert told[-1][0] == told[-1][1] >= 5  # read, two pages, OCR, indexed


@needs_tesseract
def test_pages_beyond_a_slice_are_read_by_the_next_job(
    services: Services, scan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ocr, "SLICE", 1)
    importing.take_in(services, [scan])
    while app.worker(services, app.TEXT).run_once():
        pass
    file = file_of(services)
    assert app.worker(services, app.OCR).run_once() == 1
    assert [origin for origin, _, _ in pages_of(services, file)] == ["ocr", "none"]
    assert file_of(services).unread == 1
    drain(services)
    assert [origin for origin, _, _ in pages_of(services, file)] == ["ocr", "ocr"]


@needs_tesseract
def test_reading_twice_is_reading_once(services: Services, scan: Path) -> None:
    take_in(services, scan)
    file, pages = file_of(services), pages_of(services, file_of(services))
    with services.database.reading() as session:
        revisions = documents.revisions(session)
    with services.database.writing() as session:
        files.wait_for_ocr(session, files.load(session, file.id), 0)
    ocr.run(services, [])
    drain(services)
    assert pages_of(services, file_of(services)) == pages
    with services.database.reading() as session:
        assert documents.revisions(session) == revisions


@needs_tesseract
def test_a_page_past_its_time_is_left_and_says_so(tmp_path: Path, scan: Path) -> None:
    with library(tmp_path / "slow", ocr_seconds=0.02) as services:
        take_in(services, scan)
        file = file_of(services)
        assert (file.state, file.unread) == ("read", 0)
        assert "ocr-timeout" in file.warnings
        assert all("ocr-timeout" in found for _, _, found in pages_of(services, file))


@needs_tesseract
def test_a_file_that_is_read_anew_keeps_what_ocr_read(services: Services, scan: Path) -> None:
    take_in(services, scan)
    file, pages = file_of(services), pages_of(services, file_of(services))
    with services.database.writing() as session:
        files.read_again(session, files.load(session, file.id))
    drain(services)
    assert pages_of(services, file_of(services)) == pages
    assert ask(services, "المرتفقين").total == 1


@needs_tesseract
def test_a_page_that_an_earlier_ocr_could_not_read_is_tried_again(tmp_path: Path, scan: Path) -> None:
    with library(tmp_path / "home", ocr_seconds=0.02) as services:
        take_in(services, scan)
        with services.database.writing() as session:
            [id] = documents.revisions(session)
            documents.load(session, id).files[0].ocr_by = "ocr/0"
    with library(tmp_path / "home") as services:
        assert renewal.renew_ocr(services) == 1
        drain(services)
        file = file_of(services)
        assert (file.warnings, [found for _, _, found in pages_of(services, file)]) == ([], [(), ()])
        assert ask(services, "المرتفقين").total == 1


def test_without_tesseract_pages_wait_and_are_read_when_it_is_there(
    services: Services, scan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        without_tesseract(patch)
        take_in(services, scan)
        assert file_of(services).unread == 2
        [found] = [f for f in doctor.examine(services, verify=False, progress=lambda *_: None) if f.subject == "ocr"]
        assert (found.ok, "2 pages wait" in found.says) == (False, True)
        assert renewal.renew_ocr(services) == 0
        told = receipt.of_all(services, [file_of(services).document_id])[0][1]
        assert (told.settled, told.file.being_read) == (True, False)
    if not engine.is_here():
        pytest.skip("missing tesserocr")
    assert renewal.renew_ocr(services) == 1
    drain(services)
    assert file_of(services).unread == 0
    assert ask(services, "المرتفقين").total == 1


@needs_tesseract
def test_pages_of_an_earlier_ocr_are_read_again_and_searched_meanwhile(services: Services, scan: Path) -> None:
    take_in(services, scan)
    file = file_of(services)
    with services.database.writing() as session:
        row = files.load(session, file.id)
        row.ocr_by = "ocr/0"
        page = files.as_page(files.page(session, row, 1))
        files.put_page(session, row, replace(page, text="نص قديم", boxes=()))
    assert renewal.renew_ocr(services) == 1
    while app.worker(services, app.TEXT).run_once():
        pass
    assert file_of(services).unread == 2
    assert ask(services, "قديم").total == 1
    drain(services)
    assert (file_of(services).unread, file_of(services).ocr_by) == (0, engine.STAMP)
    assert ask(services, "قديم").total == 0
    assert ask(services, "المرتفقين").total == 1
    assert renewal.renew_ocr(services) == 0


@needs_tesseract
@pytest.mark.slow
def test_a_kill_in_the_middle_costs_the_page_in_hand(tmp_path: Path) -> None:
    home = tmp_path / "home"
    scan = scans.saved(tmp_path / "scan.pdf", *(scans.drawn(f"وزارة {one}") for one in SUBJECTS))
    with library(home) as services:
        importing.take_in(services, [scan])
        while app.worker(services, app.TEXT).run_once():
            pass
        file = file_of(services)
        worker = subprocess.Popen(
            [sys.executable, "-m", "kb", "work", "--lane", "ocr"],
            env={**os.environ, "KB_HOME": str(home), "KB_JOB_LEASE_SECONDS": "1"},
            start_new_session=True,
        )
        eventually(lambda: [origin for origin, _, _ in pages_of(services, file)].count("ocr") >= 2, pause=0.05)
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
        kept = [page for page in pages_of(services, file) if page[0] == "ocr"]
        assert 2 <= len(kept) < 6
        assert file_of(services).unread == 6 - len(kept)
        time.sleep(1.1)  # the lease of the dead
        drain(services)
        pages = pages_of(services, file)
        assert pages[: len(kept)] == kept
        assert [text for _, text, _ in pages] == [f"وزارة {one}" for one in SUBJECTS]
        with services.database.reading() as session:
            assert session.query(Job).filter(Job.state != "done").count() == 0
        assert ask(services, '"وزارة الصناعة"').total == 1
