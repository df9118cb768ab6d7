"""What opens the house to somebody: sessions, keys for programs, links that serve once. Only digests are kept."""

import datetime as dt
import hashlib
import secrets
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Final

from sqlalchemy import ForeignKey, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from kb.catalog.people import Person
from kb.core.clock import new_id, now
from kb.core.errors import Conflict, Invalid, NotFound
from kb.db.columns import Json, Text, UtcDateTime
from kb.db.database import Base

SEEN_EVERY: Final = dt.timedelta(minutes=1)
"""How often a session in use is written to."""

_FREE_TRIES: Final = 4
_LONGEST_WAIT: Final = 60.0
_FORGET_TRIES: Final = dt.timedelta(days=1)


class Visit(Base):
    """A session: somebody signed in from one browser. `id` is the digest of its secret."""

    __tablename__ = "visit"
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    begun_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    agent: Mapped[str] = mapped_column(Text, default="")


class ApiKey(Base):
    """A key with which a program acts for a person, within `scopes`."""

    __tablename__ = "api_key"
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    digest: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    scopes: Mapped[list[str]] = mapped_column(Json)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=now)
    ends_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class Purpose(StrEnum):
    """What a link is for. The first administrator's has no person yet."""

    FIRST = "first"
    INVITE = "invite"
    RESET = "reset"


class Link(Base):
    """A link that serves once: it lets its holder choose a password."""

    __tablename__ = "link"
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    purpose: Mapped[str] = mapped_column(Text)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), index=True)
    ends_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class Tries(Base):
    """Sign-ins that failed under one address, whether an account has it or not. `key` is a digest."""

    __tablename__ = "tries"
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


def digest(secret: str) -> str:
    """Return what is kept of a secret of ours; it is random and long, so one plain hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def begin(session: Session, person: Person, *, lasts: dt.timedelta, agent: str) -> str:
    """Begin a visit and return its secret."""
    secret, moment = secrets.token_urlsafe(32), now()
    visit = Visit(id=digest(secret), person_id=person.id, begun_at=moment, seen_at=moment, ends_at=moment + lasts)
    visit.agent = agent[:200]
    session.add(visit)
    return secret


def visit(session: Session, secret: str, idle: dt.timedelta) -> Visit | None:
    """Return the visit of this secret while it lasts, unused for `idle` at most, by somebody whose account is open."""
    moment = now()
    query = select(Visit).join(Person, Person.id == Visit.person_id).where(Visit.id == digest(secret), Person.active)
    found = session.scalars(query).one_or_none()
    return found if found and found.ends_at > moment and found.seen_at + idle > moment else None


def see(session: Session, id: str) -> None:
    """Note that a visit is in use."""
    session.execute(update(Visit).where(Visit.id == id).values(seen_at=now()))


def end(session: Session, person: str, visits: Iterable[str] | None = None, *, but: str = "") -> None:
    """End these visits of a person, all of them where none are named, except the one whose secret is `but`."""
    query = delete(Visit).where(Visit.person_id == person, Visit.id != (digest(but) if but else ""))
    session.execute(query if visits is None else query.where(Visit.id.in_(list(visits))))


def visits(session: Session, person: str) -> Sequence[Visit]:
    """Return the visits of a person that last, the one used last first."""
    query = select(Visit).where(Visit.person_id == person, Visit.ends_at > now())
    return session.scalars(query.order_by(Visit.seen_at.desc())).all()


def sitting(session: Session, idle_seconds: float) -> int:
    """Return how many visits last, of all persons."""
    moment = now()
    lasting = (Visit.ends_at > moment) & (Visit.seen_at > moment - dt.timedelta(seconds=idle_seconds))
    return session.execute(select(func.count()).select_from(Visit).where(lasting)).scalar_one()


def cut_key(session: Session, person: Person, name: str, scopes: Iterable[str], lasts: dt.timedelta) -> str:
    """Make a key for a program and return it: it is never shown again. Raises Invalid without a name."""
    if not name.strip() or len(name) > 100:
        raise Invalid({"name": "too-long" if name.strip() else "required"})
    secret = f"kb_{secrets.token_urlsafe(32)}"
    row = ApiKey(id=new_id(), person_id=person.id, digest=digest(secret), name=name.strip(), scopes=sorted(scopes))
    row.ends_at = now() + lasts
    session.add(row)
    return secret


def api_key(session: Session, secret: str) -> ApiKey | None:
    """Return the key while it is good and its person's account is open."""
    moment = now()
    query = select(ApiKey).join(Person, Person.id == ApiKey.person_id).where(ApiKey.digest == digest(secret))
    found = session.scalars(query.where(Person.active, ApiKey.revoked_at.is_(None))).one_or_none()
    return found if found and found.ends_at > moment else None


def api_keys(session: Session, person: str) -> Sequence[ApiKey]:
    """Return the keys of a person that were not revoked, the newest first."""
    query = select(ApiKey).where(ApiKey.person_id == person, ApiKey.revoked_at.is_(None))
    return session.scalars(query.order_by(ApiKey.created_at.desc(), ApiKey.id)).all()


def revoke(session: Session, person: str, id: str | None = None) -> None:
    """Make a key of the person useless, or all of them. Raises NotFound for one that is not theirs."""
    query = update(ApiKey).where(ApiKey.person_id == person, ApiKey.revoked_at.is_(None))
    done = session.execute((query if id is None else query.where(ApiKey.id == id)).values(revoked_at=now()))
    if id is not None and not done.rowcount:  # type: ignore[attr-defined]  # a CursorResult
        raise NotFound(id)


def cut_link(session: Session, purpose: Purpose, person: Person | None, lasts: dt.timedelta) -> str:
    """Make a link and return its secret; earlier ones for the same are void from now on."""
    owner = Link.person_id == person.id if person else Link.person_id.is_(None)
    session.execute(delete(Link).where(owner, Link.used_at.is_(None)))
    secret = secrets.token_urlsafe(32)
    row = Link(id=digest(secret), purpose=purpose, person_id=person.id if person else None, ends_at=now() + lasts)
    session.add(row)
    return secret


def link(session: Session, secret: str) -> Link:
    """Return the link that this secret opens. Raises NotFound for one that is unknown, used or too old."""
    found = session.get(Link, digest(secret))
    if found is None or found.used_at is not None or found.ends_at <= now():
        raise NotFound("link")
    return found


def use(session: Session, link: Link) -> None:
    """Mark the link used. Raises Conflict for the second of two who use it at once."""
    query = update(Link).where(Link.id == link.id, Link.used_at.is_(None)).values(used_at=now())
    if not session.execute(query).rowcount:  # type: ignore[attr-defined]  # a CursorResult
        raise Conflict("this link was used")


def wait(session: Session, key: str) -> float:
    """Return the seconds until the next sign-in may be tried under this address: after four failures, ever longer.

    Another who asks the same meanwhile waits for the end of this transaction, so that tries at the same time count all.
    """
    tries = session.get(Tries, digest(key), with_for_update=True)
    moment = now()
    if tries is None or tries.failures < _FREE_TRIES or tries.last_at + _FORGET_TRIES < moment:
        return 0.0
    pause = min(_LONGEST_WAIT, 2.0 ** (tries.failures - _FREE_TRIES))
    return max(0.0, pause - (moment - tries.last_at).total_seconds())


def failed(session: Session, key: str) -> None:
    """Count a failed sign-in; what is older than a day is forgotten, of everybody."""
    moment = now()
    session.execute(delete(Tries).where(Tries.last_at < moment - _FORGET_TRIES))
    tries = session.get(Tries, digest(key))
    if tries is None:
        session.add(Tries(key=digest(key), failures=1, last_at=moment))
    else:
        tries.failures, tries.last_at = tries.failures + 1, moment


def succeeded(session: Session, key: str) -> None:
    """Forget the failures under this address."""
    session.execute(delete(Tries).where(Tries.key == digest(key)))


def sweep(session: Session) -> None:
    """Remove visits and links that are over."""
    moment = now()
    session.execute(delete(Visit).where(Visit.ends_at <= moment))
    session.execute(delete(Link).where(Link.ends_at <= moment))


def forget(session: Session, person: str) -> None:
    """Remove every visit, key and link of somebody, with what browsers and keys were called."""
    for rows in (Visit, ApiKey, Link):
        session.execute(delete(rows).where(rows.person_id == person))
