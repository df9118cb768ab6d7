"""What a signed-in person sees and changes of their own account."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from kb.catalog import keys, organisations, people, second_factor
from kb.catalog.rights import Act, Someone
from kb.catalog.tables import Event
from kb.core.errors import Forbidden
from kb.services.context import Services
from kb.services.views import Said


@dataclass(frozen=True, slots=True)
class VisitShown:
    """A session; `here` is the one that asks."""

    id: str
    agent: str
    begun: dt.datetime
    seen: dt.datetime
    here: bool


@dataclass(frozen=True, slots=True)
class KeyShown:
    id: str
    name: str
    scopes: tuple[str, ...]
    ends: dt.datetime
    used: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Profile:
    email: str
    role: str
    organisation: Said | None
    confined: bool
    factor: bool
    visits: tuple[VisitShown, ...]
    keys: tuple[KeyShown, ...]


def profile(services: Services, someone: Someone, language: str, secret: str) -> Profile:
    with services.database.reading() as session:
        person = people.get(session, someone.id)
        name = organisations.name_at(session, someone.organisation, None, language) if someone.organisation else None
        here = keys.digest(secret)
        return Profile(
            email=person.email,
            role=person.role,
            organisation=Said(*name) if name else None,
            confined=person.confined,
            factor=second_factor.of(session, person.id) is not None,
            visits=tuple(
                VisitShown(v.id, v.agent, v.begun_at, v.seen_at, v.id == here) for v in keys.visits(session, person.id)
            ),
            keys=tuple(
                KeyShown(k.id, k.name, tuple(k.scopes), k.ends_at, k.used_at) for k in keys.api_keys(session, person.id)
            ),
        )


def end_visits(services: Services, someone: Someone, visits: Collection[str], here: str) -> None:
    """End those visits; all but this one where none are named."""
    with services.database.writing() as session:
        keys.end(session, someone.id, visits or None, but=here)
        session.add(Event(actor=someone.actor, action="person.end-visits", note=str(len(visits) or "all others")))


def cut_key(services: Services, someone: Someone, name: str, scopes: Collection[Act], lasts: dt.timedelta) -> str:
    """Return a new key for a program, which is never shown again. Raises Invalid without a name.

    Raises Forbidden where a key itself asks for one, or for what its owner may not.
    """
    if someone.scopes is not None or not all(someone.may(act) for act in scopes):
        raise Forbidden("forbidden.key")
    with services.database.writing() as session:
        secret = keys.cut_key(session, people.get(session, someone.id), name, scopes, lasts)
        made = keys.api_key(session, secret)
        assert made is not None, "it was made just now"
        session.add(Event(actor=someone.actor, action="key.create", note=" ".join([made.id, *sorted(scopes)])))
        return secret


def revoke_key(services: Services, someone: Someone, id: str) -> None:
    """Raises NotFound for a key that is not theirs."""
    with services.database.writing() as session:
        keys.revoke(session, someone.id, id)
        session.add(Event(actor=someone.actor, action="key.revoke", note=id))
