"""What every engine promises about time, threads, processes and the others: the part of the contract beyond meaning."""

import math
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kb.core.errors import Invalid, Unavailable
from kb.core.text import DocumentId
from kb.languages import LIGHT10, PRODUCT
from kb.search.engine import Can, SearchEngine
from kb.search.engines import ENGINES, in_use, open_engine, rebuilding
from kb.search.query import All, Query, Words
from kb.search.results import Results
from kb.search.stamp import Fit, Stale, current
from tests.aged import age
from tests.contracts.crash import kill
from tests.contracts.engines import entry, ids, opened, put
from tests.growth import lines_run

DURABLE = ["whoosh", "tantivy"]


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SearchEngine]:
    engine = opened(request.param, tmp_path)
    yield engine
    engine.close()


def test_the_engines_that_skip_are_those_that_declare_it(tmp_path: Path) -> None:
    can = {name: opened(name, tmp_path / name).can for name in ENGINES}
    assert {name for name, each in can.items() if each & Can.DURABLE} == set(DURABLE)
    assert {name for name, each in can.items() if each & Can.STREAM} == {"tantivy"}
    assert all(each & Can.PHRASE and each & Can.RANK for each in can.values())


def test_an_unknown_engine_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid):
        open_engine("sphinx:index", tmp_path, PRODUCT)


def test_a_second_writer_is_told_to_come_back(engine: SearchEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("memory", "whoosh.engine", "tantivy.engine"):
        monkeypatch.setattr(f"kb.search.engines.{module}.WAIT_SECONDS", 0.05)
    with engine.writing() as writer:
        writer.put(entry("a", "أول"))
        with pytest.raises(Unavailable), engine.writing():
            pass
    assert ids(engine, All()) == ["a"]


def test_a_second_writer_waits_for_a_short_first(engine: SearchEngine) -> None:
    def write(key: str) -> None:
        put(engine, entry(key, "تقرير سنوي"))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, "abcdefgh"))
    assert ids(engine, All()) == list("abcdefgh")


def test_many_threads_search_while_one_writes(engine: SearchEngine) -> None:
    put(engine, *(entry(f"d{n:03}", "تقرير سنوي", f"نص رقم {n} عن المساطر", "خاتمة التقرير") for n in range(40)))
    stop = threading.Event()

    def ask() -> set[tuple[int, int]]:
        seen = set()
        while not stop.is_set():
            found = engine.search(Query(Words("المساطر")))
            seen.add((found.total, len(found.hits)))
        return seen

    with ThreadPoolExecutor(4) as pool:
        asking = [pool.submit(ask) for _ in range(4)]
        try:
            for n in range(5):
                put(engine, entry(f"d{n:03}", "تقرير معدل", "نص آخر", revision=2))
        finally:
            stop.set()
        seen = set().union(*(each.result() for each in asking))
    assert seen <= {(total, 20) for total in range(35, 41)}
    assert engine.search(Query(Words("المساطر"))).total == 35


def test_a_search_keeps_its_time(engine: SearchEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a clock that goes on at each look, so that no load of the machine tells."""
    put(engine, *(entry(f"d{n}", "تقرير", " ".join(f"كلمة{m}ا" for m in range(n, n + 60))) for n in range(60)))
    words = Words(" ".join(f"كلمة{m}ا" for m in range(120)))
    looks = 0

    def look() -> float:
        nonlocal looks
        looks += 1
        return float(looks)

    monkeypatch.setattr("kb.search.deadline.monotonic", look)
    found: list[Results] = []

    def work(seconds: float) -> int:
        return lines_run(lambda: found.append(engine.search(Query(words, seconds=seconds))))

    work(math.inf)  # what is loaded once is loaded
    looks = 0
    whole, enough = work(math.inf), looks
    for allowed in (1, enough // 2):
        looks = 0
        assert work(allowed) < whole / 2
        assert looks == allowed + 1, "once it is over nobody needs to look again"
    assert [each.partial for each in found] == [False, False, True, True]
    assert found[1].total == 60


@pytest.mark.parametrize("name", DURABLE)
def test_reopening_finds_the_same(name: str, tmp_path: Path) -> None:
    first = opened(name, tmp_path)
    put(first, entry("a", "دليل المساطر", "نص عن الرخص"), entry("b", "تقرير"))
    before = first.search(Query(Words("الرخص المساطر")))
    first.close()
    again = opened(name, tmp_path)
    assert again.search(Query(Words("الرخص المساطر"))) == before
    assert again.revisions() == {"a": 1, "b": 1}


@pytest.mark.parametrize("name", DURABLE)
def test_a_commit_of_another_engine_on_the_folder_is_seen(name: str, tmp_path: Path) -> None:
    reader, writer = opened(name, tmp_path), opened(name, tmp_path)
    assert ids(reader, All()) == []
    for n in range(12):  # often enough that segments are folded
        put(writer, entry(f"d{n:02}", f"تقرير {n}", "نص"))
        assert len(ids(reader, "تقرير")) == n + 1
    put(writer, *(entry(f"d{n:02}", "مذكرة") for n in range(12)))
    assert ids(reader, "تقرير") == []


def test_a_folded_index_answers_as_before(engine: SearchEngine) -> None:
    for n in range(12):
        put(engine, entry(f"d{n:02}", f"تقرير {n}", "نص عن المساطر"))
    with engine.writing() as writer:
        writer.drop(DocumentId("d03"))
    before = engine.search(Query(Words("المساطر تقرير")))
    for _ in range(2):  # a folded one has nothing to fold
        engine.tidy()
        assert engine.search(Query(Words("المساطر تقرير"))) == before
    put(engine, entry("d03", "تقرير 3", "نص عن المساطر"))
    assert len(ids(engine, "المساطر")) == 12


@pytest.mark.parametrize("name", DURABLE)
def test_files_of_what_was_replaced_are_swept(name: str, tmp_path: Path) -> None:
    engine = opened(name, tmp_path)
    assert engine.size == 0
    folder = tmp_path / "index" / name / str(current(tmp_path / "index" / name))

    def replaced(times: int) -> int:
        for revision in range(times):
            put(engine, *(entry(f"d{n}", "تقرير سنوي", "نص", "خاتمة", revision=revision) for n in range(5)))
        return len(list(folder.iterdir()))

    assert replaced(40) <= 2 * replaced(10)
    assert engine.size == 10


@pytest.mark.parametrize("name", DURABLE)
def test_an_index_that_cannot_be_read_is_an_alarm_not_an_empty_answer(name: str, tmp_path: Path) -> None:
    engine = opened(name, tmp_path)
    put(engine, entry("a", "دليل المساطر"))
    engine.close()
    for file in (tmp_path / "index").rglob("*"):
        if file.is_file() and file.name not in {"CURRENT", "REBUILD"}:
            file.write_bytes(b"damaged")
    with pytest.raises(Unavailable):
        opened(name, tmp_path).revisions()


@pytest.mark.parametrize("name", DURABLE)
def test_an_index_whose_files_are_gone_is_not_made_anew(name: str, tmp_path: Path) -> None:
    engine = opened(name, tmp_path)
    put(engine, entry("a", "دليل المساطر"))
    engine.close()
    root = tmp_path / "index" / name
    folder = root / str(current(root))
    for file in folder.iterdir():
        file.unlink()
    with pytest.raises(Unavailable):
        opened(name, tmp_path).revisions()
    folder.rmdir()
    with pytest.raises(Unavailable):
        opened(name, tmp_path).revisions()


@pytest.mark.parametrize("name", DURABLE)
def test_an_index_of_other_rules_is_known_and_answers(name: str, tmp_path: Path) -> None:
    put(opened(name, tmp_path), entry("a", "دليل المساطر"))
    assert in_use(f"{name}:index", tmp_path, PRODUCT)[1] is Fit.OURS
    assert in_use(f"{name}:index", tmp_path, PRODUCT, salt="types/2")[1] is Fit.OLDER
    for other in (
        open_engine(f"{name}:index", tmp_path, LIGHT10),
        open_engine(f"{name}:index", tmp_path, PRODUCT, salt="types/2"),
    ):
        assert ids(other, "دليل") == ["a"]
        other.close()


@pytest.mark.parametrize("name", DURABLE)
def test_an_index_of_another_layout_is_stale(name: str, tmp_path: Path) -> None:
    put(opened(name, tmp_path), entry("a", "دليل المساطر"))
    age(tmp_path, readable=False)
    assert in_use(f"{name}:index", tmp_path, PRODUCT)[1] is Fit.FOREIGN
    with pytest.raises(Stale):
        opened(name, tmp_path).revisions()


@pytest.mark.parametrize("name", DURABLE)
def test_a_rebuild_is_seen_when_it_is_whole(name: str, tmp_path: Path) -> None:
    engine = opened(name, tmp_path)
    put(engine, entry("old", "دليل المساطر"))
    with rebuilding(f"{name}:index", tmp_path, PRODUCT) as fresh:
        put(fresh, entry("new", "دليل المساطر"))
        assert ids(engine, "المساطر") == ["old"]
        with pytest.raises(Unavailable), rebuilding(f"{name}:index", tmp_path, PRODUCT):
            pass
    assert ids(engine, "المساطر") == ["new"]
    folders = [path for path in (tmp_path / "index" / name).iterdir() if path.is_dir()]
    assert len(folders) == 1
    put(engine, entry("after", "دليل المساطر"))
    assert ids(engine, "المساطر") == ["after", "new"]


@pytest.mark.parametrize("name", DURABLE)
def test_a_failed_rebuild_changes_nothing(name: str, tmp_path: Path) -> None:
    engine = opened(name, tmp_path)
    put(engine, entry("old", "دليل المساطر"))
    before = sorted(path.name for path in (tmp_path / "index" / name).iterdir())

    def fail() -> None:
        with rebuilding(f"{name}:index", tmp_path, PRODUCT) as fresh:
            put(fresh, entry("new", "دليل المساطر"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert ids(engine, All()) == ["old"]
    assert sorted(path.name for path in (tmp_path / "index" / name).iterdir()) == before


@pytest.mark.parametrize("name", DURABLE)
def test_a_rebuild_that_was_stopped_goes_on_with_what_it_had(name: str, tmp_path: Path) -> None:
    engine = opened(name, tmp_path)
    put(engine, entry("old", "دليل المساطر"))

    def stop() -> None:
        with rebuilding(f"{name}:index", tmp_path, PRODUCT) as fresh:
            put(fresh, entry("new", "دليل المساطر"))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stop()
    assert ids(engine, All()) == ["old"]
    with rebuilding(f"{name}:index", tmp_path, PRODUCT) as again:
        assert again.revisions() == {"new": 1}
    assert ids(engine, All()) == ["new"]


def test_the_memory_engine_has_nothing_to_rebuild(tmp_path: Path) -> None:
    with pytest.raises(Invalid), rebuilding("memory:", tmp_path, PRODUCT):
        pass


@pytest.mark.parametrize("name", DURABLE)
def test_the_folder_is_closed_to_others(name: str, tmp_path: Path) -> None:
    assert opened(name, tmp_path).revisions() == {}
    root = tmp_path / "index" / name
    assert (root / str(current(root))).stat().st_mode & 0o077 == 0


@pytest.mark.slow
@pytest.mark.parametrize("name", DURABLE)
def test_a_writer_killed_at_any_moment_leaves_its_last_commit(name: str, tmp_path: Path) -> None:
    opened(name, tmp_path).close()
    for delay in (0, 1, 2, 3, 5):
        assert kill(name, tmp_path, delay + 1, 0.003 * delay) in ("told", "untold")
