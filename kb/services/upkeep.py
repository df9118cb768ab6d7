"""What keeps the index fit without being asked: it is built where it is missing, made anew where it is lost, and folded
at night.
"""

import logging
import threading

from kb.catalog import documents
from kb.core.clock import now
from kb.core.errors import Unavailable
from kb.search.stamp import Stale
from kb.services import index
from kb.services.context import Services

_LOOK_SECONDS = 60.0

_log = logging.getLogger(__name__)


def mend(services: Services) -> None:
    """Build an index that is missing or of another version. One that cannot be read is left to the worker."""
    try:
        empty = not services.engine.size  # of a large index the revisions take a second, at every command
    except Stale:
        empty = True
    except Unavailable as error:
        _log.error(
            "the index cannot be read: %s. Search answers 503 until a worker or `kb index rebuild` made it", error
        )
        return
    if not empty:
        return
    with services.database.reading() as session:
        known = len(documents.revisions(session))
    if known:
        _log.warning("the index is missing or of another version: building it from %d documents", known)
        index.rebuild(services, lambda _done, _total: None)


def restore(services: Services) -> None:
    """Make an index that cannot be read anew from the catalog. What hinders it too is logged, and left alone."""
    try:
        services.engine.revisions()
    except Unavailable as error:
        _log.error("the index cannot be read: %s. It is made anew", error)
        try:
            index.rebuild(services, lambda _done, _total: None)
        except Unavailable as hindrance:
            _log.error("the index cannot be made anew: %s", hindrance)


def at_night(services: Services, stop: threading.Event) -> None:
    """Fold the index once a day, in the hour that the settings name, until told to stop."""
    done = now().astimezone().date() if _is_hour(services) else None  # a worker that is started again folds nothing
    while not stop.wait(_LOOK_SECONDS):
        today = now().astimezone().date()
        if _is_hour(services) and done != today:
            try:
                services.engine.tidy()
            except Unavailable as error:
                _log.info("the index is not folded yet: %s", error)
            else:
                done = today


def _is_hour(services: Services) -> bool:
    return now().astimezone().hour == services.settings.index_merge_hour
