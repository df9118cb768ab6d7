"""Import: what becomes of files, sidecars, lines and their repetition."""

import io
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import pytest

from kb.catalog import documents
from kb.catalog.access import PUBLIC
from kb.core.clock import now
from kb.core.errors import Gone, Invalid, NotFound, TooLarge
from kb.search.query import Sort
from kb.services import curate, deposit, importing, read
from kb.services.context import Services
from tests.opening import ask, library, take_in, titles

GUIDE = "دليل تبسيط المساطر الإدارية\n\nيشرح هذا الدليل كيف تبسط الإدارة مساطرها وتقلص عدد الوثائق المطلوبة.\n"


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    with library(tmp_path / "home") as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "in"
    made.mkdir()
    return made


def test_a_bare_file_becomes_a_published_publication_named_by_its_heading(services: Services, folder: Path) -> None:
    (folder / "x1.txt").write_text(GUIDE, "utf-8")
    assert take_in(services, folder).created == 1
    [found] = ask(services, "تبسيط المساطر").found
    assert found.card.title.text == "دليل تبسيط المساطر الإدارية"
    assert (found.card.type, found.card.file_name, found.card.languages) == ("publication", "x1.txt", ("ar",))
    [quote] = found.quotes
    assert (quote.file, quote.page) == (1, 1)
    assert "المساطر" in {quote.said.text[m.start : m.end] for m in quote.said.marks}


def test_the_same_again_changes_nothing(services: Services, folder: Path) -> None:
    (folder / "a.txt").write_text(GUIDE, "utf-8")
    (folder / "copy.txt").write_text(GUIDE, "utf-8")
    first = take_in(services, folder)
    assert (first.created, first.unchanged) == (1, 1)
    again = take_in(services, folder)
    assert (again.created, again.changed, again.unchanged) == (0, 0, 2)
    assert ask(services, "").total == 1


def test_a_draft_is_not_found_until_it_is_published_and_not_after_it_is_withdrawn(
    services: Services, folder: Path
) -> None:
    (folder / "a.txt").write_text(GUIDE, "utf-8")
    summary = importing.take_in(services, [folder], draft=True)
    take_in(services, folder)
    [id] = summary.touched
    assert ask(services, "المساطر").total == 0
    curate.publish(services, id)
    take_in(services, folder)
    assert ask(services, "المساطر").total == 1
    curate.withdraw(services, id, "نسخة متجاوزة")
    take_in(services, folder)
    assert ask(services, "المساطر").total == 0
    with pytest.raises(Gone) as gone:
        read.record(services, id, PUBLIC, "ar")
    assert gone.value.reason == "نسخة متجاوزة"


def sidecar(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text, "utf-8")


def test_a_sidecar_describes_its_file_and_an_edited_one_changes_it(services: Services, folder: Path) -> None:
    (folder / "g.txt").write_text(GUIDE, "utf-8")
    text = 'id = "g-1"\ntype = "publication"\ntitle = "دليل مبسط"\ndate = "2019"\nthemes = ["simplification"]\n'
    sidecar(folder, "g.txt.toml", text)
    assert take_in(services, folder).created == 1
    [found] = ask(services, "دليل").found
    assert found.card.title.text == "دليل مبسط"
    assert found.card.when is not None
    assert found.card.when.first.year == 2019
    sidecar(folder, "g.txt.toml", text.replace("دليل مبسط", "دليل منقح"))
    assert take_in(services, folder).changed == 1
    assert titles(ask(services, "منقح")) == ["دليل منقح"]


LESSON = """
id = "l-1"
type = "lesson"
title = "درس حول التكوين"
[data]
lesson = "عندما تأخر التكوين تعثر الإطلاق لأن الأعوان لم يستعدوا"
nature = "failure"
recommendation = "ابدأ التكوين قبل الإطلاق بشهرين"
"""


def test_a_sheet_without_a_file_is_found_and_leads_to_its_field(services: Services, folder: Path) -> None:
    sidecar(folder, "lesson.toml", LESSON)
    take_in(services, folder)
    [found] = ask(services, "تعثر الإطلاق").found
    assert (found.quotes[0].field, found.quotes[0].field_label) == ("lesson", "الدرس")
    assert found.quotes[0].page == 0


def test_what_is_wrong_in_a_sidecar_is_told_and_stops_nothing_else(services: Services, folder: Path) -> None:
    (folder / "good.txt").write_text(GUIDE, "utf-8")
    sidecar(folder, "bad.toml", 'id = "b-1"\ntype = "no_such_type"\ntitle = "x"\nthemes = ["no-such-theme"]\n')
    summary = take_in(services, folder)
    assert summary.created == 1
    [problem] = summary.refused
    assert isinstance(problem.error, Invalid)
    assert problem.error.problems == {"type": "unknown", "themes": "unknown"}


def test_a_sidecar_cannot_reach_out_of_its_folder(services: Services, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("سر", "utf-8")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    for path in ("../secret.txt", str(tmp_path / "secret.txt"), "link.txt"):
        sidecar(folder, "s.toml", f'id = "s-1"\ntitle = "x"\n[[file]]\npath = "{path}"\n')
        summary = importing.take_in(services, [folder / "s.toml"])
        assert isinstance(summary.refused[0].error, Invalid), path
    assert ask(services, "").total == 0


def test_json_lines_carry_the_same_keys(services: Services, folder: Path) -> None:
    (folder / "g.txt").write_text(GUIDE, "utf-8")
    rows = [
        {"id": "j-1", "type": "publication", "title": {"ar": "الأول"}, "files": ["g.txt"]},
        {"id": "j-2", "type": "publication", "title": {"ar": "الثاني"}},
    ]
    lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    (folder / "all.jsonl").write_text(lines + "\nnot json\n", "utf-8")
    summary = take_in(services, folder)
    assert summary.created == 2
    assert [problem.path.rpartition(":")[2] for problem in summary.refused] == ["3"]


def test_a_description_above_its_limit_is_refused_by_name(tmp_path: Path, folder: Path) -> None:
    text = 'id = "s-1"\ntitle = "عنوان"\n'.encode()
    (folder / "s.toml").write_bytes(text)
    with library(tmp_path / "small", max_sidecar_bytes=len(text) - 1) as services:
        [problem] = importing.take_in(services, [folder]).refused
        assert isinstance(problem.error, TooLarge)
    with library(tmp_path / "exact", max_sidecar_bytes=len(text)) as services:
        assert importing.take_in(services, [folder]).created == 1


def test_a_file_above_its_limit_is_refused_and_leaves_nothing(tmp_path: Path, folder: Path) -> None:
    (folder / "a.txt").write_bytes(b"x" * 101)
    with library(tmp_path / "home", max_upload_bytes=100) as services:
        [problem] = importing.take_in(services, [folder]).refused
        assert isinstance(problem.error, TooLarge)
        assert list(services.store.digests()) == []


def test_an_unreadable_file_is_kept_with_its_reason_and_stops_nothing_else(services: Services, folder: Path) -> None:
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7\n" + b"\x00garbage" * 50)
    (folder / "empty.txt").write_bytes(b"")
    (folder / "noise.bin").write_bytes(bytes(range(256)) * 8)
    (folder / "good.txt").write_text(GUIDE, "utf-8")
    summary = take_in(services, folder)
    assert summary.created == 4
    failures = {p.path: p.error.code for p in importing.unreadable(services, summary.touched)}
    assert failures == {
        "broken.pdf": "damaged-file",
        "empty.txt": "empty-file",
        "noise.bin": "unsupported-format",
    }
    assert ask(services, "المساطر").total == 1


def test_a_relation_waits_for_its_target_and_finds_it(services: Services, folder: Path) -> None:
    sidecar(folder, "a.toml", 'id = "a"\ntitle = "ألف"\n[[relation]]\nkind = "related"\ntarget = "b"\n')
    [id] = take_in(services, folder).touched
    assert read.record(services, id, PUBLIC, "ar").relations == ()
    sidecar(folder, "b.toml", 'id = "b"\ntitle = "باء"\n')
    take_in(services, folder)
    related = read.record(services, id, PUBLIC, "ar").relations[0].card
    assert related is not None
    assert related.title.text == "باء"
    back = read.record(services, related.id, PUBLIC, "ar").relations[0].card
    assert back is not None
    assert back.id == id


def test_an_unknown_document_is_not_found(services: Services) -> None:
    with pytest.raises(NotFound):
        read.record(services, "zzzzzzzzzz", PUBLIC, "ar")


def test_new_bytes_under_the_same_name_take_the_place_of_the_old(services: Services, folder: Path) -> None:
    (folder / "g.txt").write_text(GUIDE, "utf-8")
    sidecar(folder, "g.txt.toml", 'id = "g-1"\ntitle = "دليل"\n')
    [id] = take_in(services, folder).touched
    (folder / "g.txt").write_text("دليل\n\nنص منقح عن الزليج.\n", "utf-8")
    take_in(services, folder)
    assert ask(services, "الزليج").total == 1
    assert ask(services, "تقلص الوثائق").total == 0
    assert [file.number for file in read.record(services, id, PUBLIC, "ar").files] == [1, 2]


def test_two_descriptions_of_one_document_are_refused_and_the_first_holds(services: Services, folder: Path) -> None:
    (folder / "a.toml").write_text('id = "same"\ntitle = "الأولى"', "utf-8")
    (folder / "b.toml").write_text('id = "same"\ntitle = "الثانية"', "utf-8")
    first = importing.take_in(services, [folder])
    assert (first.created, first.changed) == (1, 0)
    [problem] = first.refused
    assert problem.path == str(folder / "b.toml")
    assert isinstance(problem.error, Invalid)
    assert problem.error.problems == {"id": f"taken by {folder / 'a.toml'}"}
    again = importing.take_in(services, [folder])
    assert (again.changed, again.unchanged) == (0, 1)


def test_a_link_that_leads_out_of_the_folder_brings_nothing_in(
    services: Services, folder: Path, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("what nobody was to publish", "utf-8")
    (folder / "link.txt").symlink_to(secret)
    (folder / "ours.txt").write_text(GUIDE, "utf-8")
    (folder / "ours.txt.toml").symlink_to(secret)
    (folder / "within.txt").symlink_to(folder / "more" / "real.txt")
    (folder / "more").mkdir()
    (folder / "more" / "real.txt").write_text("in the folder", "utf-8")
    (folder / "more" / "up").symlink_to(tmp_path)
    summary = importing.take_in(services, [folder])
    assert {p.path for p in summary.refused} == {str(folder / "link.txt"), str(folder / "ours.txt.toml")}
    assert (summary.created, summary.unchanged) == (1, 1)
    named = importing.take_in(services, [folder / "link.txt"])
    assert named.created == 1, "who names a link himself means it"


def test_pipes_unreadable_files_and_folders_stop_nothing_else(
    services: Services, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(folder / "pipe.txt")
    os.mkfifo(folder / "pipe.jsonl")
    for name in ("locked.txt", "locked.jsonl", "locked.toml", "open.txt"):
        (folder / name).write_text('{"id": "x"}', "utf-8")
    opened: Callable[..., IO[Any]] = Path.open

    def refusing(path: Path, *arguments: str) -> IO[Any]:
        if path.stem == "locked":
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, *arguments)

    monkeypatch.setattr(Path, "open", refusing)
    summary = importing.take_in(services, [folder])
    assert summary.created == 1
    assert [Path(p.path).name for p in summary.refused] == ["locked.jsonl", "locked.toml", "locked.txt"]
    assert {str(p.error) for p in summary.refused} == {"Permission denied"}


def test_a_name_that_is_no_utf_8_or_steers_a_terminal_is_told_without_harm(services: Services, folder: Path) -> None:
    (folder / os.fsdecode(b"caf\xe9\x1b[2J.toml")).write_text("= no toml", "utf-8")
    (folder / os.fsdecode(b"caf\xe9.txt")).write_text(GUIDE, "utf-8")
    summary = importing.take_in(services, [folder])
    assert [Path(p.path).name for p in summary.refused] == ["caf\ufffd\ufffd[2J.toml"]
    with services.database.reading() as session:
        [document] = documents.load_all(session, summary.touched)
        assert document.files[0].name == "caf.txt"


def test_a_stream_that_breaks_is_no_fault_of_the_store(services: Services) -> None:
    class Broken(io.BytesIO):
        def read(self, _size: int | None = -1, /) -> bytes:
            raise OSError(5, "Input/output error")

    with pytest.raises(Invalid):
        deposit.store(services, Broken(), "usb.txt")
    assert not list(services.store.digests())


def test_what_goes_on_is_found_under_its_years_and_sorts_as_the_newest(services: Services, folder: Path) -> None:
    this_year = now().year
    for id, date in (("on", "2021/.."), ("past", "2010/2011"), ("new", str(this_year)), ("ages", "0001/9998")):
        (folder / f"{id}.toml").write_text(f'id = "{id}"\ntitle = "ورش {id}"\ndate = "{date}"', "utf-8")
    take_in(services, folder)
    answer = ask(services, "ورش", sort=Sort.NEWEST)
    assert [found.card.title.text for found in answer.found][:2] == ["ورش on", "ورش ages"]
    [years] = [group for group in answer.facets if group.name == "year"]
    found = {int(value.value) for value in years.values}
    assert found <= {1, 9998, 2010, 2011, *range(2021, this_year + 1)}
    assert found >= {2021, this_year}
