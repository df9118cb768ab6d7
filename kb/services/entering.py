"""The threshold: who proved their password gets a visit, or first owes the second step."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from kb.catalog import keys, people, second_factor
from kb.catalog.people import Person
from kb.catalog.tables import Event
from kb.core.clock import now
from kb.core.errors import KbError, TooMany
from kb.services.context import Services


class Owes(StrEnum):
    """What stands between a right password and the house."""

    NOTHING = "nothing"
    CODE = "code"
    ENROLMENT = "enrolment"  # their role asks for a second factor, and they have none yet


class StepOwed(KbError):
    """The password was right and a second step comes first; `secret` is that of the half visit."""

    code = "step-owed"

    def __init__(self, secret: str) -> None:
        super().__init__()
        self.secret = secret


@dataclass(frozen=True, slots=True)
class Entered:
    """The secret of a visit, or of a half visit that owes something."""

    secret: str
    owes: Owes

    def visit(self) -> str:
        """Return the secret of the visit. Raises StepOwed where a second step comes first.

        Ask after the transaction: what is owed has to stay written.
        """
        if self.owes is not Owes.NOTHING:
            raise StepOwed(self.secret)
        return self.secret


def enter(services: Services, session: Session, person: Person, agent: str) -> Entered:
    """Let in who proved their password, as far as that goes."""
    owes = owed(services, session, person)
    if owes is Owes.NOTHING:
        return Entered(welcome(services, session, person, agent), owes)
    return Entered(second_factor.begin_half(session, person), owes)


def owed(services: Services, session: Session, person: Person) -> Owes:
    if second_factor.of(session, person.id):
        return Owes.CODE
    return Owes.ENROLMENT if second_factor.required(services.settings, person.role) else Owes.NOTHING


def welcome(services: Services, session: Session, person: Person, agent: str, note: str = "") -> str:
    """Begin a visit and return its secret."""
    person.seen_at = now()
    session.add(Event(actor=people.actor_of(person.id), action="person.sign-in", note=note))
    lasts = dt.timedelta(seconds=services.settings.session_seconds)
    return keys.begin(session, person, lasts=lasts, agent=agent)


def count(services: Services, id: str) -> None:
    """Count a try of who proved something already: of their code, or of their password again. Raises TooMany.

    It is counted before it is compared, as at the door; whoever goes through forgets the count.
    """
    with services.database.writing() as session:
        seconds = keys.wait(session, _guessed(id))
        if not seconds:
            keys.failed(session, _guessed(id))
    if seconds:
        raise TooMany(seconds)


def uncount(session: Session, id: str) -> None:
    """Forget the tries of somebody who went through."""
    keys.succeeded(session, _guessed(id))


def _guessed(id: str) -> str:
    """Return under what they are counted; no address is like it."""
    return f"second step of {id}"


def put_out(session: Session, person: str) -> None:
    """End every visit of a person, whole or half."""
    keys.end(session, person)
    second_factor.end_halves(session, person)
