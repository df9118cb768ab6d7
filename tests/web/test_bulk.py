"""A table with its files: looked at, done, stopped anywhere, taken back."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from kb.app import open_services, worker
from kb.catalog import documents, files, relations, trace
from kb.core.errors import NotFound
from kb.core.settings import Settings
from kb.jobs import queue
from kb.services import bulk, bulk_shown, curate, importing, recorded, tabled, wishes
from kb.services.context import Services
from kb.web.site import create_site
from kb.writing import workbook
from kb.writing.table import Table
from tests.visited import settle
from tests.web.test_bringing import Desk, sign_in, zip_of

HEADINGS = ("الملف", "المعرف", "العنوان (العربية)", "Titre (Français)", "Date", "Themes", "النوع")
FIELDS = {"type": "publication", "state": "draft"}
SIGNS = {",": "utf-8", ";": "cp1256", "\t": "utf-16"}


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    with open_services(Settings(home=tmp_path_factory.mktemp("bulk"), import_rows=60)) as opened:
        yield opened


@pytest.fixture(scope="module")
def desk(services: Services) -> Desk:
    return sign_in(services, create_site(services), "karima", "curator")


def table(rows: list[tuple[str, ...]], sign: str = ";", encoding: str = "utf-8", heads: tuple[str, ...] = ()) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=sign).writerows([heads or HEADINGS, *rows])
    return text.getvalue().encode(encoding)


def row(name: str, **more: str) -> tuple[str, ...]:
    told = {"id": name, "ar": f"وثيقة {name}", "fr": f"Document {name}", "date": "2019", "theme": "simplification"}
    told |= more
    file = told.get("file", f"{name}.txt")
    return file, told["id"], told["ar"], told["fr"], told["date"], told["theme"], ""


def files_of(*names: str) -> list[tuple[str, tuple[str, bytes]]]:
    return [("file", (f"{name}.txt", f"نص الوثيقة {name} كله".encode())) for name in names]


def begin(desk: Desk, data: bytes, name: str = "t.csv", files: Sequence[tuple[str, tuple[str, bytes]]] = ()) -> str:
    sent = [("table", (name, data)), *files]
    answer = desk.browser.post("/ar/desk/imports", data=FIELDS, files=sent)
    assert answer.status_code == 303, re.findall(r'class="err"[^§]{0,200}', answer.text)
    return answer.headers["location"].rpartition("/")[2]


def look(desk: Desk, id: str) -> bulk_shown.ImportShown:
    settle(desk.services)
    return bulk_shown.show(desk.services, desk.someone, id)


def act(desk: Desk, id: str, what: str) -> bulk_shown.ImportShown:
    assert desk.browser.post(f"/ar/desk/imports/{id}", data={"act": what}).status_code == 303
    return look(desk, id)


@dataclass(frozen=True)
class Known:
    type: str
    title: Mapping[str, Any]
    date: str
    state: str
    data: Mapping[str, Any]
    files: list[str]


def known(services: Services, import_id: str) -> Known | None:
    with services.database.reading() as session:
        one = documents.by_import_id(session, import_id)
        if one is None:
            return None
        files = [file.name for file in one.files]
        return Known(one.type, one.title, str(one.date_first), one.state, one.data, files)


def test_a_table_is_looked_at_first_then_done_then_taken_back(desk: Desk, services: Services) -> None:
    names = [f"first{n}" for n in range(25)]
    id = begin(desk, table([row(name) for name in names]), files=files_of(*names, "spare"))
    stored = len(list(services.store.digests()))
    found = look(desk, id)
    assert (found.stage, found.counts["created"], found.wrong) == ("checked", 25, ())
    assert found.spare == ("spare.txt",)
    assert known(services, "first0") is None
    assert len(list(services.store.digests())) == stored, "to look writes nothing"
    page = desk.browser.get(f"/ar/desk/imports/{id}").text
    assert "ستُنشأ 25 وثيقة" in page
    assert "استورد 25 صفا صحيحا" in page
    found = act(desk, id, "confirm")
    assert (found.stage, found.counts["done"]) == ("done", 25)
    one = known(services, "first7")
    assert one
    assert (one.title["fr"]["text"], one.date, one.state) == ("Document first7", "2019-01-01", "draft")
    assert one.files == ["first7.txt"]
    touched = next(each.document for each in found.rows if each.number == 9)
    with services.database.writing() as session:
        documents.edit(session, documents.load(session, touched), actor="person:x", language="zgh")
    curate.publish(services, found.rows[0].document)
    found = act(desk, id, "undo")
    assert found.stage == "undone"
    assert (found.counts["undone"], found.counts["left"]) == (23, 2)
    assert {one.note for one in found.rows if one.state == "left"} == {"changed-since"}
    assert "غُيرت بعد الاستيراد" in desk.browser.get(f"/ar/desk/imports/{id}").text
    assert known(services, "first9") is None
    assert known(services, "first7") is not None


@pytest.mark.parametrize("names", [("twice", "twice"), ("م" * 140,)])
def test_files_that_cannot_lie_side_by_side_are_refused_in_words(desk: Desk, names: tuple[str, ...]) -> None:
    sent = [("table", ("t.csv", table([row("any")]))), *files_of(*names)]
    answer = desk.browser.post("/ar/desk/imports", data=FIELDS, files=sent)
    assert answer.status_code == 422
    assert 'class="err"' in answer.text


def test_wrong_rows_say_where_and_what_to_do_and_the_others_come_in(desk: Desk, services: Services) -> None:
    rows = [
        row("good"),
        row("nodate", date="أمس"),
        row("nofile", file="absent.pdf"),
        row("notheme", theme="لا موضوع"),
        row("good", file="nodate.txt"),
        ("", "", "بلا معرف", "", "", "", ""),
        row("leaves", file="../../etc/passwd"),
    ]
    id = begin(desk, table(rows), files=files_of("good", "nodate", "notheme"))
    found = look(desk, id)
    told = {(one.row, one.heading, one.code): one.value for one in found.wrong}
    assert told == {
        (3, "Date", "not-a-date"): "أمس",
        (4, "الملف", "missing"): "absent.pdf",
        (5, "Themes", "unknown"): "لا موضوع",
        (6, "المعرف", "taken"): "2",
        (7, "id", "no-identity"): "",
        (8, "الملف", "path-leaves-folder"): "../../etc/passwd",
    }
    page = desk.browser.get(f"/ar/desk/imports/{id}").text
    assert "ليس تاريخا. اكتب 2019 أو 06/2019 أو 17/06/2019." in page
    assert "لا يوجد الملف <bdi>absent.pdf</bdi> بين ما أرسلته" in page
    sheet = desk.browser.get(f"/fr/desk/imports/{id}/problems.csv")
    lines = list(csv.reader(io.StringIO(sheet.text.lstrip("\ufeff")), delimiter=";"))
    assert lines[0] == ["Ligne", "Colonne", "Valeur", "Que faire"]
    assert len(lines) == 7
    assert "absent.pdf" in lines[2][3]
    found = act(desk, id, "confirm")
    assert (found.counts["done"], found.counts["wrong"]) == (1, 6)
    assert known(services, "good") is not None


@pytest.mark.parametrize("rows_of_a_job", [1, 20])
def test_of_two_rows_with_one_identifier_the_later_is_refused_also_in_another_job(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, rows_of_a_job: int
) -> None:
    monkeypatch.setattr(bulk, "SLICE", rows_of_a_job)
    names = [f"{name}{rows_of_a_job}" for name in ("twice", "once", "twice")]
    found = look(desk, begin(desk, table([row(name) for name in names]), files=files_of(*names[:2])))
    assert [(one.row, one.code, one.value) for one in found.wrong] == [(4, "taken", "2")]


def test_the_same_table_again_changes_what_was_edited_in_it_and_nothing_else(desk: Desk, services: Services) -> None:
    first = begin(desk, table([row("same1"), row("same2")]), files=files_of("same1", "same2"))
    look(desk, first)
    act(desk, first, "confirm")
    again = begin(desk, table([row("same1"), row("same2", ar="عنوان آخر")]), files=files_of("same1", "same2"))
    found = look(desk, again)
    assert {one.number: one.change for one in found.rows} == {2: "unchanged", 3: "changed"}
    assert act(desk, again, "confirm").counts["changed"] == 1
    found = act(desk, again, "undo")
    assert {one.number: (one.state, one.note) for one in found.rows} == {2: ("left", "unchanged"), 3: ("undone", "")}


def test_undo_takes_what_it_changed_back_to_the_version_before(desk: Desk, services: Services) -> None:
    heads = (*HEADINGS[:-1], "audience")
    before = table([row("back1"), row("back2"), row("back3")], heads=heads)
    act(desk, look_at(desk, before, files_of("back1", "back2", "back3")), "confirm")
    with services.database.reading() as session:
        versions = {name: shown_of(session, name) for name in ("back1", "back2", "back3")}
    newer = [
        ("file", ("back1.txt", "نص أحدث من الأول".encode())),
        ("file", ("back2.txt", "نص الوثيقة back2 كله".encode())),
        ("file", ("annexe.txt", "ملحق جديد".encode())),
        *files_of("back3"),
    ]
    rows = [
        (*row("back1", ar="عنوان آخر", fr="Autre", date="2021", theme="training")[:-1], "administration"),
        row("back2", file="back2.txt;annexe.txt"),
        row("back3", ar="عنوان سيغير بعد ذلك"),
    ]
    again = look_at(desk, table(rows, heads=heads), newer)
    assert act(desk, again, "confirm").counts["changed"] == 3
    with services.database.writing() as session:
        third = documents.by_import_id(session, "back3")
        assert third
        documents.edit(session, third, actor="person:x", language="zgh")
    page = desk.browser.get(f"/ar/desk/imports/{again}").text
    assert "ألغ هذا الاستيراد" in page
    found = act(desk, again, "undo")
    assert {one.number: (one.state, one.note) for one in found.rows} == {
        2: ("undone", ""),
        3: ("undone", ""),
        4: ("left", "changed-since"),
    }
    page = desk.browser.get(f"/ar/desk/imports/{again}").text
    assert page.count("رجعت كما كانت قبل الاستيراد") == 2
    assert "غُيرت بعد الاستيراد" in page
    with services.database.reading() as session:
        for name in ("back1", "back2"):
            assert shown_of(session, name) == versions[name]
        third = documents.by_import_id(session, "back3")
        assert third
        assert third.title["ar"]["text"] == "عنوان سيغير بعد ذلك"
        one = documents.by_import_id(session, "back1")
        assert one
        deeds = [(event.action, event.actor, event.note) for event in documents.events(session, one.id)]
        assert ("revert", desk.someone.actor, "2") in deeds
        assert ("unfile", desk.someone.actor, "2") in deeds
        assert trace.verify(session, [], lambda _done, _total: None).fault is None
    with services.database.writing() as session:
        one = documents.by_import_id(session, "back1")
        assert one
        later = files.attach(session, one, digest="cd" * 32, name="y.txt", media_type="text/plain", size=1)
        assert later.number == 3, "the number of a file that was taken out is no other's"


def test_undo_takes_a_publication_back_to_the_draft_it_was(desk: Desk, services: Services) -> None:
    first = look_at(desk, table([row("draft1")]), files_of("draft1"))
    act(desk, first, "confirm")
    heads = (*HEADINGS[:-1], "state")
    told = (*row("draft1", ar="عنوان منشور")[:-1], "published")
    again = look_at(desk, table([told], heads=heads), files_of("draft1"))
    act(desk, again, "confirm")
    made = known(services, "draft1")
    assert made
    assert made.state == "published"
    act(desk, again, "undo")
    made = known(services, "draft1")
    assert made
    assert (made.state, made.title["ar"]["text"]) == ("draft", "وثيقة draft1")
    with services.database.reading() as session:
        one = documents.by_import_id(session, "draft1")
        assert one
        [why] = [event.note for event in documents.events(session, one.id) if event.action == "withdraw"]
    assert "نشرها" in why, "it was there before the import"


def test_undo_takes_no_document_to_a_body_that_is_no_longer_theirs(desk: Desk, services: Services) -> None:
    heads = (*HEADINGS[:-1], "organisation")
    for body in ("mtnra", "mefra"):
        told = table([(*row("moved", file="")[:-1], body)], heads=heads)
        last = look_at(desk, told, [])
        act(desk, last, "confirm")
    confined = replace(desk.someone, confined=True, organisation="mefra")
    bulk.undo(services, desk.someone, last)
    while bulk.undo_some(services, confined, last):
        pass
    found = bulk_shown.show(services, desk.someone, last)
    assert [(one.state, one.note) for one in found.rows] == [("left", "not-yours")]
    settle(services)


def test_undo_leaves_a_document_to_which_another_who_brought_the_same_file_was_led(
    desk: Desk, services: Services
) -> None:
    id = look_at(desk, table([row("shared"), row("alone")]), files_of("shared", "alone"))
    act(desk, id, "confirm")
    [(_, (name, data)), (_, (alone, same))] = files_of("shared", "alone")
    other = sign_in(services, desk.browser.app, "driss", "curator")
    assert other.send(name, data)["state"] == "done"
    assert desk.send(alone, same)["state"] == "done"
    found = act(desk, id, "undo")
    assert {one.number: (one.state, one.note) for one in found.rows} == {2: ("left", "brought-too"), 3: ("undone", "")}
    assert "أودع شخص آخر الملف نفسه" in desk.browser.get(f"/ar/desk/imports/{id}").text
    assert known(services, "shared") is not None


def test_undo_leaves_a_document_to_which_a_later_import_only_brought_a_file(desk: Desk, services: Services) -> None:
    first = look_at(desk, table([row("added")]), files_of("added"))
    act(desk, first, "confirm")
    later = look_at(desk, table([row("added")]), [("file", ("added.txt", "نص أحدث لا غير".encode()))])
    assert act(desk, later, "confirm").counts["changed"] == 1
    found = act(desk, first, "undo")
    assert [(one.state, one.note) for one in found.rows] == [("left", "changed-since")]
    assert known(services, "added") is not None


def look_at(desk: Desk, data: bytes, files: Sequence[tuple[str, tuple[str, bytes]]]) -> str:
    id = begin(desk, data, files=files)
    assert look(desk, id).wrong == ()
    return id


def shown_of(session: Session, import_id: str) -> tuple[object, ...]:
    one = documents.by_import_id(session, import_id)
    assert one
    newest = [(file.number, file.digest) for file in one.files if file.successor_id is None]
    return one.title, one.period, one.audience, one.theme_codes, one.state, one.data, newest


@pytest.mark.parametrize("sign", SIGNS)
def test_every_sign_and_encoding_of_a_spreadsheet_is_read(desk: Desk, sign: str) -> None:
    name = f"enc-{SIGNS[sign]}"
    rows = [row(name, fr=f"Resume {name}")]
    id = begin(desk, table(rows, sign, SIGNS[sign], tuple(h.replace("ç", "c") for h in HEADINGS)), files=files_of(name))
    found = look(desk, id)
    assert (found.counts["created"], found.wrong) == (1, ())
    act(desk, id, "confirm")
    made = known(desk.services, name)
    assert made
    assert made.title["ar"]["text"] == f"وثيقة {name}"


def test_a_workbook_is_read_by_its_own_row_numbers_and_dates(desk: Desk, services: Services) -> None:
    heads = ("Fichier", "Identifiant", "Titre (Arabe)", "Date", "Type de document", "Nature du texte", "Numéro")
    rows = [
        ("", "law-1", "قانون الولوج", "17/06/2019", "Texte juridique", "Loi", "31.13"),
        ("", "", "", "", "", "", ""),
        ("", "law-2", "مرسوم", "06/2019", "نص قانوني", "خطأ", ""),
    ]
    book = workbook.write(Table("t", "fr", heads, rows))
    found = look(desk, id := begin(desk, book, "t.xlsx"))
    assert {(one.row, one.heading, one.code) for one in found.wrong} == {
        (4, "Nature du texte", "unknown-choice"),
        (4, "number", "required"),
    }
    act(desk, id, "confirm")
    made = known(services, "law-1")
    assert made
    assert (made.type, made.data["kind"], made.data["number"]) == ("law", "law", "31.13")
    assert made.date == "2019-06-17"


def test_the_template_of_every_type_is_read_back(desk: Desk, services: Services) -> None:
    for language in ("ar", "fr", "en"):
        for name in services.types:
            sheet = desk.browser.get(f"/{language}/desk/imports/template.csv?type={name}")
            assert sheet.status_code == 200
            heads = next(
                csv.reader(io.StringIO(sheet.text.lstrip("\ufeff")), delimiter=";" if language != "en" else ",")
            )

            assert tabled.reader(services, name).strange(heads) == []
            assert len(set(heads)) == len(heads), "no two columns are called alike"
    book = desk.browser.get("/ar/desk/imports/template.xlsx?type=law")
    assert book.content[:2] == b"PK"
    assert desk.browser.get("/ar/desk/imports/template.csv?type=none").status_code == 404


def practice(*more: tuple[str, str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the headings and the cells of a practice with two indicators, and more."""
    told = (
        ("id", "practice-1"),
        ("نوع الوثيقة", "ممارسة جيدة"),
        ("العنوان (العربية)", "شباك واحد"),
        ("المؤشرات 1: المؤشر", "أجل التسليم"),
        ("المؤشرات 1: قبل", "30"),
        ("المؤشرات 1: بعد", "7"),
        ("Indicateurs 2 : Indicateur", "رضا المرتفقين"),
        ("indicators.2.date", "06/2019"),
        ("indicators.2.page", "12"),
        ("obstacles.1.obstacle", "مقاومة التغيير"),
        ("contact.role", "رئيس المصلحة"),
        *(("level", "central"), ("period", "2018/2019"), ("stage", "pilot"), ("before_ar", "طوابير")),
        *(("done_ar", "شباك"), ("pilot", "وزارة"), ("cost", "250000")),
        *(("success_factors", "القيادة"), ("conditions", "قاعة")),
        *more,
    )
    return tuple(head for head, _ in told), tuple(text for _, text in told)


def test_tables_within_a_document_come_in_cell_by_cell(desk: Desk, services: Services) -> None:
    heads, cells = practice(("indicators.4.name", "بعد فراغ"), ("Interlocuteur: Organisme", "وزارة"))
    id = begin(desk, table([cells], heads=heads))
    found = look(desk, id)
    assert found.wrong == ()
    act(desk, id, "confirm")
    made = known(services, "practice-1")
    assert made
    first, second, third = made.data["indicators"]
    assert first == {"name": "أجل التسليم", "before": "30", "after": "7"}
    assert (second["name"], second["date"]["first"], second["page"]) == ("رضا المرتفقين", "2019-06-01", 12)
    assert third == {"name": "بعد فراغ"}
    assert made.data["contact"] == {"role": "رئيس المصلحة", "organisation": "وزارة"}
    again = look(desk, begin(desk, table([cells], heads=heads)))
    assert [one.change for one in again.rows] == ["unchanged"]


def test_what_is_wrong_in_a_table_within_a_document_is_told_by_its_cell(desk: Desk) -> None:
    heads, cells = practice(
        ("indicators.3.after", "7"),
        ("المؤشرات 4: الصفحة", "س"),
        ("Obstacles et réponses 2: Comment il a été levé", "x"),
    )
    found = look(desk, begin(desk, table([cells], heads=heads)))
    assert {(one.row, one.heading, one.code, one.value) for one in found.wrong} == {
        (2, "indicators.3.name", "required", ""),
        (2, "indicators.4.name", "required", ""),
        (2, "المؤشرات 4: الصفحة", "not-a-number", "س"),
        (2, "obstacles.2.obstacle", "required", ""),
    }


@pytest.mark.parametrize(
    "heading",
    [
        "indicators.0.name",
        "indicators.301.name",
        "indicators.1.colour",
        "contact.1.role",
        pytest.param(f"indicators.{'9' * 5000}.name", id="more digits than any number"),
    ],
)
def test_a_column_of_no_table_within_a_document_is_a_strange_one(desk: Desk, heading: str) -> None:
    sent = [("table", ("t.csv", table([("x", "y")], heads=("id", heading))))]
    answer = desk.browser.post("/ar/desk/imports", data=FIELDS, files=sent)
    assert answer.status_code == 422
    assert heading in answer.text


def test_an_archive_brings_its_table_and_its_files(desk: Desk, services: Services) -> None:
    members = {"دفعة/metadata.csv": table([row("zip1", file="files/zip1.txt")]), "دفعة/files/zip1.txt": "نص".encode()}
    answer = desk.browser.post("/ar/desk/imports", data=FIELDS, files=[("file", ("d.zip", zip_of(members)))])
    id = answer.headers["location"].rpartition("/")[2]
    found = look(desk, id)
    assert (found.name, found.counts["created"], found.wrong, found.spare) == ("metadata.csv", 1, (), ())
    act(desk, id, "confirm")
    assert known(services, "zip1") is not None
    assert not bulk.folder(services, id).exists(), "what waited for it is gone"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty-file"),
        (table([]), "no-rows"),
        (table([row("x")], heads=("الملف", "عمود غريب", "a", "b", "c", "d", "e")), "no-such-column"),
        (table([row("x")], heads=(*HEADINGS[:2], "title", "title", "date", "themes", "kind")), "column-twice"),
        (table([row(str(n)) for n in range(62)]), "too-costly"),
        (b"%PDF-1.4 no table at all", "unsupported"),
    ],
)
def test_what_is_no_table_is_refused_at_once(desk: Desk, services: Services, data: bytes, said: str) -> None:
    answer = desk.browser.post("/ar/desk/imports", data=FIELDS, files=[("table", ("t.csv", data))])
    assert answer.status_code == 422, said
    assert 'href="#table"' in answer.text
    if said == "no-such-column":
        assert "عمود غريب" in answer.text


def test_nobody_sees_the_import_of_another_and_contributors_import_nothing(desk: Desk, services: Services) -> None:
    id = begin(desk, table([row("mine")]), files=files_of("mine"))
    site = desk.browser.app
    other = sign_in(services, site, "another", "curator")
    assert other.browser.get(f"/ar/desk/imports/{id}").status_code == 404
    assert other.browser.get(f"/ar/desk/imports/{id}/problems.csv").status_code == 404
    for what in ("confirm", "undo", "drop"):
        assert other.browser.post(f"/ar/desk/imports/{id}", data={"act": what}).status_code == 404
    contributor = sign_in(services, site, "mere", "contributor")
    assert contributor.browser.get("/ar/desk/imports").status_code == 403
    sent = [("table", ("t.csv", table([row("x")])))]
    assert contributor.browser.post("/ar/desk/imports", data=FIELDS, files=sent).status_code == 403
    look(desk, id)
    assert desk.browser.post(f"/ar/desk/imports/{id}", data={"act": "undo"}).status_code == 409
    assert desk.browser.post(f"/ar/desk/imports/{id}", data={"act": "drop"}).status_code == 303
    assert desk.browser.get(f"/ar/desk/imports/{id}").status_code == 404


def test_a_slice_that_is_done_twice_does_nothing_twice(desk: Desk, services: Services) -> None:
    names = [f"twice{n}" for n in range(3)]
    id = begin(desk, table([row(name) for name in names]), files=files_of(*names))
    look(desk, id)
    assert desk.browser.post(f"/ar/desk/imports/{id}", data={"act": "confirm"}).status_code == 303
    ref = queue.JobRef(0, bulk.BULK, id, 1)
    bulk.run(services, [ref])
    bulk.run(services, [ref])
    found = look(desk, id)
    assert (found.counts["created"], found.stage) == (3, "done")
    assert known(services, "twice2") is not None


def test_a_folder_with_a_table_is_imported_by_command_dry_first(services: Services, tmp_path: Path) -> None:
    (tmp_path / "metadata.csv").write_bytes(table([row("cli1"), row("cli2", date="x")]))
    (tmp_path / "cli1.txt").write_text("نص أول من الأمر", "utf-8")
    (tmp_path / "cli2.txt").write_text("نص ثان من الأمر", "utf-8")
    (tmp_path / "loose.txt").write_text("نص ثالث بلا صف", "utf-8")
    dry = importing.take_in(services, [tmp_path], dry=True)
    assert (dry.created, len(dry.refused)) == (3, 1)
    assert known(services, "cli1") is None
    done = importing.take_in(services, [tmp_path])
    assert (done.created, done.refused[0].path) == (3, f"{tmp_path / 'metadata.csv'}:3")
    again = importing.take_in(services, [tmp_path], dry=True)
    assert (again.created, again.changed, again.unchanged) == (0, 0, 3)


def test_a_command_takes_its_own_import_back(services: Services, tmp_path: Path) -> None:
    (tmp_path / "metadata.csv").write_bytes(table([row("own1", file="")]))
    first = importing.take_in(services, [tmp_path])
    assert first.record
    assert importing.take_in(services, [tmp_path]).record == recorded.Record(wishes.Bare()), "nothing was done"
    (tmp_path / "metadata.csv").write_bytes(table([row("own1", file="", ar="عنوان آخر"), row("own2", file="")]))
    second = importing.take_in(services, [tmp_path], draft=True)
    assert second.record
    assert recorded.undo(services, second.record.id) == recorded.Undone(2, ())
    assert known(services, "own2") is None
    made = known(services, "own1")
    assert made
    assert made.title["ar"]["text"] == "وثيقة own1"
    left = recorded.undo(services, first.record.id).left
    assert [why for _, _, why in left] == ["changed-since"]
    assert recorded.undo(services, second.record.id) == recorded.Undone(2, ()), "once more does nothing more"
    with pytest.raises(NotFound):
        recorded.undo(services, "none")


def test_a_relation_that_an_import_only_added_is_a_change_and_is_taken_back(services: Services, tmp_path: Path) -> None:
    sidecar = tmp_path / "linked.txt.toml"
    (tmp_path / "linked.txt").write_text("نص وثيقة لها علاقة", "utf-8")
    title = "title = {fr = 'Document lié'}\n"
    sidecar.write_text(title, "utf-8")
    [id] = importing.take_in(services, [tmp_path]).touched
    sidecar.write_text(f"{title}relations = [{{kind = 'related', text = 'Un autre document'}}]\n", "utf-8")
    later = importing.take_in(services, [tmp_path])
    assert (later.changed, later.unchanged) == (1, 0)
    assert later.record
    assert recorded.undo(services, later.record.id) == recorded.Undone(1, ())
    with services.database.reading() as session:
        assert relations.said_by(session, documents.load(session, id)) == []


def test_undo_keeps_what_a_text_that_was_read_meanwhile_told_of_itself(services: Services, tmp_path: Path) -> None:
    text = (
        "<html><body><h1>Guide des démarches</h1><p>"
        + "Le texte de ce guide est en français. " * 20
        + "</p></body></html>"
    )
    (tmp_path / "read.html").write_text(text, "utf-8")
    described = tmp_path / "metadata.csv"
    described.write_text("file,id\nread.html,read-late\n", "utf-8")
    [id] = importing.take_in(services, [tmp_path]).touched
    described.write_text("file,id,themes\nread.html,read-late,training\n", "utf-8")
    later = importing.take_in(services, [tmp_path]).record
    settle(services)
    assert later
    assert recorded.undo(services, later.id) == recorded.Undone(1, ())
    with services.database.reading() as session:
        one = documents.load(session, id)
        assert (one.theme_codes, one.language) == (frozenset(), "fr")
        assert one.title["fr"]["text"] == "Guide des démarches"


def test_workers_do_imports_of_the_lane_of_text(services: Services) -> None:
    assert bulk.BULK in worker(services, "text")._handlers
