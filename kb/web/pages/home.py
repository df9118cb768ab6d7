"""The front door: which language, the home page, and the small files that programs ask every site for."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.requests import Request

from kb.core.errors import NotFound
from kb.services import welcome
from kb.web import statics, view, wiring
from kb.web.wiring import AHouse, AnAudience, ATongue

router = APIRouter()
outside = APIRouter()


@router.get("/")
def home(house: AHouse, tongue: ATongue, audience: AnAudience) -> HTMLResponse:
    found = welcome.welcome(house.services, audience, tongue.code)
    return view.page(house.view.render("home.html", tongue, here="/", welcome=found))


@router.get("")
def bare(tongue: ATongue) -> RedirectResponse:
    return RedirectResponse(f"/{tongue.code}/", 308)


@outside.get("/")
def choose(request: Request) -> RedirectResponse:
    return by_preference(request, "/")


def by_preference(request: Request, address: str) -> RedirectResponse:
    """Send the visitor on to `address`, a path of ours with its query, in the language they want."""
    headers = {"Vary": "Accept-Language, Cookie", "Cache-Control": "no-cache"}
    return RedirectResponse(f"/{wiring.preferred(request)}{address}", 302, headers)


@outside.get("/static/{stamp}/{name:path}")
def static(request: Request, stamp: str, name: str) -> Response:
    """Give a file of ours. An address of another release still answers, but is not to be kept."""
    kept = statics.load()
    file = kept.files.get(name)
    if file is None:
        raise NotFound(name)
    ours = stamp == kept.stamp
    headers = {
        "Cache-Control": "public, max-age=31536000, immutable" if ours else "no-cache",
        "ETag": f'"{kept.stamp}"',
        "Vary": "Accept-Encoding",
    }
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    if file.squeezed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        return Response(file.squeezed, headers={**headers, "Content-Encoding": "gzip"}, media_type=file.media_type)
    return Response(file.body, headers=headers, media_type=file.media_type)


@outside.get("/favicon.ico")
def icon() -> Response:
    file = statics.load().files["mark.svg"]
    return Response(file.body, media_type=file.media_type, headers={"Cache-Control": "public, max-age=86400"})
