"""Who is let in on the word of the administration's provider of identities, and as what."""

from collections.abc import Mapping
from typing import NamedTuple

from kb.catalog import people
from kb.catalog.people import NAME_LENGTH, ROLES, Person, PersonRole
from kb.core.errors import Conflict, KbError
from kb.core.settings import Settings
from kb.services import accounts
from kb.services.context import Services
from kb.services.provider import Identity

ACTOR = "provider"
"""Who acts where the provider's word changes an account."""


class Unverified(KbError):
    """The provider does not vouch for an address of mail."""

    code = "provider-unverified"


class Unknown(KbError):
    """Nobody with this address has an open account, and none is made."""

    code = "provider-unknown"


class Place(NamedTuple):
    """What a value of the claim makes of a person; an `organisation` of "" changes none."""

    role: PersonRole
    organisation: str


def places(settings: Settings) -> Mapping[str, Place]:
    """Return the mapping of KB_OIDC_ROLES, which the settings have checked."""
    found = {}
    for part in settings.oidc_roles:
        value, _, place = part.rpartition("=")
        role, _, organisation = place.partition("@")
        found[value] = Place(PersonRole(role), organisation)
    return found


def enter(services: Services, identity: Identity, agent: str = "") -> str:
    """Return the secret of a new visit. Raises Unverified and Unknown, Invalid for a body that is none.

    Somebody invited needs no password. The claim decides role and body at each sign-in, where it says anything.
    """
    if not identity.verified or not identity.email:
        raise Unverified
    place = _place(services.settings, identity)
    with services.database.reading() as session:
        person = people.by_email(session, identity.email)
        known = person.id if person and person.active else None
    if known is None:
        if person is not None or not (services.settings.oidc_newcomers or place):
            raise Unknown
        return _newcomer(services, identity, place, agent)
    if place:
        _put(services, known, place)
    return accounts.vouched(services, known, agent)


def _place(settings: Settings, identity: Identity) -> Place | None:
    """Return the highest that the values of the claim name; None where they name nothing."""
    known = places(settings)
    named = [known[value] for value in identity.values if value in known]
    return max(named, key=lambda place: (ROLES.index(place.role), place.organisation), default=None)


def _newcomer(services: Services, identity: Identity, place: Place | None, agent: str) -> str:
    role, body = place or Place(PersonRole.READER, "")
    name = " ".join(identity.name.split())[:NAME_LENGTH] or identity.email.partition("@")[0]
    with services.database.writing() as session:
        person: Person = people.create(
            session, email=identity.email, name=name, role=role, actor=ACTOR, organisation_id=body or None
        )
        id = person.id
    return accounts.vouched(services, id, agent)


def _put(services: Services, id: str, place: Place) -> None:
    """The last administrator stays one, whatever the provider says."""
    changes: dict[str, object] = {"role": place.role}
    if place.organisation:
        changes["organisation_id"] = place.organisation
    try:
        accounts.change(services, ACTOR, id, **changes)
    except Conflict:
        return
