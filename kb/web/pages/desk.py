"""The desk: the inbox with what waits there, many documents at once, and what is due to be looked at again."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from kb.catalog.inbox import Filter, Quality, Sort, Tab
from kb.catalog.rights import Act, Someone
from kb.catalog.tables import State
from kb.catalog.vocabulary import labelled
from kb.catalog.workflow import NOTE_LENGTH
from kb.core.errors import Forbidden, Invalid, KbError, NotFound
from kb.services import curate, inbox, persons, reviewing
from kb.services.context import Services
from kb.services.curate import Done, Owing
from kb.services.holding import OpenElsewhere
from kb.web import asking, desk, forms
from kb.web.wiring import AHouse, ATongue, House
from kb.web.words import Tongue

router = APIRouter()

_STEPS: Final = {
    "publish": State.PUBLISHED,
    "return": State.RETURNED,
    "withdraw": State.WITHDRAWN,
    "submit": State.SUBMITTED,
}


@router.get("/desk")
def show(request: Request, house: AHouse, tongue: ATongue) -> Response:
    someone = forms.allowed(request, Act.DEPOSIT)
    at = desk.of(request, tongue.code)
    if "tab" not in request.query_params and not someone.may(Act.CURATE):
        at = desk.Desk(tongue.code, Filter(tab=Tab.MINE))
    return _inbox(request, house, tongue, someone, at, page=asking.page_of(request.query_params.get("page", "")))


@router.post("/desk")
async def act(request: Request, house: AHouse, tongue: ATongue) -> Response:
    form = await forms.posted(request, house)
    someone = forms.allowed(request, Act.DEPOSIT)
    return await run_in_threadpool(_act, request, house, tongue, someone, form)


def _act(request: Request, house: House, tongue: Tongue, someone: Someone, form: forms.Posted) -> Response:
    at = desk.named(form.text("list"), tongue.code)
    ids = form.all("id")
    what, note = form.text("do"), asking.clean(form.text("note"))[: NOTE_LENGTH + 1]
    given = {"note": note, "assign": form.text("assign"), "chosen": ids}
    problems = {} if ids else {"id": "required"}
    if what in ("return", "withdraw") and not note:
        problems["note"] = "required"
    if problems:
        return _inbox(request, house, tongue, someone, at, given=given, problems=problems)
    done = curate.each(ids, _doing(house.services, someone, what, form.text("assign"), note))
    named = inbox.titles(house.services, someone, ids, tongue.code)
    told = [(named.get(one.id, one.id), one.id, why(one, tongue)) for one in done]
    return _inbox(request, house, tongue, someone, at, did=what, told=told)


def _doing(services: Services, someone: Someone, what: str, to: str, note: str) -> Callable[[str], None]:
    if what == "assign":
        return lambda one: curate.assign(services, someone, one, to)
    if what not in _STEPS:
        raise NotFound(what)
    return lambda one: curate.step(services, someone, one, _STEPS[what], note)


def decided(request: Request, house: House, tongue: Tongue, someone: Someone) -> dict[str, Any]:
    """Return what an address says was done with a document a moment ago, as a template tells it."""
    id, services = request.query_params.get("done", ""), house.services
    return {
        "done": reviewing.decided(services, someone, id, tongue.code) if id else None,
        "did": request.query_params.get("did", ""),
        "undo_seconds": services.settings.undo_seconds,
    }


def why(done: Done, tongue: Tongue) -> str:
    """Return in words why nothing was done with a document; "" where it was."""
    return reason(done.error, tongue) if done.error else ""


def reason(error: KbError, tongue: Tongue) -> str:
    """Return in words why a step was not taken."""
    match error:
        case Owing():
            lacks = tongue.text("comma").join(labelled(lack.label, tongue.code)[0] for lack in error.lacks)
            return tongue.say("desk.why.owing", lacks=lacks)
        case OpenElsewhere():
            return tongue.say("desk.why.open", name=error.held.name)
        case Forbidden():
            return tongue.say(str(error.args[0]) if error.args else "desk.why.forbidden")
        case NotFound():
            return tongue.say("desk.why.gone")
        case Invalid():
            return tongue.say("desk.why.assign" if "assign" in error.problems else "desk.why.note")
    return tongue.say("desk.why.state")


@router.get("/desk/due")
def due(request: Request, house: AHouse, tongue: ATongue) -> Response:
    someone = forms.allowed(request, Act.CURATE)
    return _due(request, house, tongue, someone, asking.page_of(request.query_params.get("page", "")))


@router.post("/desk/due")
async def verify(request: Request, house: AHouse, tongue: ATongue) -> Response:
    form = await forms.posted(request, house)
    someone = forms.allowed(request, Act.CURATE)
    return await run_in_threadpool(_verify, request, house, tongue, someone, form)


def _verify(request: Request, house: House, tongue: Tongue, someone: Someone, form: forms.Posted) -> Response:
    ids, page = form.all("id"), asking.page_of(form.text("page"))
    done = curate.each(ids, lambda one: curate.still_right(house.services, someone, one))
    named = inbox.titles(house.services, someone, ids, tongue.code)
    told = [(named.get(one.id, one.id), one.id, why(one, tongue)) for one in done]
    return _due(request, house, tongue, someone, page, told)


def _due(
    request: Request,
    house: House,
    tongue: Tongue,
    someone: Someone,
    page: int,
    told: Sequence[tuple[str, str, str]] = (),
) -> Response:
    facts: dict[str, Any] = {
        "due": inbox.due(house.services, someone, page, tongue.code),
        "at_desk": desk.Desk(tongue.code, Filter(tab=Tab.ALL)),
        "told": told,
        "did": "verify",
        "place": "desk",
    }
    return forms.page(request, house, tongue, "desk_due.html", here="/desk/due", **facts)


def _inbox(
    request: Request,
    house: House,
    tongue: Tongue,
    someone: Someone,
    at: desk.Desk,
    *,
    page: int = 1,
    given: dict[str, Any] | None = None,
    problems: dict[str, str] | None = None,
    did: str = "",
    told: Sequence[tuple[str, str, str]] = (),
) -> Response:
    services = house.services
    facts: dict[str, Any] = {
        "inbox": inbox.show(services, someone, at.wanted, page, tongue.code),
        "wanted": at.wanted,
        "at_desk": at,
        "tabs": tuple(Tab),
        "sorts": tuple(Sort),
        "qualities": tuple(Quality),
        "states": tuple(State),
        "types": [(kind.name, labelled(kind.label, tongue.code)[0]) for kind in services.types.values()],
        "bodies": persons.bodies(services, tongue.code),
        "curators": curate.curators(services) if someone.may(Act.CURATE) else (),
        "given": given or {"note": "", "assign": "", "chosen": ()},
        "longest": NOTE_LENGTH,
        **decided(request, house, tongue, someone),
        "told_did": did,
        "told": told,
        "place": "desk",
    }
    return forms.page(
        request,
        house,
        tongue,
        "desk.html",
        here=at.inbox(page).removeprefix(f"/{tongue.code}"),
        problems=problems,
        **facts,
    )
