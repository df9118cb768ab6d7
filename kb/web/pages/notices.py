"""What somebody is told of their documents, and how much of it is new."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from kb.catalog.rights import Act
from kb.core.errors import KbError
from kb.services import news
from kb.services.context import Services
from kb.web import asking, forms, visitor
from kb.web.wiring import AHouse, ATongue

router = APIRouter()

_DIGITS = 9


def number(services: Services) -> int:
    """Return how many notices whoever sees the page that is being made has not read."""
    someone = visitor.PRESENT.get()
    try:
        return news.unread(services, someone) if someone else 0
    except KbError:  # the page says so itself, if it needs the database
        return 0


@router.get("/desk/notices")
def listing(request: Request, house: AHouse, tongue: ATongue) -> Response:
    someone = forms.allowed(request, Act.DEPOSIT)
    page = asking.page_of(request.query_params.get("page", ""))
    facts: dict[str, Any] = {"news": news.listing(house.services, someone, page, tongue.code), "place": "desk"}
    return forms.page(request, house, tongue, "desk_notices.html", here="/desk/notices", **facts)


@router.post("/desk/notices")
async def read(request: Request, house: AHouse, tongue: ATongue) -> Response:
    form = await forms.posted(request, house)
    someone = forms.allowed(request, Act.DEPOSIT)
    ids = [int(id) for id in form.all("id") if id.isdecimal() and len(id) <= _DIGITS]
    everything = form.text("do") == "all"
    await run_in_threadpool(news.mark_read, house.services, someone, None if everything else ids)
    page = asking.page_of(form.text("page"))
    return RedirectResponse(f"/{tongue.code}/desk/notices" + (f"?page={page}" if page > 1 else ""), 303)
