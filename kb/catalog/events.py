"""The events of the trace as they are asked for: by person, document, action and days."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from kb.catalog.tables import Event

_BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """What narrows a list of events; "" and None narrow nothing. Days are those of UTC, both included."""

    actor: str = ""
    document: str = ""
    action: str = ""
    first: dt.date | None = None
    last: dt.date | None = None


def count(session: Session, wanted: Wanted) -> int:
    return session.execute(select(func.count()).select_from(Event).where(*_matching(wanted))).scalar_one()


def newest(session: Session, wanted: Wanted, start: int, number: int) -> list[Event]:
    """Return `number` events after the first `start`, the newest first."""
    query = select(Event).where(*_matching(wanted)).order_by(Event.id.desc())
    return list(session.scalars(query.offset(start).limit(number)))


def each(session: Session, wanted: Wanted) -> Iterator[Event]:
    """Yield every event, the oldest first, read as they are used."""
    query = select(Event).where(*_matching(wanted)).order_by(Event.id)
    for part in session.scalars(query, execution_options={"yield_per": _BATCH}).partitions():
        yield from part


def actions(session: Session) -> list[str]:
    """Return the actions that there are events of."""
    return list(session.scalars(select(Event.action).distinct().order_by(Event.action)))


def actors(session: Session) -> list[str]:
    """Return who there are events of."""
    return list(session.scalars(select(Event.actor).distinct().order_by(Event.actor)))


def of_versions(session: Session, document: str) -> dict[int, list[Event]]:
    """Return the events of a document by the number of the version each led to."""
    query = select(Event).where(Event.document_id == document, Event.revision.is_not(None)).order_by(Event.id)
    found: dict[int, list[Event]] = {}
    for event in session.scalars(query):
        found.setdefault(event.revision or 0, []).append(event)
    return found


def _matching(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    if wanted.actor:
        yield Event.actor == wanted.actor
    if wanted.document:
        yield Event.document_id == wanted.document
    if wanted.action:
        yield Event.action == wanted.action
    if wanted.first:
        yield Event.at >= _midnight(wanted.first)
    if wanted.last and wanted.last < dt.date.max:
        yield Event.at < _midnight(wanted.last + dt.timedelta(days=1))


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), dt.UTC)
