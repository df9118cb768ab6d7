"""Bringing many files in, whole or piece by piece."""

import io
import json
import os
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response

from kb.app import open_services
from kb.catalog import documents, intake
from kb.catalog.rights import Someone
from kb.catalog.tables import State
from kb.core.settings import Settings
from kb.services import accounts, curate, settling, uploads
from kb.services.context import Services
from kb.web.site import create_site
from tests.catalog.test_lists import queries
from tests.ingest import pdfs
from tests.visited import Browser, settle

PASSWORD = "خمس نخلات على الواد"
CHUNK = 2048
FIELDS = {"type": "publication", "language": "", "state": "draft"}


@dataclass
class Desk:
    """A person at a browser, with the token of a page."""

    services: Services
    browser: Browser
    someone: Someone
    token: str = ""

    def announce(self, name: str, data: bytes, **more: Any) -> Response:
        facts = {"csrf": self.token, "name": name, "size": str(len(data)), **FIELDS, **more}
        return self.browser.post("/ar/desk/uploads", data=facts)

    def piece(self, id: str, offset: int, data: bytes) -> Response:
        headers = {"Upload-Offset": str(offset), "X-Form-Token": self.token}
        return self.browser.request("PATCH", f"/ar/desk/uploads/{id}", content=data, headers=headers)

    def send(self, name: str, data: bytes, **more: Any) -> dict[str, Any]:
        """Send a whole file, piece by piece; return the last answer."""
        told: dict[str, Any] = self.announce(name, data, **more).json()
        while told["state"] == "receiving" and told["offset"] < len(data):
            offset = told["offset"]
            told |= self.piece(told["id"], offset, data[offset : offset + told["chunk"]]).json()
        return told


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    settings = Settings(
        home=tmp_path_factory.mktemp("bringing"),
        max_upload_bytes=300_000,
        upload_chunk_bytes=CHUNK,
        upload_form_files=5,
        upload_parallel=1,
    )
    with open_services(settings) as opened:
        yield opened


def sign_in(services: Services, site: Any, name: str, role: str, **more: Any) -> Desk:
    email = f"{name}@example.ma"
    invited = accounts.invite(services, "test", email=email, name=name, role=role, **more)
    accounts.redeem(services, invited.secret, PASSWORD)
    browser = Browser(site, follow_redirects=False, headers={"Origin": "http://testserver"})
    assert browser.post("/ar/sign-in", data={"email": email, "password": PASSWORD}).status_code == 303
    secret = browser.cookies["session"]
    someone = accounts.who(services, secret)
    assert someone
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', browser.get("/ar/profile").text)
    assert found
    return Desk(services, browser, someone, found[1])


@pytest.fixture(scope="module")
def desks(services: Services) -> dict[str, Desk]:
    site = create_site(services)
    return {
        "contributor": sign_in(services, site, "amina", "contributor"),
        "other": sign_in(services, site, "driss", "contributor"),
        "curator": sign_in(services, site, "karima", "curator"),
        "confined": sign_in(services, site, "youssef", "contributor", organisation_id="mtnra", confined=True),
    }


@pytest.fixture
def desk(desks: dict[str, Desk]) -> Desk:
    return desks["contributor"]


def text(number: object, length: int = 5000) -> bytes:
    return (
        (f"تقرير رقم {number} عن الاستقبال\n\n" + "نص توضيحي عن المسطرة. " * 400).encode()[:length].rstrip(b"\xd8\xd9")
    )


@dataclass(frozen=True)
class Made:
    id: str
    state: str
    by: str
    body: str | None
    files: list[tuple[str, int]]


def document_of(desk: Desk, told: dict[str, Any]) -> Made:
    found = re.search(r"/desk/documents/([a-z0-9]{10})", told["html"])
    assert found, told
    with desk.services.database.reading() as session:
        one = documents.load(session, found[1])
        files = [(file.name, file.size) for file in one.files]
        return Made(one.id, one.state, one.deposited_by, one.organisation_id, files)


def test_a_file_comes_piece_by_piece_and_becomes_a_draft_of_its_bringer(desk: Desk) -> None:
    data = text("one")
    begun = desk.announce("مجلد/تقرير.txt", data)
    assert begun.status_code == 201
    assert begun.json()["offset"] == 0
    told = desk.send("مجلد/تقرير.txt", data)
    assert told["state"] == "done"
    document = document_of(desk, told)
    assert (document.state, document.by) == ("draft", desk.someone.actor)
    assert document.files == [("تقرير.txt", len(data))]
    settle(desk.services)
    page = desk.browser.get(f"/ar/desk/deposit/{told['batch']}").text
    assert 'data-standing="read"' in page
    assert "مجلد/تقرير.txt" in page
    assert "data-events" not in page, "nothing changes any more"


def test_a_piece_in_the_wrong_place_is_told_the_right_one(desk: Desk) -> None:
    data = text("two")
    id = desk.announce("two.txt", data).json()["id"]
    assert desk.piece(id, 0, data[:CHUNK]).json()["offset"] == CHUNK
    for offset in (0, CHUNK - 1, CHUNK + 1):
        answer = desk.piece(id, offset, data[offset : offset + 10])
        assert (answer.status_code, answer.json()["offset"]) == (409, CHUNK)
    assert desk.browser.get(f"/ar/desk/uploads/{id}").json()["offset"] == CHUNK


def test_the_same_file_chosen_again_goes_on_where_it_ended(desk: Desk) -> None:
    data = text("three")
    first = desk.announce("three.txt", data, modified="1700000000000").json()
    desk.piece(first["id"], 0, data[:CHUNK])
    listed = desk.browser.get("/ar/desk/deposit").text
    assert "إيداعات لم تكتمل" in listed
    assert "three.txt" in listed
    again = desk.announce("three.txt", data, modified="1700000000000").json()
    assert (again["id"], again["offset"]) == (first["id"], CHUNK)
    assert again["batch"] != first["batch"], "it is told of where it was chosen last"
    changed = desk.announce("three.txt", data, modified="1700000009999").json()
    assert changed["id"] != first["id"]
    done = desk.send("three.txt", data, modified="1700000000000")
    assert done["state"] == "done"
    once_more = desk.announce("three.txt", data, modified="1700000000000").json()
    assert once_more["state"] == "done", "its bytes need not come again"
    assert "الملف نفسه موجود في" in once_more["html"]


def test_what_was_whole_when_the_line_broke_is_taken_in_by_an_empty_piece_or_a_button(desk: Desk) -> None:
    for number, act in enumerate(("piece", "button")):
        data = text(f"whole {number}", 1500)
        id = desk.announce(f"whole{number}.txt", data).json()["id"]
        settling.parts(desk.services).append(id, 0, data)
        if act == "piece":
            assert desk.piece(id, len(data), b"").json()["state"] == "done"
        else:
            assert "أكمل الإيداع" in desk.browser.get("/ar/desk/deposit").text
            answer = desk.browser.post(f"/ar/desk/uploads/{id}", data={"act": "finish"})
            assert re.fullmatch(r"/ar/desk/deposit/[a-z0-9]{10}", answer.headers["location"])
        assert desk.browser.get(f"/ar/desk/uploads/{id}").json()["state"] == "done"


def test_a_digest_that_was_told_is_held_to(desk: Desk) -> None:
    told = desk.send("wrong.txt", text("wrong", 900), sha256="0" * 64)
    assert told["state"] == "refused"
    assert "تغير الملف أثناء إيداعه" in told["html"]
    assert desk.announce("wrong.txt", b"x", sha256="zz").status_code == 422


def test_nobody_touches_the_upload_of_another(desk: Desk, desks: dict[str, Desk]) -> None:
    data = text("mine")
    mine = desk.announce("mine.txt", data).json()
    for other in (desks["other"], desks["curator"]):
        assert other.piece(mine["id"], 0, data[:10]).status_code == 404
        assert other.browser.get(f"/ar/desk/uploads/{mine['id']}").status_code == 404
        assert other.browser.get(f"/ar/desk/deposit/{mine['batch']}").status_code == 404
        assert other.browser.get(f"/ar/desk/deposit/{mine['batch']}/events").status_code == 404
        assert other.browser.post(f"/ar/desk/uploads/{mine['id']}", data={"act": "drop"}).status_code == 404
        assert other.announce("x.txt", b"x", batch=mine["batch"]).status_code == 404
        assert "mine.txt" not in other.browser.get("/ar/desk/deposit").text
    assert desk.browser.post(f"/ar/desk/uploads/{mine['id']}", data={"act": "drop"}).status_code == 303
    assert desk.browser.get(f"/ar/desk/uploads/{mine['id']}").status_code == 404


def test_a_piece_without_the_token_or_from_another_site_is_refused(desk: Desk) -> None:
    id = desk.announce("token.txt", b"abc").json()["id"]
    address = f"/ar/desk/uploads/{id}"
    assert desk.browser.request("PATCH", address, content=b"abc", headers={"Upload-Offset": "0"}).status_code == 403
    foreign = {"Upload-Offset": "0", "X-Form-Token": desk.token, "Origin": "https://evil.example"}
    assert desk.browser.request("PATCH", address, content=b"abc", headers=foreign).status_code == 403


def test_readers_and_visitors_bring_nothing(desk: Desk, services: Services) -> None:
    visitor = Browser(desk.browser.app, follow_redirects=False, headers={"Origin": "http://testserver"})
    assert visitor.get("/ar/desk/deposit").headers["location"].startswith("/ar/sign-in")
    reader = sign_in(services, desk.browser.app, "reader", "reader")
    assert reader.browser.get("/ar/desk/deposit").status_code == 403
    assert reader.announce("a.txt", b"a").status_code == 403


def test_a_piece_is_taken_up_to_its_size_and_not_beyond(desk: Desk) -> None:
    data = text("beyond")
    id = desk.announce("beyond.txt", data).json()["id"]
    assert desk.piece(id, 0, b"x" * (CHUNK + 1)).status_code == 413
    short = desk.announce("short.txt", b"abc").json()["id"]
    assert desk.piece(short, 0, b"abcd").status_code == 413
    assert desk.piece(short, 0, b"abc").json()["state"] == "done"


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("large.pdf", b"x" * 300_001, "الملف أكبر من المسموح به"),
        ("empty.txt", b"", "الملف فارغ"),
        ("a.exe", b"MZ\x90\x00" + bytes(range(256)) * 8, "ليس من الأنواع التي تُقرأ هنا"),
    ],
)
def test_what_is_not_taken_says_why_and_what_to_do(desk: Desk, name: str, data: bytes, said: str) -> None:
    told = desk.announce(name, data).json() if len(data) > 300_000 else desk.send(name, data)
    assert told["state"] == "refused"
    assert said in told["html"]
    assert said in desk.browser.get(f"/ar/desk/deposit/{told['batch']}").text
    assert not settling.parts(desk.services).path(told["id"]).exists()


def zip_of(members: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return made.getvalue()


def test_the_same_bytes_lead_to_their_document_where_one_may_see_it(desk: Desk, desks: dict[str, Desk]) -> None:
    data = text("shared", 1800)
    mine = desk.send("first.txt", data)
    document = document_of(desk, mine)
    again = desk.send("second.txt", data)
    assert document_of(desk, again).id == document.id
    assert "الملف نفسه موجود في" in again["html"]
    hidden = desks["other"].send("third.txt", data)
    assert hidden["state"] == "refused"
    assert document.id not in hidden["html"]
    assert "غير مفتوحة لك" in hidden["html"]
    curate.publish(desk.services, document.id)
    public = desks["other"].send("fourth.txt", data)
    assert f"/ar/d/{document.id}" in public["html"]


def test_a_damaged_file_is_kept_and_told_of_with_advice(desk: Desk) -> None:
    told = desk.send("broken.pdf", pdfs.pdf({4: pdfs.stream(b"BT ET")})[:400])
    settle(desk.services)
    page = desk.browser.get(f"/ar/desk/deposit/{told['batch']}").text
    assert 'data-standing="failed"' in page
    assert "يبدو تالفا. افتح الملف على حاسوبك واحفظه من جديد" in page


def test_only_a_curator_publishes_and_a_confined_person_brings_for_their_body(desks: dict[str, Desk]) -> None:
    assert desks["contributor"].announce("p.txt", b"p", state="published").status_code == 422
    published = desks["curator"].send("p.txt", text("published", 700), state="published")
    assert document_of(desks["curator"], published).state == State.PUBLISHED
    own = desks["confined"].send("own.txt", text("own", 700))
    assert document_of(desks["confined"], own).body == "mtnra"
    submitted = desks["contributor"].send("s.txt", text("submitted", 700), state="submitted")
    assert document_of(desks["contributor"], submitted).state == "submitted"


def test_many_files_come_by_a_form_without_scripts(desk: Desk) -> None:
    files = [("file", (f"مجلد/ملف {n}.txt", text(f"form {n}", 600))) for n in range(3)]
    files.append(("file", ("empty.txt", b"")))
    answer = desk.browser.post("/ar/desk/deposit", data=FIELDS, files=files)
    assert answer.status_code == 303
    page = desk.browser.get(answer.headers["location"]).text
    assert "دخلت الرصيد 3 وثائق" in page
    assert "لم يُقبل ملف واحد" in page
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in page


def test_a_form_without_files_or_with_too_many_is_refused(desk: Desk) -> None:
    empty = desk.browser.post("/ar/desk/deposit", data=FIELDS, files=[("file", ("", b""))])
    assert empty.status_code == 422
    assert 'href="#file"' in empty.text
    files = [("file", (f"{n}.txt", b"x")) for n in range(6)]
    assert desk.browser.post("/ar/desk/deposit", data=FIELDS, files=files).status_code == 400
    wrong = desk.browser.post("/ar/desk/deposit", data=FIELDS | {"type": "no"}, files=files[:1])
    assert 'href="#type"' in wrong.text


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "C:\\a\\b.txt", "a\u202etxt.exe", "\x00", "/", "x" * 3000, "<b>.txt"]
)
def test_a_hostile_name_stays_a_name(desk: Desk, name: str) -> None:
    answer = desk.announce(name, b"hostile " + name.encode("utf-8", "replace"))
    assert answer.status_code in {201, 422}
    if answer.status_code == 201:
        assert "<b>.txt" not in answer.json()["html"]
        with desk.services.database.reading() as session:
            path = intake.upload(session, answer.json()["id"], desk.someone.actor).path
        assert not set(path.split("/")) & {"..", "", "."}
        assert len(path) <= 500


def test_the_quotas_of_a_day_are_told_in_words(services: Services, desk: Desk) -> None:
    for setting, most, said in (
        ("upload_day_files", 2, "عدد الملفات المسموح به في اليوم، وهو 2"),
        ("upload_day_bytes", 20, "حجم الملفات المسموح به في اليوم"),
        ("upload_open", 2, "إيداعات كثيرة لم تكتمل: 2"),
    ):
        with fresh(services, f"quota-{most}-{setting.replace('_', '-')}", **{setting: most}) as limited:
            answers = [limited.announce(f"{setting}{n}.txt", f"{setting} {n}".encode()) for n in range(3)]
            assert answers[-1].status_code == 429, setting
            assert said in answers[-1].json()["says"]
            assert int(answers[-1].headers["Retry-After"]) > 0
            by_form = limited.browser.post("/ar/desk/deposit", data=FIELDS, files=[("file", ("f.txt", b"12345678901"))])
            assert said.split("،")[0] in limited.browser.get(by_form.headers["location"]).text


@contextmanager
def fresh(services: Services, name: str, **changes: Any) -> Iterator[Desk]:
    """Another person, in a site with other settings on the same library."""
    other = replace(services, settings=services.settings.model_copy(update=changes))
    made = sign_in(other, create_site(other), name, "contributor")
    yield made
    made.browser.close()


def test_what_was_not_finished_in_time_is_given_up(services: Services) -> None:
    with fresh(services, "late", upload_keep_seconds=3600.0) as late:
        data = text("late")
        id = late.announce("late.txt", data).json()["id"]
        late.piece(id, 0, data[:CHUNK])
        path = settling.parts(services).path(id)
        assert uploads.sweep(late.services) == 0
        with late.services.database.writing() as session:
            row = intake.upload(session, id, late.someone.actor)
            row.created_at = row.created_at.replace(year=2020)
        os.utime(path, (0, 0))
        assert uploads.sweep(late.services) >= 1
        assert not path.exists()
        told = late.browser.get(f"/ar/desk/uploads/{id}").json()
        assert told["state"] == "expired"
        assert "لم يكتمل إيداعه في المدة" in told["html"]


def test_a_page_is_told_what_happens_and_the_telling_ends(desk: Desk, services: Services) -> None:
    told = desk.send("events.txt", text("events", 900))
    settle(services)
    with desk.browser.stream("GET", f"/ar/desk/deposit/{told['batch']}/events") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = list(answer.iter_lines())
    first = json.loads(next(line for line in lines if line.startswith('data: {"id"'))[6:])
    assert first["id"] == f"u-{told['id']}"
    assert 'data-standing="read"' in first["html"]
    assert "event: settled" in lines


def test_telling_what_happens_does_not_count_notices(desk: Desk, services: Services) -> None:
    told = desk.send("quiet.txt", text("quiet", 900))
    settle(services)
    with queries(services.database) as asked:
        said = desk.browser.get(f"/ar/desk/deposit/{told['batch']}/events").text
    assert "data-standing" in said
    assert asked
    assert not [query for query in asked if "FROM notice" in query]


def test_no_more_pages_are_told_than_the_settings_allow(services: Services) -> None:
    with fresh(services, "streams", event_streams=0) as limited:
        batch = limited.send("none.txt", text("none", 300))["batch"]
        answer = limited.browser.get(f"/ar/desk/deposit/{batch}/events")
        assert answer.status_code == 429
        assert "Retry-After" in answer.headers


def test_who_has_signed_in_is_led_from_the_old_page_to_the_desk(desk: Desk) -> None:
    assert desk.browser.get("/ar/upload").headers["location"] == "/ar/desk/deposit"


def test_pieces_wait_outside_the_folder_that_is_swept_at_each_start(desk: Desk, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    with open_services(settings) as services:
        store = settling.parts(services)
        store.begin("abcdefghij")
        os.utime(store.path("abcdefghij"), (0, 0))
    with open_services(settings) as services:
        assert settling.parts(services).path("abcdefghij").exists()
