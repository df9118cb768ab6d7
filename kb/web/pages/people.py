"""The administrator's pages: who has an account, and what they may."""

from typing import Annotated, Any

from fastapi import APIRouter, Path
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from kb.catalog.keys import Purpose
from kb.catalog.people import NAME_LENGTH, ROLES
from kb.catalog.rights import Act
from kb.core.errors import Conflict, Invalid
from kb.services import accounts, forgetting, mail, own_factor, persons
from kb.services.accounts import Invited
from kb.web import asking, forms, words
from kb.web.wiring import AHouse, ATongue, House
from kb.web.words import Tongue

router = APIRouter()

AnId = Annotated[str, Path(pattern="^[a-z0-9]{10}$")]
_BLANK = {"email": "", "name": "", "role": "reader", "organisation": "", "confined": "", "language": "ar"}


@router.get("/people")
def everybody(request: Request, house: AHouse, tongue: ATongue) -> Response:
    return _everybody(request, house, tongue)


@router.post("/people")
async def invite(request: Request, house: AHouse, tongue: ATongue) -> Response:
    form = await forms.posted(request, house)
    someone, given = forms.allowed(request, Act.PEOPLE), _given(form)
    return await run_in_threadpool(_invite, request, house, tongue, someone, given)


@router.get("/people/{id}")
def person(request: Request, house: AHouse, tongue: ATongue, id: AnId) -> Response:
    return _person(request, house, tongue, id)


@router.post("/people/{id}")
async def change(request: Request, house: AHouse, tongue: ATongue, id: AnId) -> Response:
    form = await forms.posted(request, house)
    someone = forms.allowed(request, Act.PEOPLE)
    given = _given(form)
    active = form.text("active") == "1"
    changes = _changes(given) | {"name": given["name"], "role": given["role"], "active": active}
    try:
        await run_in_threadpool(accounts.change, house.services, someone, id, **changes)
    except Invalid as error:
        return await run_in_threadpool(_person, request, house, tongue, id, given, dict(error.problems))
    except Conflict:
        return await run_in_threadpool(_person, request, house, tongue, id, given, {"role": "last-administrator"})
    return RedirectResponse(f"/{tongue.code}/people/{id}", 303)


@router.post("/people/{id}/reset")
async def reset(request: Request, house: AHouse, tongue: ATongue, id: AnId) -> Response:
    await forms.posted(request, house)
    someone = forms.allowed(request, Act.PEOPLE)
    invited = await run_in_threadpool(accounts.reset, house.services, someone, id)
    return await run_in_threadpool(_person, request, house, tongue, id, None, None, invited)


@router.post("/people/{id}/second-step")
async def reset_factor(request: Request, house: AHouse, tongue: ATongue, id: AnId) -> Response:
    await forms.posted(request, house)
    someone = forms.allowed(request, Act.PEOPLE)
    await run_in_threadpool(own_factor.reset, house.services, someone, id)
    return RedirectResponse(f"/{tongue.code}/people/{id}", 303)


@router.post("/people/{id}/forget")
async def forget(request: Request, house: AHouse, tongue: ATongue, id: AnId) -> Response:
    form = await forms.posted(request, house)
    someone = forms.allowed(request, Act.PEOPLE)
    if form.text("sure") != "1":
        return await run_in_threadpool(_person, request, house, tongue, id, None, {"sure": "required"})
    await run_in_threadpool(forgetting.forget, house.services, someone, id)
    return RedirectResponse(f"/{tongue.code}/people/{id}", 303)


def _invite(request: Request, house: House, tongue: Tongue, someone: Any, given: dict[str, str]) -> Response:
    more = {**_changes(given), "language": given["language"]}
    try:
        invited = accounts.invite(
            house.services, someone, email=given["email"], name=given["name"], role=given["role"], **more
        )
    except Invalid as error:
        return _everybody(request, house, tongue, given, dict(error.problems))
    except Conflict:
        return _everybody(request, house, tongue, given, {"email": "has-an-account"})
    if mail.is_possible(house.services.settings):
        mail.ask(house.services, Purpose.INVITE, invited.id)
        return RedirectResponse(f"/{tongue.code}/people/{invited.id}?mailed=1", 303)
    return _person(request, house, tongue, invited.id, None, None, invited)


def _everybody(
    request: Request,
    house: House,
    tongue: Tongue,
    given: dict[str, str] | None = None,
    problems: dict[str, str] | None = None,
) -> Response:
    forms.allowed(request, Act.PEOPLE)
    facts: dict[str, Any] = {"people": persons.everybody(house.services, tongue.code), "given": given or dict(_BLANK)}
    return forms.page(
        request, house, tongue, "people.html", here="/people", problems=problems, **facts, **_choices(house, tongue)
    )


def _person(
    request: Request,
    house: House,
    tongue: Tongue,
    id: str,
    given: dict[str, str] | None = None,
    problems: dict[str, str] | None = None,
    invited: Invited | None = None,
) -> Response:
    forms.allowed(request, Act.PEOPLE)
    shown = persons.person(house.services, id, tongue.code)
    facts: dict[str, Any] = {
        "person": shown,
        "given": given
        or {
            "name": shown.name,
            "role": shown.role,
            "organisation": shown.organisation_id,
            "confined": "1" if shown.confined else "",
            "language": shown.language,
            "email": shown.email,
        },
        "link": accounts.link_address(house.services.settings, invited.secret) if invited else "",
        "mailed": request.query_params.get("mailed") == "1",
    }
    return forms.page(
        request,
        house,
        tongue,
        "person.html",
        here=f"/people/{id}",
        problems=problems,
        **facts,
        **_choices(house, tongue),
    )


def _choices(house: House, tongue: Tongue) -> dict[str, Any]:
    return {
        "roles": [(role.value, tongue.say(f"person.role.{role}")) for role in ROLES],
        "bodies": [("", tongue.say("person.role.no-body")), *persons.bodies(house.services, tongue.code)],
        "languages": [(code, spoken.name) for code, spoken in words.tongues().items()],
        "longest": NAME_LENGTH,
        "place": "people",
    }


def _given(form: forms.Posted) -> dict[str, str]:
    return {name: asking.clean(form.text(name))[:500] for name in _BLANK}


def _changes(given: dict[str, str]) -> dict[str, Any]:
    return {"organisation_id": given["organisation"] or None, "confined": given["confined"] == "1"}
