"""Bringing a file in through the page."""

import os
import re
import tempfile
import time
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from kb.app import open_services
from kb.core.settings import Settings
from kb.services import curate
from kb.services.context import Services
from kb.web.site import create_site
from tests.visited import Browser, House, settle

FIELDS = {"title": "مذكرة حول الاستقبال", "type": "publication", "language": "ar", "state": "published"}
OWN = {"Origin": "http://testserver"}


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> object:
    with open_services(Settings(home=tmp_path_factory.mktemp("deposit"), max_upload_bytes=5000)) as opened:
        yield opened


@pytest.fixture
def depositor(services: Services) -> Browser:
    return Browser(create_site(services), client=("127.0.0.1", 5), follow_redirects=False, headers=OWN)


def test_a_file_comes_in_is_read_and_is_found(depositor: Browser, services: Services) -> None:
    words = "تلتزم الإدارة بالرد على الشكايات داخل أجل معقول.".encode()
    answer = depositor.post("/ar/upload", data=FIELDS, files={"file": ("مذكرة.txt", words)})
    assert answer.status_code == 303
    address = answer.headers["location"]
    waiting = depositor.get(address).text
    assert "الملف قيد القراءة" in waiting
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in waiting
    settle(services)
    read = depositor.get(address).text
    assert "الملف قيد القراءة" not in read
    assert "refresh" not in read
    document = address.removesuffix("/f/1/receipt")
    assert document in depositor.get("/ar/search?q=الشكايات").text
    assert address in depositor.get(document).text


def test_the_same_bytes_again_lead_to_the_same_document(depositor: Browser) -> None:
    first, second = (
        depositor.post("/ar/upload", data=FIELDS, files={"file": (name, b"the same bytes")})
        for name in ("a.txt", "b.txt")
    )
    assert first.headers["location"] == second.headers["location"]


def test_bytes_that_were_attached_to_a_message_are_a_document_when_they_come_alone(depositor: Browser) -> None:
    words = "لائحة الأعضاء الحاضرين"
    message = EmailMessage()
    message["Subject"] = "محضر الاجتماع"
    message.set_content("تجدون رفقته اللائحة.")
    message.add_attachment(words.encode(), maintype="text", subtype="plain", filename="لائحة.txt")
    first = depositor.post("/ar/upload", data=FIELDS, files={"file": ("m.eml", message.as_bytes())})
    alone, again = (
        depositor.post("/ar/upload", data=FIELDS, files={"file": ("لائحة.txt", words.encode())}) for _ in range(2)
    )
    assert alone.status_code == 303
    assert alone.headers["location"].split("/")[3] != first.headers["location"].split("/")[3]
    assert again.headers["location"] == alone.headers["location"]


def test_a_draft_is_kept_and_not_shown(depositor: Browser) -> None:
    answer = depositor.post("/ar/upload", data=FIELDS | {"state": "draft"}, files={"file": ("d.txt", b"draft text")})
    assert answer.status_code == 200
    kept = re.search(r'<bdi dir="ltr">([a-z0-9]{10})</bdi>', answer.text)
    assert kept is not None
    assert depositor.get(f"/ar/d/{kept[1]}").status_code == 404


def test_problems_are_listed_and_lead_to_their_fields(depositor: Browser) -> None:
    answer = depositor.post("/ar/upload", data=FIELDS | {"type": "nonsense"}, files={"file": ("a.txt", b"x")})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert 'href="#type"' in answer.text
    assert re.search(r'id="type" name="type" aria-invalid="true" aria-describedby="e-type', answer.text)
    assert FIELDS["title"] in answer.text


def test_a_form_without_a_file_asks_for_one(depositor: Browser) -> None:
    for files in ({}, {"file": ("", b"")}):
        answer = depositor.post("/ar/upload", data=FIELDS, files=files or {"other": ("", b"")})
        assert answer.status_code == 422
        assert 'href="#file"' in answer.text


def test_a_title_is_taken_up_to_its_limit(depositor: Browser) -> None:
    for length, status in ((500, 303), (501, 422)):
        answer = depositor.post(
            "/ar/upload", data=FIELDS | {"title": "ع" * length}, files={"file": ("t.txt", b"title")}
        )
        assert answer.status_code == status


def test_an_empty_file_is_refused(depositor: Browser) -> None:
    answer = depositor.post("/ar/upload", data=FIELDS, files={"file": ("a.txt", b"")})
    assert answer.status_code == 422
    assert "الملف فارغ" in answer.text


def test_a_file_is_taken_up_to_the_limit_and_not_beyond(depositor: Browser) -> None:
    assert depositor.post("/ar/upload", data=FIELDS, files={"file": ("a.txt", b"y" * 5000)}).status_code == 303
    assert depositor.post("/ar/upload", data=FIELDS, files={"file": ("a.txt", b"y" * 5001)}).status_code == 413


def test_more_parts_than_allowed_are_refused(depositor: Browser, services: Services) -> None:
    most = services.settings.max_form_parts
    few = FIELDS | {f"x{n}": "1" for n in range(most - len(FIELDS) - 1)}  # and the token
    assert depositor.post("/ar/upload", data=few, files={"file": ("a.txt", b"few")}).status_code == 303
    assert depositor.post("/ar/upload", data=few | {"one": "more"}, files={"file": ("a.txt", b"n")}).status_code == 400
    two = [("file", ("a.txt", b"1")), ("file", ("b.txt", b"2"))]
    assert depositor.post("/ar/upload", data=FIELDS, files=two).status_code == 400


def test_only_a_form_is_taken(depositor: Browser) -> None:
    assert depositor.post("/ar/upload", data=FIELDS).status_code == 415
    assert depositor.post("/ar/upload", json=FIELDS).status_code == 415
    broken = {"Content-Type": "multipart/form-data"}
    assert depositor.post("/ar/upload", content=b"--x", headers=broken).status_code == 400


@pytest.mark.parametrize(
    "name",
    [
        "../../../etc/passwd",
        "C:\\windows\\a.txt",
        "a\u202etxt.exe",
        "\x00\x01.txt",
        "x" * 3000 + ".txt",
        '"; rm.txt',
        "<b>.txt",
    ],
)
def test_a_hostile_name_stays_a_name(depositor: Browser, services: Services, tmp_path: Path, name: str) -> None:
    answer = depositor.post("/ar/upload", data=FIELDS, files={"file": (name, name.encode("utf-8", "replace"))})
    assert answer.status_code in {303, 422, 400}
    if answer.status_code == 303:
        text = depositor.get(answer.headers["location"]).text
        assert "<b>.txt" not in text
        id = answer.headers["location"].split("/")[3]
        told = depositor.get(f"/d/{id}/f/1/file").headers["content-disposition"]
        assert told.startswith("attachment; ")
        assert told.isascii()
        assert "\r" not in told
        assert "\n" not in told


def test_it_answers_this_machine_alone(house: House) -> None:
    with house.visitor(client="192.0.2.7") as stranger:
        for answer in (
            stranger.get("/ar/upload"),
            stranger.post("/ar/upload", data={}, files={"file": ("a.txt", b"x")}),
        ):
            assert answer.status_code == 403
            assert "الجهاز الذي يشتغل عليه الخادم" in answer.text


def test_a_proxy_on_this_machine_is_not_its_owner(visitor: TestClient) -> None:
    assert visitor.get("/ar/upload", headers={"X-Forwarded-For": "192.0.2.7"}).status_code == 403


def test_a_server_open_to_the_network_takes_nothing(house: House) -> None:
    settings = house.services.settings.model_copy(update={"host": "0.0.0.0"})
    site = create_site(replace(house.services, settings=settings))
    answer = TestClient(site, client=("127.0.0.1", 5)).get("/ar/upload")
    assert answer.status_code == 403
    assert "هذا الخادم مفتوح على الشبكة" in answer.text
    assert "أودع وثيقة" not in answer.text


def test_another_site_cannot_send_its_form(depositor: Browser) -> None:
    answer = depositor.post(
        "/ar/upload", data=FIELDS, files={"file": ("a.txt", b"x")}, headers={"Origin": "https://evil.example"}
    )
    assert answer.status_code == 403


def test_what_passes_through_stays_in_the_home_and_is_swept_at_a_later_start(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    settings.spool.mkdir(parents=True)
    old, fresh = settings.spool / "old", settings.spool / "fresh"
    unpacked = settings.spool / "zip-of-old"
    (unpacked / "folder").mkdir(parents=True)
    (unpacked / "folder" / "a.txt").touch()
    os.utime(unpacked, (0, 0))
    for left in (old, fresh):
        left.touch()
    os.utime(old, (time.time() - 25 * 3600,) * 2)
    before = tempfile.gettempdir()
    with open_services(settings) as services:
        assert tempfile.gettempdir() == str(settings.spool)
        assert list(settings.spool.iterdir()) == [fresh]
        client = Browser(create_site(services), client=("127.0.0.1", 5), follow_redirects=False, headers=OWN)
        files = {"file": ("large.txt", b"a line of text\n" * 200_000)}
        assert client.post("/ar/upload", data=FIELDS, files=files).status_code == 303
        assert list(settings.spool.iterdir()) == [fresh]
    assert tempfile.gettempdir() == before


def test_bytes_of_a_draft_or_a_withdrawn_document_are_not_taken_for_new(depositor: Browser, services: Services) -> None:
    for name, fields in (("draft", FIELDS | {"state": "draft"}), ("withdrawn", FIELDS)):
        files = {"file": (f"{name}.txt", f"bytes of the {name}".encode())}
        depositor.post("/ar/upload", data=fields, files=files)
        if name == "withdrawn":
            settle(services)
            address = depositor.post("/ar/upload", data=FIELDS, files=files).headers["location"]
            curate.withdraw(services, address.split("/")[3], "نسخة أحدث")
        answer = depositor.post("/ar/upload", data=FIELDS, files=files)
        assert answer.status_code == 422
        assert "أُودع هذا الملف من قبل" in answer.text


def test_a_draft_of_a_published_file_leads_to_what_is_published(depositor: Browser) -> None:
    files = {"file": ("twice.txt", b"published, then brought as a draft")}
    first = depositor.post("/ar/upload", data=FIELDS, files=files)
    again = depositor.post("/ar/upload", data=FIELDS | {"state": "draft"}, files=files)
    assert again.headers["location"] == first.headers["location"]
