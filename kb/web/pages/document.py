"""A document: its record, an earlier version, and the stored file itself."""

from typing import Any, Final

from fastapi import APIRouter
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.requests import Request

from kb.core.errors import Unavailable
from kb.ingest import media
from kb.services import library, read
from kb.services.answers import Ask, Similar
from kb.services.context import Services
from kb.services.described import described
from kb.services.grounds import grounds
from kb.services.similar import similar
from kb.services.views import Original, Record
from kb.web import asking, citing, signposts, view
from kb.web.addresses import Addresses
from kb.web.attachment import disposition
from kb.web.pages.home import by_preference
from kb.web.wiring import ABase, AHouse, AnAudience, AnId, ANumber, ATongue, House

router = APIRouter()
outside = APIRouter()

# Types that a person's programs should know; anything else leaves as plain bytes.
SENT_AS: Final = frozenset(media.NAMES) - {media.HTML, media.TEXT, media.MARKDOWN, media.CSV, media.MAIL}


def _ask(request: Request, house: House) -> Ask:
    return asking.read(request.query_params.multi_items(), house.services.settings)


@router.get("/d/{id}")
def document(
    request: Request, house: AHouse, tongue: ATongue, audience: AnAudience, base: ABase, id: AnId
) -> HTMLResponse:
    told = described(house.services, id, audience, tongue.code, base)
    offer = citing.offer(told.citation, tongue.code)
    record = read.record(house.services, id, audience, tongue.code)
    alike = _similar(house.services, record, audience, tongue.code)
    ask = _ask(request, house)
    here = Addresses("").document(id, ask).removeprefix("/")
    based = grounds(house.services, record, audience, tongue.code)
    facts: dict[str, Any] = {
        "record": record,
        "similar": alike,
        "grounds": based,
        "ask": ask,
        "number": 0,
        "offer": offer,
        "gathered": library.parts(house.services, record, audience, tongue.code),
        "described": told,
    }
    text = house.view.render("document.html", tongue, here=here, **facts)
    return view.page(text, links=signposts.links(told))


def _similar(services: Services, record: Record, audience: frozenset[str], language: str) -> tuple[Similar, ...]:
    """Return what is like a document besides those it is related to; nothing where the index does not answer."""
    related = {relation.card.id for relation in record.relations if relation.card}
    try:
        return similar(services, record.card.id, audience, language, related)
    except Unavailable:
        return ()


@router.get("/d/{id}/v/{number}")
def version(
    request: Request, house: AHouse, tongue: ATongue, audience: AnAudience, id: AnId, number: ANumber
) -> HTMLResponse:
    record = read.version(house.services, id, number, audience, tongue.code)
    ask = _ask(request, house)
    here = Addresses("").version(id, number, ask).removeprefix("/")
    based = grounds(house.services, record, audience, tongue.code)
    text = house.view.render(
        "document.html",
        tongue,
        here=here,
        record=record,
        grounds=based,
        similar=(),
        gathered=(),
        ask=ask,
        number=number,
    )
    return view.page(text)


@outside.get("/d/{id}")
def permanent(request: Request, house: AHouse, id: AnId) -> RedirectResponse:
    return by_preference(request, Addresses("").document(id, _ask(request, house)).removeprefix("/"))


@outside.get("/d/{id}/v/{number}")
def permanent_version(request: Request, house: AHouse, id: AnId, number: ANumber) -> RedirectResponse:
    return by_preference(request, Addresses("").version(id, number, _ask(request, house)).removeprefix("/"))


@outside.get("/d/{id}/f/{number}/file")
def original(request: Request, house: AHouse, audience: AnAudience, id: AnId, number: ANumber) -> Response:
    """A stored byte never runs in our origin: it leaves as an attachment, sandboxed, under a type of our choice."""
    return sent(request, read.original(house.services, id, number, audience))


def sent(request: Request, file: Original) -> Response:
    """Send a stored file."""
    media_type = file.media_type if file.media_type in SENT_AS else "application/octet-stream"
    headers = {
        "Content-Disposition": disposition(file.name),
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, no-cache",
        "ETag": f'"{file.path.name}"',
    }
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return FileResponse(file.path, media_type=media_type, headers=headers)
