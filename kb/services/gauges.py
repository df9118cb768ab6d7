"""How the house stands, in figures, whatever process asks: read from the database and the disk when it is asked."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from kb.catalog import files, keys, progress
from kb.catalog.changes import INDEX
from kb.core.clock import now
from kb.core.errors import KbError
from kb.jobs import queue
from kb.search import engines
from kb.services import backup, index, restore
from kb.services.context import Services
from kb.services.readiness import Readiness, workers


@dataclass(frozen=True, slots=True)
class Gauge:
    """A figure; `values` has one for each value of the label, or the one under "" where there is no label."""

    name: str
    says: str
    label: str
    values: Mapping[str, float]


def gather(services: Services, readiness: Readiness) -> Iterator[Gauge]:
    """Yield what can be told now; what a part that does not answer would have told is left out."""
    parts = {part: float(well) for part, well in readiness.look().items()}
    yield Gauge("kb_up", "Whether a part can do its work.", "part", parts)
    with suppress(KbError):
        yield from _catalog(services)
    with suppress(KbError):
        name = index.in_use(services).name
        yield Gauge("kb_index_passages", "Passages in the index.", "engine", {name: services.engine.size})
    yield Gauge("kb_disk_free_bytes", "Room on the disk of a folder.", "of", dict(_room(services)))
    seen = {lane: seconds for lane, seconds in workers(services).items() if seconds is not None}
    yield Gauge("kb_worker_seen_seconds", "How long ago a worker of the lane was seen.", "lane", seen)
    yield from _backups(services)


def _catalog(services: Services) -> Iterator[Gauge]:
    with services.database.reading() as session:
        jobs = queue.counts(session)
        lag = queue.pending(session, [INDEX])
        unread, states = files.unread(session), progress.files(session)
        sessions = keys.sitting(session, services.settings.session_idle_seconds)
    for state in ("waiting", "running", "failed"):
        numbers = {kind: float(counted.get(state, 0)) for kind, counted in jobs.items()}
        yield Gauge(f"kb_jobs_{state}", f"Jobs of a kind that are {state}.", "kind", numbers)
    yield Gauge("kb_index_lag_documents", "Documents that search does not show as they are.", "", {"": lag})
    yield Gauge("kb_ocr_pages_waiting", "Pages that wait to be read from their picture.", "", {"": unread})
    yield Gauge("kb_files", "Files by how far they are read.", "state", states)
    yield Gauge("kb_sessions", "Sessions that last.", "", {"": sessions})


def _room(services: Services) -> Iterator[tuple[str, float]]:
    settings = services.settings
    places = {"corpus": settings.corpus, "index": engines.read(settings.index, settings.home)[1]}
    if services.database.sqlite:
        places["database"] = Path(services.database.engine.url.database or settings.home)
    for name, place in places.items():
        there = next(folder for folder in (place, *place.parents) if folder.is_dir())
        with suppress(OSError):
            yield name, float(shutil.disk_usage(there).free)


def _backups(services: Services) -> Iterator[Gauge]:
    last = backup.last(services.settings)
    if last is not None:
        age = (now() - last).total_seconds()
        yield Gauge("kb_backup_age_seconds", "How long ago the library was backed up.", "", {"": age})
    proof = restore.last_proof(services.settings)
    if proof is not None:
        _, at, differing = proof
        age = (now() - at).total_seconds()
        yield Gauge("kb_backup_proof_age_seconds", "How long ago a backup was restored to prove it.", "", {"": age})
        yield Gauge("kb_backup_proof_differing", "Answers that differed in that proof.", "", {"": differing})
