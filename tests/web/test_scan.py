"""A scan that comes in through the page: watched while it is read, found by its words, shown for what it is."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kb import app
from kb.ingest import ocr
from kb.ingest.ocr import engine
from kb.services.context import Services
from kb.web.site import create_site
from tests.ingest import scans
from tests.opening import drain, library
from tests.visited import Browser

FIELDS = {"title": "", "type": "publication", "language": "", "state": "published"}
OWN = {"Origin": "http://testserver"}


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    with library(tmp_path / "home") as opened:
        yield opened


@pytest.fixture
def depositor(services: Services) -> Browser:
    return Browser(create_site(services), client=("127.0.0.1", 5), follow_redirects=False, headers=OWN)


def brought(depositor: Browser, tmp_path: Path) -> str:
    """Bring a scan of two pages; return the address of its receipt."""
    path = scans.saved(tmp_path / "scan.pdf", scans.drawn("دليل الاستقبال", "لفائدة المرتفقين"), scans.drawn("الملحق"))
    answer = depositor.post("/fr/upload", data=FIELDS, files={"file": ("scan.pdf", path.read_bytes())})
    return answer.headers["location"]


def read_text(services: Services) -> None:
    while app.worker(services, app.TEXT).run_once():
        pass


@pytest.mark.skipif(not ocr.is_here(), reason="missing tesserocr")
def test_a_scan_is_watched_while_it_is_read_and_found_by_its_words(
    depositor: Browser, services: Services, tmp_path: Path
) -> None:
    address = brought(depositor, tmp_path)
    record, page = address.removesuffix("/f/1/receipt"), address.replace("receipt", "p/1")
    read_text(services)
    for waiting in (address, record):
        assert "Reconnaissance des caractères en cours\u00a0: encore 2 pages sur 2 pages" in depositor.get(waiting).text
    assert 'http-equiv="refresh"' in depositor.get(address).text
    assert "data-again" in depositor.get(address).text
    assert "n’est pas encore lu" in depositor.get(page).text
    drain(services)
    receipt = depositor.get(address).text
    assert "refresh" not in receipt
    assert "data-again" not in receipt
    assert "Reconnaissance optique (OCR)" in receipt
    assert "دليل الاستقبال" in receipt
    assert "Texte reconnu d’après l’image" in depositor.get(page).text
    assert record in depositor.get("/fr/search?q=المرتفقين").text


def test_a_scan_waits_in_sight_where_nothing_reads_it(
    depositor: Browser, services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "LIBRARY", "no_such_library")
    address = brought(depositor, tmp_path)
    drain(services)
    for waiting in (address, address.removesuffix("/f/1/receipt")):
        text = depositor.get(waiting).text
        assert "2 pages attendent la reconnaissance optique" in text
        assert "en cours" not in text
        assert "data-again" not in text
    assert "dès que la reconnaissance" in depositor.get(address.replace("receipt", "p/1")).text
