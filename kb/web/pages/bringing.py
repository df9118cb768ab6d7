"""Bringing many files in: the page with its form, and what became of each file of a batch."""

from functools import partial
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request

from kb.catalog.rights import Act, Someone
from kb.catalog.values import LANGUAGES
from kb.catalog.vocabulary import labelled
from kb.core.errors import Invalid, KbError, Quota, Unavailable
from kb.ingest import media
from kb.services import arrivals, deposit, settling, uploads
from kb.services.arrivals import Arrival
from kb.services.uploads import Chosen
from kb.web import asking, forms, streams, visitor
from kb.web.wiring import AHouse, ATongue, House
from kb.web.words import Tongue

router = APIRouter()

ABatch = Annotated[str, Path(pattern="^[a-z0-9]{10}$")]
_FIELDS: Final = ("type", "language", "state")
HERE: Final = "/desk/deposit"


@router.get("/desk/deposit")
def blank(request: Request, house: AHouse, tongue: ATongue) -> HTMLResponse:
    someone = forms.allowed(request, Act.DEPOSIT)
    return _form(request, house, tongue, someone, {})


@router.post("/desk/deposit")
async def receive(request: Request, house: AHouse, tongue: ATongue) -> Response:
    """Take in the files of a form as browsers send it without scripts; asynchronous only because it is read so."""
    someone = forms.allowed(request, Act.DEPOSIT)
    async with forms.with_files(request, house, house.services.settings.upload_form_files) as form:
        files = [file for file in form.getlist("file") if isinstance(file, UploadFile) and file.filename]
        chosen = chosen_of(form)
        show = partial(_form, request, house, tongue, someone, chosen=chosen)
        if not files:
            return await run_in_threadpool(show, {"file": "required"})
        try:
            batch = await run_in_threadpool(uploads.open_batch, house.services, someone, chosen)
        except Quota as error:
            return await run_in_threadpool(forms.over_quota, show, error)
        except Invalid as error:
            return await run_in_threadpool(show, error.problems)
        await run_in_threadpool(_take, house, someone, batch, files)
    return RedirectResponse(f"/{tongue.code}{HERE}/{batch}", 303)


@router.get("/desk/deposit/{batch}")
def batch(request: Request, house: AHouse, tongue: ATongue, batch: ABatch) -> HTMLResponse:
    someone = forms.allowed(request, Act.DEPOSIT)
    shown = arrivals.batch(house.services, someone, batch, tongue.code)
    facts: dict[str, Any] = {"batch": shown, "place": "upload"}
    return forms.page(request, house, tongue, "desk_batch.html", here=f"{HERE}/{batch}", **facts)


@router.get("/desk/deposit/{batch}/events")
async def events(request: Request, house: AHouse, tongue: ATongue, batch: ABatch) -> Response:
    someone = forms.allowed(request, Act.DEPOSIT)
    await run_in_threadpool(arrivals.batch, house.services, someone, batch, tongue.code)

    def look() -> tuple[dict[str, str], bool]:
        shown = arrivals.batch(house.services, someone, batch, tongue.code)
        told = {f"u-{one.id}": line(request, house, tongue, one) for one in shown.arrivals}
        return told, shown.is_settled

    return streams.streams_of(request).tell(look)


def line(request: Request, house: House, tongue: Tongue, one: Arrival) -> str:
    """Return the item of the list that tells of one file."""
    token, _cookie = visitor.form_token(request, house.services.settings)
    return house.view.render("desk_line.html", tongue, here=HERE, one=one, csrf=token)


def chosen_of(form: FormData) -> Chosen:
    """Return what a form says of all its files; what it does not say is as usual."""
    given = {name: value for name in _FIELDS if isinstance(value := form.get(name), str)}
    return Chosen(**{name: asking.clean(value)[:100] for name, value in given.items()})


def _take(house: House, someone: Someone, batch: str, files: list[UploadFile]) -> None:
    """Take in one after the other. Where the house cannot write, the rest is told of and not tried."""
    hindrance: KbError | None = None
    for file in files:
        path = asking.clean(file.filename or "")
        if hindrance is None:
            try:
                settling.take(house.services, someone, batch, path, file.size or 0, file.file)
            except Unavailable as error:
                hindrance = error
        else:
            settling.refuse_unseen(house.services, someone, batch, path, hindrance.code)


def _form(
    request: Request,
    house: House,
    tongue: Tongue,
    someone: Someone,
    problems: dict[str, str],
    chosen: Chosen | None = None,
) -> HTMLResponse:
    settings = house.services.settings
    states = deposit.states(someone)
    facts: dict[str, Any] = {
        "chosen": chosen or Chosen(state=states[-1]),
        "states": states,
        "choices_of_types": [(one.name, labelled(one.label, tongue.code)[0]) for one in house.services.types.values()],
        "choices_of_languages": [
            ("", tongue.say("upload.language.any")),
            *((code, tongue.say(f"language.{code}")) for code in LANGUAGES),
        ],
        "endings": ",".join(media.SUFFIXES),
        "settings": settings,
        "overview": arrivals.overview(house.services, someone, tongue.code),
        "place": "upload",
    }
    return forms.page(request, house, tongue, "desk_deposit.html", here=HERE, problems=problems, **facts)
