"""What every request and every answer must bear, in one ASGI layer that works before anything is parsed."""

import asyncio
import logging
import re
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kb.core import logs
from kb.core.errors import KbError, TooLarge
from kb.core.settings import Settings

Refuse = Callable[[Scope, int], Response]

_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
# OAI-PMH lets harvesters ask by POST what they may ask by GET; they are no browsers and say no origin.
_CHANGES_NOTHING: Final = frozenset({"/oai"})
_UPLOAD: Final = re.compile(r"/[a-z]{2}/(?:upload|desk/documents/[a-z0-9]{10}/files)")
_FORM_OF_FILES: Final = re.compile(r"/[a-z]{2}/desk/(?:deposit|imports)")
_PIECE: Final = re.compile(r"/[a-z]{2}/desk/uploads/[a-z0-9]{10}")
# Forms that describe a document are large; past the end of a session the sign-in page carries them along.
_ENTRY: Final = re.compile(r"/[a-z]{2}/(?:desk/(?:new|documents)/.*|sign-in(?:/second-step)?)")
# A form wraps the file in part headers, boundaries and a few short fields.
_FORM_BYTES: Final = 64 * 1024
_ONE_RANGE: Final = re.compile(r"bytes=(?:([0-9]{1,18})-([0-9]{0,18})|-[0-9]{1,18})")

POLICY: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS: Final = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-frame-options": "DENY",
}

log = logging.getLogger("kb.web")


def loggable(path: str) -> str:
    """Return a path as the log may tell it: the link of an account opens it to whoever can read it."""
    return logs.discreet(path)


class SlowBody(KbError):
    """The body was not there within the time allowed."""

    code = "slow-body"


class Guard:
    """Refuses what is too large, too slow, meant for another host or sent by another site.

    `refuse` renders the page of a refusal. Bodies are counted as they come in, whatever length was announced: past the
    limit the reader gets TooLarge, past the time SlowBody, and the answer says so. The scope's state gets
    `matched`, the scope that the routes have written into.
    """

    def __init__(self, app: ASGIApp, settings: Settings, refuse: Refuse) -> None:
        self._app = app
        self._settings = settings
        self._refuse = refuse
        self._hosts = frozenset(host.lower() for host in settings.hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = _Answer(scope, send)
        status = self._verdict(scope)
        if status:
            await self._refuse(scope, status)(scope, receive, answer.send)
            return
        await self._pass(scope, receive, answer)

    async def _pass(self, scope: Scope, receive: Receive, answer: "_Answer") -> None:
        method = scope["method"]
        inner = {**scope, "method": "GET" if method == "HEAD" else method, "headers": _kept(scope["headers"])}
        scope["state"]["matched"] = inner
        files = method == "POST" and _FORM_OF_FILES.fullmatch(scope["path"])
        seconds = self._settings.upload_form_seconds if files else self._settings.body_seconds
        body = _Body(receive, self._body_limit(scope), seconds)
        try:
            await self._app(inner, body.receive, answer.send)
        except ClientDisconnect:  # nobody is there to be answered, and nothing of ours went wrong
            log.info("request %s: the visitor left", scope["state"]["reference"])
        except Exception:  # the edge: nothing of what went wrong may reach the visitor, all of it the log
            log.exception("request %s failed: %s %r", scope["state"]["reference"], method, loggable(scope["path"]))
            if not answer.started:
                await self._refuse(scope, 500)(scope, receive, answer.send)

    def _verdict(self, scope: Scope) -> int:
        """The status to refuse the request with, 0 to let it in. A target must be a path: this is no proxy."""
        headers = Headers(scope=scope)
        target = len(scope.get("raw_path") or scope["path"].encode()) + len(scope["query_string"])
        if sum(len(name) + len(value) for name, value in scope["headers"]) > self._settings.max_header_bytes:
            return 431
        if target > self._settings.max_target_bytes:
            return 414
        if not scope["path"].startswith("/") or _host(headers) not in self._hosts:
            return 400
        if scope["method"] not in _SAFE and scope["path"] not in _CHANGES_NOTHING and not _same_origin(headers):
            return 403
        return self._length(headers, self._body_limit(scope))

    @staticmethod
    def _length(headers: Headers, limit: int) -> int:
        length = headers.get("content-length", "0")
        if not re.fullmatch(r"[0-9]{1,18}", length) or ("content-length" in headers and "transfer-encoding" in headers):
            return 400
        return 413 if int(length) > limit else 0

    def _body_limit(self, scope: Scope) -> int:
        if scope["method"] == "POST" and _UPLOAD.fullmatch(scope["path"]):
            return self._settings.max_upload_bytes + _FORM_BYTES
        if scope["method"] == "POST" and _FORM_OF_FILES.fullmatch(scope["path"]):
            return self._settings.upload_form_bytes + _FORM_BYTES
        if scope["method"] == "PATCH" and _PIECE.fullmatch(scope["path"]):
            return self._settings.upload_chunk_bytes
        if scope["method"] == "POST" and _ENTRY.fullmatch(scope["path"]):
            return self._settings.max_entry_bytes
        return self._settings.max_body_bytes


def _host(headers: Headers) -> str:
    """The host asked for, without its port; empty where there is none or more than one."""
    named = headers.getlist("host")
    return re.sub(r":[0-9]{1,5}$", "", named[0].lower()) if len(named) == 1 else ""


def _same_origin(headers: Headers) -> bool:
    """Whether a form says that it came from our own pages.

    One that says nothing is refused: while sitting at this machine is all the authority there is, an old browser that
    is led here by another site has it too. Programs have `kb import`.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc.lower() == headers.get("host", "").lower()


def _kept(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Leave out a Range that is wrong, of several parts or in another unit: the whole file answers it (RFC 9110)."""
    return [(name, value) for name, value in headers if name != b"range" or _is_range(value.decode("latin-1").strip())]


def _is_range(text: str) -> bool:
    found = _ONE_RANGE.fullmatch(text)
    return found is not None and not (found[2] and int(found[2]) < int(found[1]))


class _Body:
    """Counts and times a body while it is read."""

    def __init__(self, receive: Receive, limit: int, seconds: float) -> None:
        self._receive = receive
        self._limit = limit
        self._seconds = seconds
        self._deadline: float | None = None
        self._read = 0
        self._whole = False

    async def receive(self) -> Message:
        if self._whole:
            return await self._receive()
        loop = asyncio.get_running_loop()
        self._deadline = self._deadline or loop.time() + self._seconds
        try:
            async with asyncio.timeout_at(self._deadline):
                message = await self._receive()
        except TimeoutError:
            raise SlowBody from None
        self._read += len(message.get("body", b""))
        self._whole = not message.get("more_body", False)
        if self._read > self._limit:
            raise TooLarge("body", self._limit)
        return message


class _Answer:
    """Adds the headers that every answer has, and keeps to what the method asked for."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._method = scope["method"]
        self._send = send
        self._mute = self._method == "HEAD"
        self.started = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            message = self._dressed(message)
        elif message["type"] == "http.response.body" and self._mute:
            message = {**message, "body": b""}
        await self._send(message)

    def _dressed(self, message: Message) -> Message:
        headers = MutableHeaders(raw=list(message["headers"]))
        headers.setdefault("cache-control", "no-cache")  # what is withdrawn must not be shown by a cache
        for name, value in _HEADERS.items():
            headers.setdefault(name, value)
        status = message["status"]
        if "GET" in headers.get("allow", ""):
            headers["allow"] = ", ".join(sorted({*headers["allow"].split(", "), "HEAD", "OPTIONS"}))
        if self._method == "OPTIONS" and status == 405:
            self._mute = True
            status = 204
            for name in ("content-length", "content-type", "content-encoding"):
                del headers[name]
        if status in {408, 413}:
            headers["connection"] = "close"  # what is left of the body is not read
        return {**message, "status": status, "headers": headers.raw}
