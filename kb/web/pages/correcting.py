"""The text of a page beside its picture, to be put right by hand."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from kb.catalog.corrections import UNFIT
from kb.catalog.rights import Act
from kb.core.errors import Conflict, Invalid
from kb.services import correcting, pictures
from kb.web import asking, forms
from kb.web.pages.picture import SIZES, answer
from kb.web.wiring import AHouse, AnId, ANumber, APage, ATongue, House
from kb.web.words import Tongue

router = APIRouter()
outside = APIRouter()

_PLACE = "/desk/documents/{id}/pages/{number}/{page}"


@router.get(_PLACE)
def page(request: Request, house: AHouse, tongue: ATongue, id: AnId, number: ANumber, page: APage) -> Response:
    saved = request.query_params.get("saved")
    return _show(request, house, tongue, id, number, page, saved=None if saved is None else asking.number_of(saved))


@router.post(_PLACE)
async def save(request: Request, house: AHouse, tongue: ATongue, id: AnId, number: ANumber, page: APage) -> Response:
    form = await forms.posted(request, house, large=True)
    someone = forms.allowed(request, Act.CURATE)
    text, seen = form.text("text"), form.text("seen")
    try:
        kept = await run_in_threadpool(correcting.save, house.services, someone, id, number, page, text, seen)
    except Invalid as error:
        again: dict[str, Any] = {"problems": dict(error.problems), "typed": text}
        return await run_in_threadpool(_show, request, house, tongue, id, number, page, **again)
    except Conflict:
        return await run_in_threadpool(_show, request, house, tongue, id, number, page, typed=text, status=409)
    return RedirectResponse(f"{_address(tongue, id, number, page)}?saved={kept}", 303)


@router.post(_PLACE + "/undo")
async def undo(request: Request, house: AHouse, tongue: ATongue, id: AnId, number: ANumber, page: APage) -> Response:
    form = await forms.posted(request, house)
    someone = forms.allowed(request, Act.CURATE)
    which = asking.number_of(form.text("id"))
    await run_in_threadpool(correcting.undo, house.services, someone, id, number, page, which)
    return RedirectResponse(f"{_address(tongue, id, number, page)}#history", 303)


@router.get("/desk/corrections")
def lost(request: Request, house: AHouse, tongue: ATongue) -> Response:
    someone = forms.allowed(request, Act.CURATE)
    page = asking.page_of(request.query_params.get("page", ""))
    given = request.query_params.get("standing", "")
    standing = given if given in UNFIT else ""
    found = correcting.lost(house.services, someone, page, tongue.code, standing)
    facts: dict[str, Any] = {"lost": found, "standing": standing, "standings": ("", *UNFIT), "place": "desk"}
    return forms.page(request, house, tongue, "corrections.html", here="/desk/corrections", **facts)


@outside.get(_PLACE + "/image")
def image(
    request: Request,
    house: AHouse,
    id: AnId,
    number: ANumber,
    page: APage,
    size: Annotated[str, Query()] = str(pictures.PAGE),
) -> Response:
    """A page of a document in any state, for who sees it at the desk."""
    someone = forms.allowed(request, Act.DEPOSIT)
    across = SIZES.get(size, pictures.PAGE)
    return answer(request, house, correcting.picture(house.services, someone, id, number, page, across))


def _address(tongue: Tongue, id: str, number: int, page: int) -> str:
    return f"/{tongue.code}/desk/documents/{id}/pages/{number}/{page}"


def _show(
    request: Request,
    house: House,
    tongue: Tongue,
    id: str,
    number: int,
    page: int,
    *,
    typed: str | None = None,
    **more: Any,
) -> Response:
    someone = forms.allowed(request, Act.CURATE)
    opened = correcting.opened(house.services, someone, id, number, page, tongue.code)
    here = f"/desk/documents/{id}/pages/{number}/{page}"
    facts: dict[str, Any] = {"page": opened, "typed": typed, "saved": None, "place": "desk", **more}
    return forms.page(request, house, tongue, "correct.html", here=here, **facts)
