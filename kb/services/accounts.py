"""Accounts: who is asking, signing in and out, links that open an account, keys for programs."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from kb.catalog import keys, passwords, people
from kb.catalog.keys import Purpose
from kb.catalog.people import Person, PersonRole
from kb.catalog.rights import Act, Someone, demand
from kb.catalog.tables import Event
from kb.core.clock import now
from kb.core.errors import Invalid, NotFound, SignInRefused, TooMany
from kb.core.settings import Settings
from kb.services import entering
from kb.services.context import Services
from kb.services.entering import Owes

INVITED = dt.timedelta(days=7)
RESET = dt.timedelta(hours=2)
FIRST = dt.timedelta(days=1)
HOUSE = "house"
"""Who acts when nobody is signed in: somebody who holds a link, or the house itself."""


@dataclass(frozen=True, slots=True)
class Invited:
    """A person and the secret of the link that lets them choose a password."""

    id: str
    email: str
    secret: str


def link_address(settings: Settings, secret: str) -> str:
    """Return the address at which a link is used."""
    return f"{site_address(settings)}/link/{secret}"


def site_address(settings: Settings) -> str:
    """Return what addresses in letters begin with: the public site's, else that of the server on this machine."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return settings.public_url or f"http://{host}:{settings.port}"


def who(services: Services, secret: str) -> Someone | None:
    """Return who visits with this secret; None once the visit is over."""
    if not secret:
        return None
    with services.database.reading() as session:
        visit = keys.visit(session, secret, _idle(services.settings))
        if visit is None:
            return None
        someone, stale = someone_of(people.get(session, visit.person_id)), visit.seen_at + keys.SEEN_EVERY < now()
        id = visit.id
    if stale:
        with services.database.writing() as session:
            keys.see(session, id)
    return someone


def program(services: Services, secret: str) -> Someone | None:
    """Return for whom a program asks that brings this key; None where it is not good (any more)."""
    with services.database.reading() as session:
        key = keys.api_key(session, secret)
        if key is None:
            return None
        someone = someone_of(people.get(session, key.person_id), frozenset(key.scopes))
        stale, id = key.used_at is None or key.used_at + keys.SEEN_EVERY < now(), key.id
    if stale:
        with services.database.writing() as session:
            session.get_one(keys.ApiKey, id).used_at = now()
    return someone


def known(services: Services, actor: str) -> Someone | None:
    """Return who is named so in events; None for who is no person, or whose account is closed."""
    with services.database.reading() as session:
        person = session.get(Person, people.id_of(actor))
        return someone_of(person) if person is not None and person.active else None


def sign_in(services: Services, email: str, password: str, agent: str = "") -> str:
    """Return the secret of a new visit. Raises SignInRefused, the same whatever was wrong, TooMany, and StepOwed.

    After four failures under an address each try has to wait longer, up to a minute, whether it has an account or not
    and wherever the tries come from; so one who knows the password is held up, but not locked out.
    """
    key = people.key_of(email)[:300]
    with services.database.writing() as session:
        seconds = keys.wait(session, key)
        if seconds:
            raise TooMany(seconds)
        keys.failed(session, key)  # counted before the comparison: tries at the same time count all
        person = people.by_email(session, key)
        kept = person.password if person and person.active else ""
    if not passwords.matches(kept, password):
        raise SignInRefused
    fresh = passwords.digest(password) if passwords.outdated(kept) else ""
    with services.database.writing() as session:
        keys.succeeded(session, key)
        keys.sweep(session)
        person = people.by_email(session, key)
        if person is None or not person.active or person.password != kept:
            raise SignInRefused
        person.password = fresh or person.password
        entered = entering.enter(services, session, person, agent)
    return entered.visit()


def vouched(services: Services, id: str, agent: str = "") -> str:
    """Return the secret of a new visit of somebody for whom the provider of identities vouches. Raises NotFound."""
    with services.database.writing() as session:
        person = people.get(session, id)
        if not person.active:
            raise NotFound(id)
        keys.sweep(session)
        return entering.welcome(services, session, person, agent, note="provider")


def sign_out(services: Services, someone: Someone, secret: str) -> None:
    """End this visit."""
    with services.database.writing() as session:
        keys.end(session, someone.id, [keys.digest(secret)])
        session.add(Event(actor=someone.actor, action="person.sign-out"))


def first(services: Services) -> str | None:
    """Return the secret of a link that makes the first administrator; None where there is one already."""
    with services.database.writing() as session:
        return None if people.administrators(session) else keys.cut_link(session, Purpose.FIRST, None, FIRST)


def invite(services: Services, by: Someone | str, *, email: str, name: str, role: str, **more: object) -> Invited:
    """Open an account and return the link that its owner needs. Raises Forbidden, Invalid and Conflict."""
    with services.database.writing() as session:
        person = people.create(session, email=email, name=name, role=role, actor=acting(by), **more)
        return Invited(person.id, person.email, keys.cut_link(session, Purpose.INVITE, person, INVITED))


def reset(services: Services, by: Someone | str, id: str) -> Invited:
    """Return a link that lets a person choose a new password; what they have stays good until it is used."""
    actor = acting(by)
    with services.database.writing() as session:
        person = people.get(session, id)
        if not person.active:
            raise NotFound(id)
        session.add(Event(actor=actor, action="person.reset", note=person.id))
        return Invited(person.id, person.email, keys.cut_link(session, Purpose.RESET, person, RESET))


def forgotten(services: Services, email: str) -> Invited | None:
    """Return the link to be mailed to who forgot a password; None where no open account has the address.

    The caller must answer alike in both cases.
    """
    with services.database.reading() as session:
        person = people.by_email(session, email)
        id = person.id if person and person.active else None
    return reset(services, HOUSE, id) if id else None


def holder(services: Services, secret: str) -> tuple[Purpose, str]:
    """Return what a link is for and the address of whom it was made for, "" for the first. Raises NotFound."""
    with services.database.reading() as session:
        link = keys.link(session, secret)
        return Purpose(link.purpose), people.get(session, link.person_id).email if link.person_id else ""


def redeem(services: Services, secret: str, password: str, agent: str = "", *, email: str = "", name: str = "") -> str:
    """Choose a password by a link and return the secret of a new visit; every earlier visit ends.

    The first administrator says `email` and `name` too. Raises NotFound for a link that is no good any more, Invalid
    for a password that will not do, StepOwed where a second step comes first.
    """
    with services.database.reading() as session:
        link = keys.link(session, secret)
        person = people.get(session, link.person_id) if link.person_id else None
        _accept(password, person.email if person else email, person.name if person else name)
    kept = passwords.digest(password)
    with services.database.writing() as session:
        link = keys.link(session, secret)
        keys.use(session, link)
        if link.person_id is None:
            if people.administrators(session):
                raise NotFound("link")
            person = people.create(session, email=email, name=name, role=PersonRole.ADMINISTRATOR, actor=HOUSE)
        else:
            person = people.get(session, link.person_id)
            if not person.active:
                raise NotFound("link")
        _rekey(session, person, kept)
        entered = entering.enter(services, session, person, agent)
    return entered.visit()


def change_password(services: Services, someone: Someone, old: str, new: str, agent: str = "") -> str:
    """Change one's own password; every other visit ends and this one gets a new secret. Raises Invalid and TooMany."""
    with services.database.reading() as session:
        person = people.get(session, someone.id)
        kept = person.password
        _accept(new, person.email, person.name)
    entering.count(services, someone.id)
    if not passwords.matches(kept, old):
        raise Invalid({"old": "wrong"})
    fresh = passwords.digest(new)
    with services.database.writing() as session:
        person = people.get(session, someone.id)
        if person.password != kept:
            raise Invalid({"old": "wrong"})
        _rekey(session, person, fresh)
        entering.uncount(session, person.id)
        return entering.welcome(services, session, person, agent)


def change(services: Services, by: Someone | str, id: str, **changes: object) -> None:
    """Change a person's role, body or state. Who is closed out is out at once, with their keys; who is given a role
    that asks for a second factor, and has none, sets it before they go on.

    Raises Forbidden, NotFound, Invalid, and Conflict for the last administrator.
    """
    actor = acting(by)
    with services.database.writing() as session:
        person = people.get(session, id)
        before = person.role
        people.edit(session, person, actor=actor, **changes)
        if not person.active:
            entering.put_out(session, id)
            keys.revoke(session, id)
        elif person.role != before and entering.owed(services, session, person) is Owes.ENROLMENT:
            entering.put_out(session, id)


def change_own(services: Services, someone: Someone, *, name: str, language: str) -> None:
    """Change what anybody may of themselves."""
    with services.database.writing() as session:
        person = people.get(session, someone.id)
        people.edit(session, person, actor=someone.actor, name=name.strip(), language=language)


def _rekey(session: Session, person: Person, kept: str) -> None:
    """Give a person a new password: whoever was in under the old one is out."""
    person.password = kept
    entering.put_out(session, person.id)
    keys.succeeded(session, person.key)
    session.add(Event(actor=people.actor_of(person.id), action="person.password"))


def _accept(password: str, *about: str) -> None:
    wrong = passwords.problem(password, *about)
    if wrong:
        raise Invalid({"password": wrong})


def acting(by: Someone | str) -> str:
    """Return who is named in the trace: an operator at the machine may, a person needs the right."""
    if isinstance(by, str):
        return by
    demand(by, Act.PEOPLE)
    return by.actor


def _idle(settings: Settings) -> dt.timedelta:
    return dt.timedelta(seconds=settings.session_idle_seconds)


def someone_of(person: Person, scopes: frozenset[str] | None = None) -> Someone:
    """Return the person as one who asks, whether their account is open or not; a program's key has `scopes`."""
    return Someone(
        id=person.id,
        name=person.name,
        email=person.email,
        role=PersonRole(person.role),
        organisation=person.organisation_id or "",
        confined=person.confined,
        language=person.language,
        scopes=scopes,
    )
