"""What is installed, what is missing, and what that costs."""

import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from kb.catalog import documents, files
from kb.catalog.access import PUBLIC
from kb.jobs import queue
from kb.services import health
from kb.services.context import Services

LEAST_FREE = 1024**3

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Finding:
    subject: str
    ok: bool
    says: str


def examine(services: Services, *, verify: bool, progress: Progress) -> list[Finding]:
    """Look at every part of the house. With `verify` every original is read again and compared with its digest."""
    return [*_machine(services), *_library(services), *(_originals(services, progress) if verify else ())]


def _machine(services: Services) -> Iterator[Finding]:
    yield Finding("python", True, sys.version.split()[0])
    home = services.settings.home
    free = shutil.disk_usage(home).free
    yield Finding("home", free >= LEAST_FREE, f"{home}, {free // 1024**2} MiB free")
    yield Finding("content types", bool(services.types), ", ".join(services.types))


def _library(services: Services) -> Iterator[Finding]:
    with services.database.reading() as session:
        counts = documents.counts(session, PUBLIC)
        jobs = queue.counts(session)
    yield Finding("documents", True, f"{counts.total} public")
    failed = sum(states.get("failed", 0) for states in jobs.values())
    state = health.check(services)
    says = f"answers in {state.search_ms:.0f} ms" if state.ok else "; ".join(state.problems)
    yield Finding("search", state.ok, says)
    yield Finding("queue", not failed, f"{state.waiting} jobs to do, {failed} failed")


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


def _tell(kept: int, missing: list[str], bad: list[str]) -> str:
    parts = [f"{kept} kept"]
    if missing:
        parts.append(f"{len(missing)} missing: " + " ".join(missing))
    if bad:
        parts.append(f"{len(bad)} changed: " + " ".join(bad))
    return ", ".join(parts)
