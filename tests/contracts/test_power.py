"""A power cut leaves the last commit, whole: whatever was not synced is lost or torn, at each moment of a commit."""

from pathlib import Path

import pytest

from kb.core.text import DocumentId
from kb.search.query import All
from tests.contracts.engines import entry, ids, opened, put
from tests.disk import Disk, forget


@pytest.mark.slow
def test_a_power_cut_leaves_the_last_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home, left = tmp_path / "home", tmp_path / "left"
    engine = opened("whoosh", home)
    for key in ("first", "b", "c", "d", "e", "f"):  # so many that segments are soon folded
        put(engine, entry(key, "دليل المساطر", "نص"))
    committed: list[dict[DocumentId, int]] = [dict(engine.revisions())]
    cuts = 0

    def cut(disk: Disk) -> None:
        nonlocal cuts
        for renamed in (True, False):
            for written in (0.0, 0.5, 1.0):
                forget(left)
                disk.leave(left / "index", renamed=renamed, written=written)
                after = opened("whoosh", left)
                found = dict(after.revisions())
                assert found in committed[-2:], (cuts, renamed, written)
                assert ids(after, "المساطر") == sorted(found)
                if not written:
                    put(after, entry("next", "دليل المساطر"))
                    assert "next" in ids(after, All())
                after.close()
                cuts += 1

    disk = Disk(home / "index", cut)
    for batch in range(3):
        changed = {f"d{batch}": 1} | ({"first": batch + 2} if batch % 2 else {})
        committed.append(committed[-1] | {DocumentId(key): revision for key, revision in changed.items()})
        with disk.watched(monkeypatch), engine.writing() as writer:
            writer.put(entry(f"d{batch}", "دليل المساطر", "نص"))
            if batch % 2:
                writer.put(entry("first", "دليل المساطر", "نص", revision=batch + 2))
            else:
                writer.drop(DocumentId("nobody"))
    assert engine.revisions() == committed[-1]
    assert cuts > 50
