"""Telling a page of what changes while it is open, by server-sent events: to so many pages, and for a bounded time."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from kb.core.errors import KbError, TooMany
from kb.core.settings import Settings

LOOK_SECONDS: Final = 1.0
BEAT_SECONDS: Final = 15.0
"""So often something is said, that what stands between may know the line is alive."""
_BEAT: Final = ": \n\n"
_WAIT_SECONDS: Final = 30.0

Look = Callable[[], tuple[Mapping[str, str], bool]]
"""Gives the pieces of the page that may change, by the id of each, and whether nothing will change any more."""


class Streams:
    """Counts the pages that are being told."""

    def __init__(self, settings: Settings) -> None:
        self._most = settings.event_streams
        self._seconds = settings.event_seconds
        self._open = 0

    def tell(self, look: Look) -> Response:
        """Send each piece of the page whenever it has changed, until all is settled or the time is over.

        Raises TooMany past the bound: the page then asks from time to time.
        """
        if self._open >= self._most:
            raise TooMany(_WAIT_SECONDS)
        headers = {"Cache-Control": "private, no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(self._events(look), media_type="text/event-stream", headers=headers)

    async def _events(self, look: Look) -> AsyncIterator[str]:
        self._open += 1
        clock = asyncio.get_running_loop().time
        told: dict[str, str] = {}
        spoke = begun = clock()
        try:
            yield f"retry: {int(LOOK_SECONDS * 3000)}\n\n"
            while clock() - begun < self._seconds:
                pieces, settled = await run_in_threadpool(look)
                for id, html in pieces.items():
                    if told.get(id) != html:
                        told[id] = html
                        spoke = clock()
                        yield f"data: {json.dumps({'id': id, 'html': html}, ensure_ascii=False)}\n\n"
                if settled:
                    yield "event: settled\ndata: {}\n\n"
                    return
                if clock() - spoke > BEAT_SECONDS:
                    spoke = clock()
                    yield _BEAT
                await asyncio.sleep(LOOK_SECONDS)
        except KbError:  # the page asks again, and is told then what is wrong
            return
        finally:
            self._open -= 1


def streams_of(request: Request) -> Streams:
    found = request.app.state.streams
    assert isinstance(found, Streams)
    return found
