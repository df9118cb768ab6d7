"""Persons as an administrator sees them."""

import datetime as dt
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from kb.catalog import organisations, people, second_factor
from kb.catalog.people import Person
from kb.catalog.vocabulary import labelled
from kb.services.context import Services
from kb.services.views import Said


@dataclass(frozen=True, slots=True)
class PersonShown:
    """`waiting`: they have not chosen a password yet. `factor`: they sign in with a code too.

    `organisation_id` is "" for none. Of who is `forgotten` name and address are "".
    """

    id: str
    name: str
    email: str
    role: str
    organisation_id: str
    organisation: Said | None
    confined: bool
    language: str
    active: bool
    waiting: bool
    factor: bool
    created: dt.datetime
    forgotten: bool
    seen: dt.datetime | None


_FORMER: Final = {"ar": "زميل سابق", "fr": "un ancien collègue", "en": "a former colleague"}


def called(session: Session, actors: set[str], language: str) -> dict[str, str]:
    """Return what the actors of events are called who are persons; somebody who is forgotten, or whose account stayed
    behind when the library moved, is a former colleague.
    """
    names = people.names(session, actors)
    persons = {actor for actor in actors if people.id_of(actor)}
    return {actor: names.get(actor) or labelled(_FORMER, language)[0] for actor in persons}


def everybody(services: Services, language: str) -> list[PersonShown]:
    with services.database.reading() as session:
        return [_shown(session, row, language) for row in people.everybody(session)]


def person(services: Services, id: str, language: str) -> PersonShown:
    """Raises NotFound."""
    with services.database.reading() as session:
        return _shown(session, people.get(session, id), language)


def bodies(services: Services, language: str) -> list[tuple[str, str]]:
    """Return (code, name of today) of every body, in the order of the names."""
    with services.database.reading() as session:
        named = organisations.names(session, services.vocabulary.organisations, language)
    return sorted(named.items(), key=lambda one: one[1])


def _shown(session: Session, row: Person, language: str) -> PersonShown:
    body = row.organisation_id or ""
    return PersonShown(
        id=row.id,
        name=row.name,
        email=row.email,
        role=row.role,
        organisation_id=body,
        organisation=Said(*organisations.name_at(session, body, None, language)) if body else None,
        confined=row.confined,
        language=row.language,
        active=row.active,
        waiting=not row.password,
        factor=second_factor.of(session, row.id) is not None,
        created=row.created_at,
        forgotten=people.is_forgotten(row),
        seen=row.seen_at,
    )
