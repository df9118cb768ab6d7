"""What keeps the index fit without being asked: it is folded at night."""

import logging
import threading

from kb.core.clock import now
from kb.core.errors import Unavailable
from kb.services.context import Services

_LOOK_SECONDS = 60.0

_log = logging.getLogger(__name__)


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
