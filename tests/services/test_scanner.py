"""A virus scanner is asked of each file by whatever door it comes, and nothing is taken without it."""

import io
import re
import socket
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from kb.app import open_services
from kb.catalog.intake import Upload, UploadState
from kb.catalog.tables import Document, Event
from kb.core.errors import Invalid, TooLarge
from kb.core.settings import Settings
from kb.services import accounts, arrangement, deposit, health, importing, scanner, uploads
from kb.services.context import Services
from kb.services.deposit import Chosen
from kb.services.scanner import Infected, Unscanned
from kb.web.site import create_site
from tests.scanner import BAD, FILE_BYTES, STREAM_BYTES, clamd
from tests.visited import Browser

pytestmark = pytest.mark.slow

TEXT = "تقرير عن الاستقبال وتبسيط المساطر\n".encode() * 20
FORM = Chosen(title="", type="publication", language="ar", state="draft")


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with clamd(tmp_path_factory.mktemp("clamd")) as found:
        yield found


@pytest.fixture
def services(tmp_path: Path, door: str) -> Iterator[Services]:
    with open_services(Settings(home=tmp_path / "home", clamd=door, clamd_seconds=20)) as opened:
        yield opened


def away(services: Services) -> Services:
    settings = services.settings.model_copy(update={"clamd": "unix:/nowhere/clamd.ctl"})
    return replace(services, settings=settings)


def kept(services: Services) -> int:
    return len(list(services.store.digests()))


def rows(services: Services, *columns: Any) -> list[Any]:
    with services.database.reading() as session:
        return [tuple(row) for row in session.execute(select(*columns))]


def infections(services: Services) -> list[tuple[str, str]]:
    """Return who brought what was refused, and what the trace says of it."""
    told = rows(services, Event.action, Event.actor, Event.note)
    return [(actor, note) for action, actor, note in told if action == "file.infected"]


def message(attachment: bytes) -> bytes:
    return (
        b"From: a@example.ma\r\nTo: b@example.ma\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n'
        b'--b\r\nContent-Type: text/plain; name="a.txt"\r\nContent-Disposition: attachment; filename="a.txt"\r\n\r\n'
        + attachment
        + b"\r\n--b--\r\n"
    )


def test_a_clean_file_is_taken_whole(services: Services) -> None:
    id, _, _ = deposit.upload(services, io.BytesIO(TEXT), "report.txt", **FORM)
    assert rows(services, Document.id) == [(id,)]
    with services.database.reading() as session:
        assert session.get_one(Document, id).files[0].size == len(TEXT)


def test_an_infected_file_is_refused_and_told_in_the_trace(services: Services) -> None:
    with pytest.raises(Infected) as refused:
        deposit.upload(services, io.BytesIO(TEXT + BAD), "bad.txt", **FORM)
    assert refused.value.problems == {"file": "infected"}
    assert kept(services) == 0
    assert rows(services, Document.id) == []
    [(actor, note)] = infections(services)
    assert actor == "upload"
    assert re.match(r"Rassid\.Test\S*: bad\.txt$", note)


@pytest.mark.parametrize("name", ["x.txt", "x.eml"])
def test_an_import_names_the_file_and_takes_the_others(services: Services, tmp_path: Path, name: str) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "good.txt").write_bytes(TEXT)
    (tmp_path / "in" / name).write_bytes(message(BAD) if name.endswith("eml") else TEXT + BAD)
    summary = importing.take_in(services, [tmp_path / "in"])
    assert len(summary.touched) == 1
    [problem] = summary.refused
    assert isinstance(problem.error, Infected)


def test_a_zip_with_a_virus_in_it_brings_the_rest(services: Services, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "all.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("good.txt", TEXT)
        packed.writestr("bad.txt", TEXT + BAD)
    summary = importing.take_in(services, [tmp_path / "all.zip"])
    assert len(summary.touched) == 1
    assert [type(problem.error) for problem in summary.refused] == [Infected]


def test_while_the_scanner_is_away_nothing_is_taken_and_it_is_said(services: Services, tmp_path: Path) -> None:
    blind = away(services)
    with pytest.raises(Unscanned):
        deposit.upload(blind, io.BytesIO(TEXT), "report.txt", **FORM)
    assert kept(services) == 0
    (tmp_path / "good.txt").write_bytes(TEXT)
    with pytest.raises(Unscanned):
        importing.take_in(blind, [tmp_path / "good.txt"])
    assert [problem.partition(":")[0] for problem in health.check(blind).problems] == ["antivirus"]
    [(_, ok, says)] = [said for said in arrangement.look(blind) if said[0] == "antivirus"]
    assert (ok, "No such file" in says) == (False, True)
    assert health.check(services).ok
    [(_, ok, says)] = [said for said in arrangement.look(services) if said[0] == "antivirus"]
    assert (ok, says.startswith("ClamAV")) == (True, True)


def test_an_upload_waits_for_the_scanner_and_goes_on(services: Services) -> None:
    invited = accounts.invite(services, "test", email="a@example.ma", name="أمينة", role="contributor")
    someone = accounts.known(services, f"person:{invited.id}")
    assert someone
    file = uploads.Announced(path="report.txt", size=len(TEXT))
    begun = uploads.begin(services, someone, uploads.Chosen(), file)
    with pytest.raises(Unscanned):
        uploads.append(away(services), someone, begun.id, 0, TEXT)
    assert rows(services, Upload.state) == [(UploadState.RECEIVING,)]
    uploads.append(services, someone, begun.id, len(TEXT), b"")
    assert rows(services, Upload.state) == [(UploadState.DONE,)]


def test_a_page_says_it_in_words(services: Services) -> None:
    invited = accounts.invite(services, "test", email="a@example.ma", name="أمينة", role="contributor")
    secret = accounts.redeem(services, invited.secret, "خمس نخلات على الواد")
    browser = Browser(create_site(services), follow_redirects=True, headers={"Origin": "http://testserver"})
    browser.cookies.set("session", secret)
    token = re.findall(r'name="csrf" value="([0-9a-f]+)"', browser.get("/ar/desk/deposit").text)[0]
    given = {"csrf": token, "type": "publication", "state": "draft"}
    sent = [("file", ("bad.txt", TEXT + BAD, "text/plain")), ("file", ("good.txt", TEXT, "text/plain"))]
    page = browser.post("/ar/desk/deposit", data=given, files=sent)
    assert page.status_code == 200
    assert "وجد ماسح الفيروسات فيه فيروسا" in page.text
    assert len(rows(services, Document.id)) == 1
    assert [actor for actor, _ in infections(services)] == [f"person:{invited.id}"]


def test_a_file_that_the_scanner_does_not_take_is_refused_for_its_size(services: Services) -> None:
    with pytest.raises(Invalid) as refused:
        scanner.scan(services.settings, io.BytesIO(b"x" * (STREAM_BYTES * 2)))
    assert refused.value.problems == {"file": "too-large-to-scan"}


def test_a_file_above_our_own_limit_is_not_shown_to_the_scanner(services: Services) -> None:
    settings = services.settings.model_copy(update={"max_upload_bytes": 1000})
    with pytest.raises(TooLarge):
        deposit.upload(replace(services, settings=settings), io.BytesIO(BAD * 1000), "large.txt", **FORM)
    assert infections(services) == []


def test_what_the_scanner_passes_over_for_its_size_is_no_clean_file(services: Services) -> None:
    with pytest.raises(Invalid) as refused:
        scanner.scan(services.settings, io.BytesIO(b"x" * (FILE_BYTES + 10) + BAD))
    assert refused.value.problems == {"file": "too-large-to-scan"}


@pytest.mark.parametrize(
    "says", [b"", b"UNKNOWN COMMAND\0", b"stream: Can't allocate memory ERROR\0", b"\xff\xfe" * 3000]
)
def test_whatever_it_says_that_is_not_all_well_takes_nothing(says: bytes) -> None:
    """Over TCP, by something that is not clamd: hangs up, or answers what nobody knows."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            line, _ = listening.accept()
            with line:
                line.recv(65536)
                line.sendall(says)

        thread = threading.Thread(target=answer)
        thread.start()
        host = f"127.0.0.1:{listening.getsockname()[1]}"
        with pytest.raises(Unscanned):
            scanner.scan(Settings(clamd=host, clamd_seconds=5), io.BytesIO(TEXT))
        thread.join()


def test_a_scanner_that_is_there_and_mute_holds_no_page_of_health(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scanner, "GREETING_SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        changes = {"clamd": f"127.0.0.1:{mute.getsockname()[1]}", "clamd_seconds": 3600.0}
        found = health.check(replace(services, settings=services.settings.model_copy(update=changes)))
    assert any(problem.startswith("antivirus: ") for problem in found.problems)


@pytest.mark.parametrize("wrong", ["clamd", "unix:relative", "host:port", "http://x"])
def test_a_setting_that_names_no_door_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="clamd"):
        Settings(clamd=wrong)
