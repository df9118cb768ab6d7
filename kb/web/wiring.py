"""What the pages ask for before they begin: the house, the visitor, the language, the numbers in an address."""

import functools
import ipaddress
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Annotated, Final, ParamSpec, TypeVar

from fastapi import Depends, Path, Request

from kb.catalog.access import PUBLIC
from kb.core import permanent
from kb.core.errors import NotFound
from kb.core.settings import Settings
from kb.core.text import DocumentId
from kb.services.context import Services
from kb.web import visitor, words
from kb.web.view import View
from kb.web.words import Tongue

COOKIE: Final = "language"

P = ParamSpec("P")
R = TypeVar("R")

_NUMBER: Final = re.compile(r"[1-9][0-9]{0,6}")
_FORWARDED: Final = ("forwarded", "x-forwarded-for", "x-real-ip")


def at_once(act: Callable[P, R]) -> Callable[P, Awaitable[R]]:
    """Have FastAPI call what waits for nothing where it stands. It gives a thread to every other dependency.

    Five of them for a page are five times that this thread waits for its turn among those that make pages.
    """

    @functools.wraps(act)
    async def here(*args: P.args, **named: P.kwargs) -> R:
        return act(*args, **named)

    return here


@dataclass(frozen=True, slots=True)
class House:
    """What one site is built of; it hangs on the application's state."""

    services: Services
    view: View


def house_of(request: Request) -> House:
    """The house, with pages whose links to themselves begin as this request's do."""
    house = request.app.state.house
    assert isinstance(house, House)
    return House(house.services, replace(house.view, base=base_for(request, house.services.settings)))


def audience_of(request: Request) -> frozenset[str]:
    """Who is asking. The only place of the web and the API that decides it."""
    someone = visitor.someone_of(request)
    return someone.audience if someone else PUBLIC


def base_of(request: Request) -> str:
    """What a permanent address begins with that leaves the house: as is set, else as the visitor came."""
    return house_of(request).view.base


def base_for(request: Request, settings: Settings) -> str:
    """The same. The host asked for is one of KB_HOSTS: the guard has looked at it."""
    return permanent.begun(settings.public_url, request.url.scheme, request.headers["host"])


def preferred(request: Request) -> str:
    """The language a visitor wants where the address does not say: cookie, then browser, then the house."""
    wished = [request.cookies.get(COOKIE, ""), *_accepted(request.headers.get("accept-language", ""))]
    known = (language for language in wished if language in words.LANGUAGES)
    return next(known, _default(request))


def tongue_of(request: Request) -> Tongue:
    """The language that the address names, else the preferred one."""
    named = words.named(request.scope["path"])
    return words.tongues()[named if named in words.LANGUAGES else preferred(request)]


def _default(request: Request) -> str:
    language = house_of(request).services.settings.language
    return language if language in words.LANGUAGES else words.LANGUAGES[0]


def _accepted(header: str) -> list[str]:
    """The languages of an Accept-Language header, the most wanted first; anything malformed is left out."""
    found: list[tuple[float, int, str]] = []
    for place, part in enumerate(header[:500].split(",")):
        tag, _, weight = part.strip().partition(";q=")
        share = re.fullmatch(r"[01](?:\.[0-9]{1,3})?", weight.strip()) if weight else None
        if weight and not share:
            continue
        found.append((-float(weight or 1), place, tag.partition("-")[0].lower()))
    return [language for share_, _, language in sorted(found) if share_]


def document_id(id: Annotated[str, Path()]) -> DocumentId:
    if not permanent.is_id(id):
        raise NotFound(id)
    return DocumentId(id)


def whole(text: str) -> int:
    """A number of an address. Raises NotFound for what no page of ours has."""
    if not _NUMBER.fullmatch(text):
        raise NotFound(text)
    return int(text)


def number(number: Annotated[str, Path()]) -> int:
    return whole(number)


def page(page: Annotated[str, Path()]) -> int:
    return whole(page)


def is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def may_upload(settings: Settings) -> bool:
    """Whether the server answers this machine alone: until there are accounts, that is who may upload."""
    return is_loopback(settings.host)


def is_local(request: Request) -> bool:
    """Whether the visitor sits at this machine, and not behind a proxy that does."""
    forwarded = any(name in request.headers for name in _FORWARDED)
    return request.client is not None and is_loopback(request.client.host) and not forwarded


AHouse = Annotated[House, Depends(at_once(house_of))]
ATongue = Annotated[Tongue, Depends(at_once(tongue_of))]
AnAudience = Annotated[frozenset[str], Depends(at_once(audience_of))]
ABase = Annotated[str, Depends(at_once(base_of))]
AnId = Annotated[DocumentId, Depends(at_once(document_id))]
ANumber = Annotated[int, Depends(at_once(number))]
APage = Annotated[int, Depends(at_once(page))]
