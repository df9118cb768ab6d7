"""A folder that somebody or something, as a scanner, puts files into: each is taken in when it has stopped growing.

What is taken goes to `done`, what is not to `refused` with a text that says why. A file is moved after its document is
in the library, and the same bytes are the same document: a kill at any moment loses nothing and doubles nothing.
"""

import fcntl
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from kb.catalog import sidecar
from kb.core.errors import Conflict, Invalid, KbError, TooLarge, Unavailable, refused_by_disk
from kb.ingest import sandbox
from kb.ingest.extraction import ExtractionError
from kb.services import importing, naming, settling
from kb.services.context import Services

DONE, REFUSED = "done", "refused"
_LOCK: Final = ".rassid-watch"
_WHY: Final = ".why.txt"

Told = Callable[[Path, KbError | None], None]
"""Told each file that was taken, and why where it was not."""
Explain = Callable[[KbError], str]


def watch(
    services: Services, folder: Path, stop: threading.Event, *, publish: bool, explain: Explain, told: Told
) -> None:
    """Take in files as they come, one after the other, until told to stop.

    `explain` says an error in words. Raises Conflict when another process watches the folder, Unavailable when it
    cannot be written. While the library cannot be written, files stay where they are.
    """
    with _alone(folder):
        seen: dict[Path, tuple[int, int, float]] = {}
        while True:
            for path in _still(folder, seen, services.settings.watch_still_seconds):
                if stop.is_set():
                    return
                _take(services, folder, path, publish=publish, explain=explain, told=told)
            if stop.wait(services.settings.watch_seconds):
                return


def _take(services: Services, folder: Path, path: Path, *, publish: bool, explain: Explain, told: Told) -> None:
    problem: KbError | None = None
    try:
        before = path.stat()
        _demand_readable(services, path)
        summary = importing.take_in(services, [path], draft=not publish)
        problem = summary.refused[0].error if summary.refused else None
    except Unavailable as error:
        told(path, error)
        return
    except FileNotFoundError:  # taken away while it waited for its turn
        return
    except KbError as error:
        problem = error
    if isinstance(problem, Unavailable):
        told(path, problem)
        return
    try:
        if not _is_still(path, before):  # another by now, or longer: its turn comes
            return
        _put_away(folder, path, explain(problem) if problem else "")
    except OSError as error:
        raise refused_by_disk(f"the folder {folder}", error) from error
    told(path, problem)


def _is_still(path: Path, before: os.stat_result) -> bool:
    """Tell whether the file is the one that was there before."""
    now = path.stat()
    return (now.st_ino, now.st_size, now.st_mtime_ns) == (before.st_ino, before.st_size, before.st_mtime_ns)


def _demand_readable(services: Services, path: Path) -> None:
    size = path.stat().st_size
    if size > services.settings.max_upload_bytes:
        raise TooLarge("file", services.settings.max_upload_bytes)
    if not size:
        raise Invalid({"file": "empty-file"})
    try:
        settling.demand_kind(sandbox.sniff(path, naming.safe_name(path.name)))
    except ExtractionError as error:
        if error.code == "unsupported-format":
            raise


def _put_away(folder: Path, path: Path, why: str) -> None:
    """Move a file, and what describes it, out of the way, under a name of its own."""
    target = folder / (REFUSED if why else DONE) / path.relative_to(folder)
    target.parent.mkdir(parents=True, exist_ok=True)
    free = _free(target)
    beside = path.with_name(path.name + sidecar.SUFFIX)
    if why:
        free.with_name(free.name + _WHY).write_text(why + "\n", "utf-8")
    if beside.is_file():
        beside.replace(free.with_name(free.name + sidecar.SUFFIX))
    path.replace(free)


def _free(target: Path) -> Path:
    free, number = target, 1
    while free.exists():
        number += 1
        free = target.with_name(f"{target.stem} ({number}){target.suffix}")
    return free


def _still(folder: Path, seen: dict[Path, tuple[int, int, float]], seconds: float) -> Iterator[Path]:
    """Yield the files that have stayed as they are for so long, oldest first; `seen` is what was there before."""
    there: dict[Path, tuple[int, int, float]] = {}
    for path in _files(folder):
        try:
            now = path.stat()
        except OSError:
            continue
        size, modified, since = seen.get(path, (-1, -1, 0.0))
        same = (size, modified) == (now.st_size, now.st_mtime_ns)
        there[path] = (now.st_size, now.st_mtime_ns, since if same else time.monotonic())
    seen.clear()
    seen.update(there)
    ripe = [path for path, (_, _, since) in there.items() if time.monotonic() - since >= seconds]
    yield from sorted(ripe, key=lambda path: (there[path][1], path))


def _files(folder: Path) -> Iterator[Path]:
    """Yield files to be taken; links, hidden files and what describes another are left alone."""
    for where, folders, names in os.walk(folder):
        here = Path(where)
        folders[:] = [
            name for name in folders if not name.startswith(".") and not (here == folder and name in {DONE, REFUSED})
        ]
        for name in names:
            path = here / name
            described = path.suffix == sidecar.SUFFIX and path.with_suffix("").is_file()
            if not name.startswith(".") and path.is_file() and not path.is_symlink() and not described:
                yield path


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    try:
        lock = os.open(folder / _LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise refused_by_disk(f"the folder {folder}", error) from error
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Conflict(f"another process watches {folder}") from error
        yield
    finally:
        os.close(lock)
