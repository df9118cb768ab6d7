"""Signing in and out, links that open an account, one's own account."""

import datetime as dt
import logging
from collections.abc import Sequence
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from kb.catalog import passwords
from kb.catalog.keys import Purpose
from kb.catalog.people import NAME_LENGTH
from kb.catalog.rights import Act
from kb.core.errors import Invalid, SignInRefused, TooMany
from kb.services import accounts, mail, own, provider
from kb.services.entering import StepOwed
from kb.web import asking, forms, visitor, wiring, words
from kb.web.pages import second_step
from kb.web.pages.home import by_preference
from kb.web.wiring import AHouse, ATongue, House
from kb.web.words import Tongue

router = APIRouter()
outside = APIRouter()

log = logging.getLogger("kb.web")

ASecret = Annotated[str, Path(pattern="^[A-Za-z0-9_-]{20,100}$")]
_KEY_DAYS: Final = {"30": 30, "90": 90, "365": 365}


@router.get("/sign-in")
def sign_in_form(request: Request, house: AHouse, tongue: ATongue) -> Response:
    onward = forms.within(request.query_params.get("next", ""), "")
    if visitor.someone_of(request):
        return RedirectResponse(onward or f"/{tongue.code}/profile", 303)
    return _sign_in(request, house, tongue, onward=onward)


@router.post("/sign-in")
async def sign_in(request: Request, house: AHouse, tongue: ATongue) -> Response:
    """Check and let in, or on to the second step. What a form brought that came too late is carried along."""
    form = await forms.posted(request, house, anybody=True, large=True)
    email, onward = asking.clean(form.text("email"))[:300], forms.within(form.text("next"), "")
    typed = form.carried()
    agent = asking.clean(request.headers.get("user-agent", ""))
    try:
        secret = await run_in_threadpool(accounts.sign_in, house.services, email, form.text("password"), agent)
    except SignInRefused:
        house.services.meters.sign_in("refused")
        return _sign_in(request, house, tongue, onward=onward, email=email, typed=typed, said="refused", status=401)
    except TooMany as error:
        house.services.meters.sign_in("held")
        answer = _sign_in(request, house, tongue, onward=onward, email=email, typed=typed, said="wait", status=429)
        answer.headers["Retry-After"] = str(error.whole_seconds)
        return answer
    except StepOwed as error:
        return await run_in_threadpool(second_step.owed, request, house, tongue, error.secret, onward, typed)
    house.services.meters.sign_in("done")
    return await run_in_threadpool(second_step.admitted, request, house, tongue, secret, onward, typed)


def resume(request: Request, onward: str, typed: Sequence[tuple[str, str]]) -> Response:
    """Ask who sent a form after the end of their session to sign in again; nothing they typed is lost."""
    house, tongue = wiring.house_of(request), wiring.tongue_of(request)
    return _sign_in(request, house, tongue, onward=onward, typed=list(typed), said="expired", status=401)


def turned_away(request: Request, house: House, tongue: Tongue, said: str, onward: str, status: int) -> Response:
    """Say on the sign-in page why the provider of identities did not open it."""
    return _sign_in(request, house, tongue, onward=onward, said=said, status=status)


@router.post("/sign-out")
async def sign_out(request: Request, house: AHouse, tongue: ATongue) -> Response:
    await forms.posted(request, house)
    someone = forms.signed_in(request)
    await run_in_threadpool(accounts.sign_out, house.services, someone, visitor.secret_of(request))
    settings = house.services.settings
    onward = "signed-out" if provider.is_set(settings) else ""
    return visitor.dismiss(RedirectResponse(f"/{tongue.code}/{onward}", 303), settings)


@router.get("/forgot")
def forgot(request: Request, house: AHouse, tongue: ATongue) -> Response:
    facts: dict[str, Any] = {"mails": mail.is_possible(house.services.settings), "sent": False, "place": "account"}
    return forms.page(request, house, tongue, "forgot.html", here="/forgot", **facts)


@router.post("/forgot")
async def send_link(request: Request, house: AHouse, tongue: ATongue) -> Response:
    """Answer the same for every address: only its owner may learn whether it has an account."""
    form = await forms.posted(request, house, anybody=True)
    if mail.is_possible(house.services.settings):
        email = asking.clean(form.text("email"))[:300]
        await run_in_threadpool(mail.ask, house.services, Purpose.RESET, email)
    facts: dict[str, Any] = {"mails": True, "sent": True, "place": "account"}
    return forms.page(request, house, tongue, "forgot.html", here="/forgot", **facts)


@outside.get("/link/{secret}")
def link(request: Request, secret: ASecret) -> RedirectResponse:
    return by_preference(request, f"/link/{secret}")


@router.get("/link/{secret}")
def opened(request: Request, house: AHouse, tongue: ATongue, secret: ASecret) -> Response:
    purpose, email = accounts.holder(house.services, secret)
    return _link(request, house, tongue, secret, purpose=purpose.value, email=email, name="")


@router.post("/link/{secret}")
async def redeem(request: Request, house: AHouse, tongue: ATongue, secret: ASecret) -> Response:
    form = await forms.posted(request, house, anybody=True)
    purpose, email = await run_in_threadpool(accounts.holder, house.services, secret)
    first = purpose is Purpose.FIRST
    email, name = (asking.clean(form.text("email")), asking.clean(form.text("name"))) if first else (email, "")
    agent = asking.clean(request.headers.get("user-agent", ""))
    password = form.text("password")
    try:
        _demand_same(password, form.text("again"))
        visit = await run_in_threadpool(
            accounts.redeem, house.services, secret, password, agent, email=email, name=name
        )
    except Invalid as error:
        about = {"purpose": purpose.value, "email": email, "name": name}
        return _link(request, house, tongue, secret, problems=dict(error.problems), **about)
    except StepOwed as error:
        return second_step.owed(request, house, tongue, error.secret, "")
    return visitor.admit(RedirectResponse(f"/{tongue.code}/profile", 303), visit, house.services.settings)


@router.get("/profile")
def profile(request: Request, house: AHouse, tongue: ATongue) -> Response:
    return _profile(request, house, tongue)


@router.post("/profile")
async def change(request: Request, house: AHouse, tongue: ATongue) -> Response:
    form = await forms.posted(request, house)
    someone = forms.in_person(request)
    given = {"name": asking.clean(form.text("name")), "language": form.text("language")}
    try:
        await run_in_threadpool(accounts.change_own, house.services, someone, **given)
    except Invalid as error:
        return _profile(request, house, tongue, given, dict(error.problems))
    return RedirectResponse(f"/{given['language']}/profile", 303)


@router.post("/profile/password")
async def change_password(request: Request, house: AHouse, tongue: ATongue) -> Response:
    form = await forms.posted(request, house)
    someone = forms.in_person(request)
    agent = asking.clean(request.headers.get("user-agent", ""))
    old, new = form.text("old"), form.text("password")
    try:
        _demand_same(new, form.text("again"))
        visit = await run_in_threadpool(accounts.change_password, house.services, someone, old, new, agent)
    except Invalid as error:
        return await run_in_threadpool(_profile, request, house, tongue, None, dict(error.problems))
    return visitor.admit(RedirectResponse(f"/{tongue.code}/profile", 303), visit, house.services.settings)


@router.post("/profile/sessions")
async def end_sessions(request: Request, house: AHouse, tongue: ATongue) -> Response:
    form = await forms.posted(request, house)
    someone = forms.in_person(request)
    await run_in_threadpool(own.end_visits, house.services, someone, form.all("visit"), visitor.secret_of(request))
    return RedirectResponse(f"/{tongue.code}/profile#sessions", 303)


@router.post("/profile/keys")
async def cut_key(request: Request, house: AHouse, tongue: ATongue) -> Response:
    form = await forms.posted(request, house)
    someone = forms.in_person(request)
    name, scopes = asking.clean(form.text("key")), {act for act in Act if act in form.all("scope")}
    lasts = dt.timedelta(days=_KEY_DAYS.get(form.text("days"), 30))
    try:
        key = await run_in_threadpool(own.cut_key, house.services, someone, name, scopes, lasts)
    except Invalid as error:
        problems = {"key" if field == "name" else field: code for field, code in error.problems.items()}
        return await run_in_threadpool(_profile, request, house, tongue, None, problems)
    return await run_in_threadpool(_profile, request, house, tongue, None, None, key)


@router.post("/profile/keys/revoke")
async def revoke_key(request: Request, house: AHouse, tongue: ATongue) -> Response:
    form = await forms.posted(request, house)
    someone = forms.in_person(request)
    await run_in_threadpool(own.revoke_key, house.services, someone, form.text("id"))
    return RedirectResponse(f"/{tongue.code}/profile#keys", 303)


def _demand_same(password: str, again: str) -> None:
    if password != again:
        raise Invalid({"again": "not-the-same"})


def _sign_in(
    request: Request,
    house: House,
    tongue: Tongue,
    *,
    onward: str,
    email: str = "",
    typed: Sequence[tuple[str, str]] = (),
    said: str = "",
    status: int = 200,
) -> Response:
    facts: dict[str, Any] = {"onward": onward, "email": email, "typed": typed, "said": said, "place": "account"}
    facts["provider"] = not typed and provider.is_set(house.services.settings)
    return forms.page(request, house, tongue, "sign-in.html", here="/sign-in", status=status, **facts)


def _link(
    request: Request,
    house: House,
    tongue: Tongue,
    secret: str,
    *,
    problems: dict[str, str] | None = None,
    **about: str,
) -> Response:
    """`about` is the purpose of the link, and the address and name of whom it is for."""
    facts: dict[str, Any] = {"secret": secret, "shortest": passwords.SHORTEST, "longest": NAME_LENGTH, **about}
    answer = forms.page(request, house, tongue, "link.html", here=f"/link/{secret}", problems=problems, **facts)
    answer.headers["referrer-policy"] = "no-referrer"
    return answer


def _profile(
    request: Request,
    house: House,
    tongue: Tongue,
    given: dict[str, str] | None = None,
    problems: dict[str, str] | None = None,
    key: str = "",
) -> Response:
    someone = forms.in_person(request)
    shown = own.profile(house.services, someone, tongue.code, visitor.secret_of(request))
    facts: dict[str, Any] = {
        "profile": shown,
        "given": given or {"name": someone.name, "language": someone.language},
        "key": key,
        "acts": [act.value for act in Act if someone.may(act)],
        "shortest": passwords.SHORTEST,
        "longest": NAME_LENGTH,
        "languages": [(code, spoken.name) for code, spoken in words.tongues().items()],
        "place": "account",
    }
    return forms.page(request, house, tongue, "profile.html", here="/profile", problems=problems, **facts)
