"""Bodies: all from A to Z, and a page for each with its names through time."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from kb.catalog.listing import Wanted
from kb.services import bodies
from kb.web import charts, view
from kb.web.addresses import Addresses
from kb.web.wiring import AHouse, AnAudience, ATongue

router = APIRouter()


@router.get("/organisations")
def organisations(house: AHouse, tongue: ATongue, audience: AnAudience) -> HTMLResponse:
    found = bodies.bodies(house.services, audience, tongue.code)
    text = house.view.render("organisations.html", tongue, here="/organisations", bodies=found, place="organisations")
    return view.page(text)


# A name that is only printed may hold a slash.
@router.get("/organisations/{code:path}")
def organisation(code: str, house: AHouse, tongue: ATongue, audience: AnAudience) -> HTMLResponse:
    found = bodies.body(house.services, code, audience, tongue.code)
    at = Addresses(tongue.code)
    here = at.organisations(code).removeprefix(f"/{tongue.code}")
    wanted = Wanted(organisations=frozenset({code}))
    years = [charts.year(at, *pair, wanted) for pair in charts.years(dict(found.years))]
    themes = [charts.value(value, at.browse(organisation=code, theme=value.value)) for value in found.themes]
    types = [charts.value(value, at.browse(organisation=code, type=value.value)) for value in found.types]
    text = house.view.render(
        "organisation.html",
        tongue,
        here=here,
        wanted=wanted,
        body=found,
        years=years,
        themes=themes,
        types=types,
        place="organisations",
    )
    return view.page(text)
