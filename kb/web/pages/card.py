"""The picture of a document that is shown where its address is sent to others. It needs no language."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from kb.services import cards
from kb.web.wiring import AHouse, AnAudience, AnId

outside = APIRouter()


@outside.get("/d/{id}/card.png")
def picture(request: Request, house: AHouse, audience: AnAudience, id: AnId) -> Response:
    card = cards.card(house.services, id, audience)
    headers = {
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "no-cache",  # kept, and asked for again: it may be withdrawn meanwhile
        "Cross-Origin-Resource-Policy": "cross-origin",  # made to be shown on other sites
        "ETag": f'"{cards.name(card)}"',
    }
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(cards.drawn(house.services, card), media_type="image/png", headers=headers)
