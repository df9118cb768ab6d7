"""A backup that can be trusted: taken while people work, complete or not there, told apart from a damaged one.

`<place>/<name>/` holds `catalog.sqlite3`, the whole database at one moment whatever it is kept in, and
`manifest.json` with the checksum of that file and the list of originals; `manifest.sha256` seals the manifest.
`<place>/originals/` holds the files themselves by their digests, shared by all backups of the place, so that a later
backup copies only what is new. The index is not in it: it is made again from the catalog.
"""

import datetime as dt
import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from kb.catalog import files, trace
from kb.core.clock import now
from kb.core.errors import Conflict, Invalid, KbError, NotFound, Unavailable
from kb.core.settings import Settings
from kb.db.database import Database
from kb.db.transfer import transfer
from kb.db.upgrade import known, upgrade
from kb.ingest.store import Store
from kb.services.context import Services
from kb.services.sampling import Answers, ask

FORMAT: Final = 1
CATALOG: Final = "catalog.sqlite3"
MANIFEST: Final = "manifest.json"
SEAL: Final = "manifest.sha256"
ORIGINALS: Final = "originals"
LAST: Final = "backup.at"
"""In the home: when the last backup was made."""

_NAME: Final = re.compile(r"rassid-[0-9]{8}-[0-9]{6}")
_SECRET: Final = frozenset({"database", "smtp", "oidc_client_secret"})
"""Settings that may hold a password: they are named in a backup, not told."""

Progress = Callable[[int, int], None]


class Damaged(Invalid):
    """The backup is not what was written; `problems` says which part."""

    code = "damaged-backup"


class Newer(KbError):
    """The backup was made by a later version, which is needed to restore it."""

    code = "newer-backup"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds. `originals` are (digest, size); `missing` were lost from the library before it was made.

    `trace` is the end of the chain of events at that moment, an anchor for verifying it later; "" in earlier backups.
    """

    made: str
    schema: str
    documents: int
    rows: dict[str, int]
    catalog: str
    originals: tuple[tuple[str, int], ...]
    missing: tuple[str, ...]
    settings: dict[str, str]
    answers: Answers
    trace: str = ""


def make(services: Services, place: Path, progress: Progress = lambda _done, _total: None) -> tuple[Path, Manifest]:
    """Back the library up into `place` and return the new backup's folder; it has reached the disk.

    People go on working: what is written meanwhile is in the next one. Raises Unavailable where the place cannot be
    written, Conflict when another backup of the same second is there; nothing half made is left.
    """
    made = now()
    folder = place / f"rassid-{made:%Y%m%d-%H%M%S}"
    part = folder.with_name(f".{folder.name}.part")
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.exists():
            raise Conflict(f"{folder} is there already")
        with _unfinished(part):
            rows, wanted, end = _catalog(services, part)
            kept = Store(place / ORIGINALS)
            missing = _originals(services, kept, sorted(wanted), progress)
            manifest = Manifest(
                made=made.isoformat(timespec="seconds"),
                schema=known()[-1],
                documents=rows.get("document", 0),
                rows=rows,
                catalog=_sha256(part / CATALOG),
                originals=tuple((digest, wanted[digest]) for digest in sorted(wanted) if digest not in missing),
                missing=tuple(missing),
                settings=_settings(services),
                answers=ask(services),
                trace=end,
            )
            _seal(part, manifest)
            part.rename(folder)
            _sync(place)
    except OSError as error:
        raise Unavailable(f"the backup cannot be written to {place}: {error.strerror or error}") from error
    _note(services.settings, made)
    return folder, manifest


def last(settings: Settings) -> dt.datetime | None:
    """Return when this library was last backed up; None for never, or before it moved here."""
    try:
        return dt.datetime.fromisoformat((settings.home / LAST).read_text("ascii"))
    except (OSError, ValueError):
        return None


def _note(settings: Settings, made: dt.datetime) -> None:
    """The backup is there whether or not the home takes the note."""
    draft = settings.home / f".{LAST}"
    with suppress(OSError):
        draft.write_text(made.isoformat(timespec="seconds"), "ascii")
        draft.replace(settings.home / LAST)


def read(folder: Path) -> Manifest:
    """Return the manifest of a backup. Raises NotFound where there is none, Damaged, and Newer."""
    try:
        raw = (folder / MANIFEST).read_bytes()
        seal = (folder / SEAL).read_text("ascii").split()[0]
    except (FileNotFoundError, NotADirectoryError):
        raise NotFound(f"backup in {folder}") from None
    except (OSError, ValueError, IndexError) as error:
        raise Damaged({MANIFEST: f"cannot be read: {error}"}) from error
    if hashlib.sha256(raw).hexdigest() != seal:
        raise Damaged({MANIFEST: "is not as it was written"})
    said = json.loads(raw)
    if said["format"] > FORMAT or said["schema"] > known()[-1]:
        raise Newer(f"{folder} was made with the schema {said['schema']}")
    return Manifest(
        made=said["made"],
        schema=said["schema"],
        documents=said["documents"],
        rows=said["rows"],
        catalog=said["catalog"],
        originals=tuple((digest, size) for digest, size in said["originals"]),
        missing=tuple(said["missing"]),
        settings=said["settings"],
        answers=Answers(**said["answers"]),
        trace=said.get("trace", ""),
    )


def verify(folder: Path, progress: Progress = lambda _done, _total: None) -> Manifest:
    """Read every byte of a backup and return its manifest. Raises as `read`, and Damaged with every bad part."""
    manifest = read(folder)
    problems = {}
    if _sha256_of(folder / CATALOG) != manifest.catalog:
        problems[CATALOG] = "is not as it was written"
    kept = Store(folder.parent / ORIGINALS)
    for done, (digest, _) in enumerate(manifest.originals, 1):
        if _sha256_of(kept.path(digest)) != digest:
            problems[digest] = "is not there, or not as it was written"
        progress(done, len(manifest.originals))
    if problems:
        raise Damaged(problems)
    return manifest


def backups(place: Path) -> list[Path]:
    """Return the finished backups of a place, the newest first."""
    if not place.is_dir():
        return []
    return sorted((one for one in place.iterdir() if _NAME.fullmatch(one.name)), reverse=True)


def prune(place: Path, keep: int) -> int:
    """Remove all but the newest `keep` backups, and the originals that none of those needs; return how many went.

    While one of those that stay cannot be read, every original stays: it may need it.
    """
    doomed = backups(place)[max(1, keep) :]
    for folder in doomed:
        shutil.rmtree(folder)
    try:
        needed = {digest for folder in backups(place) for digest, _ in read(folder).originals}
    except KbError:
        return len(doomed)
    kept = Store(place / ORIGINALS)
    if doomed:
        for digest in list(kept.digests()):
            if digest not in needed:
                kept.path(digest).unlink()
    return len(doomed)


def _catalog(services: Services, part: Path) -> tuple[dict[str, int], dict[str, int], str]:
    """Copy the database as it is at one moment; return rows by table, sizes of files by digest, the trace's end."""
    with closing(Database(f"sqlite:///{part / CATALOG}")) as copy:
        upgrade(copy, part)
        rows = transfer(services.database, copy, lambda _done, _total: None)
        with copy.reading() as session:
            wanted, end = files.sizes(session), str(trace.head(session))
    assert not (part / f"{CATALOG}-wal").exists(), "the last to close it has merged the log into it"
    return rows, wanted, end


def _originals(services: Services, kept: Store, wanted: list[str], progress: Progress) -> list[str]:
    """Copy those that the place does not hold; each is read whole and compared on its way. Return the lost ones."""
    missing = []
    for done, digest in enumerate(wanted, 1):
        if not kept.path(digest).is_file():
            try:
                with services.store.open(digest) as stream:
                    stored = kept.put(stream, services.settings.max_upload_bytes * 2**20)
            except NotFound:
                missing.append(digest)
            else:
                if stored.digest != digest:  # rotted in the library: what is there is not what was deposited
                    kept.path(stored.digest).unlink()
                    missing.append(digest)
        progress(done, len(wanted))
    return missing


def _settings(services: Services) -> dict[str, str]:
    told = services.settings.model_dump(exclude_defaults=True, mode="json")
    return {name: "(not kept)" if name in _SECRET and value else str(value) for name, value in told.items()}


def _seal(part: Path, manifest: Manifest) -> None:
    said: dict[str, Any] = {"format": FORMAT, **{name: getattr(manifest, name) for name in Manifest.__slots__}}
    said["answers"] = {name: getattr(manifest.answers, name) for name in Answers.__slots__}
    raw = json.dumps(said, ensure_ascii=False, indent=1).encode()
    (part / MANIFEST).write_bytes(raw)
    (part / SEAL).write_text(f"{hashlib.sha256(raw).hexdigest()}  {MANIFEST}\n", "ascii")
    for name in (CATALOG, MANIFEST, SEAL):
        _sync(part / name)
    _sync(part)


@contextmanager
def _unfinished(part: Path) -> Iterator[None]:
    """Make the folder of a backup that is not there yet; on any error it never was."""
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(mode=0o700)
    try:
        yield
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


def _sha256_of(path: Path) -> str:
    try:
        return _sha256(path)
    except OSError:
        return ""


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
