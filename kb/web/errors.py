"""Failures as answers: which status each has, and its page, which needs neither database nor index."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final
from urllib.parse import quote

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import Scope

from kb.core.errors import (
    Busy,
    Conflict,
    Forbidden,
    Gone,
    Invalid,
    KbError,
    NoIndex,
    NoRoom,
    NotFound,
    ReadOnly,
    SignInNeeded,
    SignInRefused,
    TooLarge,
    TooMany,
    Unavailable,
)
from kb.services import anew, tombstone
from kb.services.scanner import Unscanned
from kb.services.tombstone import Tomb
from kb.web import forms, wiring, words
from kb.web.guard import SlowBody, loggable
from kb.web.pages import account
from kb.web.view import View

STATUS: Final[Mapping[type[KbError], int]] = {
    NotFound: 404,
    Gone: 410,
    Forbidden: 403,
    SignInNeeded: 401,
    SignInRefused: 401,
    TooMany: 429,
    Conflict: 409,
    TooLarge: 413,
    Invalid: 422,
    Unavailable: 503,
    SlowBody: 408,
}
# Every status that has a page of its own words; any other is told as 400 or 500.
SPOKEN: Final = frozenset({400, 401, 403, 404, 405, 408, 409, 410, 413, 414, 415, 422, 429, 431, 500, 503})
_METHODS: Final = ("GET", "POST")
_ASKED: Final = 1000  # characters of a query that the links of a failure repeat

log = logging.getLogger("kb.web")


@dataclass(frozen=True, slots=True)
class More:
    """What is said beside the status: a text by its key with facts, what a curator wrote, a sentence for programs."""

    key: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)
    quoted: str = ""
    detail: str = ""


NOTHING: Final = More()


class Errors:
    """Renders refusals and failures in the visitor's language, or as problem+json (RFC 9457) where a program asked."""

    def __init__(self, view: View) -> None:
        self._view = view

    def install(self, app: FastAPI) -> None:
        app.add_exception_handler(KbError, self._expected)
        app.add_exception_handler(SignInNeeded, self._stranger)
        app.add_exception_handler(HTTPException, self._routed)
        app.add_exception_handler(RequestValidationError, self._unreadable)

    def refuse(self, scope: Scope, status: int) -> Response:
        return self.respond(Request(scope), status)

    def respond(
        self,
        request: Request,
        status: int,
        *,
        headers: Mapping[str, str] | None = None,
        more: More = NOTHING,
        problems: Mapping[str, str] | None = None,
        gone: Tomb | None = None,
    ) -> Response:
        """`gone` is what can be told of a document that was withdrawn."""
        reference = request.scope.get("state", {}).get("reference", "")
        if status < 500:  # worse is told in the log with its cause, by who knows it
            log.warning("request %s: %d to %s %r", reference, status, request.method, loggable(request.scope["path"]))
        if request.scope["path"].startswith("/api/"):
            return _problem(status, reference, more.quoted or more.detail, problems or {}, headers)
        spoken = status if status in SPOKEN else (500 if status >= 500 else 400)
        tongue = wiring.tongue_of(request)
        text = self._view.render(
            "error.html",
            tongue,
            here=_here(request),
            alternate=False,
            status=str(spoken),
            detail=tongue.say(more.key, "", **more.facts) if more.key else "",
            quoted=more.quoted,
            reference=reference,
            gone=gone,
        )
        return HTMLResponse(text, status, {"Cache-Control": "no-store", **(headers or {})})

    def _expected(self, request: Request, error: Exception) -> Response:
        status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 500)
        if status >= 500:
            log.error("request %s: %r", request.scope["state"]["reference"], error)
        return self.respond(
            request,
            status,
            headers=_patience(error, status),
            more=_more(request, error),
            problems=error.problems if isinstance(error, Invalid) else None,
            gone=_tomb(request, error) if isinstance(error, Gone) else None,
        )

    def _stranger(self, request: Request, error: Exception) -> Response:
        """Lead a person to the sign-in page, and a form that came too late there with all that was typed."""
        assert isinstance(error, SignInNeeded)
        if request.scope["path"].startswith("/api/"):
            return self.respond(request, 401, headers={"WWW-Authenticate": "Bearer"})
        if error.typed is None:
            return RedirectResponse(forms.sign_in_address(wiring.tongue_of(request).code, error.onward), 303)
        return account.resume(request, error.onward, error.typed)

    def _routed(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        headers = dict(error.headers or {})
        if error.status_code == 405:
            headers["Allow"] = ", ".join(_allowed(request))
        return self.respond(request, error.status_code, headers=headers)

    def _unreadable(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        problems = {str(problem["loc"][-1])[:80]: str(problem["type"]) for problem in error.errors()}
        return self.respond(request, 422, problems=problems)


def _more(request: Request, error: Exception) -> More:
    match error:
        case Gone(reason=reason):
            return More(quoted=reason)
        case NoIndex():
            return _rebuilding(request)
        case NoRoom() | ReadOnly() | Busy() | Unscanned():
            return More(f"refusal.{error.code}")
        case Forbidden(args=(key, *_)):
            return More(str(key))
    return NOTHING


def _rebuilding(request: Request) -> More:
    """What a search that cannot be answered is told: how far the index has come."""
    progress = anew.standing(wiring.house_of(request).services).progress
    if progress is None:
        return More("error.503.index", detail="the index is being rebuilt, or has to be")
    number = wiring.tongue_of(request).number
    facts = {"done": number(progress.done), "total": number(progress.total)}
    return More(
        "error.503.index.far",
        facts,
        detail=f"the index is being rebuilt, {progress.done} of {progress.total} documents",
    )


def _here(request: Request) -> str:
    """What was asked for, without its language, so that the failure can be read in another and tried again."""
    path, query = request.scope["path"], request.scope["query_string"].decode("ascii", "ignore")
    if request.method != "GET" or words.named(path) not in words.LANGUAGES or len(query) > _ASKED:
        return "/"
    return (quote(path[3:]) or "/") + (f"?{query}" if query else "")


def _patience(error: Exception, status: int) -> Mapping[str, str] | None:
    if isinstance(error, TooMany):
        return {"Retry-After": str(error.whole_seconds)}
    return {"Retry-After": "30"} if status == 503 else None


def _tomb(request: Request, gone: Gone) -> Tomb | None:
    """What can be told of a document that is gone; nothing where the database has failed meanwhile."""
    try:
        services = wiring.house_of(request).services
        return tombstone.tomb(services, gone.id, wiring.audience_of(request), wiring.tongue_of(request).code)
    except KbError:
        return None


def _allowed(request: Request) -> list[str]:
    """The methods that some route answers this path with; a router alone names only those of its first match."""
    return [
        method
        for method in _METHODS
        if any(
            route.matches({**request.scope, "method": method})[0] is Match.FULL for route in request.app.router.routes
        )
    ]


def _problem(
    status: int, reference: str, detail: str, problems: Mapping[str, str], headers: Mapping[str, str] | None
) -> JSONResponse:
    facts: dict[str, object] = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    if detail:
        facts["detail"] = detail
    if problems:
        facts["problems"] = dict(problems)
    facts["reference"] = reference
    more = {"Cache-Control": "no-store", **(headers or {})}
    return JSONResponse(facts, status, more, media_type="application/problem+json")
