"""The pictures of pages, which need no language."""

from typing import Annotated, Final

from fastapi import APIRouter, Query
from fastapi.responses import Response
from starlette.requests import Request

from kb.core.errors import NotFound
from kb.ingest.gallery import Wanted
from kb.services import pictures
from kb.web.wiring import AHouse, AnAudience, AnId, ANumber, APage, House

outside = APIRouter()

SIZES: Final = {str(across): across for across in (pictures.PAGE, pictures.LARGE)}


@outside.get("/d/{id}/f/{number}/p/{page}/thumb")
def thumb(request: Request, house: AHouse, audience: AnAudience, id: AnId, number: ANumber, page: APage) -> Response:
    return answer(request, house, pictures.wanted(house.services, id, number, page, audience, pictures.THUMB))


@outside.get("/d/{id}/f/{number}/p/{page}/image")
def image(
    request: Request,
    house: AHouse,
    audience: AnAudience,
    id: AnId,
    number: ANumber,
    page: APage,
    size: Annotated[str, Query()] = str(pictures.PAGE),
) -> Response:
    """A page, as wide as `size` says, which is one of few: each that is asked for is kept."""
    if size not in SIZES:
        raise NotFound(size)
    return answer(request, house, pictures.wanted(house.services, id, number, page, audience, SIZES[size]))


def answer(request: Request, house: House, wanted: Wanted) -> Response:
    headers = {
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, no-cache",  # kept, and asked for again: it may be withdrawn meanwhile
        "ETag": f'"{wanted.name}"',
    }
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(pictures.drawn(house.services, wanted), media_type="image/webp", headers=headers)
