"""Documents are described: a form for each content type, made of its TOML."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from kb.catalog.content_type import ContentType
from kb.catalog.rights import Act
from kb.core.errors import NotFound
from kb.services import editing, holding
from kb.web import forms
from kb.web.entry import sheet
from kb.web.entry.filling import Filling
from kb.web.entry.typed import Typed
from kb.web.wiring import AHouse, AnId, ATongue, House

router = APIRouter()


@router.get("/desk/new")
def types(request: Request, house: AHouse, tongue: ATongue) -> Response:
    forms.allowed(request, Act.DEPOSIT)
    facts: dict[str, Any] = {"types": list(house.services.types.values()), "place": "desk"}
    return forms.page(request, house, tongue, "entry_types.html", here="/desk/new", **facts)


@router.get("/desk/new/{type}")
def blank(request: Request, house: AHouse, tongue: ATongue, type: str) -> Response:
    someone, kind = forms.allowed(request, Act.DEPOSIT), _type(house, type)
    body = house.services.vocabulary.said(someone.organisation, tongue.code)[0] if someone.organisation else ""
    typed = Typed([("organisation", body), ("audience", "public")])
    return Filling(request, house, tongue, someone, kind).begin(typed)


@router.post("/desk/new/{type}")
async def create(request: Request, house: AHouse, tongue: ATongue, type: str) -> Response:
    form = await forms.posted(request, house, large=True)
    someone, kind = forms.allowed(request, Act.DEPOSIT), _type(house, type)
    filling = Filling(request, house, tongue, someone, kind)
    return await run_in_threadpool(filling.take, Typed(form.pairs()))


@router.get("/desk/documents/{id}/edit")
def edit(request: Request, house: AHouse, tongue: ATongue, id: AnId) -> Response:
    someone = forms.allowed(request, Act.DEPOSIT)
    opened = editing.opened(house.services, someone, id, tongue.code)
    if "prefetch" not in request.headers.get("sec-purpose", ""):
        holding.lock(house.services, someone, id)
    filling = Filling(request, house, tongue, someone, house.services.types[opened.type], opened)
    return filling.begin(sheet.typed_of(opened, filling.type, tongue.code))


@router.post("/desk/documents/{id}/edit")
async def change(request: Request, house: AHouse, tongue: ATongue, id: AnId) -> Response:
    form = await forms.posted(request, house, large=True)
    someone = forms.allowed(request, Act.DEPOSIT)
    opened = await run_in_threadpool(editing.opened, house.services, someone, id, tongue.code)
    filling = Filling(request, house, tongue, someone, house.services.types[opened.type], opened)
    return await run_in_threadpool(filling.take, Typed(form.pairs()))


def _type(house: House, name: str) -> ContentType:
    found = house.services.types.get(name)
    if found is None:
        raise NotFound(name)
    return found
