"""A line of the log and a count for each request: by the address its kind has, never by what was asked of it."""

import logging
import re
import secrets
import time
from typing import Any, Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kb.core import logs
from kb.services.meters import Meters
from kb.web import words

# A supervisor asks all day.
_PROBES: Final = ("/health/live", "/health/ready", "/health")
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "PATCH"})
_NOWHERE: Final = "-"

_PLACE: Final = re.compile(r"\{(\w+)(?::\w+)?\}")

log = logging.getLogger("kb.requests")


class Watch:
    """Gives each request its number, which the answer bears too (X-Request-ID), and tells what became of it.

    The scope's state gets `reference`, that number, by which a person's report and the lines of the log find each
    other. One that the visitor brings is not believed.
    """

    def __init__(self, app: ASGIApp, meters: Meters) -> None:
        self._app = app
        self._meters = meters

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        reference = secrets.token_hex(4)
        state = scope.setdefault("state", {})
        state["reference"] = reference
        started, status = time.perf_counter(), 0

        async def numbered(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=list(message["headers"]))
                headers["x-request-id"] = reference
                message, status = {**message, "headers": headers.raw}, message["status"]
            await send(message)

        try:
            await self._app(scope, receive, numbered)
        finally:
            seconds = time.perf_counter() - started
            told: dict[str, Any] = {
                "request": reference,
                "method": scope["method"] if scope["method"] in _METHODS else _NOWHERE,
                "route": _kind(state.get("matched", scope)),
                "status": status,
                "ms": round(seconds * 1000, 1),
            }
            level = logging.DEBUG if told["route"] in _PROBES else logging.INFO
            log.log(level, "request %s: %s %s answered %s in %s ms", *told.values(), extra=logs.facts(**told))
            self._meters.request(told["method"], told["route"], status, seconds)


def _kind(scope: Scope) -> str:
    """Return the address of the route that was matched, with its places open: /{language}/d/{id}.

    A route does not know under which prefix it was included: that is what its own part of the path leaves over.
    """
    template: object = getattr(scope.get("route"), "path", None)
    if not isinstance(template, str):
        return _NOWHERE
    own = _PLACE.sub(lambda place: str(scope["path_params"].get(place[1], "")), template)
    path = str(scope["path"])
    prefix = path.removesuffix(own) if path.endswith(own) else ""
    return ("/{language}" if prefix.removeprefix("/") in words.LANGUAGES else prefix) + template
