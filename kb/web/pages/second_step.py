"""The second step of a sign-in, and the page on which one sets it oneself."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from kb.catalog.second_factor import HALF_LASTS
from kb.core.errors import Invalid, SignInNeeded, TooMany
from kb.services import accounts, own_factor, proving, second_step
from kb.services.entering import Owes
from kb.services.proving import Offer
from kb.services.second_step import Owing, Proved
from kb.web import asking, forms, visitor
from kb.web.wiring import AHouse, ATongue, House
from kb.web.words import Tongue
from kb.writing import square

router = APIRouter()

Typed = Sequence[tuple[str, str]]

_COOKIE: Final = "half"
_SECONDS: Final = int(HALF_LASTS.total_seconds())
_HERE: Final = "/sign-in/second-step"
_OWN: Final = "/profile/second-step"


def admitted(
    request: Request, house: House, tongue: Tongue, secret: str, onward: str, typed: Typed, codes: Sequence[str] = ()
) -> Response:
    """Let in with a new session, onward to where they were. A form that came too late is shown, ready to be sent;
    codes for paper are shown first.
    """
    settings = house.services.settings
    if not typed and not codes:
        return visitor.admit(RedirectResponse(onward or f"/{tongue.code}/profile", 303), secret, settings)
    request.scope["state"] |= {"secret": secret, "someone": accounts.who(house.services, secret)}
    facts: dict[str, Any] = {"typed": typed, "onward": onward, "place": "account"}
    page = (
        forms.page(request, house, tongue, "recovery.html", here=_OWN, codes=codes, **facts)
        if codes
        else forms.page(request, house, tongue, "resume.html", here="/", **facts)
    )
    return visitor.admit(page, secret, settings)


def owed(request: Request, house: House, tongue: Tongue, half: str, onward: str, typed: Typed = ()) -> Response:
    """Have the browser keep the half visit and lead on to the page of the second step."""
    settings = house.services.settings
    if typed:
        found = second_step.owing(house.services, half)
        assert found is not None, "it was begun just now"
        answer = _ask(request, house, tongue, found, onward=onward, typed=typed)
    else:
        answer = RedirectResponse(forms.onward_address(f"/{tongue.code}{_HERE}", onward), 303)
    visitor.keep(answer, _COOKIE, half, settings, seconds=_SECONDS)
    return answer


@router.get(_HERE)
def step(request: Request, house: AHouse, tongue: ATongue) -> Response:
    onward = forms.within(request.query_params.get("next", ""), "")
    found = second_step.owing(house.services, visitor.kept(request, _COOKIE, house.services.settings))
    if found is None or found.owes is Owes.NOTHING:
        return RedirectResponse(forms.sign_in_address(tongue.code, onward), 303)
    return _ask(request, house, tongue, found, onward=onward)


@router.post(_HERE)
async def take_step(request: Request, house: AHouse, tongue: ATongue) -> Response:
    form = await forms.posted(request, house, anybody=True, large=True)
    return await run_in_threadpool(_take, request, house, tongue, form)


def _take(request: Request, house: House, tongue: Tongue, form: forms.Posted) -> Response:
    services, settings = house.services, house.services.settings
    onward, typed = forms.within(form.text("next"), ""), form.carried()
    half, code = visitor.kept(request, _COOKIE, settings), form.text("code")[:100]
    found = second_step.owing(services, half)
    if found is None or found.owes is Owes.NOTHING:
        raise SignInNeeded(onward, typed)
    agent = asking.clean(request.headers.get("user-agent", ""))
    try:
        proved = (
            second_step.pass_through(services, half, code, agent)
            if found.owes is Owes.CODE
            else second_step.enrol_through(services, half, form.text("sealed"), code, agent)
        )
    except Invalid as error:
        services.meters.sign_in("refused")
        problems = dict(error.problems)
        return _ask(
            request, house, tongue, found, onward=onward, typed=typed, sealed=form.text("sealed"), problems=problems
        )
    except TooMany as error:
        services.meters.sign_in("held")
        answer = _ask(request, house, tongue, found, onward=onward, typed=typed, sealed=form.text("sealed"), wait=True)
        return _patiently(answer, error)
    services.meters.sign_in("done")
    answer = admitted(request, house, tongue, proved.visit, onward, typed, proved.codes)
    visitor.keep(answer, _COOKIE, "", settings, seconds=0)
    return answer


@router.get(_OWN)
def own(request: Request, house: AHouse, tongue: ATongue) -> Response:
    return _own(request, house, tongue)


@router.post(_OWN)
async def set_up(request: Request, house: AHouse, tongue: ATongue) -> Response:
    form = await forms.posted(request, house)
    someone, agent = forms.in_person(request), asking.clean(request.headers.get("user-agent", ""))

    def act() -> Proved:
        given = form.text("password"), form.text("sealed"), form.text("code")[:100]
        return own_factor.enrol(house.services, someone, *given, agent)

    return await run_in_threadpool(_changed, request, house, tongue, act, form.text("sealed"))


@router.post(f"{_OWN}/codes")
async def renew(request: Request, house: AHouse, tongue: ATongue) -> Response:
    form = await forms.posted(request, house)
    someone, secret = forms.in_person(request), visitor.secret_of(request)

    def act() -> Proved:
        codes = own_factor.renew(house.services, someone, form.text("password"), form.text("code")[:100])
        return Proved(secret, codes)

    return await run_in_threadpool(_changed, request, house, tongue, act)


@router.post(f"{_OWN}/off")
async def switch_off(request: Request, house: AHouse, tongue: ATongue) -> Response:
    form = await forms.posted(request, house)
    someone, agent = forms.in_person(request), asking.clean(request.headers.get("user-agent", ""))

    def act() -> Proved:
        return own_factor.switch_off(house.services, someone, form.text("password"), form.text("code")[:100], agent)

    return await run_in_threadpool(_changed, request, house, tongue, act)


def _changed(request: Request, house: House, tongue: Tongue, act: Callable[[], Proved], sealed: str = "") -> Response:
    try:
        proved = act()
    except Invalid as error:
        return _own(request, house, tongue, sealed=sealed, problems=dict(error.problems))
    except TooMany as error:
        return _patiently(_own(request, house, tongue, sealed=sealed, wait=True), error)
    return admitted(request, house, tongue, proved.visit, f"/{tongue.code}{_OWN}", (), proved.codes)


def _ask(
    request: Request,
    house: House,
    tongue: Tongue,
    found: Owing,
    *,
    onward: str,
    typed: Typed = (),
    sealed: str = "",
    problems: dict[str, str] | None = None,
    wait: bool = False,
) -> Response:
    """Ask for the code, or show what is to be set first."""
    facts: dict[str, Any] = {"onward": onward, "typed": typed, "wait": wait, "place": "account", "square": None}
    if found.owes is Owes.ENROLMENT:
        facts |= _offered(house, found.id, found.email, sealed)
    status = 429 if wait else 200
    return forms.page(request, house, tongue, "second-step.html", here=_HERE, status=status, problems=problems, **facts)


def _own(
    request: Request,
    house: House,
    tongue: Tongue,
    *,
    sealed: str = "",
    problems: dict[str, str] | None = None,
    wait: bool = False,
) -> Response:
    someone = forms.in_person(request)
    standing = own_factor.standing(house.services, someone)
    facts: dict[str, Any] = {"standing": standing, "wait": wait, "place": "account", "square": None}
    if standing.since is None and standing.possible:
        facts |= _offered(house, someone.id, someone.email, sealed)
    status = 429 if wait else 200
    return forms.page(request, house, tongue, "own-factor.html", here=_OWN, status=status, problems=problems, **facts)


def _offered(house: House, id: str, email: str, sealed: str) -> dict[str, Any]:
    made: Offer = (
        proving.again(house.services, id, email, sealed) if sealed else proving.offer(house.services, id, email)
    )
    groups = [made.secret[start : start + 4] for start in range(0, len(made.secret), 4)]
    return {
        "square": square.drawn(made.address),
        "letters": " ".join(groups),
        "address": made.address,
        "sealed": made.sealed,
    }


def _patiently(answer: Response, error: TooMany) -> Response:
    answer.headers["Retry-After"] = str(error.whole_seconds)
    return answer
