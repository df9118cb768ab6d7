"""What came of the reading of a file, and whether the search finds it."""

from typing import Any, Final

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.requests import Request

from kb.ingest.verdict import REPAIRS
from kb.services import read, receipt
from kb.web import view
from kb.web.addresses import Addresses
from kb.web.pages.home import by_preference
from kb.web.wiring import AHouse, AnAudience, AnId, ANumber, ATongue

router = APIRouter()
outside = APIRouter()

MOST_RANGES: Final = 24
"""Stretches of pages that are named of one finding."""


@router.get("/d/{id}/f/{number}/receipt")
def receipt_of(house: AHouse, tongue: ATongue, audience: AnAudience, id: AnId, number: ANumber) -> HTMLResponse:
    told = receipt.show(house.services, id, number, audience, tongue.code)
    record = read.record(house.services, id, audience, tongue.code)
    here = Addresses("").receipt(id, number).removeprefix("/")
    facts: dict[str, Any] = {
        "record": record,
        "receipt": told,
        "repairs": REPAIRS,
        "most": MOST_RANGES,
        "number": 0,
        "q": "",
    }
    return view.page(house.view.render("receipt.html", tongue, here=here, **facts))


@outside.get("/d/{id}/f/{number}/receipt")
def permanent(request: Request, id: AnId, number: ANumber) -> RedirectResponse:
    return by_preference(request, Addresses("").receipt(id, number).removeprefix("/"))
