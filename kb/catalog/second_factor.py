"""What a person has besides a password: an application that shows codes, and ten codes on paper for when it is lost.

Between the password and the code a browser holds a half visit: it opens nothing but the page that asks for the code.
"""

import base64
import datetime as dt
import secrets
from collections.abc import Sequence
from typing import Final

from sqlalchemy import BigInteger, ForeignKey, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from kb.catalog.keys import digest
from kb.catalog.people import Person, PersonRole
from kb.catalog.tables import Event
from kb.core.clock import now
from kb.core.settings import Settings
from kb.db.columns import Text, UtcDateTime
from kb.db.database import Base

HALF_LASTS: Final = dt.timedelta(minutes=10)
CODES: Final = 10
_CODE_BYTES: Final = 15  # 24 letters, 120 bits: what is kept of a code needs no salt and no slow hash
_GROUP: Final = 4


class SecondFactor(Base):
    """The application of a person. `secret` is sealed; `last_step` is the step of time of the last code it served."""

    __tablename__ = "second_factor"
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    secret: Mapped[str] = mapped_column(Text)
    since: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    last_step: Mapped[int] = mapped_column(BigInteger)


class RecoveryCode(Base):
    """A code on paper, which serves once. `id` is its digest."""

    __tablename__ = "recovery_code"
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    used_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class HalfVisit(Base):
    """Somebody who gave the right password and still owes a code. `id` is the digest of its secret."""

    __tablename__ = "half_visit"
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    ends_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


def required(settings: Settings, role: str) -> bool:
    """Tell whether who has this role must have a second factor."""
    return PersonRole(role) in settings.second_factor_roles


def of(session: Session, person: str) -> SecondFactor | None:
    return session.get(SecondFactor, person)


def every(session: Session) -> Sequence[SecondFactor]:
    return session.scalars(select(SecondFactor)).all()


def enrol(session: Session, person: Person, sealed: str, step: int) -> list[str]:
    """Give the person, who has none, this application, and return ten new codes for paper.

    `step` is that of the code by which it was proved, which serves no more.
    """
    session.add(SecondFactor(person_id=person.id, secret=sealed, since=now(), last_step=step))
    return renew(session, person.id)


def renew(session: Session, person: str) -> list[str]:
    """Return ten new codes for paper; the earlier ones are void. They are never shown again."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person))
    codes = [base64.b32encode(secrets.token_bytes(_CODE_BYTES)).decode() for _ in range(CODES)]
    session.add_all(RecoveryCode(id=digest(code), person_id=person) for code in codes)
    session.flush()
    return ["-".join(code[i : i + _GROUP] for i in range(0, len(code), _GROUP)) for code in codes]


def left(session: Session, person: str) -> int:
    """Return how many codes on paper are still good."""
    query = select(func.count()).select_from(RecoveryCode)
    return session.execute(query.where(RecoveryCode.person_id == person, RecoveryCode.used_at.is_(None))).scalar_one()


def spend(session: Session, factor: SecondFactor, step: int) -> bool:
    """Tell whether a code of that step may serve; from now on neither it nor an earlier one does."""
    query = update(SecondFactor).where(SecondFactor.person_id == factor.person_id, SecondFactor.last_step < step)
    return bool(session.execute(query.values(last_step=step)).rowcount)  # type: ignore[attr-defined]  # a CursorResult


def spend_paper(session: Session, person: str, code: str) -> bool:
    """Tell whether this is a code on paper of the person's that was not used; from now on it is."""
    query = update(RecoveryCode).where(RecoveryCode.id == digest(code), RecoveryCode.person_id == person)
    done = session.execute(query.where(RecoveryCode.used_at.is_(None)).values(used_at=now()))
    return bool(done.rowcount)  # type: ignore[attr-defined]  # a CursorResult


def remove(session: Session, person: str) -> bool:
    """Take application and codes away; tell whether there was one."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person))
    done = session.execute(delete(SecondFactor).where(SecondFactor.person_id == person))
    return bool(done.rowcount)  # type: ignore[attr-defined]  # a CursorResult


def begin_half(session: Session, person: Person) -> str:
    """Begin a half visit and return its secret; what is over of everybody's is swept."""
    moment = now()
    session.execute(delete(HalfVisit).where(HalfVisit.ends_at <= moment))
    secret = secrets.token_urlsafe(32)
    session.add(HalfVisit(id=digest(secret), person_id=person.id, ends_at=moment + HALF_LASTS))
    return secret


def half(session: Session, secret: str) -> HalfVisit | None:
    """Return the half visit of this secret while it lasts and the account is open."""
    query = select(HalfVisit).join(Person, Person.id == HalfVisit.person_id)
    found = session.scalars(query.where(HalfVisit.id == digest(secret), Person.active)).one_or_none()
    return found if found and found.ends_at > now() else None


def end_halves(session: Session, person: str) -> None:
    """End every half visit of a person."""
    session.execute(delete(HalfVisit).where(HalfVisit.person_id == person))


def forget(session: Session, person: str) -> None:
    """Remove all of it."""
    end_halves(session, person)
    remove(session, person)


def tell(session: Session, person: str, actor: str, what: str) -> None:
    """Note in the trace what became of somebody's second factor: set, renewed, off, reset, paper."""
    session.add(Event(actor=actor, action=f"person.second-factor.{what}", note=person))
