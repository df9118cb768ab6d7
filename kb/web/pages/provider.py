"""Signing in by the administration's provider of identities: there, back, and out of it again."""

import base64
import binascii
import json
from dataclasses import asdict
from typing import Any, Final

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from kb.core.errors import KbError, NotFound, Unavailable
from kb.core.settings import Settings
from kb.services import provider, single_sign_on
from kb.services.provider import Begun, Refused
from kb.services.single_sign_on import Unknown, Unverified
from kb.web import asking, forms, visitor, wiring
from kb.web.pages import account
from kb.web.wiring import ABase, AHouse, ATongue, House

router = APIRouter()
outside = APIRouter()

BACK: Final = "/sign-in/return"
"""Where the provider sends people back to; it has to know this address beforehand, so it has no language."""


class Late(KbError):
    """The browser does not know any more that it was sent to the provider, or never was."""

    code = "provider-late"


_COOKIE: Final = "provider"
_SECONDS: Final = 600
_STATUS: Final = {Unverified: 403, Unknown: 403, Unavailable: 503}


@router.get("/sign-in/provider")
def go(request: Request, house: AHouse, tongue: ATongue, base: ABase) -> Response:
    """Send the browser to the provider; what is to come back with it is in a cookie that only this browser has."""
    settings = _demand(house)
    onward = forms.within(request.query_params.get("next", ""), "")
    try:
        begun = provider.begin(settings, base + BACK)
    except KbError as error:
        return account.turned_away(request, house, tongue, _said(error), onward, _status(error))
    answer = RedirectResponse(begun.address, 303, {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})
    visitor.keep(answer, _COOKIE, _packed({**asdict(begun), "onward": onward}), settings, seconds=_SECONDS)
    return answer


@outside.get(BACK)
async def back(request: Request, house: AHouse, base: ABase) -> Response:
    """Let in whom the provider vouches for. Whatever is wrong is said on the sign-in page."""
    settings, tongue = _demand(house), wiring.tongue_of(request)
    begun, onward = _unpacked(visitor.kept(request, _COOKIE, settings))
    agent = asking.clean(request.headers.get("user-agent", ""))
    brought = dict(request.query_params)

    def enter() -> str:
        if begun is None:
            raise Late
        return single_sign_on.enter(house.services, provider.finish(settings, base + BACK, begun, brought), agent)

    try:
        secret = await run_in_threadpool(enter)
    except KbError as error:
        house.services.meters.sign_in("refused")
        account.log.warning("request %s: %r", request.scope["state"]["reference"], error)
        answer = await run_in_threadpool(
            account.turned_away, request, house, tongue, _said(error), onward, _status(error)
        )
        visitor.keep(answer, _COOKIE, "", settings, seconds=0)
        return answer
    house.services.meters.sign_in("done")
    answer = RedirectResponse(onward or f"/{tongue.code}/profile", 303, {"Referrer-Policy": "no-referrer"})
    visitor.keep(answer, _COOKIE, "", settings, seconds=0)
    return visitor.admit(answer, secret, settings)


@router.get("/signed-out")
def gone(request: Request, house: AHouse, tongue: ATongue, base: ABase) -> Response:
    """Whoever signed out here may want to be signed out where they came from too."""
    settings = _demand(house)
    facts: dict[str, Any] = {"leaving": provider.leaving(settings, f"{base}/{tongue.code}/"), "place": "account"}
    return forms.page(request, house, tongue, "signed-out.html", here="/signed-out", **facts)


def _demand(house: House) -> Settings:
    settings = house.services.settings
    if not provider.is_set(settings):
        raise NotFound("provider")
    return settings


def _said(error: KbError) -> str:
    return error.code if isinstance(error, Refused | Unverified | Unknown | Late) else "provider-away"


def _status(error: KbError) -> int:
    return next((status for kind, status in _STATUS.items() if isinstance(error, kind)), 401)


def _packed(told: dict[str, str]) -> str:
    return base64.urlsafe_b64encode(json.dumps({**told, "address": ""}).encode()).decode().rstrip("=")


def _unpacked(cookie: str) -> tuple[Begun | None, str]:
    """Return what was begun in this browser; None where it brings nothing of the kind."""
    try:
        told = json.loads(base64.urlsafe_b64decode(cookie + "=" * (-len(cookie) % 4)))
        begun = Begun("", str(told["state"]), str(told["nonce"]), str(told["verifier"]))
        onward = forms.within(str(told["onward"]), "")
    except (binascii.Error, ValueError, KeyError, TypeError):
        return None, ""
    return (begun, onward) if begun.state and begun.nonce else (None, "")
