"""Texts of earlier readers and jobs that were given up: found, told, and done again."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kb import app
from kb.catalog import documents, files
from kb.catalog.access import PUBLIC
from kb.catalog.files import EXTRACT
from kb.core.clock import now
from kb.jobs import queue
from kb.services import doctor, read, renewal
from kb.services.context import Services
from tests.opening import ask, drain, library, take_in

DEMO = Path(__file__).parents[2] / "corpus" / "demo"


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    with library(tmp_path / "home") as opened:
        source = tmp_path / "guide.txt"
        source.write_text("دليل تبسيط المساطر", "utf-8")
        take_in(opened, source)
        yield opened


def findings(services: Services) -> dict[str, doctor.Finding]:
    return {f.subject: f for f in doctor.examine(services, verify=False, progress=lambda _done, _total: None)}


def age(services: Services, text: str = "") -> str:
    """Make the only file look as if an earlier reader had read it, on its first page this `text`; return its id."""
    with services.database.writing() as session:
        [id] = documents.revisions(session)
        [file] = documents.load(session, id).files
        first, *rest = (files.as_page(page) for page in files.pages(session, file))
        first = replace(first, text=text, origin="ocr") if text else first
        files.mark_read(session, file, [first, *rest], stamp="reader/0")
    drain(services)
    return file.id


def test_a_text_of_an_earlier_reader_is_told_and_read_again(services: Services) -> None:
    assert renewal.renew(services) == 0
    file_id = age(services)
    found = findings(services)["texts"]
    assert (found.ok, found.says.startswith("1 files")) == (False, True)
    assert renewal.renew(services) == 1
    app.drain(services, lambda _ended, _total: None)
    with services.database.reading() as session:
        assert files.load(session, file_id).read_by != "reader/0"
    assert findings(services)["texts"].ok
    assert ask(services, "المساطر").total == 1


def test_the_old_text_is_searched_until_the_new_one_is_there(services: Services) -> None:
    age(services, "نص القارئ السابق")
    assert renewal.renew(services) == 1
    assert ask(services, "السابق").total == 1
    drain(services)
    assert ask(services, "السابق").total == 0
    assert ask(services, "المساطر").total == 1


def test_a_reading_that_fails_keeps_the_old_text_and_says_so(services: Services) -> None:
    file_id = age(services, "نص القارئ السابق")
    with services.database.reading() as session:
        services.store.path(files.load(session, file_id).digest).unlink()
    assert renewal.renew(services) == 1
    drain(services)
    [found] = ask(services, "السابق").found
    [file] = read.record(services, found.card.id, PUBLIC, "ar").files
    assert (file.state, file.failure, file.pages) == ("read", "damaged-file", 1)
    assert renewal.renew(services) == 0  # until there is another reader


def test_what_ocr_has_read_outlives_the_reader_of_the_file(tmp_path: Path) -> None:
    with library(tmp_path / "home") as services:
        take_in(services, DEMO / "note-archives.pdf")
        age(services, "مذكرة حول حفظ الأرشيف قرأها التعرف الضوئي")
        assert renewal.renew(services) == 1
        drain(services)
        [found] = ask(services, "الضوئي").found
        assert found.quotes[0].page == 1
        with services.database.reading() as session:
            [file] = documents.load(session, found.card.id).files
            assert file.read_by != "reader/0"
            assert {page.number: page.origin for page in files.pages(session, file)}[1] == "ocr"


def test_jobs_that_were_given_up_are_taken_up_again(services: Services) -> None:
    file_id = age(services)
    with services.database.writing() as session:
        queue.put(session, EXTRACT, file_id, now())
        refs = queue.claim(session, EXTRACT, 1, now(), queue.LONGEST_WAIT)
        assert queue.fail(session, refs, "no luck", now(), attempts=1) == 1
    found = findings(services)["queue"]
    assert (found.ok, "kb work --retry" in found.says) == (False, True)
    assert renewal.retry(services) == 1
    app.drain(services, lambda _ended, _total: None)
    assert findings(services)["queue"].ok


def test_a_folder_that_cannot_be_written_is_told(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    assert findings(services)["folders"].ok
    monkeypatch.setattr("os.access", lambda path, _mode: Path(path).name != "corpus")
    found = findings(services)["folders"]
    assert not found.ok
    assert str(services.settings.corpus) in found.says


def test_a_missing_driver_is_told_with_what_it_costs(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.services.doctor.find_spec", lambda _name: None)
    found = findings(services)["postgresql driver"]
    assert (found.ok, "only be SQLite" in found.says) == (True, True)
