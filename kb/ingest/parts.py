"""Files on their way in, piece by piece: what has come is on the disk, and its length says what comes next."""

import errno
import fcntl
import os
import re
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from io import BufferedReader
from pathlib import Path
from typing import Final

from kb.core.errors import Conflict, NotFound, refused_by_disk
from kb.ingest.store import fsync_folder

_ID: Final = re.compile(r"[a-z0-9]{10}")
_WHAT: Final = "the folder of uploads"


class Misplaced(Conflict):
    """A piece does not begin where the file ends; `wanted` is that place, in bytes."""

    code = "misplaced"

    def __init__(self, wanted: int) -> None:
        super().__init__(f"wanted from byte {wanted}")
        self.wanted = wanted


class Parts:
    """Keeps unfinished files under `folder`, each by its id. All raise Unavailable where the disk refuses."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def begin(self, id: str) -> None:
        """Make the file, empty; its name has reached the disk on return."""
        with _told():
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(self.path(id), os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o600))
            fsync_folder(self.folder)

    def size(self, id: str) -> int:
        """Return how many bytes have come, 0 for a file that was never begun."""
        try:
            return self.path(id).stat().st_size
        except FileNotFoundError:
            return 0

    def append(self, id: str, offset: int, data: bytes) -> int:
        """Add a piece that begins at `offset` and return the new length; on return it has reached the disk.

        Raises Misplaced where the file ends elsewhere, as for a piece that came twice; of a piece that the disk
        refuses nothing stays.
        """
        with _told(), self._locked(id) as file:
            end = os.fstat(file).st_size
            if end != offset:
                raise Misplaced(end)
            os.lseek(file, end, os.SEEK_SET)
            rest = memoryview(data)
            try:
                while rest:
                    rest = rest[os.write(file, rest) :]
                os.fsync(file)
            except OSError:
                with suppress(OSError):
                    os.ftruncate(file, end)
                raise
            return end + len(data)

    def open(self, id: str) -> BufferedReader:
        with _told():
            return self.path(id).open("rb")

    def drop(self, id: str) -> None:
        with suppress(OSError):
            self.path(id).unlink()

    def changed(self, id: str) -> float:
        """Return the moment of the last piece, in seconds of the clock; 0 for a file that is not there."""
        try:
            return self.path(id).stat().st_mtime
        except FileNotFoundError:
            return 0.0

    def sweep(self, known: Collection[str], seconds: float) -> int:
        """Remove files that nobody knows and nobody has touched for so long; return how many."""
        swept = 0
        for path in self.folder.glob("*"):
            with suppress(OSError):
                if path.name not in known and path.is_file() and time.time() - path.stat().st_mtime > seconds:
                    path.unlink()
                    swept += 1
        return swept

    def path(self, id: str) -> Path:
        if not _ID.fullmatch(id):
            raise NotFound(id)
        return self.folder / id

    @contextmanager
    def _locked(self, id: str) -> Iterator[int]:
        """Open the file for one writer at a time. A file that was lost begins anew: its length says so."""
        file = os.open(self.path(id), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                if error.errno not in {errno.EAGAIN, errno.EACCES}:
                    raise
                raise Misplaced(os.fstat(file).st_size) from error
            yield file
        finally:
            os.close(file)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise refused_by_disk(_WHAT, error) from error
