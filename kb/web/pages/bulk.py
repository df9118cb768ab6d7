"""Bulk imports: a table of descriptions with its files, looked at first, then done, and taken back if need be."""

import errno
import shutil
from functools import partial
from pathlib import Path as FilePath
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request

from kb.catalog.rights import Act, Someone
from kb.catalog.vocabulary import labelled
from kb.core.errors import Invalid, NotFound, Quota, refused_by_disk
from kb.services import arrivals, bulk, bulk_shown, deposit, enclosed, held, laid, naming, settling
from kb.services.bulk_shown import Wrong
from kb.web import asking, forms
from kb.web.attachment import attach
from kb.web.wiring import AHouse, ATongue, House
from kb.web.words import Tongue
from kb.writing import delimited, workbook
from kb.writing.table import Table

router = APIRouter()

AnImport = Annotated[str, Path(pattern="^[a-z0-9]{10}$")]
HERE: Final = "/desk/imports"
_BAD_NAMES: Final = {errno.ENAMETOOLONG, errno.ENOTDIR, errno.EISDIR}


@router.get("/desk/imports")
def listed(request: Request, house: AHouse, tongue: ATongue) -> Response:
    someone = forms.allowed(request, Act.IMPORT)
    return _form(request, house, tongue, someone, {})


@router.get("/desk/imports/template.{ending}")
def template(request: Request, house: AHouse, tongue: ATongue, ending: str) -> Response:
    """Give an empty table with the columns of a type."""
    forms.allowed(request, Act.IMPORT)
    kind = house.services.types.get(request.query_params.get("type", ""))
    if kind is None or ending not in {"csv", "xlsx"}:
        raise NotFound(ending)
    title = labelled(kind.label, tongue.code)[0]
    table = bulk_shown.template(house.services, kind, tongue.code, title)
    return _file(table, f"metadata-{kind.name}.{ending}", ending)


@router.post("/desk/imports")
async def receive(request: Request, house: AHouse, tongue: ATongue) -> Response:
    """Keep the files aside and begin to look; asynchronous only because a form is read so."""
    someone = forms.allowed(request, Act.IMPORT)
    async with forms.with_files(request, house, house.services.settings.upload_form_files + 1) as form:
        given = {name: asking.clean(str(form.get(name) or ""))[:100] for name in ("type", "state")}
        show = partial(_form, request, house, tongue, someone, given=given)
        try:
            id = await run_in_threadpool(_begin, house, someone, form, given)
        except Quota as error:
            return await run_in_threadpool(forms.over_quota, show, error)
        except Invalid as error:
            return await run_in_threadpool(show, error.problems)
    return RedirectResponse(f"/{tongue.code}{HERE}/{id}", 303)


@router.get("/desk/imports/{id}")
def shown(request: Request, house: AHouse, tongue: ATongue, id: AnImport) -> Response:
    someone = forms.allowed(request, Act.IMPORT)
    page = asking.page_of(request.query_params.get("page", ""))
    found = bulk_shown.show(house.services, someone, id, page)
    facts: dict[str, Any] = {"bulk": found, "place": "upload", "shown_most": bulk_shown.SHOWN}
    return forms.page(request, house, tongue, "desk_import.html", here=f"{HERE}/{id}", **facts)


@router.post("/desk/imports/{id}")
async def decide(request: Request, house: AHouse, tongue: ATongue, id: AnImport) -> Response:
    form = await forms.posted(request, house)
    someone = forms.allowed(request, Act.IMPORT)
    acts = {"confirm": bulk.confirm, "undo": bulk.undo, "drop": bulk.drop}
    act = acts.get(form.text("act"))
    if act is None:
        raise Invalid({"act": "unknown"})
    await run_in_threadpool(act, house.services, someone, id)
    onward = "" if act is bulk.drop else f"/{id}"
    return RedirectResponse(f"/{tongue.code}{HERE}{onward}", 303)


@router.get("/desk/imports/{id}/problems.csv")
def problems(request: Request, house: AHouse, tongue: ATongue, id: AnImport) -> Response:
    someone = forms.allowed(request, Act.IMPORT)
    found = bulk_shown.problems(house.services, someone, id)
    heads = tuple(tongue.text(f"bulk.wrong.{name}") for name in ("row", "column", "value", "what"))
    rows = [(one.row, one.heading, one.value, said(tongue, one)) for one in found]
    return _file(Table(tongue.text("bulk.wrong"), tongue.code, heads, rows), f"problems-{id}.csv", "csv")


def said(tongue: Tongue, one: Wrong) -> str:
    """Return what is wrong and what to do about it."""
    return tongue.text(f"row.{one.code}", otherwise="row.malformed", value=one.value)


def _file(table: Table, name: str, ending: str) -> Response:
    if ending == "xlsx":
        return attach(workbook.write(table), name, workbook.MEDIA_TYPE)
    return attach("".join(delimited.write(table)), name, delimited.MEDIA_TYPE)


def refused(request: Request, house: House, tongue: Tongue, someone: Someone, problems: dict[str, str]) -> Response:
    """Say what is wrong with an import that was asked for elsewhere."""
    return _form(request, house, tongue, someone, problems)


def _begin(house: House, someone: Someone, form: FormData, given: dict[str, str]) -> str:
    """Lay the files out as they are named, unpack an archive, and begin; or begin with what came in pieces before.

    Raises Invalid.
    """
    services = house.services
    batch = form.get("batch")
    if isinstance(batch, str) and batch:
        told = asking.clean(str(form.get("named") or ""))
        inside = settling.clean_path(told) if told else ""
        return held.begin_batch(services, someone, asking.clean(batch), table=inside, **given)
    files = [file for file in form.getlist("file") if isinstance(file, UploadFile) and file.filename]
    table = form.get("table")
    tables = [table] if isinstance(table, UploadFile) and table.filename else []
    if not files and not tables:
        raise Invalid({"table": "required"})
    id, place = bulk.prepare(services)
    try:
        named = ""
        for file in tables:
            named = f"{bulk.ASIDE}{naming.safe_name(asking.clean(file.filename or ''))}"
            _lay(services.settings.max_upload_bytes, place / named, file)
        for file in files:
            path = place / settling.clean_path(asking.clean(file.filename or ""))
            _lay(services.settings.upload_form_bytes, path, file)
            if enclosed.is_archive(path):
                laid.unpack(services.settings, path, place)
        laid.lift(place)
        bulk.begin(services, someone, id, table=named, **given)
    except BaseException:
        bulk.discard(services, id)
        raise
    return id


def _lay(limit: int, path: FilePath, file: UploadFile) -> None:
    if (file.size or 0) > limit:
        raise Invalid({"file": "too-large"})
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with path.open("xb") as kept:
            shutil.copyfileobj(file.file, kept, 1024 * 1024)
    except FileExistsError as error:  # two of one path, or a file where another has a folder
        raise Invalid({"file": "twice"}) from error
    except OSError as error:
        if error.errno in _BAD_NAMES:
            raise Invalid({"file": "bad-path"}) from error
        raise refused_by_disk("the folder of uploads", error) from error


def _form(
    request: Request,
    house: House,
    tongue: Tongue,
    someone: Someone,
    problems: dict[str, str],
    given: dict[str, str] | None = None,
) -> HTMLResponse:
    types = [(one.name, labelled(one.label, tongue.code)[0]) for one in house.services.types.values()]
    strange = [heading for heading, code in problems.items() if code in {"no-such-column", "column-twice"}]
    facts: dict[str, Any] = {
        "given": given or {"type": deposit.PUBLICATION, "state": deposit.states(someone)[-1]},
        "types": types,
        "states": deposit.states(someone),
        "strange": strange,
        "imports": bulk_shown.latest(house.services, someone),
        "held": arrivals.held(house.services, someone, tongue.code),
        "settings": house.services.settings,
        "place": "upload",
    }
    known = {("table" if key in strange or not key else key): code for key, code in problems.items()}
    return forms.page(request, house, tongue, "desk_imports.html", here=HERE, problems=known, **facts)
