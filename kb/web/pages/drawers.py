"""The page of each content type, the yearly reports as a table of themes and years, and practices side by side."""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from starlette.requests import Request

from kb.catalog.listing import Wanted
from kb.services.abreast import abreast
from kb.services.chronicle import REPORT, chronicle
from kb.services.drawer import drawer
from kb.web import asking, browsing, drawers, view
from kb.web.drawers import PLACES, Place
from kb.web.wiring import AHouse, AnAudience, ATongue

router = APIRouter()

MOST_CHOSEN: Final = 12
"""Documents that an address of a comparison may name; what is named beyond them is left out."""

_ID: Final = re.compile(r"[a-z0-9]{10}")
_PRACTICE: Final = PLACES["practices"]


def chosen_ids(request: Request) -> list[str]:
    """The documents that the address names, each once, as they were written."""
    named = (asking.clean(id) for id in request.query_params.getlist("id"))
    return list(dict.fromkeys(id[:40] for id in named if id))[:MOST_CHOSEN]


@router.get("/practices/compare")
def compare(request: Request, house: AHouse, tongue: ATongue, audience: AnAudience) -> HTMLResponse:
    """Two or three practices side by side; anything else says what is missing and how to go on."""
    ids = chosen_ids(request)
    differing = request.query_params.get("differences") == "1"
    found = abreast(house.services, _PRACTICE.type, ids, audience, tongue.code)
    pairs = [("id", id) for id in ids] + ([("differences", "1")] if differing else [])
    here = "/practices/compare" + (f"?{urlencode(pairs)}" if pairs else "")
    text = house.view.render(
        "compare.html", tongue, here=here, found=found, differing=differing, place="practices", of=_PRACTICE
    )
    return view.page(text)


@router.get("/reports")
def reports(house: AHouse, tongue: ATongue, audience: AnAudience) -> HTMLResponse:
    laid = chronicle(house.services, audience, tongue.code)
    wanted = Wanted(types=frozenset({REPORT}))
    text = house.view.render("reports.html", tongue, here="/reports", chronicle=laid, wanted=wanted, place="reports")
    return view.page(text)


def serve(place: Place, request: Request, house: AHouse, tongue: ATongue, audience: AnAudience) -> HTMLResponse:
    wanted, page = browsing.wanted_of(request)
    asked = request.query_params.get("sort", "")
    order = next((order for order in place.orders if order == asked), place.orders[0])
    kept = drawer(house.services, place.type, replace(wanted, order=order, letter=""), audience, tongue.code, page)
    here = drawers.address("", place, kept.wanted, page).removeprefix("/")
    text = house.view.render(
        f"{place.name}.html",
        tongue,
        here=here,
        drawer=kept,
        of=place,
        chosen=drawers.chosen(kept, tongue.code, place),
        ids=chosen_ids(request),
        address=partial(drawers.address, tongue.code, place),
        place=place.name,
    )
    return view.page(text)


def _page_of(place: Place) -> Callable[..., HTMLResponse]:
    def page(request: Request, house: AHouse, tongue: ATongue, audience: AnAudience) -> HTMLResponse:
        return serve(place, request, house, tongue, audience)

    page.__name__ = place.name
    return page


for _place in PLACES.values():
    router.add_api_route(f"/{_place.name}", _page_of(_place), methods=["GET"])
