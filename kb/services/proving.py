"""Codes offered, and compared: what each use of a second factor does."""

import unicodedata
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from kb.catalog import one_time, people, second_factor
from kb.catalog.one_time import Seal, Unsealed
from kb.catalog.second_factor import SecondFactor
from kb.core.clock import now
from kb.core.errors import Invalid
from kb.core.settings import Settings
from kb.services import accounts
from kb.services.context import Services

_OFFER_SECONDS: Final = 3600
_LOOK_ALIKE: Final = str.maketrans("018", "OIB")  # letters of a code on paper that are read as digits


@dataclass(frozen=True, slots=True)
class Offer:
    """A secret for an application that is not anybody's yet. `sealed` comes back with the first code."""

    secret: str
    address: str
    sealed: str


def offer(services: Services, id: str, email: str) -> Offer:
    """Return a secret for an application of this person, good for an hour; nothing is kept of it yet."""
    secret = one_time.fresh()
    return _offer(services.settings, secret, id, email)


def again(services: Services, id: str, email: str, sealed: str) -> Offer:
    """Return the same offer once more, after a wrong code; a new one where that one is too old or not theirs."""
    try:
        return _offer(services.settings, _opened(services.settings, id, sealed), id, email)
    except Invalid:
        return offer(services, id, email)


def _offer(settings: Settings, secret: str, id: str, email: str) -> Offer:
    house = settings.institution or accounts.site_address(settings).partition("://")[2]
    sealed = Seal(settings.second_factor_key).close(f"{id} {secret}")
    return Offer(secret, one_time.address(secret, email, house.replace(":", " ")), sealed)


def _opened(settings: Settings, id: str, sealed: str) -> str:
    try:
        owner, _, secret = Seal(settings.second_factor_key).open(sealed, _OFFER_SECONDS).partition(" ")
    except Unsealed:
        raise Invalid({"code": "offer-is-old"}) from None
    if owner != id:
        raise Invalid({"code": "offer-is-old"})
    return secret


def first(settings: Settings, id: str, sealed: str, code: str) -> tuple[str, int]:
    """Return the secret that was offered and the step of the code that proves that the application has it."""
    secret = _opened(settings, id, sealed)
    step = one_time.step_of(secret, _digits(code), now())
    if step is None:
        raise Invalid({"code": "wrong-code"})
    return secret, step


def serves(settings: Settings, session: Session, factor: SecondFactor, code: str) -> bool:
    """Tell whether the code of the application or on paper is good, which it is once."""
    digits = _digits(code)
    if len(digits) == one_time.DIGITS and digits.isdecimal():
        try:
            secret = Seal(settings.second_factor_key).open(factor.secret)
        except Unsealed:
            return False
        step = one_time.step_of(secret, digits, now())
        return step is not None and second_factor.spend(session, factor, step)
    letters = "".join(letter for letter in code.upper() if letter.isascii() and letter.isalnum())
    good = second_factor.spend_paper(session, factor.person_id, letters.translate(_LOOK_ALIKE))
    if good:
        second_factor.tell(session, factor.person_id, people.actor_of(factor.person_id), "paper")
    return good


def _digits(code: str) -> str:
    """Return a code as typed without spaces, in Western digits."""
    return "".join(str(unicodedata.digit(c, c)) for c in code[:100] if not c.isspace())
