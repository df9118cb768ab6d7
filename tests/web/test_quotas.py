"""What one person may bring in a day is one count, whichever door it comes by, and told beside the field."""

import asyncio
import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from httpx2 import Response
from sqlalchemy import func, select

from kb.app import open_services
from kb.catalog import documents, intake
from kb.catalog.intake import Batch, Upload
from kb.catalog.tables import Document
from kb.core.clock import now
from kb.core.settings import Settings
from kb.services import arrivals, quotas, uploads
from kb.services.context import Services
from kb.web.site import create_site
from tests.visited import settle
from tests.web.test_bringing import FIELDS, Desk, sign_in, text, zip_of

FILES = "بلغت عدد الملفات المسموح به في اليوم، وهو 2"
BYTES = "بلغت حجم الملفات المسموح به في اليوم"


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    with open_services(Settings(home=tmp_path_factory.mktemp("quotas"))) as opened:
        yield opened


def person(services: Services, name: str, role: str = "curator", **changes: Any) -> Desk:
    limited = replace(services, settings=services.settings.model_copy(update=changes))
    return sign_in(limited, create_site(limited), name, role)


def to_document(desk: Desk, name: str, data: bytes, **more: str) -> Response:
    with desk.services.database.writing() as session:
        made = documents.create(session, type="publication", actor=desk.someone.actor, title={"ar": name})
        address = f"/ar/desk/documents/{made.id}/files"
    given = {"csrf": desk.token, "role": "original", **more}
    return desk.browser.post(address, data=given, files={"file": (name, data)})


def to_the_old_page(desk: Desk, name: str, data: bytes, **more: str) -> Response:
    given = {"title": "", "csrf": desk.token, **FIELDS, **more}
    return desk.browser.post("/ar/upload", data=given, files={"file": (name, data)})


def test_a_file_of_a_document_counts_and_one_too_many_is_told_beside_the_field(services: Services) -> None:
    desk = person(services, "files", upload_day_files=2)
    assert to_document(desk, "a.txt", b"one").status_code == 303
    assert desk.announce("b.txt", b"two").status_code == 201
    assert desk.announce("c.txt", b"three").status_code == 429
    answer = to_document(desk, "d.txt", b"four", role="annex")
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert 'id="e-file"' in answer.text
    assert FILES in answer.text
    assert '<option value="annex" selected>' in answer.text


def test_what_comes_by_the_old_page_counts_and_what_was_typed_is_kept(services: Services) -> None:
    desk = person(services, "old", upload_day_files=2, upload_day_bytes=1000)
    assert to_the_old_page(desk, "a.txt", b"quota one").status_code in {200, 303}
    answer = to_the_old_page(desk, "big.txt", text("big", 2000), title="عنوان كتبته")
    assert answer.status_code == 429
    assert BYTES in answer.text
    assert 'value="عنوان كتبته"' in answer.text
    assert to_the_old_page(desk, "b.txt", b"quota two").status_code in {200, 303}
    assert FILES in to_the_old_page(desk, "c.txt", b"quota three").text


def test_an_archive_counts_as_the_files_in_it_and_is_taken_whole_or_not_at_all(services: Services) -> None:
    desk = person(services, "archive", upload_day_files=2)
    three = zip_of({f"{n}.txt": f"archived {n}".encode() for n in range(3)})
    answer = to_the_old_page(desk, "three.zip", three)
    assert answer.status_code == 429
    assert FILES in answer.text
    with services.database.reading() as session:
        assert intake.brought(session, desk.someone.actor, now() - quotas.DAY) == (0, 0)
        assert not session.scalar(
            select(func.count()).select_from(Document).where(Document.deposited_by == desk.someone.actor)
        )
    assert to_the_old_page(desk, "two.zip", zip_of({"a.txt": b"za", "b.txt": b"zb"})).status_code == 200
    assert desk.announce("c.txt", b"zc").status_code == 429


def test_the_room_of_an_archive_is_that_of_its_files(services: Services) -> None:
    members = {"a.txt": text("room one", 300), "b.txt": text("room two", 300)}
    data = zip_of(members)
    limited: dict[str, Any] = {"upload_day_files": 3, "upload_day_bytes": len(data) + 500, "upload_open": 1}
    desk = person(services, "room", **limited)
    told = desk.send("room.zip", data)
    assert told["state"] == "packed"
    settle(desk.services)
    shown = arrivals.batch(desk.services, desk.someone, told["batch"], "ar").arrivals
    assert [(one.path, one.standing, one.code) for one in shown] == [
        ("room.zip", "unpacked", ""),
        ("room.zip/a.txt", "read", ""),
        ("room.zip/b.txt", "read", ""),
    ]
    with services.database.reading() as session:
        assert intake.brought(session, desk.someone.actor, now() - quotas.DAY) == (2, sum(map(len, members.values())))
    over = zip_of({f"{n}.txt": text(f"over {n}", 20) for n in range(2)})
    told = desk.send("over.zip", over)
    settle(desk.services)
    shown = arrivals.batch(desk.services, desk.someone, told["batch"], "ar").arrivals
    assert [one.code for one in shown] == ["", "", "quota-files"]


def test_the_files_of_an_import_count(services: Services) -> None:
    desk = person(services, "import", upload_day_files=2)
    table = ("table", ("t.csv", "file;title_ar\na.txt;وثيقة\n".encode()))
    given = {"type": "publication", "state": "draft"}
    three = [("file", (f"{n}.txt", f"imported {n}".encode())) for n in range(3)]
    answer = desk.browser.post("/ar/desk/imports", data=given, files=[table, *three])
    assert answer.status_code == 429
    assert FILES in answer.text
    assert not list(services.settings.uploads.glob("import-*"))
    assert desk.browser.post("/ar/desk/imports", data=given, files=[table, *three[:2]]).status_code == 303
    assert desk.announce("c.txt", b"ic").status_code == 429


def test_announcements_that_are_refused_are_bounded_and_leave_no_batch_behind(services: Services) -> None:
    desk = person(services, "refused", upload_day_refused=3, max_upload_bytes=10)
    for n in range(6):
        answer = desk.announce(f"{n}.txt", b"more than ten bytes")
        assert answer.status_code == (201 if n < 3 else 429)
    assert "رُفضت اليوم ملفات كثيرة مما جئت به: 3" in answer.json()["says"]
    by_form = desk.browser.post("/ar/desk/deposit", data=FIELDS, files=[("file", ("f.txt", b""))])
    assert by_form.status_code == 429
    assert "رُفضت اليوم ملفات كثيرة" in by_form.text
    assert rows(services, desk) == (3, 3)


def test_choosing_the_same_unfinished_file_again_and_again_leaves_one_batch(services: Services) -> None:
    desk = person(services, "again")
    for _ in range(4):
        assert desk.announce("again.txt", b"never sent", modified="5").status_code == 201
    assert rows(services, desk) == (1, 1)


def test_what_was_refused_is_forgotten_after_a_while(services: Services) -> None:
    desk = person(services, "forgotten", max_upload_bytes=10)
    kept = desk.send("b.txt", b"short")
    for name in ("a.txt", "c.txt"):
        desk.announce(name, b"more than ten bytes", batch=kept["batch"] if name == "c.txt" else "")
    assert rows(services, desk) == (3, 2)
    uploads.sweep(desk.services)
    assert rows(services, desk) == (3, 2)
    with services.database.writing() as session:
        for row in session.scalars(select(Upload).where(Upload.owner == desk.someone.actor)):
            row.created_at = row.batch.created_at = now() - dt.timedelta(days=8)
    uploads.sweep(desk.services)
    assert rows(services, desk) == (1, 1)


def rows(services: Services, desk: Desk) -> tuple[int, int]:
    """Return how many uploads and how many batches are theirs."""
    with services.database.reading() as session:
        return (
            session.scalar(select(func.count()).select_from(Upload).where(Upload.owner == desk.someone.actor)) or 0,
            session.scalar(select(func.count()).select_from(Batch).where(Batch.owner == desk.someone.actor)) or 0,
        )


@pytest.mark.parametrize("door", ["desk/deposit", "desk/imports", "upload", "desk/documents/aaaaaaaaaa/files"])
@pytest.mark.parametrize("token", ["after", "wrong", "none"])
def test_no_byte_of_a_file_is_kept_before_the_token_of_the_form_has_come(
    services: Services, tokens: Desk, door: str, token: str
) -> None:
    piece = b"x" * 65536
    field = b'--b\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n%s\r\n'
    first = field % (b"0" * 128) if token == "wrong" else b""
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
    last = field % tokens.token.encode() if token == "after" else b""
    parts = [first + head, *([piece] * 100), b"\r\n" + last + b"--b--\r\n"]
    read, status = asyncio.run(sent(tokens, f"/ar/{door}", parts))
    assert status == 403
    assert read < 5


@pytest.fixture(scope="module")
def tokens(services: Services) -> Desk:
    return person(services, "tokens")


async def sent(desk: Desk, path: str, parts: list[bytes]) -> tuple[int, int]:
    """Send a body piece by piece; return how many pieces were asked for, and the status of the answer."""
    headers = [
        (b"host", b"testserver"),
        (b"origin", b"http://testserver"),
        (b"content-type", b"multipart/form-data; boundary=b"),
    ]
    headers.append((b"cookie", "; ".join(f"{k}={v}" for k, v in desk.browser.cookies.items()).encode()))
    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": headers,
        "client": ("127.0.0.1", 5),
        "server": ("testserver", 80),
        "scheme": "http",
        "http_version": "1.1",
        "state": {},
    }
    asked, status = 0, 0

    async def receive() -> dict[str, Any]:
        nonlocal asked
        asked += 1
        return {"type": "http.request", "body": parts[asked - 1], "more_body": asked < len(parts)}

    async def send(message: Any) -> None:
        nonlocal status
        status = message.get("status", status)

    await desk.browser.app(scope, receive, send)
    return asked, status
