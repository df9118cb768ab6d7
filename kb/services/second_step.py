"""The second step of a sign-in, between the password and the house: a code of an application, or one on paper."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from kb.catalog import people, second_factor
from kb.catalog.one_time import Seal
from kb.catalog.people import Person
from kb.core.errors import Conflict, Invalid, SignInNeeded
from kb.services import entering, proving
from kb.services.context import Services
from kb.services.entering import Owes


@dataclass(frozen=True, slots=True)
class Owing:
    """Somebody on the threshold, and what they owe."""

    id: str
    email: str
    owes: Owes


@dataclass(frozen=True, slots=True)
class Proved:
    """A new visit, and the codes for paper, which are never shown again; none where nothing new was set."""

    visit: str
    codes: tuple[str, ...] = ()


def owing(services: Services, half: str) -> Owing | None:
    """Return who holds this half visit; None once it is over."""
    if not half:
        return None
    with services.database.reading() as session:
        found = second_factor.half(session, half)
        if found is None:
            return None
        person = people.get(session, found.person_id)
        return Owing(person.id, person.email, entering.owed(services, session, person))


def pass_through(services: Services, half: str, code: str, agent: str = "") -> Proved:
    """Go from a half visit to a whole one by a code.

    Raises Invalid for a wrong one, TooMany for too many, SignInNeeded where the half visit is over.
    """
    held = _held(services, half, Owes.CODE)
    entering.count(services, held.id)
    with services.database.writing() as session:
        person = people.get(session, held.id)
        factor = second_factor.of(session, held.id)
        good = factor is not None and proving.serves(services.settings, session, factor, code)
        visit = whole_visit(services, session, person, agent) if good else ""
    if not visit:
        raise Invalid({"code": "wrong-code"})
    return Proved(visit)


def enrol_through(services: Services, half: str, sealed: str, code: str, agent: str = "") -> Proved:
    """Set the second factor that one's role asks for, and go on to a whole visit. Raises as `pass_through`."""
    held = _held(services, half, Owes.ENROLMENT)
    entering.count(services, held.id)
    secret, step = proving.first(services.settings, held.id, sealed, code)
    with services.database.writing() as session:
        person = people.get(session, held.id)
        codes = put(services, session, person, secret, step)
        return Proved(whole_visit(services, session, person, agent), codes)


def put(services: Services, session: Session, person: Person, secret: str, step: int) -> tuple[str, ...]:
    """Give the person this application and return the codes for paper; whoever was in without it is out.

    Raises Conflict where they have one: only `own_factor.switch_off`, or an administrator, takes it away.
    """
    if second_factor.of(session, person.id):
        raise Conflict("a second factor is set already")
    sealed = Seal(services.settings.second_factor_key).close(secret)
    codes = second_factor.enrol(session, person, sealed, step)
    second_factor.tell(session, person.id, people.actor_of(person.id), "set")
    entering.put_out(session, person.id)
    return tuple(codes)


def _held(services: Services, half: str, owes: Owes) -> Owing:
    found = owing(services, half)
    if found is None or found.owes is not owes:
        raise SignInNeeded("")
    return found


def whole_visit(services: Services, session: Session, person: Person, agent: str) -> str:
    """Begin a visit of somebody who has proved all that is asked for."""
    entering.uncount(session, person.id)
    second_factor.end_halves(session, person.id)
    return entering.welcome(services, session, person, agent)
