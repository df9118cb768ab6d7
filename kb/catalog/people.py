"""Who works here: persons, their roles, and the body they belong to."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import CheckConstraint, ForeignKey, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from kb.catalog.authority import Organisation
from kb.catalog.tables import Event
from kb.core.clock import new_id, now
from kb.core.errors import Conflict, Invalid, NotFound
from kb.db.columns import Text, UtcDateTime, storable
from kb.db.database import Base

NAME_LENGTH: Final = 200
_PERSON: Final = "person:"
_ADDRESS: Final = re.compile(r"[^\s@<>\"(),:;\\\[\]\x00-\x1f\x7f]{1,64}@[^\s@<>\"(),:;\\\[\]\x00-\x1f\x7f]{1,189}")
_EDITED: Final = ("name", "role", "organisation_id", "confined", "language")
_LANGUAGES: Final = frozenset({"ar", "fr", "en"})


class PersonRole(StrEnum):
    """What a person does here; each may all that those before it may."""

    READER = "reader"
    CONTRIBUTOR = "contributor"
    CURATOR = "curator"
    ADMINISTRATOR = "administrator"


ROLES: Final = tuple(PersonRole)


class Person(Base):
    """Somebody with an account.

    `key` is the address as it is compared. `password` is what is kept of it, "" until one is chosen. Who is
    `confined` acts on documents of their own body only. `active` is false once the account is closed; persons are
    never deleted, for the trace names them.
    """

    __tablename__ = "person"
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    email: Mapped[str] = mapped_column(Text)
    key: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text)
    organisation_id: Mapped[str | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    confined: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str] = mapped_column(Text, default="ar")
    password: Mapped[str] = mapped_column(Text, default="")
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=now)
    seen_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (CheckConstraint(f"role IN {tuple(map(str, PersonRole))}", name="role_known"),)


def key_of(email: str) -> str:
    """Return the address as addresses are compared."""
    return storable(email.strip()).casefold()


def forgotten_key(id: str) -> str:
    """Return what stands in place of the address of somebody who is forgotten; no address is like it."""
    return f"forgotten {id}"


def is_forgotten(person: Person) -> bool:
    return person.key == forgotten_key(person.id)


def create(session: Session, *, email: str, name: str, role: str, actor: str, **more: Any) -> Person:
    """Add a person, without a password yet. Raises Invalid with every problem, Conflict for an address in use.

    `more` may hold organisation_id, confined and language.
    """
    values = {"language": "ar", **more, "email": email.strip(), "name": name.strip(), "role": role}
    _check(session, values)
    person = Person(id=new_id(), key=key_of(email), **values)
    if by_email(session, email):
        raise Conflict(f"an account for {person.email} is there already")
    session.add(person)
    session.add(Event(actor=actor, action="person.create", note=f"{person.id} {role}"))
    session.flush()
    return person


def edit(session: Session, person: Person, *, actor: str, **changes: Any) -> None:
    """Change name, role, organisation_id, confined, language or active. Raises Invalid; Conflict for the last one.

    Somebody who is forgotten stays so. The last administrator cannot be made less or closed: nobody could undo it.
    """
    if is_forgotten(person):
        raise Conflict("the person is forgotten")
    loses = changes.get("role", person.role) != PersonRole.ADMINISTRATOR or not changes.get("active", person.active)
    if person.role == PersonRole.ADMINISTRATOR and person.active and loses and administrators(session) == 1:
        raise Conflict("the last administrator")
    _check(session, {name: getattr(person, name) for name in _EDITED} | {"email": person.email} | changes)
    changed = {name: value for name, value in changes.items() if getattr(person, name) != value}
    told = ", ".join(_told(name, getattr(person, name), value) for name, value in sorted(changed.items()))
    for name, value in changed.items():
        setattr(person, name, value)
    if changed:
        session.add(Event(actor=actor, action="person.edit", note=f"{person.id} {told}"))
    session.flush()


def forget(session: Session, person: Person, *, actor: str) -> None:
    """Empty all that says who the person was. Their number stays, for events and documents name them by it."""
    if is_forgotten(person):
        return
    person.email = person.name = person.password = ""
    person.key = forgotten_key(person.id)
    person.role, person.organisation_id, person.confined = PersonRole.READER, None, False
    person.seen_at = None
    session.add(Event(actor=actor, action="person.forget", note=person.id))
    session.flush()


def get(session: Session, id: str) -> Person:
    found = session.get(Person, id)
    if found is None:
        raise NotFound(id)
    return found


def hold(session: Session, id: str) -> None:
    """Have whoever else counts something of this person wait for the end of the transaction."""
    session.execute(select(Person.id).where(Person.id == id).with_for_update(key_share=True))


def by_email(session: Session, email: str) -> Person | None:
    return session.scalars(select(Person).where(Person.key == key_of(email))).one_or_none()


def everybody(session: Session) -> Sequence[Person]:
    """Return all persons but those who are forgotten, those whose account is open first, by name."""
    known = select(Person).where(Person.email != "")
    return session.scalars(known.order_by(Person.active.desc(), Person.name, Person.id)).all()


def actor_of(id: str) -> str:
    """Return how events name a person."""
    return f"{_PERSON}{id}"


def id_of(actor: str) -> str:
    """Return the id of the person whom events name so; "" for what is no person."""
    return actor.removeprefix(_PERSON) if actor.startswith(_PERSON) else ""


def names(session: Session, actors: set[str]) -> dict[str, str]:
    """Return the names of those of the actors of events who are persons; "" of one who is forgotten."""
    ids = {id_of(actor) for actor in actors} - {""}
    found = session.execute(select(Person.id, Person.name).where(Person.id.in_(sorted(ids)))).tuples()
    return {actor_of(id): name for id, name in found}


def administrators(session: Session) -> int:
    """Return how many administrators have an open account."""
    query = select(func.count()).select_from(Person).where(Person.role == PersonRole.ADMINISTRATOR, Person.active)
    return session.execute(query).scalar_one()


def _told(name: str, before: object, after: object) -> str:
    """Say what changed, but no name: the trace is for ever, and a person may be forgotten."""
    return name if name == "name" else f"{name}: {before} > {after}"


def _check(session: Session, values: Mapping[str, Any]) -> None:
    problems: dict[str, str] = {}
    if not _ADDRESS.fullmatch(values["email"]):
        problems["email"] = "not-an-address" if values["email"] else "required"
    if not values["name"] or len(values["name"]) > NAME_LENGTH:
        problems["name"] = "too-long" if values["name"] else "required"
    if values["role"] not in ROLES:
        problems["role"] = "unknown"
    if values["language"] not in _LANGUAGES:
        problems["language"] = "unknown"
    body = values.get("organisation_id")
    if body is not None and session.get(Organisation, body) is None:
        problems["organisation"] = "unknown"
    if values.get("confined") and body is None:
        problems["organisation"] = "required"
    if problems:
        raise Invalid(problems)
