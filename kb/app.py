"""The only place that builds things: settings become Services, and these a web site, a worker or a command."""

import logging
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from functools import cache, partial
from pathlib import Path

from pydantic import ValidationError

from kb import processes
from kb.catalog import changes, content_type, documents, files, notices, organisations, vocabulary
from kb.cli import main as commands
from kb.cli.console import FAILED, err
from kb.cli.house import House, Progress
from kb.core import logs, temporary
from kb.core.errors import KbError, Unavailable
from kb.core.keeping import until_told, watch_parent
from kb.core.settings import Settings
from kb.db.database import Database
from kb.db.upgrade import upgrade
from kb.ingest import ocr as ocr_engine
from kb.ingest.cache import Cache
from kb.ingest.extraction import Limits
from kb.ingest.gallery import Bounds, Gallery
from kb.ingest.store import Store
from kb.jobs.pulse import Pulse
from kb.jobs.worker import Handler, Worker
from kb.languages import PRODUCT
from kb.search.engine import SearchEngine
from kb.search.engines import open_engine
from kb.services import anew, bulk, index, mail, news, ocr, reading, renewal, settling, unpacking, upkeep, widening
from kb.services.context import Services
from kb.services.counts import Counts
from kb.services.meters import Unmetered
from kb.services.recording import Recorder
from kb.services.trial import Trial

_log = logging.getLogger("kb")


@contextmanager
def open_services(settings: Settings) -> Iterator[Services]:
    """Open the house: folders, database brought up to date, authority file, index. Closes them at the end.

    An index that is missing or was made by other rules is made from the catalog, see services/anew.py.
    """
    for folder in (settings.home, settings.cache, settings.spool):
        _make(folder)
    with temporary.files_in(settings.spool):
        yield from _open(settings)


def _open(settings: Settings) -> Iterator[Services]:
    with closing(Database(settings.database_url)) as database:
        upgrade(database, settings.cache)
        words = vocabulary.load()
        _install(database, words)
        types = content_type.load()
        salt = content_type.stamp(types)
        services = Services(
            settings=settings,
            database=database,
            store=Store(settings.corpus),
            engine=_engine(settings, database, salt),
            analyzer=PRODUCT,
            types=types,
            salt=salt,
            vocabulary=words,
            gallery=_gallery(settings),
            widener=cache(partial(widening.widener, words, PRODUCT)),
            recorder=Recorder(database, settings.record_seconds, on=settings.record_searches),
            counts=Counts(),
            tallies=Counts(),
            trial=Trial(database),
            meters=Unmetered(),
        )
        with closing(services.engine), closing(services.gallery), closing(services.recorder):
            anew.mend(services)
            yield services


def _engine(settings: Settings, database: Database, salt: str) -> SearchEngine:
    with database.reading() as session:
        begin = documents.is_empty(session)
    return open_engine(settings.index, settings.home, PRODUCT, salt=salt, begin=begin)


def _gallery(settings: Settings) -> Gallery:
    bounds = Bounds(
        children=settings.picture_children,
        waiting=settings.picture_queue,
        patience=settings.picture_wait_seconds,
        pixels=settings.picture_pixels,
        office=Limits(settings.office_seconds),
    )
    limits = Limits(settings.picture_seconds, settings.extract_bytes)
    return Gallery(Cache(settings.pictures, settings.picture_cache_bytes), limits, bounds)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Unavailable(f"the folder {folder} (see KB_HOME) cannot be made: {error.strerror}") from error


def _install(database: Database, words: vocabulary.Vocabulary) -> None:
    """Bring the authority file up to date; a start that has nothing to write waits for no other writer."""
    bodies = words.organisations.values()
    with database.reading() as session:
        outdated = organisations.outdated(session, bodies)
    if outdated:
        with database.writing() as session:
            organisations.install(session, bodies)


TEXT, OCR, MAKING, ALL, DRAIN = "text", "ocr", "making", "all", "drain"
LANES = (TEXT, OCR)
"""The lanes: a page takes OCR a second or more, and no other file is to wait for it. An index takes minutes to make: a
thread of the worker for text does that.
"""


def handlers(services: Services, lane: str = ALL, told: Callable[[], None] = lambda: None) -> Mapping[str, Handler]:
    """Return what is done for each kind of job of a lane; `told` is called after each page that OCR reads."""
    read = partial(reading.run, services)
    text = {
        files.EXTRACT: read,
        changes.INDEX: partial(index.run, services),
        renewal.RENEW: read,
        mail.MAIL: partial(mail.run, services),
        bulk.BULK: partial(bulk.run, services),
        settling.UNPACK: partial(unpacking.run, services),
    }
    telling = {notices.NOTIFY: partial(news.run, services)}
    pages = {files.OCR: partial(ocr.run, services, told=told)}
    making = {anew.REBUILD: partial(anew.run, services), index.MOVE: partial(index.run_move, services)}
    of = {TEXT: text | telling, OCR: pages, MAKING: making, ALL: text | telling | pages, DRAIN: making | text | pages}
    return of[lane]


def worker(services: Services, lane: str = ALL, told: Callable[[], None] = lambda: None) -> Worker:
    return Worker(
        services.database,
        handlers(services, lane, told),
        batches={changes.INDEX: index.BATCH},
        # a new file waits for one old one, or one slice of pages or rows, at most
        turns={renewal.RENEW: 1, files.OCR: 1, bulk.BULK: 1, settling.UNPACK: 1},
        attempts=services.settings.job_attempts,
        lease_seconds=services.settings.job_lease_seconds,
    )


def work(services: Services, parent: int | None, lane: str) -> None:
    """Work the queue until SIGTERM or Ctrl-C; the batch in hand is ended or given back.

    With a `parent` the work ends too when that process, which started this one, is gone.
    """
    logs.tell(services.settings.log_level)
    stop = until_told()
    makers: list[threading.Thread] = []
    if parent is not None:
        watch_parent(parent, stop.set)
    if lane != OCR:
        anew.restore(services)
        threading.Thread(target=upkeep.at_night, args=(services, stop), daemon=True).start()
        services.store.sweep()
        renewal.renew(services)
        index.grow(services)
        makers.append(threading.Thread(target=_until, args=(stop, partial(worker(services, MAKING).run, stop))))
    if lane != TEXT:
        renewal.renew_ocr(services)
    for maker in makers:
        maker.start()
    pulse = Pulse(services.settings.pulses, lane)
    _until(stop, partial(worker(services, lane).run, stop, pulse.beat))
    for maker in makers:
        maker.join()
    pulse.stop()


def _until(stop: threading.Event, run: Callable[[], None]) -> None:
    """Run it; when it ends, by whatever failure, all of this process ends, and whoever keeps it starts another."""
    try:
        run()
    finally:
        stop.set()


def drain(services: Services, progress: Progress) -> int:
    """Work every due job to its end; return how many failed. A page that OCR reads counts as a job does."""
    ended, open_, pages = 0, 0, 0

    def report() -> None:
        with services.database.reading() as session:
            waiting = files.unread(session) if ocr_engine.is_here() else 0
        progress(ended + pages, ended + open_ + pages + waiting)

    def jobs(done: int, left: int) -> None:
        nonlocal ended, open_
        ended, open_ = done, left
        report()

    def page() -> None:
        nonlocal pages
        pages += 1
        report()

    return worker(services, DRAIN, page).drain(jobs).failed


def serve(services: Services, answering: int, working: bool) -> None:  # noqa: FBT001 - what a flag of the command says
    """Serve with so many processes that answer, and a worker for each lane unless others do the work."""
    processes.serve(services, answering, LANES if working else ())


def _reason(settings: Settings, error: KbError) -> str:
    from kb.web import reasons  # noqa: PLC0415 - few commands need the words of the pages, which take a while to load

    return reasons.reason(settings, error)


def main() -> None:
    """Run the command line. Exits the process."""
    try:
        settings = Settings()
    except ValidationError as error:
        for problem in error.errors():
            name = "_".join(str(part) for part in ("KB", *problem["loc"])).upper()
            err.print(f"{name}: {problem['msg']}")
        sys.exit(FAILED)
    logs.begin(settings.log)
    commands.run(
        House(
            settings=settings,
            open=partial(open_services, settings),
            opening=open_services,
            drain=drain,
            serve=serve,
            answer=processes.answer,
            work=work,
            reason=partial(_reason, settings),
        )
    )
