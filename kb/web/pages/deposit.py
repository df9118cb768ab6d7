"""The page that takes a file in. Until somebody has an account it answers this machine alone."""

from functools import partial
from typing import Any, Final

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request

from kb.catalog.rights import Act, Someone, demand
from kb.catalog.tables import State
from kb.catalog.values import LINE_CHARS
from kb.core.errors import Forbidden, Invalid, KbError, Quota, SignInNeeded, TooLarge
from kb.ingest import media
from kb.services import arrival, deposit
from kb.services.context import Services
from kb.services.importing import Summary
from kb.web import asking, forms, view, visitor, wiring
from kb.web.addresses import Addresses
from kb.web.wiring import AHouse, ATongue, House
from kb.web.words import Tongue

router = APIRouter()

_FIELDS: Final = ("title", "type", "language", "state")


def is_open(services: Services) -> bool:
    """Tell whether whoever sees the page that is being made may bring files in."""
    someone = visitor.PRESENT.get()
    return someone.may(Act.DEPOSIT) if someone else wiring.may_upload(services.settings) and services.trial.is_on()


def _admit(request: Request, house: House) -> Someone | None:
    """Return who deposits: somebody who may or, as long as nobody has an account, None for who sits at this machine."""
    someone = visitor.someone_of(request)
    if someone is not None:
        demand(someone, Act.DEPOSIT)
        return someone
    if not house.services.trial.is_on():
        raise SignInNeeded(request.url.path)
    if not wiring.may_upload(house.services.settings):
        raise Forbidden("upload.closed.server")
    if not wiring.is_local(request):
        raise Forbidden("upload.closed.visitor")
    return None


def _form(
    request: Request, house: House, tongue: Tongue, given: dict[str, str], problems: dict[str, str], *, kept: str = ""
) -> HTMLResponse:
    facts: dict[str, Any] = {
        "given": given,
        "kept": kept,
        "states": deposit.states(visitor.someone_of(request)),
        "types": list(house.services.types.values()),
        "longest": LINE_CHARS,
        "endings": ",".join(media.SUFFIXES),
        "limit": house.services.settings.max_upload_bytes,
        "place": "upload",
    }
    return forms.page(request, house, tongue, "upload.html", here="/upload", problems=problems, **facts)


@router.get("/upload")
def blank(request: Request, house: AHouse, tongue: ATongue) -> Response:
    """Show the form of the trial; whoever has signed in has the desk."""
    by = _admit(request, house)
    if by is not None:
        return RedirectResponse(f"/{tongue.code}/desk/deposit", 303)
    usual = deposit.states(by)[0]
    given = {"title": "", "type": "publication", "language": "", "state": usual.value}
    return _form(request, house, tongue, given, {})


@router.post("/upload")
async def receive(request: Request, house: AHouse, tongue: ATongue) -> Response:
    """Asynchronous only because a form is read so; the work itself is done in the thread pool."""
    by = _admit(request, house)
    async with forms.with_files(request, house, 1) as form:
        given = _given(form)
        show = partial(_form, request, house, tongue, given)
        file = form.get("file")
        problems = _problems(given, file)
        if problems or not isinstance(file, UploadFile):
            return await run_in_threadpool(show, problems)
        try:
            came = await run_in_threadpool(
                arrival.receive,
                house.services,
                file.file,
                asking.clean(file.filename or "")[:255],
                by=by,
                **given,
            )
        except Quota as error:
            return await run_in_threadpool(forms.over_quota, show, error)
        except Invalid as error:
            return await run_in_threadpool(show, error.problems)
    if isinstance(came, Summary):
        return await run_in_threadpool(_came, house, tongue, came)
    id, number, state = came
    if state != State.PUBLISHED:
        return await run_in_threadpool(_form, request, house, tongue, _empty(given), {}, kept=id)
    return RedirectResponse(Addresses(tongue.code).receipt(id, number), 303)


def _came(house: House, tongue: Tongue, summary: Summary) -> HTMLResponse:
    """Return the page that says what became of each file of an archive."""
    refused = [(problem.path.partition(": ")[2], _reasons(problem.error)) for problem in summary.refused]
    kept = [(one.name.partition(": ")[2], one) for one in summary.kept]
    facts: dict[str, Any] = {"kept": kept, "refused": refused, "place": "upload"}
    return view.page(house.view.render("uploaded.html", tongue, here="/upload", **facts))


def _reasons(error: KbError) -> list[str]:
    """Return the keys of the words for what is wrong."""
    if isinstance(error, Invalid):
        return sorted({f"problem.{key.partition(' ')[0].rstrip(':')}" for key in error.problems.values()})
    return ["problem.too-large" if isinstance(error, TooLarge) else f"failure.{error.code}"]


def _given(form: FormData) -> dict[str, str]:
    return {name: asking.clean(value) if isinstance(value := form.get(name), str) else "" for name in _FIELDS}


def _problems(given: dict[str, str], file: object) -> dict[str, str]:
    problems = {} if isinstance(file, UploadFile) and file.filename else {"file": "required"}
    return problems | ({"title": "too-long"} if len(given["title"]) > LINE_CHARS else {})


def _empty(given: dict[str, str]) -> dict[str, str]:
    return {**given, "title": ""}
