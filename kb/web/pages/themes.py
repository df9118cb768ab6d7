"""Themes of reform: the list of all, and a page for each that leads on to its documents."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from kb.catalog.listing import Wanted
from kb.services import subjects
from kb.web import charts, view
from kb.web.addresses import Addresses
from kb.web.wiring import AHouse, AnAudience, ATongue

router = APIRouter()


@router.get("/themes")
def themes(house: AHouse, tongue: ATongue, audience: AnAudience) -> HTMLResponse:
    found = subjects.subjects(house.services, audience, tongue.code)
    return view.page(house.view.render("themes.html", tongue, here="/themes", themes=found, place="themes"))


@router.get("/themes/{code}")
def theme(code: str, house: AHouse, tongue: ATongue, audience: AnAudience) -> HTMLResponse:
    found = subjects.subject(house.services, code, audience, tongue.code)
    at = Addresses(tongue.code)
    here = at.themes(code).removeprefix(f"/{tongue.code}")
    wanted = Wanted(themes=frozenset({code}))
    years = [charts.year(at, *pair, wanted) for pair in charts.years(dict(found.years))]
    bodies = [charts.value(value, at.browse(theme=code, organisation=value.value)) for value in found.bodies]
    types = [charts.value(value, at.browse(theme=code, type=value.value)) for value in found.types]
    text = house.view.render(
        "theme.html",
        tongue,
        here=here,
        wanted=wanted,
        theme=found,
        years=years,
        bodies=bodies,
        types=types,
        place="themes",
    )
    return view.page(text)
