"""The result page: a plain GET form, so that each answer is a bookmark."""

from dataclasses import replace

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.requests import Request
from starlette.responses import Response

from kb.core.errors import NotFound
from kb.services import find
from kb.web import asking, view
from kb.web.addresses import Addresses
from kb.web.wiring import AHouse, AnAudience, AnId, ATongue

router = APIRouter()


@router.get("/search/advanced")
def advanced(request: Request, house: AHouse, tongue: ATongue) -> HTMLResponse:
    """The form for what the box cannot say, filled in with what the address asks."""
    services = house.services
    ask = asking.read(request.query_params.multi_items(), services.settings)
    choices = {
        "type": [(kind.name, kind.label) for kind in services.types.values()],
        "theme": [(theme.code, theme.label) for theme in services.vocabulary.themes.values()],
        "language": list(services.vocabulary.languages.items()),
    }
    here = Addresses(tongue.code).advanced(ask).removeprefix(f"/{tongue.code}")
    return view.page(house.view.render("advanced.html", tongue, here=here, ask=ask, choices=choices))


@router.get("/search")
def search(request: Request, house: AHouse, tongue: ATongue, audience: AnAudience) -> HTMLResponse:
    ask = asking.read(request.query_params.multi_items(), house.services.settings)
    answer = find.find(house.services, ask, audience, tongue.code)
    house.services.recorder.note(answer)
    practices = answer.ask.filters.get("type") == frozenset({"good_practice"})
    here = Addresses(tongue.code).turn(answer.ask, answer.ask.page).removeprefix(f"/{tongue.code}")
    place = "practices" if practices else "documents"
    return view.page(house.view.render("search.html", tongue, here=here, answer=answer, place=place))


@router.get("/search/facet/{name}")
def facet(request: Request, name: str, house: AHouse, tongue: ATongue, audience: AnAudience) -> HTMLResponse:
    """All values of one facet with what each would find, for those that the panel has no room for."""
    ask = replace(asking.read(request.query_params.multi_items(), house.services.settings), size=1)
    if name not in find.FACETS:
        raise NotFound(name)
    answer = find.find(house.services, ask, audience, tongue.code)
    group = next(group for group in answer.facets if group.name == name)
    here = Addresses(tongue.code).facet(answer.ask, name).removeprefix(f"/{tongue.code}")
    return view.page(house.view.render("facet.html", tongue, here=here, answer=answer, group=group, place="documents"))


@router.get("/search/hit/{id}")
def hit(request: Request, id: AnId, house: AHouse, tongue: ATongue, audience: AnAudience) -> Response:
    """All passages and reasons of one hit, which would make the list of hits too heavy."""
    ask = asking.read(request.query_params.multi_items(), house.services.settings)
    answer = find.find(house.services, ask, audience, tongue.code)
    found = next((one for one in answer.found if one.card.id == id), None)
    addresses = Addresses(tongue.code)
    if found is None:  # the list has changed since: it is the answer
        return RedirectResponse(addresses.turn(answer.ask, answer.ask.page), 303)
    here = addresses.told(answer.ask, id).removeprefix(f"/{tongue.code}")
    return view.page(house.view.render("hit.html", tongue, here=here, answer=answer, found=found, place="documents"))
