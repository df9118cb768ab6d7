"""`kb audit`: where the trace ends, whether it is whole, and all of it."""

import csv
import io
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import Run


@pytest.fixture
def filled(kb: Run) -> Run:
    kb("user", "add", "amina@example.ma", "--name", "أمينة")
    kb("user", "role", "amina@example.ma", "--role", "curator")
    return kb


def spoil(home: Path, statement: str) -> None:
    with closing(sqlite3.connect(home / "kb.sqlite3")) as connection, connection:
        connection.execute("DROP TRIGGER event_no_update")
        connection.execute("DROP TRIGGER event_no_delete")
        connection.execute(statement)


def test_a_trace_is_verified_against_an_anchor(filled: Run, tmp_path: Path) -> None:
    code, anchor, _ = filled("audit", "head")
    assert (code, anchor.partition(":")[0]) == (0, "2")
    assert filled("audit", "verify", "--anchor", anchor.strip())[0] == 0
    code, told, _ = filled("audit", "verify", "--anchor", anchor.strip(), "--json")
    assert json.loads(told) == {"events": 2, "head": anchor.strip(), "anchors": 1, "fault": None}
    spoil(tmp_path / "home", "DELETE FROM event WHERE id = 2")
    assert filled("audit", "verify")[0] == 0
    code, _, told = filled("audit", "verify", "--anchor", anchor.strip())
    assert (code, told) == (
        1,
        "The trace was tampered with: the trace ends before event 2, which it held when the anchor was taken.\n",
    )


def test_the_first_event_that_does_not_fit_is_named(filled: Run, tmp_path: Path) -> None:
    spoil(tmp_path / "home", "UPDATE event SET note = replace(note, 'reader', 'Reader') WHERE id = 1")
    code, _, told = filled("audit", "verify")
    assert code == 1
    assert "event 1 is not as it was written" in told
    code, said, _ = filled("audit", "verify", "--json")
    assert (code, json.loads(said)["fault"]) == (1, {"event": 1, "fault": "altered"})


def test_a_wrong_anchor_or_place_is_one_clear_line(filled: Run, tmp_path: Path) -> None:
    assert filled("audit", "verify", "--anchor", "x") == (1, "", "anchor: not an anchor\n")
    code, _, told = filled("audit", "verify", "--backups", tmp_path)
    assert (code, told.count("\n")) == (1, 1)
    assert "There is no backup" in told


def test_backups_are_anchors(filled: Run, tmp_path: Path) -> None:
    assert filled("backup", tmp_path / "place")[0] == 0
    code, told, _ = filled("audit", "verify", "--backups", tmp_path / "place")
    assert code == 0
    assert "past 1 anchors" in told


def test_the_trace_is_taken_along_as_lines_and_as_a_table(filled: Run) -> None:
    lines = [json.loads(line) for line in filled("audit", "export")[1].splitlines()]
    assert [line["action"] for line in lines] == ["person.create", "person.edit"]
    table = list(csv.DictReader(io.StringIO(filled("audit", "export", "--format", "csv")[1].removeprefix("\ufeff"))))
    assert [row["digest"] for row in table] == [line["digest"] for line in lines]
    assert filled("audit", "export", "--action", "person.edit")[1].count("\n") == 1
    assert filled("audit", "export", "--person", "amina@example.ma")[1] == ""
    assert filled("audit", "export", "--until", "2000-01-01")[1] == ""
    assert filled("audit", "export", "--since", "2000-01-01")[1].count("\n") == 2
    assert filled("audit", "export", "--person", "nobody@example.ma")[0] == 1
