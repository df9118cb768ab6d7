"""What a power cut leaves: a folder whose files hold what was synced, and perhaps no more."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import pytest

Inode = int


class Disk:
    """Watches the syncs under `root` and calls `cut` before each; `leave` then lays down what a cut would leave now."""

    def __init__(self, root: Path, cut: Callable[["Disk"], None]) -> None:
        self._root = root
        self._cut = cut
        self._kept: dict[Inode, bytes] = {}  # what is on the disk of a file, once it was synced
        self._open: list[BinaryIO] = []  # so that no other file is given the number of one that is gone
        self._names: dict[Path, dict[Path, Inode]] = {}  # of each folder the names that were synced

    @contextmanager
    def watched(self, patch: pytest.MonkeyPatch) -> Iterator[None]:
        whole = os.fsync
        self._sync_all()

        def fsync(handle: Any) -> None:
            number = handle if isinstance(handle, int) else handle.fileno()
            path = Path(f"/proc/self/fd/{number}").readlink()
            if not path.is_relative_to(self._root):  # of what looks at what is left
                whole(number)
                return
            self._cut(self)
            whole(number)
            self._note(path)

        with patch.context() as inside:
            inside.setattr(os, "fsync", fsync)
            yield
        self._cut(self)
        for file in self._open:
            file.close()
        self._open.clear()
        self._kept.clear()

    def leave(self, target: Path, *, renamed: bool, written: float) -> None:
        """Lay down what is left where names that were not synced are there (`renamed`) or not.

        Of what was written and not synced a share is `written`.
        """
        for folder in (self._root, *(path for path in self._root.rglob("*") if path.is_dir())):
            made = target / folder.relative_to(self._root)
            made.mkdir(parents=True, exist_ok=True)
            now = {path: path.stat().st_ino for path in folder.iterdir() if path.is_file()}
            names = now if renamed else self._names.get(folder, {})
            for path, inode in names.items():
                (made / path.name).write_bytes(self._content(inode, now, written))

    def _content(self, inode: Inode, now: dict[Path, Inode], written: float) -> bytes:
        synced = self._kept.get(inode, b"")
        live = next((path.read_bytes() for path, other in now.items() if other == inode), synced)
        return live if live == synced else live[: int(len(live) * written)]

    def _sync_all(self) -> None:
        for folder in (self._root, *(path for path in self._root.rglob("*") if path.is_dir())):
            for path in folder.iterdir():
                if path.is_file():
                    self._note(path)
            self._note(folder)

    def _note(self, path: Path) -> None:
        if path.is_dir():
            self._names[path] = {each: each.stat().st_ino for each in path.iterdir() if each.is_file()}
        elif path.exists():
            if path.stat().st_ino not in self._kept:
                self._open.append(path.open("rb"))
            self._kept[path.stat().st_ino] = path.read_bytes()


def forget(target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
