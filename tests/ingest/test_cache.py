"""The cache: bounded, whole, and nobody's loss."""

import os
from pathlib import Path

import pytest

from kb.ingest.cache import Cache


def test_what_was_put_is_got(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "pictures", 1000)
    cache.put("a", b"one")
    cache.put("a", b"two")
    assert cache.get("a") == b"two"
    assert cache.get("b") is None


def test_what_was_used_longest_ago_goes_first(tmp_path: Path) -> None:
    cache = Cache(tmp_path, 1000)
    for number in range(10):
        cache.put(str(number), bytes(100))
        os.utime(tmp_path / str(number), (number, number))
    cache.get("0")
    cache.put("10", bytes(100))
    kept = {path.name for path in tmp_path.iterdir()}
    assert kept == {"0", "3", "4", "5", "6", "7", "8", "9", "10"}


def test_a_cache_of_an_earlier_run_counts(tmp_path: Path) -> None:
    (tmp_path / "left.part").write_bytes(bytes(900))
    os.utime(tmp_path / "left.part", (1, 1))
    Cache(tmp_path, 1000).put("new", bytes(200))
    assert [path.name for path in tmp_path.iterdir()] == ["new"]


def test_a_cache_without_room_keeps_nothing(tmp_path: Path) -> None:
    cache = Cache(tmp_path, 0)
    cache.put("a", b"one")
    assert cache.get("a") is None


def test_a_cache_may_be_deleted_at_any_time(tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    cache = Cache(folder, 1000)
    cache.put("a", b"one")
    (folder / "a").unlink()
    folder.rmdir()
    assert cache.get("a") is None
    cache.put("a", b"two")
    assert cache.get("a") == b"two"


def test_a_cache_that_cannot_be_written_is_no_failure(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").touch()
    cache = Cache(tmp_path / "file", 1000)
    cache.put("a", b"one")
    assert cache.get("a") is None
    assert "not kept" in caplog.text
