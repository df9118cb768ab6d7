"""Pages with forms, and what comes back from them."""

import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final
from urllib.parse import quote

from fastapi.responses import HTMLResponse
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from kb.catalog.rights import Act, Someone, demand
from kb.core.errors import Forbidden, Quota, SignInNeeded
from kb.web import visitor
from kb.web.wiring import House
from kb.web.words import Tongue

TOKEN: Final = "csrf"  # noqa: S105 - the name of the field
_WITHIN: Final = re.compile(r"/[a-z]{2}/[^\\\s]{0,1000}")
_FIELD_BYTES: Final = 64 * 1024
_SHORT_FIELD_BYTES: Final = 8 * 1024
"""A field beside a file."""


class Posted:
    """The fields of a form that came from one of our own pages."""

    def __init__(self, form: FormData) -> None:
        self._form = form

    def text(self, name: str) -> str:
        """Return a field as it was typed, "" where it is missing or a file."""
        value = self._form.get(name)
        return value if isinstance(value, str) else ""

    def all(self, name: str) -> list[str]:
        return [value for value in self._form.getlist(name) if isinstance(value, str)]

    def pairs(self) -> list[tuple[str, str]]:
        """Return every text field but the token, in order."""
        return [(name, value) for name, value in self._form.multi_items() if isinstance(value, str) and name != TOKEN]

    def carried(self) -> list[tuple[str, str]]:
        """Return the fields of a form that came too late, which the pages of sign-in carry along as `typed.<name>`."""
        return [(name.removeprefix("typed."), value) for name, value in self.pairs() if name.startswith("typed.")]


async def posted(request: Request, house: House, *, anybody: bool = False, large: bool = False) -> Posted:
    """Read the form, which `anybody` may send or only who is signed in; a `large` one describes a document.

    Raises Forbidden for one without the token of this visitor, SignInNeeded past the session's end. What was typed
    into a form whose session is over is in the error, for whoever signs in to go on with.
    """
    settings = house.services.settings
    parts, size = settings.max_form_parts, _FIELD_BYTES
    if large:
        parts, size = settings.max_entry_parts, settings.max_entry_bytes
    async with request.form(max_files=0, max_fields=parts, max_part_size=size) as form:
        return checked(request, house, form, anybody=anybody)


class _OwnParts(MultiPartParser):
    """Takes no byte of a file before the token of the visitor has come, which our own forms send first."""

    own: Callable[[object], bool]

    def on_headers_finished(self) -> None:
        super().on_headers_finished()
        if self._current_part.file is not None and not self.own(dict(self.items[::-1]).get(TOKEN)):
            raise Forbidden("forbidden.foreign-form")


@asynccontextmanager
async def with_files(request: Request, house: House, most: int) -> AsyncIterator[FormData]:
    """Read a form with at most so many files. Raises as `posted`, before a byte of a file is kept."""
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise HTTPException(415)
    settings = house.services.settings
    parser = _OwnParts(
        request.headers,
        request.stream(),
        max_files=most,
        max_fields=settings.max_form_parts,
        max_part_size=_SHORT_FIELD_BYTES,
    )
    parser.own = lambda token: visitor.is_own_form(request, token, settings)
    try:
        form = await parser.parse()
    except MultiPartException as error:
        raise HTTPException(400, detail=error.message) from error
    try:
        checked(request, house, form)
        yield form
    finally:
        await form.close()


def checked(request: Request, house: House, form: FormData, *, anybody: bool = False) -> Posted:
    """Return the fields of a form that was read elsewhere. Raises as `posted`."""
    if visitor.has_expired(request) and not anybody:
        raise SignInNeeded(request.url.path, Posted(form).pairs())
    if not visitor.is_own_form(request, form.get(TOKEN), house.services.settings):
        raise Forbidden("forbidden.foreign-form")
    return Posted(form)


def page(
    request: Request,
    house: House,
    tongue: Tongue,
    template: str,
    *,
    here: str,
    status: int = 200,
    problems: Mapping[str, str] | None = None,
    **facts: Any,
) -> HTMLResponse:
    """Render a page with forms; `problems` maps fields to message keys, and makes it a 422."""
    token, cookie = visitor.form_token(request, house.services.settings)
    text = house.view.render(
        template, tongue, here=here, csrf=token, problems=problems or {}, someone=visitor.someone_of(request), **facts
    )
    answer = HTMLResponse(text, 422 if problems and status == 200 else status, {"Cache-Control": "private, no-store"})
    if cookie:
        answer.headers.append("set-cookie", cookie)
    return answer


def over_quota(show: Callable[[dict[str, str]], HTMLResponse], error: Quota) -> HTMLResponse:
    """Return the page of a form of files, as `show` makes it of what is wrong, where one has brought too much."""
    answer = show({"file": error.problem})
    answer.status_code = 429
    answer.headers["Retry-After"] = str(error.whole_seconds)
    return answer


def signed_in(request: Request) -> Someone:
    """Return who is signed in, by a browser or by the key of a program. Raises SignInNeeded."""
    someone = visitor.someone_of(request)
    if someone is None:
        raise SignInNeeded(request.url.path + (f"?{request.url.query}" if request.url.query else ""))
    return someone


def in_person(request: Request) -> Someone:
    """Return who is signed in by a browser. Raises SignInNeeded, and Forbidden for the key of a program: it is no way
    into the account that it acts for.
    """
    someone = signed_in(request)
    if someone.scopes is not None:
        raise Forbidden("forbidden.program")
    return someone


def allowed(request: Request, act: Act) -> Someone:
    """Return who is signed in. Raises SignInNeeded, and Forbidden for who may not."""
    someone = signed_in(request)
    demand(someone, act)
    return someone


def within(address: str, otherwise: str) -> str:
    """Return the address if it is a page of ours to be led to after signing in."""
    return address if _WITHIN.fullmatch(address) and "//" not in address else otherwise


def sign_in_address(language: str, onward: str) -> str:
    return onward_address(f"/{language}/sign-in", onward)


def onward_address(path: str, onward: str) -> str:
    """Return the address of a page that leads on from there."""
    return f"{path}?next={quote(onward, safe='')}" if onward else path
