"""What a person is told of documents they brought or see to: one line each, read or unread, mailed or not."""

import datetime as dt
from collections.abc import Collection, Sequence
from enum import StrEnum
from typing import Final

from sqlalchemy import ForeignKey, Index, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from kb.catalog import people
from kb.catalog.people import Person, PersonRole
from kb.catalog.tables import Document
from kb.core.clock import now
from kb.db.columns import Text, UtcDateTime
from kb.db.database import Base
from kb.jobs import queue

NOTIFY = "notify"
"""The job that mails what waits to be mailed; its key is the person."""


GATHERED: Final = dt.timedelta(minutes=5)
"""How long notices are gathered before they are mailed in one letter."""


class News(StrEnum):
    """What happened to the document."""

    SUBMITTED = "submitted"
    ASSIGNED = "assigned"
    RETURNED = "returned"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    REJECTED = "rejected"
    TAKEN_OVER = "taken-over"  # another goes on with what they had open


class Notice(Base):
    """`note` is what was written with it: why it was returned or withdrawn.

    `letter` is the name of the letter it goes out in, "" before; `sendings` how often that was begun and nobody knows
    how it ended.
    """

    __tablename__ = "notice"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey(Person.id))
    document_id: Mapped[str] = mapped_column(ForeignKey(Document.id), index=True)
    kind: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=now)
    read_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    mailed_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    letter: Mapped[str] = mapped_column(Text, default="")
    sendings: Mapped[int] = mapped_column(default=0)

    __table_args__ = (Index("notice_unread", "person_id", "read_at"),)


def tell(
    session: Session,
    persons: Collection[str],
    document: Document,
    kind: News,
    *,
    actor: str,
    note: str = "",
) -> None:
    """Leave each of the persons a notice, but not of what they did themselves.

    A job mails it after a while, together with all that has come until then.
    """
    for id in sorted({id for id in persons if people.actor_of(id) != actor}):
        session.add(Notice(person_id=id, document_id=document.id, kind=kind, actor=actor, note=note))
        queue.put(session, NOTIFY, id, now() + GATHERED)


def to_depositor(session: Session, document: Document, kind: News, *, actor: str, note: str = "") -> None:
    """Tell who brought the document, where that is a person with an open account."""
    id = people.id_of(document.deposited_by)
    person = session.get(Person, id) if id else None
    if person is not None and person.active:
        tell(session, [id], document, kind, actor=actor, note=note)


def to_curators(session: Session, document: Document, kind: News, *, actor: str) -> None:
    """Tell every curator who sees to documents of this body."""
    seeing = ~Person.confined | (Person.organisation_id == document.organisation_id)
    query = select(Person.id).where(Person.active, Person.role == PersonRole.CURATOR, seeing)
    tell(session, session.scalars(query).all(), document, kind, actor=actor)


def unread(session: Session, person_id: str) -> int:
    query = select(func.count()).select_from(Notice).where(Notice.person_id == person_id, Notice.read_at.is_(None))
    return session.execute(query).scalar_one()


def retract(session: Session, document: Document, kind: News, since: dt.datetime) -> None:
    """Take back what was told of the document since then, where nobody has read it yet."""
    told = (Notice.document_id == document.id, Notice.kind == kind, Notice.at >= since)
    session.execute(delete(Notice).where(*told, Notice.read_at.is_(None), Notice.mailed_at.is_(None)))


def count(session: Session, person_id: str) -> int:
    query = select(func.count()).select_from(Notice).where(Notice.person_id == person_id)
    return session.execute(query).scalar_one()


def of(session: Session, person_id: str, limit: int, offset: int = 0) -> Sequence[Notice]:
    """Return the notices of a person, unread ones first, then the newest."""
    query = select(Notice).where(Notice.person_id == person_id)
    newest = query.order_by(Notice.read_at.is_not(None), Notice.at.desc(), Notice.id.desc())
    return session.scalars(newest.limit(limit).offset(offset)).all()


def mark_read(session: Session, person_id: str, ids: Collection[int] | None = None) -> None:
    """Mark these notices of the person as read, or all."""
    mine = update(Notice).where(Notice.person_id == person_id, Notice.read_at.is_(None))
    session.execute((mine if ids is None else mine.where(Notice.id.in_(sorted(ids)))).values(read_at=now()))


def sweep(session: Session, days: int) -> None:
    """Remove notices that were read so many days ago."""
    session.execute(delete(Notice).where(Notice.read_at < now() - dt.timedelta(days)))


def next_letter(session: Session, person_id: str) -> Sequence[Notice]:
    """Return what goes into the next letter to the person, oldest first: all of one that was begun before, else all
    that waits. What was read here meanwhile waits no more.
    """
    mine = select(Notice).where(Notice.person_id == person_id, Notice.mailed_at.is_(None)).order_by(Notice.id)
    waiting = session.scalars(mine.where(Notice.read_at.is_(None))).all()
    begun = next((one.letter for one in waiting if one.letter), "")
    return session.scalars(mine.where(Notice.letter == begun)).all() if begun else waiting


def of_letter(session: Session, letter: str) -> Sequence[Notice]:
    return session.scalars(select(Notice).where(Notice.letter == letter)).all()


def drop(session: Session, document_id: str) -> None:
    """Forget the notices of a document that goes."""
    session.execute(delete(Notice).where(Notice.document_id == document_id))


def forget(session: Session, person_id: str) -> None:
    """Remove what a person was told."""
    session.execute(delete(Notice).where(Notice.person_id == person_id))
