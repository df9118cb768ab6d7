"""The processes of `kb serve`: those that answer, and the workers beside them."""

import gc
import os
import shutil
import signal
import socket
import tempfile
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from kb.cli.console import err
from kb.core import logs
from kb.core.errors import Unavailable
from kb.core.keeping import Keeper, until_told, watch_parent
from kb.search.query import Query
from kb.services import accounts, find
from kb.services.context import Services
from kb.services.readiness import Readiness
from kb.web import scrape
from kb.web.door import address, listen

GRACE_SECONDS = 15.0

_FIGURES = "rassid-figures-"
_IN_MEMORY = Path("/dev/shm")  # noqa: S108 - ours is made by mkdtemp; on a full disk a mapped file ends its process


def serve(services: Services, processes: int, lanes: Sequence[str]) -> None:
    """Serve until told to stop, with `processes` that answer and a worker for each of the lanes.

    All but a single one that answers are child processes, started again when they die. Raises Unavailable, with
    nothing started, when the address cannot be had.
    """
    settings = services.settings
    doors = listen(settings.host, settings.port)
    watched = listen(*settings.metrics_door) if settings.metrics_door else []
    logs.tell(settings.log_level)
    stop = until_told()  # uvicorn, when it is done, raises the signal again for those who were here before it
    keepers = [
        Keeper(f"the worker of the lane {lane}", ["work", "--lane", lane], stop, GRACE_SECONDS) for lane in lanes
    ]
    if processes > 1:
        numbers = [door.fileno() for door in doors]
        shared = [part for number in numbers for part in ("--door", str(number))]
        names = [f"web process {n}" for n in range(1, processes + 1)]
        keepers += [Keeper(name, ["serve", *shared], stop, GRACE_SECONDS, numbers) for name in names]
    services = _watched(services, watched, several=processes > 1)
    for keeper in keepers:
        keeper.start()
    err.print(f"Rassid answers at {address(doors[0])} (Ctrl-C stops it)")
    if first := accounts.first(services):
        err.print("Nobody has an account yet. The first administrator is made here, once, within a day:")
        err.print(accounts.link_address(settings, first))
    try:
        if processes > 1:
            stop.wait()
        else:
            _answer(services, doors, shares=False)
    finally:
        stop.set()
        for keeper in keepers:
            keeper.join()


def answer(services: Services, doors: Sequence[int], parent: int) -> None:
    """Be one of several processes that answer, on sockets that were opened by `parent`, until told to stop."""
    logs.tell(services.settings.log_level)
    watch_parent(parent, partial(os.kill, os.getpid(), signal.SIGTERM))
    if services.settings.metrics:
        from kb.services import prometheus  # noqa: PLC0415 - only where somebody watches

        services = replace(services, meters=prometheus.Counting())
    _answer(services, [socket.socket(fileno=door) for door in doors], shares=True)


def _watched(services: Services, doors: list[socket.socket], *, several: bool) -> Services:
    """Tell the figures on these sockets, if there are any; return the services with what counts for them.

    Where several processes answer, they count into a folder of ours, which they are told of by the environment.
    """
    if not doors:
        return services
    from kb.services import gauges, prometheus  # noqa: PLC0415 - only where somebody watches

    gather = partial(gauges.gather, services, Readiness(services))
    if several:
        folder = _counted_in(_IN_MEMORY if os.access(_IN_MEMORY, os.W_OK) else services.settings.cache)
        os.environ[prometheus.SHARED] = str(folder)
        scrape.answer(doors, lambda: prometheus.told_by_several(folder, gather))
        return services
    counting = prometheus.Counting()
    scrape.answer(doors, lambda: prometheus.told_by_one(counting, gather))
    return replace(services, meters=counting)


def _counted_in(root: Path) -> Path:
    """Make our folder for figures, and remove those of servers that are no more."""
    for folder in root.glob(f"{_FIGURES}*"):
        of = folder.name.removeprefix(_FIGURES).partition("-")[0]
        if of == str(os.getpid()) or not Path("/proc", of).exists():
            shutil.rmtree(folder, ignore_errors=True)
    root.mkdir(parents=True, exist_ok=True)
    return Path(tempfile.mkdtemp(prefix=f"{_FIGURES}{os.getpid()}-", dir=root))


def _answer(services: Services, doors: list[socket.socket], *, shares: bool) -> None:
    from kb.api.routes import create_router  # noqa: PLC0415 - a second of every other command's start
    from kb.web import serving  # noqa: PLC0415 - as above
    from kb.web.site import create_site  # noqa: PLC0415 - as above

    threading.Thread(target=warm, args=(services,), daemon=True).start()
    site = create_site(services, create_router)
    serving.server(site, services.settings, GRACE_SECONDS, shares=shares).run(sockets=doors)


def warm(services: Services) -> None:
    """Load what the first search would wait a second for, and let no reader wait while the memory is cleared of it.

    Words, vocabularies and the index are hundreds of thousands of objects that live as long as the process: whenever
    Python looked through them for garbage, one search in twenty or so took a fifth of a second more.
    """
    services.widener().dictionary()
    with suppress(Unavailable):  # a search says so itself
        services.engine.search(Query(facets=find.FACETS, limit=0))
    gc.collect()
    gc.freeze()
