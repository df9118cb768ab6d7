"""The reader: a page of a file as it looks and as it reads, with what is asked marked in both."""

from dataclasses import dataclass
from typing import Any, Final, Self

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from starlette.requests import Request

from kb.core.settings import Settings
from kb.services import reader
from kb.services.answers import Ask
from kb.services.citing import Place
from kb.services.reader import PageShown
from kb.web import asking, citing, view
from kb.web.addresses import Addresses
from kb.web.pages.home import by_preference
from kb.web.wiring import AHouse, AnAudience, AnId, ANumber, APage, ATongue, base_of

router = APIRouter()
outside = APIRouter()

VIEWS: Final = ("page", "text")


@dataclass(frozen=True, slots=True)
class _Wish:
    """What an address asks of a page beside its place; see Addresses.page. Nothing in it fails."""

    ask: Ask
    hit: int = 0
    at: int = 0
    view: str = ""

    @classmethod
    def of(cls, request: Request, settings: Settings) -> Self:
        given = request.query_params
        wished = given.get("view", "")
        return cls(
            asking.read(given.multi_items(), settings),
            asking.number_of(given.get("hit", "")),
            asking.number_of(given.get("at", "")),
            wished if wished in VIEWS else "",
        )

    def chosen(self, page: PageShown) -> int:
        """The hit of this page to begin with: the one that is named, else the first; 0: it has none."""
        return max(1, min(self.hit, len(page.spots))) if page.spots else 0


@router.get("/d/{id}/f/{number}/p/{page}")
def page(
    request: Request, house: AHouse, tongue: ATongue, audience: AnAudience, id: AnId, number: ANumber, page: APage
) -> Response:
    wish = _Wish.of(request, house.services.settings)
    place = Place(number, page)
    hit = reader.hit_at(house.services, id, place, audience, wish.ask, wish.at) if wish.at else 0
    if hit:
        return _lead(Addresses(tongue.code).page(id, number, page, wish.ask, hit=hit, view=wish.view))
    shown, citation = reader.page(house.services, id, place, audience, tongue.code, base_of(request), wish.ask)
    hit = wish.chosen(shown)
    here = Addresses("").page(id, number, page, wish.ask, view=wish.view).removeprefix("/")
    offer = citing.offer(citation, tongue.code)
    facts: dict[str, Any] = {"page": shown, "ask": wish.ask, "hit": hit, "view": wish.view, "number": 0, "offer": offer}
    return view.page(house.view.render("page.html", tongue, here=here, **facts))


@router.get("/d/{id}/f/{number}")
def file(
    request: Request, house: AHouse, tongue: ATongue, audience: AnAudience, id: AnId, number: ANumber
) -> RedirectResponse:
    """Lead to the page that is meant: the one of `go`, by its number or what is printed on it, else the next hit."""
    wish = _Wish.of(request, house.services.settings)
    at = Addresses(tongue.code)
    start = asking.number_of(request.query_params.get("page", "")) or 1
    named = asking.clean(request.query_params.get("go", ""))[:40]
    if named:
        found = reader.named(house.services, id, number, audience, named)
        return _lead(at.page(id, number, found or start, wish.ask, view=wish.view))
    found = reader.first_hit(house.services, id, number, audience, wish.ask, start)
    return _lead(at.page(id, number, found or start, wish.ask, hit=int(found > 0), view=wish.view))


def _lead(address: str) -> RedirectResponse:
    return RedirectResponse(address, 302, {"Cache-Control": "no-cache"})


@outside.get("/d/{id}/f/{number}/p/{page}")
def permanent(request: Request, house: AHouse, id: AnId, number: ANumber, page: APage) -> RedirectResponse:
    wish = _Wish.of(request, house.services.settings)
    address = Addresses("").page(id, number, page, wish.ask, hit=wish.hit, at=wish.at, view=wish.view)
    return by_preference(request, address.removeprefix("/"))
