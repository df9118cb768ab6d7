"""A document whose file changes and changes back: by command, by a table at the desk, by hand."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from kb.catalog import documents
from kb.catalog.people import PersonRole, actor_of
from kb.catalog.rights import Someone
from kb.services import accounts, bulk, bulk_shown, filing
from kb.services.context import Services
from tests.opening import drain, library, take_in


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    with library(tmp_path / "home") as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "in"
    made.mkdir()
    return made


def current(services: Services, id: str) -> list[int]:
    with services.database.reading() as session:
        return [file.number for file in documents.load(session, id).files if file.successor_id is None]


def test_an_older_version_that_is_imported_again_is_the_current_one_again(services: Services, folder: Path) -> None:
    (folder / "g.txt.toml").write_text('id = "turns"\ntitle = "دليل"\n', "utf-8")
    told = []
    for text in ("one", "two", "one", "one", "three", "two", "one"):
        (folder / "g.txt").write_text(text, "utf-8")
        summary = take_in(services, folder)
        told.append((summary.changed, current(services, summary.touched[0])))
    assert told == [(0, [1]), (1, [2]), (1, [1]), (0, [1]), (1, [3]), (1, [2]), (1, [1])]


def test_an_import_does_not_take_back_what_somebody_replaced_at_the_desk(services: Services, folder: Path) -> None:
    (folder / "g.txt.toml").write_text('id = "by-hand"\ntitle = "دليل"\n', "utf-8")
    for text in ("first", "second"):
        (folder / "g.txt").write_text(text, "utf-8")
        [id] = take_in(services, folder).touched
    someone = Someone("curator", "ف", "f@example.ma", PersonRole.CURATOR)
    filing.add(services, someone, id, io.BytesIO(b"third"), "g.txt", role="original", replaces=2)
    for text in ("second", "first"):
        (folder / "g.txt").write_text(text, "utf-8")
        assert take_in(services, folder).unchanged == 1
        assert current(services, id) == [3]


def test_an_older_file_in_a_later_table_at_the_desk_is_the_current_one_again(services: Services) -> None:
    invited = accounts.invite(services, "test", email="f@example.ma", name="ف", role="curator")
    someone = accounts.known(services, actor_of(invited.id))
    assert someone
    told = []
    for text in ("the first", "the second", "the first"):
        id, place = bulk.prepare(services)
        (place / "g.txt").write_text(text, "utf-8")
        (place / "t.csv").write_text("file;id;title_ar\ng.txt;turned;دليل\n", "utf-8")
        bulk.begin(services, someone, id, table="t.csv", type="publication", state="draft")
        drain(services)
        bulk.confirm(services, someone, id)
        drain(services)
        shown = bulk_shown.show(services, someone, id)
        told.append((shown.rows[0].change, current(services, shown.rows[0].document)))
    assert told == [("created", [1]), ("changed", [2]), ("changed", [1])]
