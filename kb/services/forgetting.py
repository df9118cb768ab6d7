"""Somebody who left is forgotten: their name and address go, what they did stays, done by a former colleague."""

from kb.catalog import drafts, keys, locks, notices, people, second_factor
from kb.catalog.rights import Act, Someone, demand
from kb.core.errors import Conflict, NotFound
from kb.services.context import Services


def forget(services: Services, by: Someone | str, id: str) -> None:
    """Take away for good the name, address, body, password, second factor, sessions and keys of a closed account.

    The trace names them by their number, and goes on to verify. Raises Forbidden, NotFound, and Conflict while the
    account is open. A person who is forgotten already stays so.
    """
    if isinstance(by, Someone):
        demand(by, Act.PEOPLE)
    actor = by.actor if isinstance(by, Someone) else by
    with services.database.writing() as session:
        person = people.get(session, id)
        if person.active:
            raise Conflict("the account is open: close it first")
        keys.forget(session, id)
        second_factor.forget(session, id)
        notices.forget(session, id)
        drafts.forget(session, people.actor_of(id))
        locks.forget(session, people.actor_of(id))
        people.forget(session, person, actor=actor)


def number_of(services: Services, email: str) -> str:
    """Return the number of the person with this address. Raises NotFound."""
    with services.database.reading() as session:
        person = people.by_email(session, email)
        if person is None:
            raise NotFound(f"account of {email}")
        return person.id
