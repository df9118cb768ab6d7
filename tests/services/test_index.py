"""The index follows the catalog, is never silently empty, and is made again when it is lost or outdated."""

import shutil
from pathlib import Path

import pytest

from kb.core.errors import Unavailable
from kb.services import anew, curate, health, index
from tests.opening import ask, drain, library, take_in

TEXT = "دليل تبسيط المساطر\n\nنص الدليل.\n"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A library with one document."""
    (tmp_path / "a.txt").write_text(TEXT, "utf-8")
    with library(tmp_path / "home") as services:
        take_in(services, tmp_path / "a.txt")
    return tmp_path / "home"


def test_an_index_deleted_while_nobody_looked_is_built_at_the_next_start(home: Path) -> None:
    shutil.rmtree(home / "index")
    with library(home) as services:
        assert ask(services, "المساطر").total == 1


def test_an_index_deleted_under_a_running_server_is_an_error_and_not_an_empty_answer(home: Path) -> None:
    with library(home) as services:
        assert ask(services, "المساطر").total == 1
        shutil.rmtree(home / "index")
        with pytest.raises(Unavailable):
            ask(services, "المساطر")
        assert not health.check(services).ok
        index.rebuild(services, lambda _done, _total: None)
        assert ask(services, "المساطر").total == 1


def test_an_index_that_cannot_be_read_is_an_alarm_until_it_is_rebuilt(home: Path) -> None:
    for table in (home / "index").rglob("*.toc"):
        table.write_bytes(b"rotten")
    with library(home, index_at_once=0) as services:
        assert not health.check(services).ok
        with pytest.raises(Unavailable):
            ask(services, "المساطر")
        index.rebuild(services, lambda _done, _total: None)
        assert ask(services, "المساطر").total == 1


def test_a_worker_makes_an_index_anew_that_cannot_be_read(home: Path) -> None:
    for table in (home / "index").rglob("*.toc"):
        table.write_bytes(b"rotten")
    with library(home, index_at_once=0) as services:
        anew.restore(services)
        drain(services)
        assert health.check(services).ok
        assert ask(services, "المساطر").total == 1


@pytest.mark.parametrize("name", ["meta.json", "*.term", "*.store"])
def test_a_worker_makes_an_index_of_tantivy_anew_of_which_a_file_was_cut(tmp_path: Path, name: str) -> None:
    home = tmp_path / "home"
    (tmp_path / "a.txt").write_text(TEXT, "utf-8")
    with library(home, index="tantivy:index") as services:
        take_in(services, tmp_path / "a.txt")
    for file in (home / "index").rglob(name):
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    with library(home, index="tantivy:index", index_at_once=0) as services:
        assert not health.check(services).ok
        anew.restore(services)
        drain(services)
        assert health.check(services).ok
        assert ask(services, "المساطر").total == 1


def test_a_small_index_that_cannot_be_read_is_made_anew_at_the_next_start(home: Path) -> None:
    for table in (home / "index").rglob("*.toc"):
        table.write_bytes(b"rotten")
    with library(home) as services:
        assert ask(services, "المساطر").total == 1


def test_health_tells_how_many_documents_wait_to_be_shown(home: Path, tmp_path: Path) -> None:
    with library(home) as services:
        assert health.check(services).unindexed == 0
        [id] = services.engine.revisions()
        curate.withdraw(services, id, "لم يعد ساريا")
        assert health.check(services).unindexed == 1
        drain(services)
        assert health.check(services).unindexed == 0


def test_a_rebuild_that_was_stopped_goes_on_where_it_was(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "BATCH", 1)
    monkeypatch.setattr(index, "COMMIT", 1)
    told: list[tuple[int, int]] = []

    def stop(done: int, total: int) -> None:
        told.append((done, total))
        if done == 2 and len(told) == 3:
            raise KeyboardInterrupt

    with library(home) as services:
        for name in "bc":
            (tmp_path / f"{name}.txt").write_text(TEXT.replace("تبسيط", f"{name}{name}"), "utf-8")
            take_in(services, tmp_path / f"{name}.txt")
        with pytest.raises(KeyboardInterrupt):
            index.rebuild(services, stop)
        assert told == [(0, 3), (1, 3), (2, 3)]
        assert ask(services, "المساطر").total == 3
        index.rebuild(services, stop)
        assert told[3:] == [(1, 3), (2, 3), (3, 3)]
        assert ask(services, "المساطر").total == 3
        assert index.check(services).total == 0


def test_check_finds_and_queues_every_difference(home: Path, tmp_path: Path) -> None:
    with library(home) as services:
        assert index.check(services).total == 0
        [id] = services.engine.revisions()
        with services.engine.writing() as writer:
            writer.drop(id)
        assert index.check(services).missing == 1
        drain(services)
        assert index.check(services).total == 0
        assert ask(services, "المساطر").total == 1
