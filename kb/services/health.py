"""Is the house well? Asked by a monitor, answered by doing the work once."""

import time
from dataclasses import dataclass

from kb.catalog.access import PUBLIC
from kb.core.errors import KbError
from kb.jobs import queue
from kb.search.parse import parse
from kb.search.query import Query
from kb.services.context import Services

PROBE = "الإدارة"
KINDS = ("extract", "renew", "index", "ocr")


@dataclass(frozen=True, slots=True)
class Health:
    """`search_ms` is a real search, `waiting` the jobs not done yet. `problems` are for people, in English."""

    ok: bool
    search_ms: float
    waiting: int
    problems: tuple[str, ...]


def check(services: Services) -> Health:
    """Search once and count the jobs; never raises."""
    problems: list[str] = []
    waiting = 0
    try:
        with services.database.reading() as session:
            waiting = queue.pending(session, KINDS)
    except KbError as error:
        problems.append(f"database: {error}")
    started = time.perf_counter()
    try:
        services.engine.search(Query(parse(PROBE), audience=PUBLIC, limit=1, seconds=services.settings.search_seconds))
    except KbError as error:
        problems.append(f"index: {error}")
    return Health(not problems, (time.perf_counter() - started) * 1000, waiting, tuple(problems))
