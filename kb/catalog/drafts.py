"""What somebody is typing into a form and has not saved: kept for them alone, a while, and a few forms of each."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from kb.core.clock import now
from kb.db.columns import Json, Text, UtcDateTime
from kb.db.database import Base


class Draft(Base):
    """`fields` are [name, value] of the form at `address`, as `actor` left it."""

    __tablename__ = "draft"
    actor: Mapped[str] = mapped_column(Text, primary_key=True)
    address: Mapped[str] = mapped_column(Text, primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    fields: Mapped[list[list[str]]] = mapped_column(Json)


def keep(
    session: Session, actor: str, address: str, fields: Sequence[tuple[str, str]], *, most: int, days: int
) -> None:
    """Keep what is typed, in place of what was. What is older than `days` goes, and of one person the oldest past
    `most` forms.
    """
    row = session.get(Draft, (actor, address)) or Draft(actor=actor, address=address)
    row.at, row.fields = now(), [[name, value] for name, value in fields]
    session.add(row)
    session.flush()
    sweep(session, days)
    oldest = select(Draft).where(Draft.actor == actor).order_by(Draft.at.desc(), Draft.address).offset(most)
    for draft in session.scalars(oldest):
        session.delete(draft)


def sweep(session: Session, days: int) -> None:
    """Remove what everybody left unsaved for longer than `days`."""
    session.execute(delete(Draft).where(Draft.at < now() - dt.timedelta(days=days)))


def held(session: Session, actor: str, address: str) -> tuple[dt.datetime, list[tuple[str, str]]] | None:
    """Return when they last typed here and what, None where nothing is kept."""
    row = session.get(Draft, (actor, address))
    return (row.at, [(name, value) for name, value in row.fields]) if row else None


def drop(session: Session, actor: str, address: str) -> None:
    session.execute(delete(Draft).where(Draft.actor == actor, Draft.address == address))


def forget(session: Session, actor: str) -> None:
    """Remove all that somebody was typing."""
    session.execute(delete(Draft).where(Draft.actor == actor))
