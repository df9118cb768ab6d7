"""The reading list: an address that names documents. The browser keeps one; anybody can send one."""

import re
from typing import Any, Final

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from starlette.requests import Request

from kb.services.reading_list import reading_list
from kb.web import view
from kb.web.addresses import Addresses
from kb.web.wiring import ABase, AHouse, AnAudience, ATongue

router = APIRouter()

_ID: Final = re.compile(r"[a-z0-9]{10}")


def asked(request: Request, most: int) -> tuple[list[str], bool]:
    """The documents that the address names, no more than `most`; and whether those are all."""
    given = request.query_params.getlist("id")
    ids = list(dict.fromkeys(id for id in given if _ID.fullmatch(id)))
    return ids[:most], len(ids) <= most


@router.get("/reading-list")
def show(request: Request, house: AHouse, tongue: ATongue, audience: AnAudience, base: ABase) -> HTMLResponse:
    most = house.services.settings.max_list
    ids, whole = asked(request, most)
    listed = reading_list(house.services, ids, audience, tongue.code)
    here = Addresses("").reading_list(ids).removeprefix("/")
    facts: dict[str, Any] = {
        "listed": listed,
        "ids": ids,
        "most": most,
        "whole": whole,
        "address": f"{base}/{tongue.code}{here}",
    }
    return view.page(house.view.render("reading_list.html", tongue, here=here, **facts))
