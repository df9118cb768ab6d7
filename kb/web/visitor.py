"""Who is at the door: the session of a browser or the key of a program, found once for each request."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable
from contextvars import ContextVar
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request, cookie_parser
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kb.catalog.rights import Someone
from kb.core.errors import KbError
from kb.core.settings import Settings
from kb.services import accounts
from kb.services.context import Services

Refuse = Callable[[Scope, int], Response]

PRESENT: ContextVar[Someone | None] = ContextVar("PRESENT", default=None)
"""Who asks for the page that is being made; for what every page shows of it."""

_BEARER: Final = re.compile(r"Bearer +(kb_[A-Za-z0-9_-]{20,100})", re.IGNORECASE)
_PLAIN: Final = ("/static/", "/health")
"""Addresses that are the same for everybody."""


def _name(cookie: str, settings: Settings) -> str:
    """Behind TLS the browser itself warrants that the cookie is of this very host (RFC 6265bis, 4.1.3.2)."""
    return f"__Host-{cookie}" if settings.public_url.startswith("https:") else cookie


def _dressed(cookie: str, value: str, settings: Settings, *, seconds: int | None, strict: bool) -> str:
    secure = "; Secure" if settings.public_url.startswith("https:") else ""
    age = "" if seconds is None else f"; Max-Age={seconds}"
    site = "Strict" if strict else "Lax"
    return f"{_name(cookie, settings)}={value}; Path=/; HttpOnly; SameSite={site}{age}{secure}"


class Visitor:
    """Puts into the scope's state `someone`, and `secret` where that is a session; a key that is no good is refused.

    What is sent to somebody who is signed in is kept by no cache.
    """

    def __init__(self, app: ASGIApp, services: Services, refuse: Refuse) -> None:
        self._app = app
        self._services = services
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(_PLAIN):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        named = _bearing(headers)
        if named is not None:
            key = _BEARER.fullmatch(named)
            someone = await self._found(accounts.program, key[1]) if key else None
            if someone is None:
                await self._refuse(scope, 401)(scope, receive, send)
                return
            secret = ""
        else:
            secret = cookie_parser(headers.get("cookie", "")).get(_name("session", self._services.settings), "")[:100]
            someone = await self._found(accounts.who, secret) if secret else None
        scope["state"] |= {"someone": someone, "secret": secret if someone else "", "expired": bool(secret)}
        token = PRESENT.set(someone)
        try:
            await self._app(scope, receive, _privately(send) if someone else send)
        finally:
            PRESENT.reset(token)

    async def _found(self, look: Callable[[Services, str], Someone | None], secret: str) -> Someone | None:
        """A database that does not answer knows nobody: pages that need it say so themselves."""
        try:
            return await run_in_threadpool(look, self._services, secret)
        except KbError:
            return None


def _bearing(headers: Headers) -> str | None:
    """Return what a program says it may; what a proxy asks people for (Basic, Negotiate) is passed on to us unread."""
    named = headers.get("authorization", "")
    scheme, _, rest = named.partition(" ")
    return named if scheme.lower() == "bearer" or (named and not rest) else None


def _privately(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=list(message["headers"]))
            headers["cache-control"] = "private, no-store"
            message = {**message, "headers": headers.raw}
        await send(message)

    return sending


def someone_of(request: Request) -> Someone | None:
    found = request.scope["state"].get("someone")
    assert found is None or isinstance(found, Someone)
    return found


def secret_of(request: Request) -> str:
    """Return the secret of the visit, "" where nobody is signed in by a browser."""
    return str(request.scope["state"].get("secret", ""))


def has_expired(request: Request) -> bool:
    """Tell whether a browser brings a session that is over."""
    return bool(request.scope["state"].get("expired")) and someone_of(request) is None


def admit(response: Response, secret: str, settings: Settings) -> Response:
    """Give the browser a new session: the secret it had before is of no use any more."""
    response.headers.append("set-cookie", _dressed("session", secret, settings, seconds=None, strict=False))
    return response


def dismiss(response: Response, settings: Settings) -> Response:
    response.headers.append("set-cookie", _dressed("session", "", settings, seconds=0, strict=False))
    response.headers["clear-site-data"] = '"cache"'
    return response


def keep(response: Response, name: str, value: str, settings: Settings, *, seconds: int) -> None:
    """Have the browser bring a value back for so long, to nobody but us; 0 seconds take it away."""
    response.headers.append("set-cookie", _dressed(name, value, settings, seconds=seconds, strict=False))


def kept(request: Request, name: str, settings: Settings) -> str:
    """Return what `keep` had the browser bring back, "" for nothing."""
    return request.cookies.get(_name(name, settings), "")[:2000]


def form_token(request: Request, settings: Settings) -> tuple[str, str]:
    """Return the token that a form of this visitor must bring, and the cookie to be set for it, "" for none.

    It can be computed only from a cookie that no other site can read: the session, or one for forms alone.
    """
    held = secret_of(request) or request.cookies.get(_name("form", settings), "")[:100]
    if held:
        return _masked(_token(held)), ""
    fresh = secrets.token_urlsafe(24)
    return _masked(_token(fresh)), _dressed("form", fresh, settings, seconds=None, strict=True)


def is_own_form(request: Request, token: object, settings: Settings) -> bool:
    """Tell whether a form that was sent brings the token of this very visitor."""
    held = secret_of(request) or request.cookies.get(_name("form", settings), "")[:100]
    return bool(held) and isinstance(token, str) and hmac.compare_digest(_token(held), _unmasked(token))


def _token(held: str) -> bytes:
    return hmac.new(held.encode(), b"a form of ours", hashlib.sha256).digest()


def _masked(token: bytes) -> str:
    """Write it differently each time: what is squeezed tells by its length what it repeats (BREACH)."""
    mask = secrets.token_bytes(len(token))
    return mask.hex() + bytes(a ^ b for a, b in zip(mask, token, strict=True)).hex()


def _unmasked(text: str) -> bytes:
    try:
        raw = bytes.fromhex(text[: 4 * hashlib.sha256().digest_size])
    except ValueError:
        return b""
    half = len(raw) // 2
    return bytes(a ^ b for a, b in zip(raw[:half], raw[half:], strict=False))
