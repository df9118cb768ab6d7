"""What is installed, what is missing, and what that costs."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from kb.catalog import documents, files
from kb.catalog.access import PUBLIC
from kb.core.clock import now
from kb.core.errors import KbError
from kb.ingest import media, ocr, office, sandbox
from kb.jobs import queue
from kb.search import engines
from kb.search.engines.chosen import LARGE
from kb.services import arrangement, audit, health, index, renewal, restore
from kb.services.context import Services

_BEYOND = {"network": "the network", "files": "other files", "processes": "other programs"}
LEAST_FREE = 1024**3
PROVED_DAYS = 7
"""After so many days without one that was proved, backups are no longer taken for good."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Finding:
    subject: str
    ok: bool
    says: str


def examine(services: Services, *, verify: bool, progress: Progress) -> list[Finding]:
    """Look at every part of the house. With `verify` every original and every event is read again."""
    return [
        *_machine(services),
        *_library(services),
        *_ocr(services),
        *_backup(services),
        *(Finding(*said) for said in arrangement.look(services)),
        *([*_originals(services, progress), _trace(services, progress)] if verify else ()),
    ]


def _machine(services: Services) -> Iterator[Finding]:
    yield Finding("python", True, sys.version.split()[0])
    home = services.settings.home
    free = shutil.disk_usage(home).free
    yield Finding("home", free >= LEAST_FREE, f"{home}, {free // 1024**2} MiB free")
    yield Finding("content types", bool(services.types), ", ".join(services.types))
    postgres = find_spec("psycopg") is not None
    yield Finding(
        "postgresql driver", True, "installed" if postgres else "not installed: KB_DATABASE can only be SQLite"
    )
    yield Finding("formats", True, ", ".join(media.NAMES.values()) + ": no other program is needed")
    closed = [
        str(folder) for folder in _folders(services) if folder.exists() and not os.access(folder, os.W_OK | os.X_OK)
    ]
    yield Finding("folders", not closed, _refusing(closed))
    yield _sandbox()
    layout = office.program()
    says = f"{layout}: office files have pictures of their pages"
    yield Finding("libreoffice", True, says if layout else "not installed: office files have no pictures, only text")


def _sandbox() -> Finding:
    """Say what a file that takes over its reader could reach, by what was tried and refused."""
    walls = sandbox.walls()
    kept = ", ".join(f"{_BEYOND[what]} ({wall})" for what, wall in walls.items() if wall)
    open_to = " and ".join(_BEYOND[what] for what, wall in walls.items() if not wall)
    says = f"a file that takes over its reader is kept from {kept or 'nothing by the system'}"
    if open_to:
        says += f"; only Python's own rules keep it from {open_to}: run it in a container, or on Linux 5.13 or newer"
    return Finding("sandbox", bool(walls["network"]), says)


def _ocr(services: Services) -> Iterator[Finding]:
    with services.database.reading() as session:
        waiting = files.unread(session)
    pages = f"{waiting} pages wait" if waiting else "no page waits"
    if ocr.is_here():
        yield Finding("ocr", True, f"reads {', '.join(ocr.models())}; {pages}")
    else:
        cost = "scanned pages, and those whose fonts do not say their letters, are not searched until it is there"
        yield Finding("ocr", not waiting, f"tesserocr is not installed: {cost}; {pages}")


def _folders(services: Services) -> tuple[Path, ...]:
    settings = services.settings
    return settings.home, settings.corpus, settings.cache, engines.read(settings.index, settings.home)[1]


def _refusing(closed: list[str]) -> str:
    if not closed:
        return "all can be written"
    return f"cannot be written, so that nothing new is kept or found: {', '.join(closed)}"


def _library(services: Services) -> Iterator[Finding]:
    with services.database.reading() as session:
        counts = documents.counts(session, PUBLIC)
        jobs = queue.counts(session)
    yield Finding("documents", True, f"{counts.total} public")
    yield _index(services)
    failed = sum(states.get("failed", 0) for states in jobs.values())
    state = health.check(services)
    yield _rebuilding(state)
    says = f"answers in {state.search_ms:.0f} ms" if state.ok else "; ".join(state.problems)
    yield Finding("search", state.ok, says)
    lag = f"{state.unindexed} documents wait to be shown as they are" if state.unindexed else "up to date"
    yield Finding("lag", True, lag)
    advice = ": `kb work --retry` takes them up again" if failed else ""
    yield Finding("queue", not failed, f"{state.waiting} jobs to do, {failed} failed{advice}")
    old = renewal.outdated(services)
    advice = ", worse than this version would: `kb serve` or `kb work` reads them again" if old else ""
    yield Finding("texts", not old, f"{old} files were read by an earlier version{advice}")


def _backup(services: Services) -> Iterator[Finding]:
    """A backup that was never restored is a hope."""
    proof = restore.last_proof(services.settings)
    if proof is None:
        yield Finding("backup", True, "none was proved yet: `kb backup PLACE --prove`")
        return
    name, at, differing = proof
    days = (now() - at).days
    says = f"{name} was restored and asked {days} days ago" + (f"; {differing} answers differed" if differing else "")
    yield Finding("backup", not differing and days <= PROVED_DAYS, says)


def _index(services: Services) -> Finding:
    """Say which engine answers, and what becomes of it when the library grows."""
    name, held = index.in_use(services)
    most = services.settings.index_passages
    try:
        size = services.engine.size
    except KbError as error:
        return Finding("index", False, f"{name}: {error}")
    says = f"{name}, {size} passages"
    if held or name == LARGE:
        return Finding("index", True, says)
    if engines.is_here(LARGE):
        return Finding("index", True, f"{says}; past {most} {LARGE} takes over")
    return Finding("index", size <= most, f"{says}; past {most} search is slow, for {LARGE} is not installed")


def _rebuilding(state: health.Health) -> Finding:
    """Say whether an index is being made, how far that has come, and what answers meanwhile."""
    if state.rebuilding is None:
        says = (
            "made by other rules than those of this version" if state.outdated else "made by the rules of this version"
        )
        return Finding("index rules", not state.outdated, says)
    answers = "the earlier one answers" if state.passages else "search does not answer"
    done, total = state.rebuilding
    far = f"{done} of {total} documents" if total else "nothing yet: `kb serve` or `kb work` does it"
    return Finding("index rules", state.passages > 0, f"the index is being made anew, {far}; meanwhile {answers}")


def _originals(services: Services, progress: Progress) -> Iterator[Finding]:
    with services.database.reading() as session:
        wanted = files.digests(session)
    kept = set(services.store.digests())
    missing = [digest for digest in wanted if digest not in kept]
    bad = []
    for done, digest in enumerate(services.store.verify(), 1):
        bad.append(digest)
        progress(done, len(kept))
    yield Finding("originals", not missing and not bad, _tell(len(kept), missing, bad))


def _trace(services: Services, progress: Progress) -> Finding:
    found = audit.verify(services, [], progress)
    says = f"{found.events} events are as they were written"
    if found.fault is not None:
        says = f"event {found.fault.number} is not as it was written ({found.fault.why}): `kb audit verify`"
    return Finding("trace", found.fault is None, says)


def _tell(kept: int, missing: list[str], bad: list[str]) -> str:
    parts = [f"{kept} kept"]
    if missing:
        parts.append(f"{len(missing)} missing: " + " ".join(missing))
    if bad:
        parts.append(f"{len(bad)} changed: " + " ".join(bad))
    return ", ".join(parts)
