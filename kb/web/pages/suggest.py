"""What a reader may be about to type, as a page of its own: for those whose browser runs no script."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from starlette.requests import Request

from kb.services import suggest as suggesting
from kb.web import asking, view
from kb.web.addresses import Addresses
from kb.web.wiring import AHouse, AnAudience, ATongue

router = APIRouter()


@router.get("/suggest")
def suggest(request: Request, house: AHouse, tongue: ATongue, audience: AnAudience) -> HTMLResponse:
    ask = asking.read(request.query_params.multi_items(), house.services.settings)
    found = suggesting.suggest(house.services, ask.q, audience, tongue.code)
    here = Addresses(tongue.code).suggest(ask.q).removeprefix(f"/{tongue.code}")
    return view.page(house.view.render("suggest.html", tongue, here=here, ask=ask, suggestions=found))
