"""The library at a glance: its types, its years, its collections, and its figures in pictures."""

import datetime as dt

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from kb.services import library
from kb.web import charts, view
from kb.web.addresses import Addresses
from kb.web.charts import Point
from kb.web.wiring import AHouse, AnAudience, ATongue
from kb.web.words import Tongue

router = APIRouter()


@router.get("/types")
def types(house: AHouse, tongue: ATongue, audience: AnAudience) -> HTMLResponse:
    kinds = library.kinds(house.services, audience, tongue.code)
    return view.page(house.view.render("types.html", tongue, here="/types", kinds=kinds, place="types"))


@router.get("/years")
def years(house: AHouse, tongue: ATongue, audience: AnAudience) -> HTMLResponse:
    found = library.years(house.services, audience)
    points = [charts.year(Addresses(tongue.code), *pair) for pair in charts.years(dict(found.years))]
    return view.page(house.view.render("years.html", tongue, here="/years", found=found, points=points, place="years"))


@router.get("/collections")
def collections(house: AHouse, tongue: ATongue, audience: AnAudience) -> HTMLResponse:
    found, total = library.collections(house.services, audience, tongue.code)
    text = house.view.render(
        "collections.html", tongue, here="/collections", found=found, total=total, place="collections"
    )
    return view.page(text)


@router.get("/activity")
def activity(house: AHouse, tongue: ATongue, audience: AnAudience) -> HTMLResponse:
    figures = library.activity(house.services, audience, tongue.code)
    at = Addresses(tongue.code)
    drawn = {
        "years": [charts.year(at, *pair) for pair in charts.years(dict(figures.years))],
        "added": [_month(tongue, *pair) for pair in charts.months(dict(figures.added))],
        "types": [charts.value(one, at.browse(type=one.value)) for one in figures.types],
        "themes": [charts.value(one, at.themes(one.value)) for one in figures.themes],
        "bodies": [charts.value(one, at.organisations(one.value)) for one in figures.bodies],
        "languages": [charts.value(one, at.browse(language=one.value)) for one in figures.languages],
        "searches": [Point(tongue.date(week.first), week.asked) for week in figures.searches],
    }
    text = house.view.render("activity.html", tongue, here="/activity", figures=figures, place="activity", pic=drawn)
    return view.page(text)


def _month(tongue: Tongue, name: str, count: int) -> Point:
    year, _, month = name.partition("-")
    return Point(tongue.date(dt.date(int(year), int(month), 1), "month"), count)
