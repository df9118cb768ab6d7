"""The page that takes a file in. Until there are accounts it answers this machine alone."""

from typing import Any, Final

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from kb.catalog.tables import State
from kb.catalog.values import LINE_CHARS
from kb.core.errors import Forbidden, Invalid
from kb.services import deposit
from kb.web import asking, view, wiring
from kb.web.addresses import Addresses
from kb.web.wiring import AHouse, ATongue, House
from kb.web.words import Tongue

router = APIRouter()

_FIELDS: Final = ("title", "type", "language", "state")
_FIELD_BYTES: Final = 8 * 1024


def _admit(request: Request, house: House) -> None:
    if not wiring.may_upload(house.services.settings):
        raise Forbidden("upload.closed.server")
    if not wiring.is_local(request):
        raise Forbidden("upload.closed.visitor")


def _form(
    house: House, tongue: Tongue, given: dict[str, str], problems: dict[str, str], *, kept: str = ""
) -> HTMLResponse:
    facts: dict[str, Any] = {
        "given": given,
        "problems": problems,
        "kept": kept,
        "types": list(house.services.types.values()),
        "longest": LINE_CHARS,
        "limit": house.services.settings.max_upload_bytes,
        "place": "upload",
    }
    return view.page(house.view.render("upload.html", tongue, here="/upload", **facts), 422 if problems else 200)


@router.get("/upload")
def blank(request: Request, house: AHouse, tongue: ATongue) -> HTMLResponse:
    _admit(request, house)
    given = {"title": "", "type": "publication", "language": "", "state": "published"}
    return _form(house, tongue, given, {})


@router.post("/upload")
async def receive(request: Request, house: AHouse, tongue: ATongue) -> Response:
    """Asynchronous only because a form is read so; the work itself is done in the thread pool."""
    _admit(request, house)
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise HTTPException(415)
    parts = house.services.settings.max_form_parts
    async with request.form(max_files=1, max_fields=parts, max_part_size=_FIELD_BYTES) as form:
        given = _given(form)
        file = form.get("file")
        problems = _problems(given, file)
        if problems or not isinstance(file, UploadFile):
            return await run_in_threadpool(_form, house, tongue, given, problems)
        try:
            id, number, state = await run_in_threadpool(
                deposit.upload, house.services, file.file, asking.clean(file.filename or "")[:255], **given
            )
        except Invalid as error:
            return await run_in_threadpool(_form, house, tongue, given, error.problems)
    if state == State.DRAFT:
        return await run_in_threadpool(_form, house, tongue, _empty(given), {}, kept=id)
    return RedirectResponse(Addresses(tongue.code).receipt(id, number), 303)


def _given(form: FormData) -> dict[str, str]:
    return {name: asking.clean(value) if isinstance(value := form.get(name), str) else "" for name in _FIELDS}


def _problems(given: dict[str, str], file: object) -> dict[str, str]:
    problems = {} if isinstance(file, UploadFile) and file.filename else {"file": "required"}
    return problems | ({"title": "too-long"} if len(given["title"]) > LINE_CHARS else {})


def _empty(given: dict[str, str]) -> dict[str, str]:
    return {**given, "title": ""}
