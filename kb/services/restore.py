"""From a backup to a living library: into an empty home, all of it or nothing, and proved by asking it."""

import datetime as dt
import json
import shutil
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager, closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kb.core.clock import now
from kb.core.errors import Conflict, KbError, Unavailable
from kb.core.settings import Settings
from kb.db.database import Database
from kb.db.transfer import transfer
from kb.db.upgrade import upgrade
from kb.ingest.store import Store
from kb.services import anew, backup
from kb.services.backup import Manifest, Progress
from kb.services.context import Services
from kb.services.sampling import ask

PROOF: Final = "proof.json"
"""In the home: when a backup was last restored to prove it, and with what result."""

Opening = Callable[[Settings], AbstractContextManager[Services]]


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back: numbers of documents and files, and the questions that find other documents than before."""

    documents: int
    files: int
    missing: int
    asked: int
    differing: tuple[str, ...]


def restore(settings: Settings, folder: Path, opening: Opening, progress: Progress) -> Restored:
    """Restore a backup into the home and the database of `settings`, both empty, and compare its answers.

    Every byte of the backup is read before anything is written. Raises as `backup.verify`, Conflict for a home or a
    database that holds anything, Unavailable; then nothing is left of what was begun.
    """
    manifest = backup.verify(folder, progress)
    _demand_empty(settings)
    try:
        _originals(settings, folder, manifest)
        _catalog(settings, folder)
    except BaseException:
        _undo(settings)
        raise
    with opening(settings) as services:
        anew.at_once(services)
        after = ask(services, list(manifest.answers.found))
    return Restored(
        documents=manifest.documents,
        files=len(manifest.originals),
        missing=len(manifest.missing),
        asked=len(manifest.answers.found),
        differing=tuple(manifest.answers.differences(after)),
    )


def prove(settings: Settings, folder: Path, opening: Opening, progress: Progress) -> Restored:
    """Restore a backup aside, into a home that is removed again, and note in the living home that it was proved."""
    with tempfile.TemporaryDirectory(prefix="rassid-proof-", dir=folder.parent) as aside:
        trial = settings.model_copy(update={"home": Path(aside) / "home", "database": ""})
        restored = restore(trial, folder, opening, progress)
    note = {"backup": folder.name, "at": now().isoformat(timespec="seconds"), "differing": len(restored.differing)}
    draft = settings.home / f".{PROOF}"
    try:
        draft.write_text(json.dumps(note), "utf-8")
        draft.replace(settings.home / PROOF)
    except OSError as error:
        raise Unavailable(f"the proof cannot be noted in {settings.home}: {error.strerror or error}") from error
    return restored


def last_proof(settings: Settings) -> tuple[str, dt.datetime, int] | None:
    """Return the name of the backup proved last, when, and how many of its questions differed; None for none."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        said = json.loads((settings.home / PROOF).read_text("utf-8"))
        return str(said["backup"]), dt.datetime.fromisoformat(said["at"]), int(said["differing"])
    return None


def _demand_empty(settings: Settings) -> None:
    if next(Store(settings.corpus).digests(), None) or (not settings.database and _sqlite(settings).exists()):
        raise Conflict(f"{settings.home} holds a library; a backup is restored into an empty home (KB_HOME)")


def _sqlite(settings: Settings) -> Path:
    return settings.home / "kb.sqlite3"


def _originals(settings: Settings, folder: Path, manifest: Manifest) -> None:
    kept, store = Store(folder.parent / backup.ORIGINALS), Store(settings.corpus)
    for digest, size in manifest.originals:
        with kept.open(digest) as stream:
            if store.put(stream, max(1, size)).digest != digest:
                raise backup.Damaged({digest: "is not as it was written"})


def _catalog(settings: Settings, folder: Path) -> None:
    """Bring a copy of the backup's catalog up to this version and carry it into the database."""
    try:
        settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".restore-", dir=settings.home) as aside:
            copy = Path(aside) / backup.CATALOG
            shutil.copyfile(folder / backup.CATALOG, copy)
            source, target = f"sqlite:///{copy}", settings.database_url
            with closing(Database(source)) as old, closing(Database(target)) as new:
                upgrade(old, Path(aside))
                upgrade(new, Path(aside))
                transfer(old, new, lambda _done, _total: None)
    except OSError as error:
        raise Unavailable(f"{settings.home} cannot be written: {error.strerror or error}") from error


def _undo(settings: Settings) -> None:
    """Remove what was begun in a home that was empty. A database of its own server stays as it was: all or nothing."""
    with suppress(OSError, KbError):
        shutil.rmtree(settings.corpus, ignore_errors=True)
        if not settings.database:
            for name in ("", "-wal", "-shm"):
                _sqlite(settings).with_name(f"kb.sqlite3{name}").unlink(missing_ok=True)
