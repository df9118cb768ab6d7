"""An answer that comes before the whole of the request: the rest is let come a while, and thrown away.

Closing the line while somebody sends makes the system answer with a reset, which may overtake our words: a browser
then shows a broken connection, and a proxy a page of its own.
"""

import asyncio
from contextlib import suppress
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LINGER_SECONDS: Final = 2.0
"""The longest; a proxy that has our words hangs up at once."""


class Lingering:
    """Reads on before an answer is ended whose request was not read to its end."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _has_body(Headers(scope=scope)):
            await self._app(scope, receive, send)
            return
        whole = False

        async def reading() -> Message:
            nonlocal whole
            message = await receive()
            whole = whole or message["type"] == "http.disconnect" or not message.get("more_body", False)
            return message

        async def drain() -> None:
            with suppress(TimeoutError):
                async with asyncio.timeout(LINGER_SECONDS):
                    while not whole:
                        await reading()

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.body" and not message.get("more_body", False) and not whole:
                await send({**message, "more_body": True})
                await drain()
                message = {"type": "http.response.body", "body": b""}
            await send(message)

        await self._app(scope, reading, sending)


def _has_body(headers: Headers) -> bool:
    return headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
