"""The second factor of somebody who is in: set, renewed, switched off; and taken away by an administrator."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from kb.catalog import passwords, people, second_factor
from kb.catalog.one_time import Seal, Unsealed
from kb.catalog.people import Person
from kb.catalog.rights import Someone
from kb.core.errors import Invalid
from kb.services import accounts, entering, proving, second_step
from kb.services.context import Services
from kb.services.second_step import Proved


@dataclass(frozen=True, slots=True)
class Standing:
    """Of one's own second factor: `since` is None without one. `possible`: one has a password here to go with it."""

    since: dt.datetime | None
    left: int
    required: bool
    possible: bool


def standing(services: Services, someone: Someone) -> Standing:
    with services.database.reading() as session:
        person, factor = people.get(session, someone.id), second_factor.of(session, someone.id)
        return Standing(
            factor.since if factor else None,
            second_factor.left(session, someone.id),
            second_factor.required(services.settings, person.role),
            bool(person.password),
        )


def enrol(services: Services, someone: Someone, password: str, sealed: str, code: str, agent: str = "") -> Proved:
    """Set one's second factor; every other visit ends and this one gets a new secret.

    Raises Invalid, TooMany, and Conflict where there is one already.
    """
    kept = _knows(services, someone, password)
    secret, step = proving.first(services.settings, someone.id, sealed, code)
    with services.database.writing() as session:
        person = _same(session, someone, kept)
        codes = second_step.put(services, session, person, secret, step)
        return Proved(second_step.whole_visit(services, session, person, agent), codes)


def renew(services: Services, someone: Someone, password: str, code: str) -> tuple[str, ...]:
    """Return ten new codes for paper in the place of those one had. Raises Invalid and TooMany."""
    kept = _knows(services, someone, password)
    with services.database.writing() as session:
        person = _same(session, someone, kept)
        factor = second_factor.of(session, person.id)
        good = factor is not None and proving.serves(services.settings, session, factor, code)
        if good:
            second_factor.tell(session, person.id, someone.actor, "renewed")
            entering.uncount(session, person.id)
        codes = second_factor.renew(session, person.id) if good else []
    if not codes:
        raise Invalid({"code": "wrong-code"})
    return tuple(codes)


def switch_off(services: Services, someone: Someone, password: str, code: str, agent: str = "") -> Proved:
    """Do without a second factor from now on, where one's role may. Raises Invalid and TooMany."""
    if second_factor.required(services.settings, someone.role):
        raise Invalid({"code": "factor-required"})
    kept = _knows(services, someone, password)
    with services.database.writing() as session:
        person = _same(session, someone, kept)
        factor = second_factor.of(session, person.id)
        good = factor is not None and proving.serves(services.settings, session, factor, code)
        if good:
            second_factor.remove(session, person.id)
            entering.put_out(session, person.id)
            second_factor.tell(session, person.id, someone.actor, "off")
        visit = second_step.whole_visit(services, session, person, agent) if good else ""
    if not visit:
        raise Invalid({"code": "wrong-code"})
    return Proved(visit)


def reset(services: Services, by: Someone | str, id: str) -> bool:
    """Take a person's second factor away, who lost both application and paper, and end their visits.

    Tells whether there was one. Raises Forbidden and NotFound.
    """
    actor = accounts.acting(by)
    with services.database.writing() as session:
        person = people.get(session, id)
        had = second_factor.remove(session, person.id)
        if had:
            entering.put_out(session, person.id)
            entering.uncount(session, person.id)
            second_factor.tell(session, person.id, actor, "reset")
        return had


def counts(services: Services) -> tuple[int, int]:
    """Return how many persons have one, and of how many the secret cannot be opened: the key is not in the home."""
    seal = Seal(services.settings.second_factor_key)
    with services.database.reading() as session:
        sealed = [factor.secret for factor in second_factor.every(session)]
    return len(sealed), sum(not _opens(seal, one) for one in sealed)


def _opens(seal: Seal, sealed: str) -> bool:
    try:
        return bool(seal.open(sealed))
    except Unsealed:
        return False


def _knows(services: Services, someone: Someone, password: str) -> str:
    """Return what is kept of the password of who is signed in, if it is this one. Raises Invalid and TooMany."""
    entering.count(services, someone.id)
    with services.database.reading() as session:
        kept = people.get(session, someone.id).password
    if not passwords.matches(kept, password):
        raise Invalid({"password": "wrong"})
    return kept


def _same(session: Session, someone: Someone, kept: str) -> Person:
    """Return the person, whose password is what it was when it was compared."""
    person = people.get(session, someone.id)
    if person.password != kept or not person.active:
        raise Invalid({"password": "wrong"})
    return person
