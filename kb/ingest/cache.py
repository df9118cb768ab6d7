"""Files that can be made again, in one folder of limited size: what was used longest ago goes first."""

import logging
import os
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from kb.core.clock import new_id

_ROOM = 0.9  # of the limit is left full when something has to go, so that not every new file has to look for room

_log = logging.getLogger(__name__)


class Cache:
    """Holds up to `most` bytes. Anybody may delete any of its files at any time; any thread may use it.

    A file appears whole or not at all; after a loss of power one may be cut, so what is read is checked by who reads.
    """

    def __init__(self, folder: Path, most: int) -> None:
        self._folder = folder
        self._most = most
        self._lock = threading.Lock()
        self._held: int | None = None  # bytes; what other processes add is seen at the next count

    def get(self, name: str) -> bytes | None:
        path = self._folder / name
        try:
            data = path.read_bytes()
            os.utime(path)
        except OSError:
            return None
        return data

    def path(self, name: str) -> Path:
        """Return where the file is, or would be, for a process that is to read it."""
        return self._folder / name

    def put(self, name: str, data: bytes) -> None:
        """Keep `data`, which replaces what has the name. A disk that is full or not to be written keeps nothing."""
        part = self._folder / f"{new_id()}.part"
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            part.write_bytes(data)
            part.replace(self._folder / name)
        except OSError as error:
            _log.warning("a picture is not kept in %s: %s", self._folder, error.strerror)
            with suppress(OSError):
                part.unlink()
            return
        with self._lock:
            self._held = sum(size for _, size, _ in self._files()) if self._held is None else self._held + len(data)
            if self._held > self._most:
                self._make_room()

    def _make_room(self) -> None:
        files = sorted(self._files())
        held = sum(size for _, size, _ in files)
        for _, size, path in files:
            if held <= _ROOM * self._most:
                break
            with suppress(OSError):
                path.unlink()
                held -= size
        self._held = held

    def _files(self) -> Iterator[tuple[float, int, Path]]:
        """Yield when each was last used, its size, and where it is; what a crash left half written is there too."""
        for path in self._folder.iterdir():
            with suppress(OSError):
                state = path.stat()
                yield state.st_mtime, state.st_size, path
