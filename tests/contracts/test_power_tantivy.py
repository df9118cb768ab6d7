"""A power cut leaves what tantivy had committed: its calls to the system are traced and played again to each sync."""

import sys
import textwrap
from pathlib import Path

import pytest

from kb.core.errors import Unavailable
from kb.core.text import DocumentId
from kb.search.query import All
from tests.contracts.engines import entry, ids, opened, put
from tests.disk import forget
from tests.strace import History, needs_strace, traced

WRITER = """
    import sys
    from pathlib import Path
    from kb.core.text import DocumentId
    from tests.contracts.engines import entry, opened, put

    engine = opened("tantivy", Path(sys.argv[1]))
    for batch in range(1, 4):
        put(engine, entry(f"d{batch}", "دليل المساطر", "نص"), entry("first", "دليل المساطر", "نص", revision=batch))
        print(batch, flush=True)
"""
BEFORE = 6
"""Commits before, so many that segments are folded in those that are watched."""


@pytest.mark.slow
@needs_strace
def test_a_power_cut_leaves_the_last_commit_of_tantivy(tmp_path: Path) -> None:
    home, left = tmp_path / "home", tmp_path / "left"
    engine = opened("tantivy", home)
    for n in range(BEFORE):
        put(engine, entry(f"b{n}", "دليل المساطر", "نص"))
    committed = [dict(engine.revisions())]
    engine.close()
    for batch in range(1, 4):
        committed.append(committed[-1] | {DocumentId(f"d{batch}"): 1, DocumentId("first"): batch})
    history = History(home, tmp_path / "logs")
    writer = [sys.executable, "-W", "ignore", "-c", textwrap.dedent(WRITER), str(home)]
    traced(writer, tmp_path / "logs", Path(__file__).parents[2])

    told, seen = 0, set()
    for said in history.moments():
        told = max([told, *map(int, said.split())])
        for renamed in (True, False):
            for written in (0.0, 0.5, 1.0):
                files = history.left(renamed=renamed, written=written)
                if (state := (told, tuple(sorted((str(path), hash(data)) for path, data in files.items())))) in seen:
                    continue
                seen.add(state)
                forget(left)
                for path, data in files.items():
                    (left / path).parent.mkdir(parents=True, exist_ok=True)
                    (left / path).write_bytes(data)
                after = opened("tantivy", left)
                found = dict(after.revisions())
                # What the writer told of is there; one more may be.
                assert found in committed[told : told + 2], (told, renamed, written)
                assert ids(after, "المساطر", limit=50) == sorted(found)
                if not written:
                    put(after, entry("next", "دليل المساطر"))
                    assert "next" in ids(after, All(), limit=50)
                after.close()
    assert told == 3
    assert len(seen) > 50


def index(home: Path) -> Path:
    [folder] = (path for path in (home / "index" / "tantivy").iterdir() if path.is_dir())
    return folder


def filled(home: Path) -> Path:
    """Return the folder of an index of three documents in three segments."""
    engine = opened("tantivy", home)
    for key in "abc":
        put(engine, entry(key, "دليل المساطر", "نص"))
    engine.close()
    return index(home)


@pytest.mark.parametrize("suffix", ["json", "term", "idx", "pos", "fast", "store", "fieldnorm"])
@pytest.mark.parametrize("share", [0.0, 0.5])
def test_a_file_that_was_cut_is_an_alarm_and_no_smaller_answer(tmp_path: Path, suffix: str, share: float) -> None:
    file = min(filled(tmp_path).glob(f"[!.]*.{suffix}"))
    file.write_bytes(file.read_bytes()[: int(file.stat().st_size * share)])
    with pytest.raises(Unavailable):
        opened("tantivy", tmp_path).revisions()


@pytest.mark.parametrize("suffix", ["json", "term", "idx", "pos", "fast", "store", "fieldnorm"])
def test_a_file_that_is_gone_is_an_alarm_and_no_smaller_answer(tmp_path: Path, suffix: str) -> None:
    min(filled(tmp_path).glob(f"[!.]*.{suffix}")).unlink()
    with pytest.raises(Unavailable):
        opened("tantivy", tmp_path).revisions()


def test_an_index_that_is_open_answers_on_when_a_segment_is_lost(tmp_path: Path) -> None:
    folder = filled(tmp_path)
    engine = opened("tantivy", tmp_path)
    assert ids(engine, "المساطر") == ["a", "b", "c"]
    for file in folder.glob("*.store"):
        file.unlink()
    assert ids(engine, "المساطر") == ["a", "b", "c"]


def test_files_that_nobody_knows_of_are_swept_at_the_next_commit(tmp_path: Path) -> None:
    folder = filled(tmp_path)
    kept = {path.name for path in folder.iterdir()}
    (folder / ".managed.json").unlink()
    for name in (".tmpX1y2Z3", f"{'0f' * 16}.store", f"{'0f' * 16}.12.del"):
        (folder / name).write_bytes(b"left behind")
    engine = opened("tantivy", tmp_path)
    put(engine, entry("d", "دليل المساطر"))
    assert sorted(ids(engine, "المساطر")) == ["a", "b", "c", "d"]
    for revision in range(20):
        put(engine, entry("d", "دليل المساطر", revision=revision))
    there = {path.name for path in folder.iterdir()}
    assert ".tmpX1y2Z3" not in there
    assert not [name for name in there if name.startswith("0f")]
    assert len(there) <= 2 * len(kept)
