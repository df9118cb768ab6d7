"""What waits at the desk: tabs, filters and order as SQL, within what somebody sees there."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sqlalchemy import JSON, ColumnElement, Float, Select, and_, cast, func, or_, select, true, type_coerce
from sqlalchemy.orm import Session

from kb.arabic.fold import fold
from kb.catalog import checks, documents, files, people
from kb.catalog.content_type import ContentType
from kb.catalog.desk import seen_by
from kb.catalog.people import Person
from kb.catalog.rights import Act, Someone
from kb.catalog.tables import Document, DocumentKey, File, FileState, State
from kb.catalog.workflow import OPEN
from kb.core.clock import now
from kb.db.columns import by_code_point
from kb.jobs.queue import Job, JobState

WEEK: Final = dt.timedelta(days=7)
MOST: Final = 2000
"""Documents of a list that one goes through by next and previous."""

_WORDS: Final = 8


class Tab(StrEnum):
    WAITING = "waiting"  # for review, and read
    WORK = "work"  # being read
    FAILED = "failed"
    RETURNED = "returned"
    PUBLISHED = "published"  # this week
    MINE = "mine"
    ALL = "all"


class Sort(StrEnum):
    NEWEST = "newest"
    OLDEST = "oldest"
    TITLE = "title"
    QUALITY = "quality"  # the worst text first


class Quality(StrEnum):
    """How well the text of a document's files reads."""

    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"
    NONE = "none"


FLOORS: Final[Mapping[Quality, float]] = {Quality.GOOD: 0.9, Quality.FAIR: 0.7, Quality.POOR: 0.0}
"""From which share of trustworthy text on."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which documents of a tab, "" asks for nothing. `depositor` and `state` are as the catalog has them."""

    tab: Tab = Tab.WAITING
    q: str = ""
    type: str = ""
    organisation: str = ""
    depositor: str = ""
    quality: str = ""
    state: str = ""
    sort: Sort = Sort.NEWEST


def quality_of(document: Document) -> tuple[Quality, float]:
    """Return how well the text of the document reads: that of its worst file that was read."""
    shares = [_share(file) for file in document.files if file.state == FileState.READ and file.successor_id is None]
    share = min(shares, default=0.0)
    if not share:
        return Quality.NONE, 0.0
    return next(name for name, floor in FLOORS.items() if share >= floor), share


def _share(file: File) -> float:
    return float((file.receipt or {}).get("quality", 0.0))


def listing(session: Session, someone: Someone, wanted: Filter, limit: int, offset: int) -> tuple[list[Document], int]:
    """Return a part of the list, and how many there are in all."""
    asked = _conditions(someone, wanted)
    return _part(session, asked, _ordered(asked, wanted.sort), limit, offset)


def _part(
    session: Session, asked: Sequence[ColumnElement[bool]], ordered: Select[tuple[str]], limit: int, offset: int
) -> tuple[list[Document], int]:
    total = session.scalar(select(func.count()).select_from(Document).where(*asked)) or 0
    ids = session.scalars(ordered.limit(limit).offset(offset)).all() if offset < total else []
    rows = {row.id: row for row in documents.load_all(session, ids)}
    return [rows[id] for id in ids], total


def ids(session: Session, someone: Someone, wanted: Filter) -> Sequence[str]:
    """Return the documents of the list in its order, at most MOST."""
    return session.scalars(_ordered(_conditions(someone, wanted), wanted.sort).limit(MOST)).all()


def counts(session: Session, someone: Someone) -> dict[Tab, int]:
    """Return how many documents are in each tab."""
    return {
        tab: session.scalar(select(func.count()).select_from(Document).where(seen_by(someone), _in(tab, someone))) or 0
        for tab in Tab
    }


def depositors(session: Session, someone: Someone) -> list[tuple[str, str]]:
    """Return (actor, name) of the persons who brought what this one sees, by name."""
    brought = select(Document.deposited_by).where(seen_by(someone)).distinct()
    persons = select(Person).where(("person:" + Person.id).in_(brought)).order_by(Person.name, Person.id)
    return [(people.actor_of(person.id), person.name) for person in session.scalars(persons)]


def due(
    session: Session, someone: Someone, types: Iterable[ContentType], day: dt.date, limit: int, offset: int
) -> tuple[list[Document], int]:
    """Return published documents at which somebody must look by this day, the longest due first, and how many are."""
    late = [Document.review_on <= day]
    for kind in types:
        if kind.review_months:
            before = dt.datetime.combine(checks.months_after(day, -kind.review_months), dt.time.max, dt.UTC)
            late.append((Document.type == kind.name) & Document.review_on.is_(None) & (Document.published_at <= before))
    asked = [seen_by(someone), Document.state == State.PUBLISHED, or_(*late)]
    longest = (
        select(Document.id)
        .where(*asked)
        .order_by(func.coalesce(Document.review_on, Document.published_at), Document.id)
    )
    return _part(session, asked, longest, limit, offset)


def _conditions(someone: Someone, wanted: Filter) -> list[ColumnElement[bool]]:
    asked = [seen_by(someone), _in(wanted.tab, someone)]
    columns = {"type": Document.type, "depositor": Document.deposited_by, "state": Document.state}
    asked += [column == value for name, column in columns.items() if (value := getattr(wanted, name))]
    if wanted.organisation:
        asked.append(func.coalesce(Document.organisation_id, Document.organisation_text) == wanted.organisation)
    if wanted.quality:
        asked.append(_quality(wanted.quality))
    return [*asked, *(_holds(word) for word in fold(wanted.q).split()[:_WORDS])]


def _in(tab: Tab, someone: Someone) -> ColumnElement[bool]:
    kept = Document.state.not_in([State.WITHDRAWN, State.ARCHIVED])
    own = Document.deposited_by == someone.actor
    given = Document.state.in_(OPEN) & (Document.assigned_to == someone.actor)
    of: Mapping[Tab, ColumnElement[bool]] = {
        Tab.WAITING: _waits(someone, own) & ~_being_read() & ~_failed(),
        Tab.WORK: kept & _being_read(),
        Tab.FAILED: kept & _failed(),
        Tab.RETURNED: Document.state == State.RETURNED,
        Tab.PUBLISHED: (Document.state == State.PUBLISHED) & (Document.published_at >= now() - WEEK),
        Tab.MINE: and_(Document.state != State.ARCHIVED, own) | given,
        Tab.ALL: true(),
    }
    return of[tab]


def _waits(someone: Someone, own: ColumnElement[bool]) -> ColumnElement[bool]:
    """Curators also find their own drafts here, and those of commands, which nobody else will submit."""
    asked = Document.state.in_([State.SUBMITTED, State.REVIEW])
    if not someone.may(Act.CURATE):
        return asked
    return asked | ((Document.state == State.DRAFT) & (own | ~Document.deposited_by.startswith("person:")))


def _being_read() -> ColumnElement[bool]:
    reading = select(File.id).where(File.document_id == Document.id, File.state == FileState.WAITING)
    job = select(Job.id).where(
        Job.kind == files.OCR, Job.key == File.id, Job.state.in_([JobState.WAITING, JobState.RUNNING])
    )
    seen = select(File.id).where(File.document_id == Document.id, File.unread > 0, job.exists())
    return reading.exists() | seen.exists()


def _failed() -> ColumnElement[bool]:
    return (
        select(File.id)
        .where(File.document_id == Document.id, File.state == FileState.FAILED, File.successor_id.is_(None))
        .exists()
    )


def _worst() -> ColumnElement[float]:
    """The share of the worst file that was read; NULL where none was."""
    share = cast(type_coerce(File.receipt, JSON)["quality"].as_float(), Float)
    read = select(func.min(share)).where(
        File.document_id == Document.id, File.state == FileState.READ, File.successor_id.is_(None)
    )
    return read.scalar_subquery()


def _quality(wished: str) -> ColumnElement[bool]:
    worst = func.coalesce(_worst(), 0.0)
    if wished not in FLOORS:
        return worst == 0.0
    name = Quality(wished)
    above = [floor for floor in FLOORS.values() if floor > FLOORS[name]]
    return (worst > 0.0) & (worst >= FLOORS[name]) & (worst < min(above, default=2.0))


def _holds(word: str) -> ColumnElement[bool]:
    """Tell whether the folded word is part of a title of the document, or of the name of a file."""
    titled = select(DocumentKey.document_id).where(
        DocumentKey.document_id == Document.id,
        DocumentKey.key.startswith("title:"),
        DocumentKey.key.contains(word, autoescape=True),
    )
    named = select(File.id).where(
        File.document_id == Document.id, func.lower(File.name).contains(word, autoescape=True)
    )
    return titled.exists() | named.exists()


def _ordered(asked: Iterable[ColumnElement[bool]], sort: Sort) -> Select[tuple[str]]:
    query = select(Document.id).where(*asked)
    match sort:
        case Sort.OLDEST:
            return query.order_by(Document.created_at, Document.id)
        case Sort.TITLE:
            return query.order_by(by_code_point(Document.sort_title), Document.id)
        case Sort.QUALITY:
            return query.order_by(func.coalesce(_worst(), 0.0), Document.created_at.desc(), Document.id)
        case Sort.NEWEST:
            return query.order_by(Document.created_at.desc(), Document.id)


def seen(session: Session, someone: Someone, wished: Sequence[str]) -> list[Document]:
    """Return those of the documents that they see at the desk, in any order."""
    return list(session.scalars(documents.whole().where(Document.id.in_(wished), seen_by(someone))))
