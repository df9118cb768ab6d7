"""Pages are made a few at once, in the order they came."""

import asyncio
import inspect
from collections.abc import Callable

import pytest
from starlette.types import Message, Receive, Scope, Send

from kb.web import site
from kb.web.in_turn import InTurn

PAGE = "/ar/search"


class Kitchen:
    """Makes pages when it is told to."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.told: dict[str, asyncio.Event] = {}
        self.sent: dict[str, asyncio.Event] = {}

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        name = scope["name"]
        self.begun.append(name)
        await self.told.setdefault(name, asyncio.Event()).wait()
        if scope.get("fails"):
            raise ZeroDivisionError
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await self.sent.setdefault(name, asyncio.Event()).wait()
        await send({"type": "http.response.body", "body": b""})


async def nothing() -> Message:
    return {"type": "http.request"}


async def nowhere(_: Message) -> None:
    return


async def settled() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


def run(act: Callable[[Kitchen, Callable[..., "asyncio.Task[None]"]], object]) -> None:
    async def running() -> None:
        kitchen = Kitchen()
        layer = InTurn(kitchen, 2)

        def ask(name: str, path: str = PAGE, method: str = "GET", **more: object) -> asyncio.Task[None]:
            scope = {"type": "http", "method": method, "path": path, "name": name, **more}
            return asyncio.create_task(layer(scope, nothing, nowhere))

        await act(kitchen, ask)  # type: ignore[misc]  # a coroutine

    asyncio.run(running())


def test_a_page_waits_until_one_before_it_begins_to_be_sent() -> None:
    async def act(kitchen: Kitchen, ask: Callable[..., "asyncio.Task[None]"]) -> None:
        tasks = [ask(name) for name in "abcd"]
        await settled()
        assert kitchen.begun == ["a", "b"]
        kitchen.told["b"].set()  # its reader is slow, and it is not all sent yet
        await settled()
        assert kitchen.begun == ["a", "b", "c"]
        for name in "abcd":
            kitchen.told.setdefault(name, asyncio.Event()).set()
            kitchen.sent.setdefault(name, asyncio.Event()).set()
        await asyncio.gather(*tasks)
        assert kitchen.begun == ["a", "b", "c", "d"]

    run(act)


def test_a_page_that_fails_gives_up_its_place() -> None:
    async def act(kitchen: Kitchen, ask: Callable[..., "asyncio.Task[None]"]) -> None:
        tasks = [ask(name, fails=True) for name in "abc"]
        await settled()
        for name in "ab":
            kitchen.told[name].set()
        await settled()
        assert kitchen.begun == ["a", "b", "c"]
        kitchen.told["c"].set()
        assert [type(each) for each in await asyncio.gather(*tasks, return_exceptions=True)] == [ZeroDivisionError] * 3

    run(act)


@pytest.mark.parametrize(
    ("path", "method"),
    [
        ("/health", "GET"),
        ("/ar/search", "POST"),
        ("/ar/sign-in", "GET"),
        ("/ar/search/export.pdf", "GET"),
        ("/ar/d/aaaaaaaaaa/sheet.pdf", "GET"),
        ("/d/aaaaaaaaaa/f/1/file", "GET"),
        ("/d/aaaaaaaaaa/f/1/p/1/image", "GET"),
    ],
)
def test_what_waits_for_something_else_does_not_wait_for_pages(path: str, method: str) -> None:
    async def act(kitchen: Kitchen, ask: Callable[..., "asyncio.Task[None]"]) -> None:
        tasks = [ask("a"), ask("b"), ask("other", path, method)]
        await settled()
        assert kitchen.begun == ["a", "b", "other"]
        for task in tasks:
            task.cancel()

    run(act)


@pytest.mark.parametrize(
    "path",
    [
        *("/fr/search", "/fr/search/hit/aaaaaaaaaa", "/fr/search/facet/year", "/fr/browse", "/fr/browse/facet/type"),
        *("/fr/d/aaaaaaaaaa", "/fr/d/aaaaaaaaaa/f/1", "/fr/d/aaaaaaaaaa/f/1/p/12", "/api/v1/search"),
    ],
)
def test_what_readers_ask_most_waits_its_turn(path: str) -> None:
    async def act(kitchen: Kitchen, ask: Callable[..., "asyncio.Task[None]"]) -> None:
        tasks = [ask("a"), ask("b"), ask("other", path)]
        await settled()
        assert kitchen.begun == ["a", "b"]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    run(act)


def test_no_page_gives_a_thread_to_what_waits_for_nothing() -> None:
    routes = [route for page in site.PAGES for route in page.router.routes]
    needed = [each.call for route in routes for each in route.dependant.dependencies]
    assert needed
    assert [act for act in needed if not inspect.iscoroutinefunction(act)] == []
