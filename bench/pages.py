"""What the pages of many readers cost, one at a time, in CPU time and by stage: results, a page of a hit, a list.

`python -m bench.pages [PAGES] [ROUNDS] [ENGINE] [KEPT]` fills a throw-away library with made-up documents, or takes a
copy of KEPT as bench.load does, and asks its site as a server would, with no socket between. Of each page: all of it,
the engine, what else the services do (catalog, marks), the template, squeezing, and what is left (routes, layers,
threads); how many statements the database was asked; and how large the page is. Figures go into docs/performance.md.
"""

import asyncio
import gzip
import random
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import mean, quantiles
from time import process_time, thread_time
from typing import Any
from urllib.parse import quote, unquote

from sqlalchemy import event
from starlette.types import ASGIApp, Message

from bench.load import LINK, filled, questions
from bench.report import machine, put, table
from kb.api.routes import create_router
from kb.app import open_services
from kb.core.settings import Settings
from kb.processes import warm
from kb.search.engine import SearchEngine
from kb.services import find, listing, reader
from kb.services.context import Services
from kb.web import citing
from kb.web.site import create_site
from kb.web.view import View

_WARM = 20  # rounds that are not counted
_STAGES = ("engine", "services", "template", "squeezing")
_LEVEL = 6  # as the site squeezes
_ROWS = {"search": "results", "led": "on the way to a hit", "page": "page of a hit", "browse": "list"}


class Watch:
    """Adds up the CPU milliseconds of stages, each without those that it calls, and statements, until `taken`."""

    def __init__(self) -> None:
        self._spent: dict[str, float] = defaultdict(float)
        self._inner = [0.0]

    def on(self, owner: object, name: str, stage: str) -> None:
        """Count what this function of a module or class takes to a stage."""
        act: Callable[..., Any] = getattr(owner, name)

        def timed(*args: Any, **named: Any) -> Any:
            self._inner.append(0.0)
            start = thread_time()
            try:
                return act(*args, **named)
            finally:
                spent = 1000 * (thread_time() - start)
                self._spent[stage] += spent - self._inner.pop()
                self._inner[-1] += spent

        setattr(owner, name, timed)

    def statement(self, *_: object) -> None:
        self._spent["statements"] += 1

    def taken(self) -> dict[str, float]:
        taken, self._spent = self._spent, defaultdict(float)
        return taken


@contextmanager
def watched(services: Services) -> Iterator[Watch]:
    watch = Watch()
    engine: type[SearchEngine] = type(services.engine)
    watch.on(engine, "search", "engine")
    for module, name in ((find, "find"), (listing, "browse"), (reader, "page"), (reader, "hit_at"), (citing, "offer")):
        watch.on(module, name, "services")
    watch.on(View, "render", "template")
    event.listen(services.database.engine, "before_cursor_execute", watch.statement)
    yield watch


async def ask(site: ASGIApp, path: str, query: str) -> tuple[bytes, str]:
    """Return the page, squeezed, and where it leads instead: to the hit that a result quotes."""
    heads = [(b"host", b"127.0.0.1"), (b"accept-encoding", b"gzip"), (b"user-agent", b"bench")]
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
    }
    scope |= {"path": unquote(path), "raw_path": path.encode(), "query_string": query.encode(), "root_path": ""}
    scope |= {"headers": heads, "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80), "state": {}}
    parts: list[bytes] = []
    led = ""

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        nonlocal led
        assert message.get("status", 200) in {200, 302}, (path, query)
        led = dict(message.get("headers", ())).get(b"location", b"").decode() or led
        parts.append(message.get("body", b""))

    await site(scope, receive, send)
    return b"".join(parts), led


Costs = dict[str, list[dict[str, float]]]
"""What each page took, by stage; "all" is all of it."""


async def rounds(site: ASGIApp, watch: Watch, count: int) -> Costs:
    """Ask for each of the pages so many times: another question each time, as long as there are others."""
    asked, chance = questions(300), random.Random(11)
    costs: Costs = {kind: [] for kind in _ROWS}

    async def page(kind: str, path: str, query: str) -> str:
        watch.taken()
        start = process_time()
        squeezed, led = await ask(site, path, query)
        whole = 1000 * (process_time() - start)
        if led:
            costs["led"].append({"all": whole, **watch.taken()})
            path, _, query = led.partition("#")[0].partition("?")
            return await page(kind, path, query)
        body = gzip.decompress(squeezed)
        start = process_time()
        gzip.compress(body, _LEVEL)
        again = 1000 * (process_time() - start)
        costs[kind].append({"all": whole, **watch.taken(), "squeezing": again, "KB": len(squeezed) / 1000})
        return body.decode()

    for number in range(_WARM + count):
        if number == _WARM:
            costs = {kind: [] for kind in _ROWS}
        found = LINK.findall(await page("search", "/ar/search", f"q={quote(asked[number % len(asked)])}"))
        if found:
            path, _, query = chance.choice(found).replace("&amp;", "&").partition("?")
            await page("page", path, query)
        await page("browse", "/ar/browse", "sort=newest")
    return costs


def row(kind: str, taken: list[dict[str, float]]) -> list[str]:
    every = [one["all"] for one in taken]
    stages = {stage: mean(one.get(stage, 0) for one in taken) for stage in _STAGES}
    cells = [mean(every), quantiles(every, n=20)[-1], *stages.values(), mean(every) - sum(stages.values())]
    more = [mean(one.get(name, 0) for one in taken) for name in ("statements", "KB")]
    return [_ROWS[kind], *(f"{cell:.1f}" for cell in cells), *(f"{cell:.0f}" for cell in more)]


HEAD = ("CPU ms", "all", "p95", *_STAGES, "the rest", "statements", "KB squeezed")


def main(pages: str = "10000", count: str = "200", engine: str = "whoosh", kept: str = "") -> None:
    with tempfile.TemporaryDirectory(prefix="bench-pages-") as folder:
        home = Path(folder) / "home"
        size = filled(home, int(pages), engine, kept)
        with open_services(Settings(home=home, index=f"{engine}:index")) as services, watched(services) as watch:
            site = create_site(services, create_router)
            warm(services)
            costs = asyncio.run(rounds(site, watch, int(count)))
    text = f"{machine()} {size:,} passages on {engine}.\n\n"
    text += table(HEAD, [row(kind, taken) for kind, taken in costs.items()])
    print(text)
    put(f"pages-{engine}", text)


if __name__ == "__main__":
    main(*sys.argv[1:])
