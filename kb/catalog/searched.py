"""What readers search and what finds nothing: words, a count and a day, and nothing that tells who or when."""

import datetime as dt
import re
from collections.abc import Collection, Mapping
from typing import NamedTuple

from sqlalchemy import Date, desc, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from kb.arabic.fold import fold
from kb.db.columns import Text, by_code_point, storable
from kb.db.database import Base

MOST_CHARS = 120
"""Of a question that is recorded; a longer one is a pasted text, which may tell of anybody."""

# What looks like somebody's: an address of mail, a long number (an account, a telephone), an identity card (AB123456).
_PERSONAL = re.compile(r"@|[0-9]{6,}|(?:[0-9][ ./-]?){9,}|(?<![a-z])[a-z]{1,2} ?[0-9]{5,}")


class Searched(Base):
    """How often these words were asked on that day, and how often they found nothing."""

    __tablename__ = "searched"

    day: Mapped[dt.date] = mapped_column(Date, primary_key=True)
    terms: Mapped[str] = mapped_column(Text, primary_key=True)
    asked: Mapped[int]
    empty: Mapped[int]


class Spelled(Base):
    """How often a question was typed so: one question has many spellings, and readers know none but their own."""

    __tablename__ = "spelled"

    terms: Mapped[str] = mapped_column(Text, primary_key=True)
    typed: Mapped[str] = mapped_column(Text, primary_key=True)
    asked: Mapped[int]


class Tally(NamedTuple):
    """`spellings` is how often it was typed in each way."""

    asked: int
    empty: int
    spellings: Mapping[str, int] = {}


class Total(NamedTuple):
    """`last` is the latest day."""

    terms: str
    asked: int
    empty: int
    last: dt.date


def recordable(typed: str) -> str:
    """Return the words of a question as they are counted, folded, so that spellings count together.

    "" for what is not recorded: nothing, a long text, and what looks like personal data.
    """
    terms = " ".join(fold(storable(typed)).split())
    return "" if len(terms) > MOST_CHARS or _PERSONAL.search(terms) else terms


def spelling(typed: str) -> str:
    """Return a question that is recorded as it was typed, in one line."""
    return " ".join(storable(typed).split())


def add(session: Session, day: dt.date, tallies: Mapping[str, Tally]) -> None:
    """Add counts to those of the day."""
    for terms, tally in sorted(tallies.items()):
        row = session.get(Searched, (day, terms), with_for_update=True)
        if row is None:
            session.add(Searched(day=day, terms=terms, asked=tally.asked, empty=tally.empty))
        else:
            row.asked += tally.asked
            row.empty += tally.empty
        for typed, asked in sorted(tally.spellings.items()):
            form = session.get(Spelled, (terms, typed), with_for_update=True)
            if form is None:
                session.add(Spelled(terms=terms, typed=typed, asked=asked))
            else:
                form.asked += asked


def spelled(session: Session, terms: Collection[str]) -> dict[str, str]:
    """Return how most readers typed each of these questions; itself for one whose spellings were never noted."""
    query = select(Spelled.terms, Spelled.typed).where(Spelled.terms.in_(sorted(terms)))
    by_use = query.order_by(Spelled.asked, desc(by_code_point(Spelled.typed)))
    return {**dict(zip(terms, terms, strict=True)), **dict(session.execute(by_use).tuples().all())}


def totals(session: Session, since: dt.date, *, empty: bool = False, limit: int = 100) -> list[Total]:
    """Return what was asked since a day, the most asked first; `empty`: what found nothing, the most often first."""
    asked, failed = func.sum(Searched.asked), func.sum(Searched.empty)
    query = select(Searched.terms, asked, failed, func.max(Searched.day)).where(Searched.day >= since)
    query = query.group_by(Searched.terms).order_by(desc(failed if empty else asked), Searched.terms).limit(limit)
    if empty:
        query = query.having(failed > 0)
    return [Total(*row) for row in session.execute(query)]


def by_day(session: Session, since: dt.date) -> dict[dt.date, Tally]:
    """Return how much was asked on each day since that one, and how much of it found nothing."""
    query = select(Searched.day, func.sum(Searched.asked), func.sum(Searched.empty)).where(Searched.day >= since)
    rows = session.execute(query.group_by(Searched.day).order_by(Searched.day)).tuples()
    return {day: Tally(asked, empty) for day, asked, empty in rows}


def often(session: Session, since: dt.date, *, asked: int, days: int, limit: int) -> list[str]:
    """Return what was asked so often, on so many days, and found something each time; the most asked first."""
    times, on = func.sum(Searched.asked), func.count()
    query = select(Searched.terms).where(Searched.day >= since).group_by(Searched.terms)
    query = query.having(times >= asked, on >= days, func.sum(Searched.empty) == 0)
    return list(session.scalars(query.order_by(desc(times), Searched.terms).limit(limit)))
