"""A library that outgrows Whoosh is moved to tantivy while people search it, by itself or by hand."""

import logging
import threading
from pathlib import Path

import pytest

from kb.core.errors import Invalid
from kb.search.engines.chosen import LARGE, SMALL, Choice
from kb.services import doctor, health, index
from tests.opening import ask, drain, library, take_in

MOST = 6  # passages


def write(folder: Path, *names: str) -> list[Path]:
    folder.mkdir(exist_ok=True)
    paths = [folder / f"{name}.txt" for name in names]
    for path in paths:
        path.write_text(f"دليل تبسيط المساطر {path.stem}\n\nنص الدليل.\n", "utf-8")
    return paths


def nothing(_done: int, _total: int) -> None: ...


def test_past_so_many_passages_another_engine_answers(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with library(tmp_path / "home", index_passages=MOST) as services, caplog.at_level(logging.WARNING):
        take_in(services, *write(tmp_path / "in", "a", "b"))
        assert health.check(services).engine == index.in_use(services).name == SMALL
        take_in(services, *write(tmp_path / "in", *"cdefgh"))
        state = health.check(services)
        assert (state.engine, state.moving, state.ok) == (LARGE, False, True)
        assert state.passages > MOST
        assert ask(services, "المساطر").total == 8
        assert index.check(services).total == 0
        take_in(services, *write(tmp_path / "in", "i"))
        assert ask(services, "المساطر").total == 9
        said = {finding.subject: finding.says for finding in doctor.examine(services, verify=False, progress=nothing)}
        assert said["index"].startswith(LARGE)
    assert "moving the index to tantivy" in caplog.text
    with library(tmp_path / "home", index_passages=MOST) as services:
        assert ask(services, "المساطر").total == 9


def test_the_doctor_tells_when_it_will_be(tmp_path: Path) -> None:
    with library(tmp_path / "home", index_passages=MOST) as services:
        said = {finding.subject: finding.says for finding in doctor.examine(services, verify=False, progress=nothing)}
        assert said["index"] == f"whoosh, 0 passages; past {MOST} tantivy takes over"


def test_nothing_that_changed_during_the_move_is_lost_and_no_search_missed(tmp_path: Path) -> None:
    with library(tmp_path / "home") as services:
        take_in(services, *write(tmp_path / "in", *"abcdef"))
        stop, totals = threading.Event(), set()

        def search() -> None:
            while not stop.is_set():
                totals.add(ask(services, "المساطر").total)

        changed = False

        def late(_done: int, _total: int) -> None:
            nonlocal changed
            if not changed:
                changed = True
                take_in(services, *write(tmp_path / "in", "late"))

        reader = threading.Thread(target=search)
        reader.start()
        try:
            index.move(services, Choice(LARGE), late)
            drain(services)
        finally:
            stop.set()
            reader.join()
        assert ask(services, "المساطر").total == 7
        assert totals <= {6, 7}
        assert index.check(services).total == 0


def test_an_engine_chosen_by_hand_stays_however_the_library_grows(tmp_path: Path) -> None:
    with library(tmp_path / "home", index_passages=1) as services:
        index.move(services, Choice(SMALL, held=True), nothing)
        take_in(services, *write(tmp_path / "in", *"abc"))
        assert index.in_use(services) == Choice(SMALL, held=True)
        with pytest.raises(Invalid):
            index.move(services, Choice("memory", held=True), nothing)


def test_an_engine_that_a_setting_names_is_not_outgrown(tmp_path: Path) -> None:
    with library(tmp_path / "home", index="whoosh:index", index_passages=1) as services:
        take_in(services, *write(tmp_path / "in", *"abc"))
        assert index.in_use(services).name == SMALL
        with pytest.raises(Invalid):
            index.move(services, Choice(LARGE), nothing)
