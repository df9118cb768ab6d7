"""The files of a document at the desk."""

from functools import partial
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request

from kb.catalog.rights import Act
from kb.catalog.tables import Role
from kb.core.errors import Invalid, Quota
from kb.ingest import media
from kb.services import filing
from kb.web import asking, forms
from kb.web.wiring import AHouse, AnId, ATongue, House
from kb.web.words import Tongue

router = APIRouter()


@router.get("/desk/documents/{id}/files")
def folder(request: Request, house: AHouse, tongue: ATongue, id: AnId) -> Response:
    return _show(request, house, tongue, id)


@router.post("/desk/documents/{id}/files")
async def add(request: Request, house: AHouse, tongue: ATongue, id: AnId) -> Response:
    someone = forms.allowed(request, Act.DEPOSIT)  # before any byte of the file is taken
    async with forms.with_files(request, house, 1) as sent:
        form, file = forms.Posted(sent), sent.get("file")
        given = {"role": form.text("role"), "replaces": form.text("replaces")}
        show = partial(_show, request, house, tongue, id, given=given)
        if not isinstance(file, UploadFile) or not file.filename:
            return await run_in_threadpool(show, {"file": "required"})
        name, number = asking.clean(file.filename)[:255], asking.number_of(given["replaces"])
        try:
            await run_in_threadpool(
                filing.add, house.services, someone, id, file.file, name, replaces=number, role=given["role"]
            )
        except Quota as error:
            return await run_in_threadpool(forms.over_quota, show, error)
        except Invalid as error:
            return await run_in_threadpool(show, dict(error.problems))
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


def _show(
    request: Request,
    house: House,
    tongue: Tongue,
    id: str,
    problems: dict[str, str] | None = None,
    given: dict[str, str] | None = None,
) -> HTMLResponse:
    someone = forms.allowed(request, Act.DEPOSIT)
    facts: dict[str, Any] = {
        "folder": filing.opened(house.services, someone, id, tongue.code),
        "given": given or {"role": "", "replaces": ""},
        "roles": [role.value for role in Role],
        "endings": ",".join(media.SUFFIXES),
        "limit": house.services.settings.max_upload_bytes,
        "saved": "saved" in request.query_params,
        "place": "desk",
    }
    here = f"/desk/documents/{id}/files"
    return forms.page(request, house, tongue, "filing.html", here=here, problems=problems, **facts)
