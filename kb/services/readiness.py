"""Can the house do its work now? Asked often, by whoever sends it visitors; so it is cheap, and remembered a moment."""

import logging
import time
from collections.abc import Callable, Mapping
from functools import partial
from threading import Lock
from typing import Final

from kb.core.errors import KbError, Unavailable
from kb.db import upgrade
from kb.jobs import pulse
from kb.services.context import Services

REMEMBERED_SECONDS: Final = 2.0
STARTING_SECONDS: Final = 20.0
"""How long nobody wonders that no worker has told of itself: workers start with the processes that answer."""

_WORKER: Final = "worker"

_log = logging.getLogger("kb")


class Readiness:
    """For any thread. However often it is asked, the house looks at itself every two seconds at most."""

    def __init__(self, services: Services) -> None:
        self._checks: Mapping[str, Callable[[], None]] = {
            "database": partial(upgrade.demand_writable, services.database),
            "migrations": partial(upgrade.demand_current, services.database),
            "index": partial(_open_index, services),
            "store": services.store.demand_writable,
            _WORKER: partial(_demand_worker, services),
        }
        self._lock = Lock()
        self._found: dict[str, bool] = {}
        self._told: set[str] = set()
        self._until = 0.0
        self._began = time.monotonic()

    def look(self) -> Mapping[str, bool]:
        """Return whether each part can do its work; why one cannot is told in the log, once."""
        with self._lock:
            if time.monotonic() >= self._until:
                self._found = {name: self._holds(name, check) for name, check in self._checks.items()}
                self._until = time.monotonic() + REMEMBERED_SECONDS
            return self._found

    def _holds(self, name: str, check: Callable[[], None]) -> bool:
        try:
            check()
        except KbError as error:
            starting = name == _WORKER and time.monotonic() < self._began + STARTING_SECONDS
            if name not in self._told and not starting:
                self._told.add(name)
                _log.error("not ready: %s: %s", name, error)
            return False
        if name in self._told:
            self._told.remove(name)
            _log.warning("ready again: %s", name)
        return True


def _open_index(services: Services) -> None:
    assert services.engine.size >= 0


def _demand_worker(services: Services) -> None:
    late = [lane for lane, seconds in workers(services).items() if seconds is None or seconds > pulse.LATE_SECONDS]
    if late:
        raise Unavailable(f"no worker of the lane {', '.join(late)} was seen for {pulse.LATE_SECONDS:.0f} seconds")


def workers(services: Services) -> Mapping[str, float | None]:
    """Return how many seconds ago a worker of each lane was seen; None for never."""
    seen = pulse.seen(services.settings.pulses)
    every = seen.get("all")
    found = {}
    for lane in ("text", "ocr"):
        times = [seconds for seconds in (seen.get(lane), every) if seconds is not None]
        found[lane] = min(times, default=None)
    return found
