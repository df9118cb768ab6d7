"""Archives at the door of deposits: unpacked into their files, or led to the import by their table."""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import func, select

from kb.app import open_services
from kb.catalog.intake import Batch, Upload
from kb.catalog.tables import Document
from kb.core.errors import Conflict
from kb.core.settings import Settings
from kb.jobs.queue import JobRef
from kb.services import arrivals, bulk, bulk_shown, held, settling, unpacking, uploads
from kb.services.context import Services
from kb.web.site import create_site
from tests.visited import settle
from tests.web.test_bringing import Desk, sign_in, zip_of
from tests.web.test_bulk import row, table

MOST = 400_000


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    settings = Settings(
        home=tmp_path_factory.mktemp("packed"),
        max_upload_bytes=MOST,
        max_archive_bytes=3_000_000,
        max_archive_entries=60,
        upload_chunk_bytes=64 * 1024,
    )
    with open_services(settings) as opened:
        yield opened


@pytest.fixture(scope="module")
def desk(services: Services) -> Desk:
    return sign_in(services, create_site(services), "karima", "curator")


def pressed(members: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return made.getvalue()


def lines(desk: Desk, batch: str) -> dict[str, tuple[str, str]]:
    shown = arrivals.batch(desk.services, desk.someone, batch, "ar")
    return {one.path: (one.standing, one.code) for one in shown.arrivals}


def words(name: str) -> bytes:
    return f"نص الملف {name} وحده في هذا الأرشيف".encode()


def test_an_archive_becomes_its_files_each_with_a_line_of_its_own(desk: Desk) -> None:
    inner = zip_of({"deep.txt": b"x"})
    data = pressed(
        {
            "تقارير/أول.txt": words("أول"),
            "تقارير/ثان.txt": words("ثان"),
            "run.exe": b"MZ\x90\x00" + bytes(range(256)) * 8,
            "empty.txt": b"",
            "inner.zip": inner,
            "../leaves.txt": b"x",
            "bomb.txt": b"0" * 2_000_000,
            ".DS_Store": b"x",
        }
    )
    with desk.services.database.reading() as session:
        before = session.scalar(select(func.count()).select_from(Document)) or 0
    told = desk.send("d.zip", data)
    assert told["state"] == "packed"
    assert "يُفك ضغطه" in told["html"]
    settle(desk.services)
    assert lines(desk, told["batch"]) == {
        "d.zip": ("unpacked", ""),
        "d.zip/تقارير/أول.txt": ("read", ""),
        "d.zip/تقارير/ثان.txt": ("read", ""),
        "d.zip/run.exe": ("refused", "unsupported-format"),
        "d.zip/empty.txt": ("refused", "empty-file"),
        "d.zip/inner.zip": ("refused", "nested-archive"),
        "d.zip/leaves.txt": ("refused", "path-leaves-folder"),
        "d.zip/bomb.txt": ("refused", "too-costly"),
    }
    page = desk.browser.get(f"/ar/desk/deposit/{told['batch']}").text
    assert "فُك ضغطه" in page
    assert "يتجاوز حدا من حدود فك الضغط" in page
    assert "حاول بعد قليل" not in page
    assert not settling.parts(desk.services).path(told["id"]).exists()
    assert not list(desk.services.settings.uploads.glob("unpacked-*"))
    again = desk.send("e.zip", data)
    settle(desk.services)
    with desk.services.database.reading() as session:
        documents = session.scalar(select(func.count()).select_from(Document))
    assert documents == before + 2, "the same bytes are the same documents"
    assert lines(desk, again["batch"])["e.zip/تقارير/أول.txt"] == ("read", "")
    none = desk.send("none.zip", zip_of({}))
    settle(desk.services)
    assert lines(desk, none["batch"]) == {"none.zip": ("refused", "empty-file")}


def test_an_archive_that_is_too_much_is_refused_by_its_name(desk: Desk) -> None:
    many = desk.send("many.zip", zip_of({f"{n}.txt": b"x" for n in range(61)}))
    wide = desk.send("wide.zip", pressed({f"{n}.txt": b"0" * 999_000 for n in range(4)}))
    for told in (many, wide):
        assert told["state"] == "refused"
        assert lines(desk, told["batch"]) == {f"{'many' if told is many else 'wide'}.zip": ("refused", "too-costly")}


def test_an_office_file_is_a_document_and_no_archive_of_others(desk: Desk) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as book:
        book.writestr("mimetype", "application/epub+zip")
        book.writestr("META-INF/container.xml", "<container/>")
    assert desk.send("book.epub", made.getvalue())["state"] == "done"


def test_an_archive_with_a_table_leads_to_its_import_by_one_click(desk: Desk) -> None:
    members = {"دفعة/metadata.csv": table([row("packed1")]), "دفعة/packed1.txt": words("packed1")}
    told = desk.send("t.zip", zip_of(members))
    assert told["state"] == "held"
    assert "افحص الجدول للاستيراد" in told["html"]
    assert "t.zip" in desk.browser.get("/ar/desk/deposit").text
    answer = desk.browser.post(f"/ar/desk/uploads/{told['id']}", data={"act": "import"})
    assert answer.status_code == 303
    settle(desk.services)
    id = answer.headers["location"].rpartition("/")[2]
    found = bulk_shown.show(desk.services, desk.someone, id)
    assert (found.stage, found.counts["created"], found.wrong) == ("checked", 1, ())
    assert not settling.parts(desk.services).path(told["id"]).exists()
    assert desk.browser.post(f"/ar/desk/uploads/{told['id']}", data={"act": "import"}).status_code == 409


def test_an_archive_with_a_table_that_cannot_be_read_says_why_and_stays(desk: Desk) -> None:
    told = desk.send("bad.zip", zip_of({"metadata.csv": table([("x",)], heads=("عمود غريب",)), "a.txt": words("bad")}))
    answer = desk.browser.post(f"/ar/desk/uploads/{told['id']}", data={"act": "import"})
    assert answer.status_code == 422
    assert "عمود غريب" in answer.text
    assert lines(desk, told["batch"])["bad.zip"] == ("table", "")
    answer = desk.browser.post(f"/ar/desk/uploads/{told['id']}", data={"act": "unpack"})
    assert answer.headers["location"].endswith(told["batch"])
    settle(desk.services)
    assert lines(desk, told["batch"])["bad.zip/a.txt"] == ("read", "")


def test_who_may_not_import_is_told_who_does(desk: Desk) -> None:
    other = sign_in(desk.services, desk.browser.app, "mere", "contributor")
    told = other.send("t.zip", zip_of({"metadata.csv": table([row("no")]), "no.txt": words("no")}))
    assert (told["state"], lines(other, told["batch"])) == ("refused", {"t.zip": ("refused", "archive-table")})
    answer = other.browser.post("/ar/desk/uploads", data={"name": "a", "size": "1", "state": "import"})
    assert answer.status_code == 403


def test_an_archive_whose_worker_dies_anywhere_is_unpacked_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "SLICE", 3)
    names = [f"{n}.txt" for n in range(8)]
    told = desk.send("k.zip", zip_of({name: words(f"kill {name}") for name in names}))
    take, died = settling.take, list[str]()

    def dying(*arguments: object) -> None:
        take(*arguments)  # type: ignore[arg-type]
        if len(died) < 8:
            died.append("")
            raise KeyboardInterrupt  # as a kill between what was written and what was to follow

    monkeypatch.setattr(settling, "take", dying)
    ref = JobRef(0, settling.UNPACK, told["id"], 1)
    for _ in names:
        with pytest.raises(KeyboardInterrupt):
            unpacking.run(desk.services, [ref])
    for _ in range(3):
        unpacking.run(desk.services, [ref])
    settle(desk.services)
    found = lines(desk, told["batch"])
    assert found == {"k.zip": ("unpacked", "")} | {f"k.zip/{name}": ("read", "") for name in names}


def test_two_archives_of_one_name_lose_no_file_of_either(desk: Desk) -> None:
    told = desk.send(
        "same.zip", zip_of({"a.txt": words("same, first"), "b.exe": b"MZ\x90\x00" + bytes(range(256)) * 8})
    )
    settle(desk.services)
    desk.send("same.zip", zip_of({"a.txt": words("same, second")}), batch=told["batch"])
    settle(desk.services)
    shown = arrivals.batch(desk.services, desk.someone, told["batch"], "ar").arrivals
    found = [one for one in shown if one.path == "same.zip/a.txt"]
    assert [one.standing for one in found] == ["read", "read"]
    assert len({one.document for one in found}) == 2


def test_an_archive_that_has_not_come_whole_is_not_unpacked_yet(desk: Desk) -> None:
    data = zip_of({"a.txt": words("half") * 900})
    told = desk.announce("half.zip", data).json()
    desk.piece(told["id"], 0, data[:100])
    assert desk.browser.post(f"/ar/desk/uploads/{told['id']}", data={"act": "unpack"}).status_code == 409
    assert desk.piece(told["id"], 100, data[100 : 100 + told["chunk"]]).json()["state"] == "packed"
    settle(desk.services)


def test_an_archive_whose_bytes_are_gone_is_given_up(desk: Desk) -> None:
    told = desk.send("lost.zip", zip_of({"a.txt": words("lost")}))
    settling.parts(desk.services).drop(told["id"])
    settle(desk.services)
    assert lines(desk, told["batch"]) == {"lost.zip": ("expired", "")}


def test_what_waits_for_an_import_is_sent_once_and_begun_by_the_form(desk: Desk, services: Services) -> None:
    files = {"table-t.csv": table([row("piece1"), row("piece2", file="d/piece2.txt")])}
    files |= {"piece1.txt": words("p1"), "d/piece2.txt": words("p2")}
    batch = ""
    for name, data in files.items():
        told = desk.send(name, data, state="import", modified="17", **({"batch": batch} if batch else {}))
        batch = told["batch"]
        assert told["state"] == "held"
        assert desk.send(name, data, state="import", modified="17", batch=batch)["id"] == told["id"]
    page = desk.browser.get("/ar/desk/imports").text
    assert "table-t.csv" in page
    assert "table-t.csv" not in desk.browser.get("/ar/desk/deposit").text
    form = {"type": "publication", "state": "draft", "batch": batch, "named": "table-t.csv"}
    answer = desk.browser.post("/ar/desk/imports", data=form, files=[("file", ("", b""))])
    assert answer.status_code == 303, re.findall(r'class="err"[^§]{0,200}', answer.text)
    settle(services)
    found = bulk_shown.show(services, desk.someone, answer.headers["location"].rpartition("/")[2])
    assert (found.stage, found.counts["created"], found.wrong, found.spare) == ("checked", 2, (), ())
    with services.database.reading() as session:
        assert {one.state for one in session.get_one(Batch, batch).uploads} == {"unpacked"}
    form["batch"] = batch
    assert desk.browser.post("/ar/desk/imports", data=form, files=[("file", ("", b""))]).status_code == 422


def test_an_import_whose_table_cannot_be_read_keeps_what_was_sent(desk: Desk, services: Services) -> None:
    told = desk.send("table-x.csv", table([("x",)], heads=("عمود غريب",)), state="import")
    form = {"type": "publication", "state": "draft", "batch": told["batch"], "named": "table-x.csv"}
    answer = desk.browser.post("/ar/desk/imports", data=form, files=[("file", ("", b""))])
    assert answer.status_code == 422
    assert "عمود غريب" in answer.text
    assert settling.parts(services).path(told["id"]).exists()
    assert (
        desk.browser.post(f"/ar/desk/uploads/{told['id']}", data={"act": "drop"})
        .headers["location"]
        .startswith("/ar/desk/imports")
    )
    assert not settling.parts(services).path(told["id"]).exists()
    with services.database.reading() as session:
        assert session.get(Upload, told["id"]) is None


def test_what_was_sent_for_an_import_is_not_written_over_by_an_archive_beside_it(
    desk: Desk, services: Services
) -> None:
    rows = table([row("over", file="over.txt")])
    sent = {"table-o.csv": rows, "over.txt": words("sent"), "z.zip": zip_of({"over.txt": words("packed")})}
    batch, ids = "", dict[str, str]()
    for name, data in sent.items():
        told = desk.send(name, data, state="import", **({"batch": batch} if batch else {}))
        batch, ids[name] = told["batch"], told["id"]
    form = {"type": "publication", "state": "draft", "batch": batch, "named": "table-o.csv"}
    answer = desk.browser.post("/ar/desk/imports", data=form, files=[("file", ("", b""))])
    assert answer.status_code == 422
    assert settling.parts(services).path(ids["over.txt"]).read_bytes() == words("sent")


def test_an_archive_that_holds_a_file_of_its_own_name_keeps_its_bytes(desk: Desk, services: Services) -> None:
    data = zip_of({"self.zip": words("self"), "metadata.csv": table([("x",)], heads=("عمود غريب",))})
    told = desk.send("self.zip", data)
    assert told["state"] == "held"
    assert desk.browser.post(f"/ar/desk/uploads/{told['id']}", data={"act": "import"}).status_code == 422
    assert settling.parts(services).path(told["id"]).read_bytes() == data


def test_what_was_sent_is_its_senders_until_one_import_has_begun_with_it(
    desk: Desk, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = desk.send("d.zip", zip_of({"metadata.csv": table([row("once")]), "once.txt": words("once")}))
    begin, begun, states = bulk.begin, list[str](), list[str]()

    def pressed_again(*arguments: Any, **more: Any) -> None:
        monkeypatch.setattr(bulk, "begin", begin)
        with services.database.reading() as session:
            states.append(session.get_one(Upload, told["id"]).state)
        begun.append(held.begin_archive(services, desk.someone, told["id"]))
        begin(*arguments, **more)

    monkeypatch.setattr(bulk, "begin", pressed_again)
    with pytest.raises(Conflict):
        held.begin_archive(services, desk.someone, told["id"])
    assert states == ["held"], "a kill at this moment loses nothing"
    settle(services)
    assert bulk_shown.show(services, desk.someone, begun[0]).counts["created"] == 1


def test_an_import_may_be_larger_than_a_file_of_a_deposit(desk: Desk) -> None:
    assert desk.announce("large.zip", b"x" * (MOST + 1), state="import").json()["state"] == "receiving"
    assert desk.announce("large.zip", b"x" * (MOST + 1)).json()["state"] == "refused"
    assert desk.announce("larger.zip", b"x" * 3_000_001, state="import").json()["state"] == "refused"


def test_what_nobody_begins_is_swept_with_its_bytes(desk: Desk, services: Services) -> None:
    told = desk.send("old.txt", words("old"), state="import")
    with services.database.writing() as session:
        upload = session.get_one(Upload, told["id"])
        upload.created_at = upload.created_at.replace(year=2020)
    assert settling.parts(services).path(told["id"]).exists()
    folder = services.settings.uploads / "unpacked-zzzzzzzzzz"
    folder.mkdir()
    unpacking.sweep(services)
    assert not folder.exists()
    bulk.sweep(services)
    uploads.sweep(services)
    assert settling.parts(services).path(told["id"]).exists(), "its bytes came only now"
