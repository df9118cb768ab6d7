"""The files of a document at the desk."""

from typing import Any, Final

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request

from kb.catalog.rights import Act
from kb.catalog.tables import Role
from kb.core.errors import Invalid
from kb.ingest import media
from kb.services import filing
from kb.web import asking, forms
from kb.web.wiring import AHouse, AnId, ATongue, House
from kb.web.words import Tongue

router = APIRouter()

_FIELD_BYTES: Final = 8 * 1024


@router.get("/desk/documents/{id}/files")
def folder(request: Request, house: AHouse, tongue: ATongue, id: AnId) -> Response:
    return _show(request, house, tongue, id)


@router.post("/desk/documents/{id}/files")
async def add(request: Request, house: AHouse, tongue: ATongue, id: AnId) -> Response:
    someone = forms.allowed(request, Act.DEPOSIT)  # before any byte of the file is taken
    parts = house.services.settings.max_form_parts
    async with request.form(max_files=1, max_fields=parts, max_part_size=_FIELD_BYTES) as sent:
        form = forms.checked(request, house, sent)
        file = sent.get("file")
        if not isinstance(file, UploadFile) or not file.filename:
            return await run_in_threadpool(_show, request, house, tongue, id, {"file": "required"})
        name, told = asking.clean(file.filename)[:255], {"role": form.text("role")}
        number = asking.number_of(form.text("replaces"))
        try:
            await run_in_threadpool(
                filing.add, house.services, someone, id, file.file, name, replaces=number, role=told["role"]
            )
        except Invalid as error:
            return await run_in_threadpool(_show, request, house, tongue, id, dict(error.problems))
    return RedirectResponse(f"/{tongue.code}/desk/documents/{id}/files?saved=1", 303)


@router.post("/desk/documents/{id}/files/roles")
async def roles(request: Request, house: AHouse, tongue: ATongue, id: AnId) -> Response:
    form = await forms.posted(request, house, large=True)
    someone = forms.allowed(request, Act.DEPOSIT)
    given = {
        asking.number_of(name.removeprefix("role.")): value for name, value in form.pairs() if name.startswith("role.")
    }
    await run_in_threadpool(filing.set_roles, house.services, someone, id, given)
    return RedirectResponse(f"/{tongue.code}/desk/documents/{id}/files?saved=1", 303)


def _show(request: Request, house: House, tongue: Tongue, id: str, problems: dict[str, str] | None = None) -> Response:
    someone = forms.allowed(request, Act.DEPOSIT)
    facts: dict[str, Any] = {
        "folder": filing.opened(house.services, someone, id, tongue.code),
        "roles": [role.value for role in Role],
        "endings": ",".join(media.SUFFIXES),
        "limit": house.services.settings.max_upload_bytes,
        "saved": "saved" in request.query_params,
        "place": "desk",
    }
    here = f"/desk/documents/{id}/files"
    return forms.page(request, house, tongue, "filing.html", here=here, problems=problems, **facts)
