"""Remembers the language a visitor switched to, so that an address without one brings it again."""

from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kb.web import wiring, words

DAYS: Final = 365
"""How long it is remembered."""


class Remember:
    """Sets the cookie when a link of our own pages led to another language; a link from outside decides nothing."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        language = words.named(scope["path"]) if scope["type"] == "http" else ""
        if language not in words.LANGUAGES or not _switched(Headers(scope=scope), language):
            await self._app(scope, receive, send)
            return

        async def remembering(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] < 400:
                headers = MutableHeaders(raw=list(message["headers"]))
                cookie = f"{wiring.COOKIE}={language}; Max-Age={DAYS * 24 * 3600}; Path=/; SameSite=Lax; HttpOnly"
                headers.append("set-cookie", cookie)
                message = {**message, "headers": headers.raw}
            await send(message)

        await self._app(scope, receive, remembering)


def _switched(headers: Headers, language: str) -> bool:
    held = cookie_parser(headers.get("cookie", "")).get(wiring.COOKIE)
    return headers.get("sec-fetch-site") == "same-origin" and held != language
