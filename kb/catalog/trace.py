"""The trace: events are only ever added, each sealed with the one before it, in the transaction of what it tells of.

Events of a transaction wait until its end, are numbered there and chained, so that the lock of the chain's end is
taken last and held for one insert. docs/decisions/0015-the-chain-of-the-trace.md says why.
"""

import datetime as dt
import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import event, func, select
from sqlalchemy.orm import Session, SessionTransaction

from kb.catalog.tables import Document, Event, Revision
from kb.core.clock import now
from kb.core.errors import Invalid
from kb.db.columns import storable, storable_tree

START: Final = hashlib.sha256(b"the trace begins here").hexdigest()
"""What the first event is sealed with, in place of the digest of one before it."""

_HEAD: Final = re.compile(r"([0-9]{1,12}):([0-9a-f]{64})")
_BATCH: Final = 500
_LOCK: Final = 7_261_520
"""Of PostgreSQL: any number, the same in every process of ours, and not that of kb.db.upgrade."""


@dataclass(slots=True)
class _Held:
    """Events of a transaction that is not over, each with its savepoint; `sealed` while they are written."""

    told: list[tuple[Event, SessionTransaction | None]] = field(default_factory=list)
    sealed: bool = False


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain: the number and the digest of its last event. An empty trace has number 0."""

    number: int
    digest: str

    @classmethod
    def read(cls, text: str) -> "Head":
        """Read what `str` wrote. Raises Invalid."""
        written = _HEAD.fullmatch(text.strip())
        if not written:
            raise Invalid({"anchor": "not-an-anchor"})
        return cls(int(written[1]), written[2])

    def __str__(self) -> str:
        return f"{self.number}:{self.digest}"


def canonical(row: Event) -> bytes:
    """Return what is sealed of an event, the same on every database."""
    said = [row.id, moment(row.at), row.document_id, row.actor, row.action, row.note, row.revision, row.seal]
    return _json(said)


def link(before: str, row: Event) -> str:
    """Return the digest of an event that follows one with the digest `before`."""
    return hashlib.sha256(before.encode() + b"\n" + canonical(row)).hexdigest()


def seal(revision: Revision) -> str:
    """Return the digest of a version of a document, whatever order a database keeps the keys of its JSON in."""
    said = [revision.document_id, revision.number, moment(revision.taken_at), revision.state, revision.audience]
    return hashlib.sha256(_json([*said, revision.snapshot])).hexdigest()


def head(session: Session) -> Head:
    """Return the end of the chain."""
    last = session.execute(select(Event.id, Event.digest).order_by(Event.id.desc()).limit(1)).first()
    return Head(*last) if last else Head(0, START)


def chain(session: Session, rows: Sequence[Event], *, linked: bool = False) -> None:
    """Number these events, seal each with the one before it, and write them. Nobody else writes any until the commit.

    What they say of a document is linked to the version that the transaction leaves behind, unless they are `linked`.
    """
    if session.get_bind().dialect.name == "postgresql":  # SQLite has one writer at a time
        session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    last = head(session)
    number, digest = last.number, last.digest
    for row in rows:
        number += 1
        row.id = number
        row.document_id = None if row.document_id is None else storable(row.document_id)
        row.actor, row.action, row.note = storable(row.actor), storable(row.action), storable(row.note)
        if not linked:
            row.revision, row.seal = _version(session, row.document_id) if row.document_id else (None, "")
        row.digest = digest = link(digest, row)
    held = _held(session)
    before, held.sealed = held.sealed, True
    session.add_all(rows)
    session.flush()
    held.sealed = before


@dataclass(frozen=True, slots=True)
class Fault:
    """The first event that is not as it was written: its number, and why as a message key of ours."""

    number: int
    why: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of reading the whole chain; `events` are those that fit, `head` is where they end."""

    events: int
    head: Head
    fault: Fault | None = None


def verify(session: Session, anchors: Sequence[Head], progress: Callable[[int, int], None]) -> Verdict:
    """Read every event, and every version of a document that one is sealed with; stop at the first that does not fit.

    An anchor is an end that the chain had once, written down elsewhere: it must still be passed. Faults are "altered"
    (the event, or one before it that was removed or put in), "version-altered", "version-missing", "cut-off" (the chain
    ends before an anchor) and "another" (it passes the number of an anchor with another digest: it was written anew).
    """
    total = session.execute(select(func.count()).select_from(Event)).scalar_one()
    due = {anchor.number: anchor.digest for anchor in anchors if anchor.number}
    digest, number, done = START, 0, 0
    for row, revision, document in _with_versions(session):
        before, digest, number = digest, row.digest, row.id
        if link(before, row) != digest:
            return Verdict(done, Head(number, before), Fault(number, "altered"))
        if due.pop(number, digest) != digest:
            return Verdict(done, Head(number, digest), Fault(number, "another"))
        if row.seal and (why := _unlike(row, revision, document)):
            return Verdict(done, Head(number, digest), Fault(number, why))
        done += 1
        progress(done, total)
    missing = min(due, default=None)
    return Verdict(done, Head(number, digest), None if missing is None else Fault(missing, "cut-off"))


def _with_versions(session: Session) -> Iterator[tuple[Event, Revision | None, str | None]]:
    """Yield each event in order, with the version it led to and the id of its document, where these are kept."""
    version = (Revision.document_id == Event.document_id) & (Revision.number == Event.revision)
    query = select(Event, Revision, Document.id).outerjoin(Revision, version)
    query = query.outerjoin(Document, Document.id == Event.document_id).order_by(Event.id)
    for part in session.execute(query, execution_options={"yield_per": _BATCH}).partitions():
        yield from (row._tuple() for row in part)  # noqa: SLF001 - its public name


def _unlike(row: Event, revision: Revision | None, document: str | None) -> str:
    """Say what is wrong with the version of an event; those of a document that was destroyed went with it."""
    if revision is None:
        return "version-missing" if document else ""
    return "" if seal(revision) == row.seal else "version-altered"


def moment(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).isoformat(timespec="microseconds")


def _version(session: Session, id: str) -> tuple[int | None, str]:
    """Return the number and the seal of the version that a document is in; (None, "") of one that is gone."""
    document = session.get(Document, id)
    if document is None:
        return None, ""
    revision = session.get(Revision, (id, document.revision))
    return document.revision, seal(revision) if revision else ""


def _json(value: Any) -> bytes:
    return json.dumps(_plain(storable_tree(value)), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _plain(value: Any) -> Any:
    """Write a whole number as one: JSONB gives 1e16 back as 10000000000000000."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, list) else value


def of(session: Session, document_id: str) -> list[Event]:
    """Return what was done to the document, oldest first, with what this transaction will write at its end."""
    written = session.scalars(select(Event).where(Event.document_id == document_id).order_by(Event.id)).all()
    return [*written, *(row for row, _ in _held(session).told if row.document_id == document_id)]


def tells(session: Session, document_id: str) -> bool:
    """Return whether this transaction has told anything of the document."""
    session.flush()
    return any(row.document_id == document_id for row, _ in _held(session).told)


def _held(session: Session) -> _Held:
    held = session.info.setdefault("told", _Held())
    assert isinstance(held, _Held)
    return held


@event.listens_for(Session, "before_flush")
def _hold(session: Session, *_: object) -> None:
    """Keep events back until the end of the transaction. A reading session refuses them by itself."""
    held = _held(session)
    if held.sealed or session.info.get("reading"):
        return
    inside = session.get_nested_transaction()
    for row in list(_new(session)):
        session.expunge(row)
        row.at, row.note = row.at or now(), row.note or ""
        held.told.append((row, inside))


def _new(session: Session) -> Iterator[Event]:
    return (row for row in session.new if isinstance(row, Event))


@event.listens_for(Session, "before_commit")
def _seal(session: Session) -> None:
    """Write what was held back, after changes.py has written the versions that it leads to."""
    if session.in_nested_transaction():
        return
    session.flush()
    held = _held(session)
    if held.told:
        chain(session, [row for row, _ in held.told])
        held.told.clear()


@event.listens_for(Session, "after_soft_rollback")
def _give_up(session: Session, ended: SessionTransaction) -> None:
    """Forget what was told in a savepoint that was given up."""
    held = _held(session)
    held.told = [(row, inside) for row, inside in held.told if not _within(inside, ended)]


def _within(inside: SessionTransaction | None, ended: SessionTransaction) -> bool:
    while inside is not None:
        if inside is ended:
            return True
        inside = inside.parent
    return False


@event.listens_for(Session, "after_transaction_end")
def _forget(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop("told", None)
