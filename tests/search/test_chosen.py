"""A library that outgrows its engine: which one answers, and what readers see while it changes."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kb.core.errors import Invalid, Unavailable
from kb.languages import PRODUCT
from kb.search.engine import SearchEngine
from kb.search.engines import moving, open_engine, rebuilding
from kb.search.engines.chosen import LARGE, SMALL, Choice, ChosenEngine, chosen
from kb.search.query import All
from tests.contracts.engines import entry, ids, put


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[SearchEngine]:
    engine = open_engine("auto", tmp_path, PRODUCT)
    yield engine
    engine.close()


def move(home: Path, to: str, *keys: str, held: bool = False) -> None:
    with moving("auto", home, Choice(to, held), PRODUCT) as fresh:
        put(fresh, *(entry(key, "دليل المساطر") for key in keys))


def test_a_library_begins_small(engine: SearchEngine, tmp_path: Path) -> None:
    put(engine, entry("a", "دليل المساطر"))
    assert chosen(tmp_path / "index") == Choice(SMALL)
    assert ids(engine, "المساطر") == ["a"]
    assert engine.size == 1


def test_the_engine_before_answers_until_the_other_is_whole(engine: SearchEngine, tmp_path: Path) -> None:
    elsewhere = open_engine("auto", tmp_path, PRODUCT)
    put(engine, entry("old", "دليل المساطر"))
    with moving("auto", tmp_path, Choice(LARGE), PRODUCT) as fresh:
        put(fresh, entry("new", "دليل المساطر"))
        assert ids(engine, "المساطر") == ids(elsewhere, "المساطر") == ["old"]
    assert ids(engine, "المساطر") == ids(elsewhere, "المساطر") == ["new"]
    put(engine, entry("more", "دليل المساطر"))
    assert ids(elsewhere, "المساطر") == ["more", "new"]
    assert sorted(path.name for path in (tmp_path / "index").iterdir()) == ["ENGINE", LARGE]
    elsewhere.close()


def test_a_move_that_fails_changes_nothing(engine: SearchEngine, tmp_path: Path) -> None:
    put(engine, entry("old", "دليل المساطر"))

    def fail() -> None:
        with moving("auto", tmp_path, Choice(LARGE), PRODUCT) as fresh:
            put(fresh, entry("new", "دليل المساطر"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert ids(engine, All()) == ["old"]
    assert chosen(tmp_path / "index") == Choice(SMALL)


def test_it_moves_back_and_is_held_where_somebody_chose(engine: SearchEngine, tmp_path: Path) -> None:
    put(engine, entry("a", "دليل المساطر"))
    move(tmp_path, LARGE, "b")
    move(tmp_path, SMALL, "c", held=True)
    assert chosen(tmp_path / "index") == Choice(SMALL, held=True)
    assert ids(engine, All()) == ["c"]


def test_a_search_that_opened_an_index_while_it_was_moved_away_is_asked_again(tmp_path: Path) -> None:
    def open_late(name: str) -> SearchEngine:
        if name == SMALL:
            move(tmp_path, LARGE, "b")
        return open_engine(f"{name}:index", tmp_path, PRODUCT)

    late = ChosenEngine(tmp_path / "index", open_late)
    assert ids(late, "المساطر") == ["b"]
    late.close()


def test_a_lost_name_of_the_engine_is_told_from_its_index(engine: SearchEngine, tmp_path: Path) -> None:
    put(engine, entry("a", "دليل المساطر"))
    move(tmp_path, LARGE, "b")
    (tmp_path / "index" / "ENGINE").unlink()
    assert ids(engine, All()) == ["b"]


def test_a_rebuild_is_of_the_engine_in_use(engine: SearchEngine, tmp_path: Path) -> None:
    put(engine, entry("a", "دليل المساطر"))
    move(tmp_path, LARGE, "b")
    with rebuilding("auto", tmp_path, PRODUCT) as fresh:
        put(fresh, entry("c", "دليل المساطر"))
    assert ids(engine, All()) == ["c"]
    assert chosen(tmp_path / "index").name == LARGE


def test_an_engine_that_a_setting_names_is_not_moved(tmp_path: Path) -> None:
    with pytest.raises(Invalid), moving("whoosh:index", tmp_path, Choice(LARGE), PRODUCT):
        pass


def test_without_its_wheel_tantivy_is_unavailable_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("tantivy", "kb.search.engines.tantivy.engine"):
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(Unavailable, match="not installed"):
        open_engine("tantivy:index", tmp_path, PRODUCT)
    assert ids(open_engine("auto", tmp_path, PRODUCT), All()) == []
