"""The store of originals: whole files under their digests, whatever dies in between."""

import hashlib
import io
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kb.core.errors import NotFound, TooLarge, Unavailable
from kb.ingest.store import Store

TEXT = "دليل تبسيط المساطر الإدارية".encode()
DIGEST = hashlib.sha256(TEXT).hexdigest()
LIMIT = 1024


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "corpus")


def put(store: Store, data: bytes = TEXT, limit: int = LIMIT) -> str:
    return store.put(io.BytesIO(data), limit).digest


def everything(store: Store) -> list[str]:
    return [str(path.relative_to(store.folder)) for path in sorted(store.folder.rglob("*")) if path.is_file()]


def test_a_file_is_found_under_its_digest_and_cannot_be_written(store: Store) -> None:
    stored = store.put(io.BytesIO(TEXT), LIMIT)
    assert (stored.digest, stored.size, stored.new) == (DIGEST, len(TEXT), True)
    with store.open(DIGEST) as file:
        assert file.read() == TEXT
    assert store.path(DIGEST).stat().st_mode & 0o777 == 0o444


def test_the_same_bytes_twice_are_one_file(store: Store) -> None:
    put(store)
    assert not store.put(io.BytesIO(TEXT), LIMIT).new
    assert everything(store) == [f"{DIGEST[:2]}/{DIGEST[2:4]}/{DIGEST}"]


def test_a_file_of_the_limit_is_kept_and_one_byte_more_leaves_no_trace(store: Store) -> None:
    put(store, b"x" * LIMIT)
    before = everything(store)
    with pytest.raises(TooLarge) as raised:
        put(store, b"y" * (LIMIT + 1))
    assert raised.value.limit == LIMIT
    assert everything(store) == before


@pytest.mark.parametrize("digest", ["", "..", "../../etc/passwd", DIGEST.upper(), DIGEST + "0", "0" * 64])
def test_what_is_not_there_is_not_found(store: Store, digest: str) -> None:
    with pytest.raises(NotFound):
        store.open(digest)


def test_verify_names_the_file_that_changed_and_putting_it_again_heals_it(store: Store) -> None:
    put(store)
    put(store, b"other")
    store.path(DIGEST).chmod(0o644)
    store.path(DIGEST).write_bytes(TEXT[:-1])
    assert list(store.verify()) == [DIGEST]
    assert store.put(io.BytesIO(TEXT), LIMIT).new
    assert list(store.verify()) == []


def test_other_names_in_the_folder_are_neither_listed_nor_swept(store: Store) -> None:
    put(store)
    demo = store.folder / "demo" / "library.toml"
    demo.parent.mkdir()
    demo.write_text("title = 'نموذج'")
    (store.folder / "ab").mkdir(exist_ok=True)
    (store.folder / "ab" / "notes").mkdir()
    assert list(store.digests()) == [DIGEST]
    assert store.sweep() == 0
    assert demo.exists()


def test_a_put_that_is_running_is_not_swept(store: Store) -> None:
    swept: list[int] = []

    class Slow(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            swept.append(store.sweep())
            return super().read(size)

    store.put(Slow(TEXT), LIMIT)
    assert swept == [0, 0]
    assert list(store.digests()) == [DIGEST]


def failing_at(place: int, call: Callable[..., Any], counter: list[int]) -> Callable[..., Any]:
    def wrapped(*arguments: Any, **named: Any) -> Any:
        counter[0] += 1
        if counter[0] == place:
            raise OSError(28, "No space left on device")
        return call(*arguments, **named)

    return wrapped


CALLS = ("open", "write", "fsync", "fchmod", "mkdir", "rename", "replace")


def test_a_disk_that_refuses_at_any_step_leaves_no_part_and_no_half_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = 0
    for place in range(1, 60):
        store = Store(tmp_path / str(place))
        counter = [0]
        with monkeypatch.context() as patch:
            for name in CALLS:
                patch.setattr(os, name, failing_at(place, getattr(os, name), counter))
            try:
                put(store)
                break
            except Unavailable:
                steps += 1
        assert [name for name in everything(store) if not name.endswith(DIGEST)] == []
        assert list(store.verify()) == []
    assert steps >= 8
    assert list(store.digests()) == [DIGEST]


KILLED = """
import io, os, sys
from pathlib import Path
from kb.ingest.store import Store
place, count = int(sys.argv[2]), 0
def dying(call):
    def wrapped(*arguments, **named):
        global count
        count += 1
        if count == place:
            os._exit(9)
        return call(*arguments, **named)
    return wrapped
for name in ("open", "write", "fsync", "fchmod", "mkdir", "replace", "unlink"):
    setattr(os, name, dying(getattr(os, name)))
Store(Path(sys.argv[1])).put(io.BytesIO(b"bytes that matter"), 1024)
"""


@pytest.mark.slow
def test_a_put_killed_at_any_step_is_swept_and_repeated(tmp_path: Path) -> None:
    killed = 0
    for place in range(1, 40):
        store = Store(tmp_path / str(place))
        run = subprocess.run([sys.executable, "-c", KILLED, str(store.folder), str(place)], check=False)
        if run.returncode == 0:
            break
        killed += 1
        assert list(store.verify()) == []
        store.sweep()
        put(store, b"bytes that matter")
        assert len(everything(store)) == 1
    assert killed >= 8
