"""The pages that many readers ask for are made a few at once, in the order they came."""

import asyncio
import re
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_MADE: Final = re.compile(
    r"/(?:[a-z]{2}/(?:search(?:/(?:hit|facet)/[^/]+)?|browse(?:/facet/[^/]+)?|d/[^/]+(?:/f/[0-9]+(?:/p/[0-9]+)?)?)"
    r"|api/v1/search)"
)
"""Answers that take a core, for milliseconds, and wait for nothing else."""


class InTurn:
    """Lets `most` of the pages be made at once; each gives up its place when it begins to be sent.

    One thread of Python computes at a time: of fifty pages made at once each is ready when all fifty are. What waits
    for something else, as pictures, files and forms do, is let through.
    """

    def __init__(self, app: ASGIApp, most: int) -> None:
        self._app = app
        self._places = asyncio.Semaphore(most)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or not _MADE.fullmatch(scope["path"]):
            await self._app(scope, receive, send)
            return
        await self._places.acquire()
        holds = True

        async def sending(message: Message) -> None:
            nonlocal holds
            if holds:
                holds = False
                self._places.release()
            await send(message)

        try:
            await self._app(scope, receive, sending)
        finally:
            if holds:
                self._places.release()
