"""Is the house well? Asked by a monitor, answered by doing the work once."""

import time
from dataclasses import dataclass

from kb.catalog.access import PUBLIC
from kb.catalog.changes import INDEX
from kb.core.errors import KbError
from kb.jobs import queue
from kb.search.parse import parse
from kb.search.query import Query
from kb.search.stamp import Fit, Progress
from kb.services import anew, index, scanner
from kb.services.anew import Standing
from kb.services.context import Services

PROBE = "الإدارة"
KINDS = ("extract", "renew", "index", index.MOVE, anew.REBUILD, "ocr")


@dataclass(frozen=True, slots=True)
class Health:
    """`search_ms` is a real search, `waiting` the jobs not done yet, `unindexed` those of them that are documents which
    search does not show as they are. `problems` are for people, in English.

    `engine` answers, from so many `passages`; while `moving`, another is being built aside. `rebuilding` tells how far
    an index that is being made has come; the one in use is `outdated` where it was made by other rules than ours.
    """

    ok: bool
    search_ms: float
    waiting: int
    unindexed: int
    problems: tuple[str, ...]
    engine: str
    passages: int
    moving: bool
    outdated: bool
    rebuilding: Progress | None


def check(services: Services) -> Health:
    """Search once and count the jobs; never raises."""
    problems: list[str] = []
    waiting = unindexed = passages = 0
    moving = asked = False
    standing = Standing(Fit.MISSING, None)
    try:
        with services.database.reading() as session:
            waiting = queue.pending(session, KINDS)
            unindexed = queue.pending(session, [INDEX])
            moving = queue.pending(session, [index.MOVE]) > 0
            asked = moving or queue.pending(session, [anew.REBUILD]) > 0
    except KbError as error:
        problems.append(f"database: {error}")
    started = time.perf_counter()
    engine = ""
    try:
        engine = index.in_use(services).name
        standing = anew.standing(services)
        services.engine.search(Query(parse(PROBE), audience=PUBLIC, limit=1, seconds=services.settings.search_seconds))
        passages = services.engine.size
    except KbError as error:
        problems.append(f"index: {error}")
    spent = (time.perf_counter() - started) * 1000
    try:
        if scanner.is_set(services.settings):
            scanner.version(services.settings)
    except KbError as error:
        problems.append(f"antivirus: {error}")
    return Health(
        ok=not problems,
        search_ms=spent,
        waiting=waiting,
        unindexed=unindexed,
        problems=tuple(problems),
        engine=engine,
        passages=passages,
        moving=moving,
        outdated=standing.fit is Fit.OLDER,
        rebuilding=standing.progress or (Progress(0, 0) if asked else None),
    )
