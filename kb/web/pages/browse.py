"""Lists of documents to walk along, without a question: each a plain GET form, so that each list is a bookmark."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from starlette.requests import Request

from kb.core.errors import NotFound
from kb.services import listing
from kb.web import browsing, view
from kb.web.addresses import Addresses
from kb.web.wiring import AHouse, AnAudience, ATongue

router = APIRouter()


@router.get("/browse")
def browse(request: Request, house: AHouse, tongue: ATongue, audience: AnAudience) -> HTMLResponse:
    wanted, page = browsing.wanted_of(request)
    shelf = listing.browse(house.services, wanted, audience, tongue.code, page)
    here = Addresses(tongue.code).browse(wanted, page).removeprefix(f"/{tongue.code}")
    place = "practices" if wanted.types == frozenset({"good_practice"}) else "documents"
    text = house.view.render("browse.html", tongue, here=here, shelf=shelf, orders=browsing.OFFERED, place=place)
    return view.page(text)


@router.get("/browse/facet/{name}")
def facet(request: Request, name: str, house: AHouse, tongue: ATongue, audience: AnAudience) -> HTMLResponse:
    """All values of one facet of a list with what each would find, for those that the panel has no room for."""
    by = next((one for one in listing.FACETS if one == name), None)
    if by is None:
        raise NotFound(name)
    wanted, _ = browsing.wanted_of(request)
    group = listing.values(house.services, wanted, audience, tongue.code, by)
    here = Addresses(tongue.code).browse_facet(wanted, by).removeprefix(f"/{tongue.code}")
    text = house.view.render("browse_facet.html", tongue, here=here, wanted=wanted, group=group, place="documents")
    return view.page(text)
