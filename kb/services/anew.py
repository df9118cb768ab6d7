"""The index is made anew by the worker: where it is missing, cannot be read, or was made by other rules than ours."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from kb.catalog import documents, files
from kb.core.clock import now
from kb.core.errors import NoIndex, Unavailable
from kb.jobs import queue
from kb.jobs.queue import JobRef
from kb.search import stamp
from kb.search.engines import in_use, read
from kb.search.stamp import Fit, Progress
from kb.services import index
from kb.services.context import Services

REBUILD = "rebuild"
"""The job. Its key is the name of the index that is to be replaced: where that was done meanwhile, it is done."""

_SAYS = {
    Fit.OURS: "the index cannot be read",
    Fit.OLDER: "the index was made by other rules than those of this version: it answers until the new one is there",
    Fit.FOREIGN: "the index was made by another version",
    Fit.MISSING: "the index is missing",
}

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Standing:
    """How the index stands to this version; `progress` of the one that is being made, None where none is."""

    fit: Fit
    progress: Progress | None


def standing(services: Services) -> Standing:
    """Look at the names of the index alone: as cheap as opening two files."""
    return Standing(_in_use(services)[1], stamp.told(read(services.settings.index, services.settings.home)[1]))


def mend(services: Services) -> None:
    """See to it that there will be an index of ours: a small one is made at once, a large one asked of the worker."""
    size = _size(services)  # lays the first index of a new library
    fit = _in_use(services)[1]
    if fit is Fit.OURS and size:
        return
    with services.database.reading() as session:
        pages = files.count_pages(session)
        known = len(documents.revisions(session))
    if fit is Fit.OURS and size == 0 and not known:
        return
    _log.warning("%s. It is made from %d documents", _SAYS[fit], known)
    try:
        if known + pages > services.settings.index_at_once:
            ask(services)
        else:
            index.rebuild(services, _unheard)
    except (Unavailable, OSError) as error:  # another process does; or the earlier one answers until it can be done
        if fit is not Fit.OLDER and not isinstance(error, NoIndex):
            raise
        _log.warning("%s", error)


def _size(services: Services) -> int | None:
    """Return the number of passages, None of what cannot be read; revisions take a second where it is large."""
    try:
        return services.engine.size
    except NoIndex:
        return None


def restore(services: Services) -> None:
    """Ask for a new index where the one in use cannot be read, as far as that can be told without reading it all."""
    try:
        services.engine.revisions()
    except NoIndex as error:
        _log.error("%s. It is made anew", error)
        ask(services)
    with services.database.reading() as session:
        going_on = queue.pending(session, (REBUILD, index.MOVE))
    if not going_on:  # what was begun by hand and broken off is gone on with by hand
        stamp.tell_no_more(read(services.settings.index, services.settings.home)[1])


def ask(services: Services) -> None:
    """Have the index that is in use replaced."""
    with services.database.writing() as session:
        queue.put(session, REBUILD, _in_use(services)[0], now())


def run(services: Services, jobs: Sequence[JobRef]) -> None:
    """Rebuild the index, unless it was since it was asked for. What a stopped rebuild had written is gone on with."""
    name = _in_use(services)[0]
    if any(job.key == name for job in jobs):
        count = index.rebuild(services, _unheard)
        _log.warning("the new index answers, with %d documents", count)


def at_once(services: Services) -> None:
    """Do here what was asked of the worker: for who needs whole answers before anything else."""
    with services.database.reading() as session:
        asked = queue.pending(session, (REBUILD,))
    if asked:
        index.rebuild(services, _unheard)


def _in_use(services: Services) -> tuple[str, Fit]:
    settings = services.settings
    return in_use(settings.index, settings.home, services.analyzer, salt=services.salt)


def _unheard(_done: int, _total: int) -> None: ...
