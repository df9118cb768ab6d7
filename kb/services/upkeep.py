"""What keeps the house fit without being asked: the index is folded at night, and what nobody finished is swept."""

import logging
import threading
import time

from kb.catalog import drafts, notices
from kb.core.clock import now
from kb.core.errors import Conflict, Unavailable
from kb.services import bulk, correcting, unpacking, uploads
from kb.services.context import Services

_LOOK_SECONDS = 60.0
_SWEEP_SECONDS = 3600.0

_log = logging.getLogger(__name__)


def at_night(services: Services, stop: threading.Event) -> None:
    """Fold the index once a day, in the hour that the settings name, and sweep each hour, until told to stop."""
    swept = time.monotonic() - _SWEEP_SECONDS
    done = now().astimezone().date() if _is_hour(services) else None  # a worker that is started again folds nothing
    while not stop.wait(_LOOK_SECONDS):
        today = now().astimezone().date()
        if time.monotonic() - swept > _SWEEP_SECONDS:
            swept = time.monotonic()
            _sweep(services)
        if _is_hour(services) and done != today:
            try:
                services.engine.tidy()
            except Unavailable as error:
                _log.info("the index is not folded yet: %s", error)
            else:
                done = today


def _sweep(services: Services) -> None:
    try:
        uploads.sweep(services)
        bulk.sweep(services)
        unpacking.sweep(services)
        correcting.settle(services)
        with services.database.writing() as session:
            drafts.sweep(session, services.settings.draft_days)
            notices.sweep(session, services.settings.notice_days)
    except (Unavailable, Conflict) as error:
        _log.info("not all that is old is swept yet: %s", error)


def _is_hour(services: Services) -> bool:
    return now().astimezone().hour == services.settings.index_merge_hour
