"""That a worker is at work: each lane touches a file of its own, which the others can look at without the database."""

import os
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

BEAT_SECONDS: Final = 5.0
LATE_SECONDS: Final = 60.0
"""A worker that was not seen for so long is taken for dead: it looks up more often than that whatever it does."""


class Pulse:
    """One lane's sign of life, to be given at every turn; the file is touched now and then."""

    def __init__(self, folder: Path, lane: str) -> None:
        self._path = folder / lane
        self._due = 0.0

    def beat(self) -> None:
        """A disk that refuses is no reason to stop working."""
        moment = time.monotonic()
        if moment < self._due:
            return
        self._due = moment + BEAT_SECONDS
        with suppress(OSError):
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._path.touch(0o600)
            os.utime(self._path)

    def stop(self) -> None:
        """Whoever ends in order leaves no sign of life behind."""
        with suppress(OSError):
            self._path.unlink()


def seen(folder: Path) -> dict[str, float]:
    """Return how many seconds ago each lane was seen; none that never was, or that ended in order."""
    found = {}
    with suppress(OSError):
        for path in folder.iterdir():
            with suppress(OSError):
                found[path.name] = abs(time.time() - path.stat().st_mtime)
    return found
