"""How to cite a document or a passage of it, and the files that programs for references take."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.requests import Request
from starlette.responses import Response

from kb.core.errors import NotFound
from kb.services import citing as service
from kb.services import read
from kb.web import citing, view
from kb.web.addresses import Addresses
from kb.web.attachment import attach
from kb.web.pages.home import by_preference
from kb.web.wiring import ABase, AHouse, AnAudience, AnId, ATongue
from kb.writing import csl

router = APIRouter()
outside = APIRouter()

STYLE = "application/vnd.citationstyles.style+xml"


@router.get("/d/{id}/cite")
def cite(request: Request, house: AHouse, tongue: ATongue, audience: AnAudience, base: ABase, id: AnId) -> HTMLResponse:
    place = citing.place_of(request.query_params.multi_items())
    citation = service.cited(house.services, id, audience, base, place)
    record = read.record(house.services, id, audience, tongue.code)
    offer = citing.offer(citation, tongue.code)
    unwritten = place is not None and bool(place.words) and not (citation.passage and citation.passage.words)
    here = Addresses("").cite(id).removeprefix("/") + offer.query
    text = house.view.render("cite.html", tongue, here=here, record=record, offer=offer, unwritten=unwritten)
    return view.page(text)


@outside.get("/d/{id}/cite")
def permanent(request: Request, id: AnId) -> RedirectResponse:
    query = f"?{request.url.query}" if request.url.query else ""
    return by_preference(request, Addresses("").cite(id).removeprefix("/") + query)


@outside.get("/d/{id}/cite.{ending}")
def file(request: Request, house: AHouse, audience: AnAudience, base: ABase, id: AnId, ending: str) -> Response:
    if ending not in citing.FORMATS:
        raise NotFound(ending)
    place = citing.place_of(request.query_params.multi_items())
    citation = service.cited(house.services, id, audience, base, place)
    media_type, write = citing.FORMATS[ending]
    return attach(write([citation]), f"{citation.title[:80]}.{ending}", media_type)


@outside.get("/styles/rassid-{language}.csl")
def style(language: str) -> Response:
    if language not in csl.STYLES:
        raise NotFound(language)
    return attach(csl.style(language), f"rassid-{language}.csl", STYLE)
