"""Which index is in use, and whether this program wrote it: a rebuild is made aside and swapped in.

`<root>/<stamp>.<token>/` holds an index, `<root>/CURRENT` names the one in use. One that is
being filled has `.part` after its name. A stamp is `<layout>-<rules>`: an index of our layout can be read, whatever the
rules by which it was filled.
"""

import fcntl
import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from kb.core.clock import new_id
from kb.core.errors import NoIndex

_CURRENT = "CURRENT"
_LOCK = "REBUILD"
_PART = ".part"
_PROGRESS = "PROGRESS"
_WRITING = "WRITING"
_PATIENCE_SECONDS = 10.0  # to lay an empty index takes a blink; whoever holds the lock longer is rebuilding
_POLL_SECONDS = 0.05


class Stale(NoIndex):
    """The index in use has another layout than ours: it must be rebuilt before it can answer."""


class Fit(StrEnum):
    """How an index stands to this program: made by it, by others but readable, by others, or not there."""

    OURS = "ours"
    OLDER = "older"
    FOREIGN = "foreign"
    MISSING = "missing"


class Progress(NamedTuple):
    """Documents that an index which is being made holds, of so many."""

    done: int
    total: int


def fingerprint(*facts: str) -> str:
    """Return a short name for everything that decides what is written into an index."""
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()[:12]


def stamp(layout: str, rules: str) -> str:
    return f"{layout}-{rules}"


def fit(name: str | None, stamp: str) -> Fit:
    """Tell how the index of this name stands to the stamp of this program."""
    if name is None:
        return Fit.MISSING
    made_by = name.partition(".")[0]
    if made_by == stamp:
        return Fit.OURS
    return Fit.OLDER if made_by.partition("-")[0] == stamp.partition("-")[0] else Fit.FOREIGN


def tell(root: Path, progress: Progress) -> None:
    """Write down how far an index has come, for other processes. What they read may be late, never half written."""
    draft = root / f"{_PROGRESS}~"
    draft.write_text(f"{progress.done} {progress.total}", "ascii")
    draft.replace(root / _PROGRESS)


def tell_no_more(root: Path) -> None:
    (root / _PROGRESS).unlink(missing_ok=True)


def told(root: Path) -> Progress | None:
    """Return how far the index that is being made has come; so too where that was broken off and will go on."""
    try:
        done, total = (root / _PROGRESS).read_text("ascii").split()
        return Progress(int(done), int(total))
    except (OSError, ValueError):
        return None


def current(root: Path) -> str | None:
    """Return the name of the folder in use; None where there is none yet."""
    try:
        return (root / _CURRENT).read_text("ascii").strip()
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise NoIndex("the name of the index cannot be read") from error


def folder_in_use(root: Path, stamp: str) -> Path:
    """Return the index in use. Raises Stale when its layout is another, NoIndex when there is none."""
    name = current(root)
    if name is None:
        raise NoIndex("there is no index")
    if fit(name, stamp) is Fit.FOREIGN:
        raise Stale("the index was made by another version")
    return root / name


def settle(root: Path, stamp: str, create: Callable[[Path], None]) -> Path:
    """Return the index in use, made empty where there never was one.

    An index without CURRENT is what a crash left at the very start: it is taken up if it is ours. Nothing that
    exists is ever replaced by an empty index.
    """
    if current(root) is None:
        with _alone(root, _PATIENCE_SECONDS):
            if current(root) is None:
                _point(root, _leftover(root, stamp) or _fresh(root, stamp, create))
    return folder_in_use(root, stamp)


@contextmanager
def replacing(
    root: Path, stamp: str, create: Callable[[Path], None], is_sound: Callable[[Path], bool]
) -> Iterator[Path]:
    """Give an index to fill; on clean exit it is the one in use and all others are removed, on an error it is.

    It is a fresh one, or what a rebuild by the same rules had filled when its process was stopped, if that is sound.
    Raises Unavailable while another rebuild is going on.
    """
    with _alone(root):
        folder = _unfinished(root, stamp, is_sound) or _fresh(root, stamp, create, _PART)
        try:
            yield folder
        except Exception:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        whole = folder.rename(folder.with_name(folder.name.removesuffix(_PART)))
        sync_folder(root)
        _point(root, whole)
        for other in _folders(root):
            if other != whole:
                shutil.rmtree(other, ignore_errors=True)


def _unfinished(root: Path, stamp: str, is_sound: Callable[[Path], bool]) -> Path | None:
    """Return what an earlier rebuild left half done; what cannot be gone on with is removed."""
    kept = None
    for folder in root.glob(f"*{_PART}"):
        if kept is None and folder.name.startswith(f"{stamp}.") and is_sound(folder):
            kept = folder
        else:
            shutil.rmtree(folder, ignore_errors=True)
    return kept


def _leftover(root: Path, stamp: str) -> Path | None:
    folders = _folders(root)
    if not folders:
        return None
    if len(folders) == 1 and folders[0].name.startswith(f"{stamp}."):
        return folders[0]
    raise NoIndex("there are indexes, but none is named as the one in use")


def _folders(root: Path) -> list[Path]:
    """Return the indexes that are or were in use."""
    found = (path for path in root.iterdir() if path.is_dir() and "." in path.name[1:])
    return sorted(path for path in found if not path.name.endswith(_PART))


def _fresh(root: Path, stamp: str, create: Callable[[Path], None], suffix: str = "") -> Path:
    folder = root / f"{stamp}.{new_id()}{suffix}"
    create(folder)
    return folder


def _point(root: Path, folder: Path) -> None:
    write_name(root / _CURRENT, folder.name)


def write_name(path: Path, name: str) -> None:
    """Write a short file so that a reader, or a crash, sees the old name or the new one."""
    draft = path.with_name(f"{path.name}~")
    with draft.open("w", encoding="ascii") as file:
        file.write(name)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Have the disk keep the names of the files in a folder."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def keeping(root: Path) -> Iterator[None]:
    """Write into the index in use and be sure that it stays that meanwhile; any number at once."""
    with _locked(root, fcntl.LOCK_SH):
        yield


@contextmanager
def swapping(root: Path) -> Iterator[None]:
    """Let nobody write into the index in use; wait for those who do."""
    with _locked(root, fcntl.LOCK_EX):
        yield


@contextmanager
def _locked(root: Path, how: int) -> Iterator[None]:
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (root / _WRITING).open("w") as lock:
        fcntl.flock(lock, how)
        yield


@contextmanager
def _alone(root: Path, patience: float = 0.0) -> Iterator[None]:
    """Keep others out; wait `patience` seconds for one who is in."""
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    deadline = time.monotonic() + patience
    with (root / _LOCK).open("w") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                if time.monotonic() >= deadline:
                    raise NoIndex("the index is being rebuilt") from error
                time.sleep(_POLL_SECONDS)
            else:
                break
        yield
