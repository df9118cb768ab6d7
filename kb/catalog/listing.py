"""Lists of documents: those that a reader may see and wants, in an order, and how they count by what describes them.

Lists for people, feeds, exports and harvesters are all this one.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, extract, func, or_, select, union
from sqlalchemy.orm import InstrumentedAttribute, Session

from kb.catalog import documents, narrowing
from kb.catalog.access import visible_to
from kb.catalog.period import OPEN, years_between
from kb.catalog.tables import Document, DocumentTheme, File
from kb.core.clock import now
from kb.db.columns import by_code_point

Order = Literal["title", "newest", "oldest", "published", "changed", "number", "number-down"]
"""By title without article and marks; by the date of the document, those without one last; by the day it came into the
library, latest first; by the moment it was changed last, earliest first; by the number that its sheet gives, up or
down, those without one last."""

By = Literal["type", "theme", "organisation", "language", "year", "letter", "month"]

DIGITS: Final = "0"
"""The letter of all titles that begin with a digit."""

_FIGURES: Final = tuple("0123456789")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which documents and in which order. Values of one set are alternatives; an empty set asks for nothing.

    An organisation is a code, or the name printed on documents of a body without one. `years` are first and last,
    both included, None: open; a document is in them when its period touches them. `letter` is the first of its title
    as sort_title has it, or DIGITS. `fields` are (field, code) of types' own fields (kb.catalog.narrowing); codes of
    one field are alternatives. `changed_since` is included, `changed_until` is not.
    """

    types: frozenset[str] = frozenset()
    themes: frozenset[str] = frozenset()
    organisations: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    years: tuple[int | None, int | None] | None = None
    letter: str = ""
    fields: frozenset[tuple[str, str]] = frozenset()
    changed_since: dt.datetime | None = None
    changed_until: dt.datetime | None = None
    order: Order = "title"

    @property
    def narrowed(self) -> bool:
        """Whether less is wanted than everything."""
        return self != Wanted(order=self.order)


class Listed(NamedTuple):
    """`total` counts all, `documents` are those of this part of the list, each with all that a card shows."""

    documents: list[Document]
    total: int


class Part(NamedTuple):
    """The ids of a part of the list, in order; `total` counts all."""

    ids: Sequence[str]
    total: int


def listing(session: Session, wanted: Wanted, audience: frozenset[str], limit: int, offset: int = 0) -> Listed:
    """Return a part of the list, in five queries whatever its length."""
    found = part(session, wanted, audience, limit, offset)
    return Listed(documents.cards(session, found.ids, audience) if found.ids else [], found.total)


def part(session: Session, wanted: Wanted, audience: frozenset[str], limit: int, offset: int = 0) -> Part:
    """Return which documents a part of the list is of, in two queries."""
    asked = conditions(wanted, audience)
    if wanted.order in ("number", "number-down"):
        numbered = narrowing.by_number(session, asked, down=wanted.order == "number-down")
        return Part(numbered[offset : offset + limit], len(numbered))
    total = session.scalar(select(func.count()).select_from(Document).where(*asked)) or 0
    if offset >= total:
        return Part((), total)
    # The ids alone are sorted: rows with their sheets are wide.
    ids = session.scalars(
        select(Document.id).where(*asked).order_by(*_ordered(wanted.order)).limit(limit).offset(offset)
    )
    return Part(ids.all(), total)


def counts(session: Session, wanted: Wanted, audience: frozenset[str], by: By) -> dict[str, int]:
    """Return {value: documents} in one query; a document with two themes counts in both, one without in none.

    The wanted values of `by` itself are left aside, so that a count is what choosing that value instead would find.
    Years as "2019", each year of a period counts; months as "2026-11", of publication; letters as in Wanted.
    """
    asked = conditions(lifted(wanted, by), audience)
    match by:
        case "year":
            return years_of(spans(session, lifted(wanted, by), audience))
        case "month":
            return _months(session, asked)
        case "letter":
            return _letters(session, asked)
        case "language":
            return dict(session.execute(_languages(lifted(wanted, by), audience)).tuples().all())
        case "theme":
            query = select(DocumentTheme.theme, func.count()).join(Document, Document.id == DocumentTheme.document_id)
            return dict(session.execute(query.where(*asked).group_by(DocumentTheme.theme)).tuples().all())
    value = Document.type if by == "type" else func.coalesce(Document.organisation_id, Document.organisation_text)
    grouped = select(value, func.count()).where(*asked, value != "").group_by(value)
    return dict(session.execute(grouped).tuples().all())


def field_counts(session: Session, wanted: Wanted, audience: frozenset[str], name: str) -> dict[str, int]:
    """Return {code: documents} of one of the types' own fields, as `counts` does."""
    others = frozenset(pair for pair in wanted.fields if pair[0] != name)
    return narrowing.counts(session, conditions(replace(wanted, fields=others), audience), name)


def lifted(wanted: Wanted, by: By) -> Wanted:
    """Return the same without what is wanted of `by`."""
    fewer: dict[By, Wanted] = {
        "type": replace(wanted, types=frozenset()),
        "theme": replace(wanted, themes=frozenset()),
        "organisation": replace(wanted, organisations=frozenset()),
        "language": replace(wanted, languages=frozenset()),
        "year": replace(wanted, years=None),
        "letter": replace(wanted, letter=""),
    }
    return fewer.get(by, wanted)


def conditions(wanted: Wanted, audience: frozenset[str]) -> list[ColumnElement[bool]]:
    """Return what a Document must be to be in the list."""
    asked = [visible_to(audience)]
    if wanted.types:
        asked.append(Document.type.in_(sorted(wanted.types)))
    if wanted.themes:
        themed = select(DocumentTheme.document_id).where(DocumentTheme.theme.in_(sorted(wanted.themes)))
        asked.append(Document.id.in_(themed))
    if wanted.organisations:
        bodies = sorted(wanted.organisations)
        printed = and_(Document.organisation_id.is_(None), Document.organisation_text.in_(bodies))
        asked.append(or_(Document.organisation_id.in_(bodies), printed))
    if wanted.languages:
        codes = sorted(wanted.languages)
        holding = select(File.document_id).where(File.language.in_(codes))
        asked.append(or_(Document.language.in_(codes), Document.id.in_(holding)))
    if wanted.years:
        asked += _within(*wanted.years)
    if wanted.letter:
        first = func.substr(Document.sort_title, 1, 1)
        asked.append(first.in_(_FIGURES) if wanted.letter == DIGITS else first == wanted.letter)
    asked += narrowing.holding(wanted.fields)
    if wanted.changed_since:
        asked.append(Document.changed_at >= wanted.changed_since)
    if wanted.changed_until:
        asked.append(Document.changed_at < wanted.changed_until)
    return asked


def _within(first: int | None, last: int | None) -> list[ColumnElement[bool]]:
    asked: list[ColumnElement[bool]] = []
    if first is not None:
        day = dt.date(min(max(first, dt.MINYEAR), dt.MAXYEAR), 1, 1)
        ended = Document.date_last >= day
        # What goes on has reached this year and no later one.
        asked.append(ended if day.year <= now().year else and_(ended, or_(_ENDS, Document.date_first >= day)))
    if last is not None:
        asked.append(Document.date_first <= dt.date(min(max(last, dt.MINYEAR), dt.MAXYEAR), 12, 31))
    return asked


_ENDS: Final = Document.date_last != OPEN


def _ordered(order: Order) -> tuple[ColumnElement[Any] | InstrumentedAttribute[Any], ...]:
    title = by_code_point(Document.sort_title)
    match order:
        case "newest":
            return Document.date_last.desc().nulls_last(), Document.date_first.desc(), title, Document.id
        case "oldest":
            return Document.date_first.asc().nulls_last(), Document.date_last.asc(), title, Document.id
        case "published":
            return Document.published_at.desc(), Document.id.asc()
        case "changed":
            return Document.changed_at.asc(), Document.id.asc()
    return title, Document.id


def _languages(wanted: Wanted, audience: frozenset[str]) -> Select[tuple[str, int]]:
    """Count the languages stated of documents and of their files; one document counts once in each."""
    asked = conditions(wanted, audience)
    own = select(Document.id.label("id"), Document.language.label("code")).where(*asked, Document.language != "")
    files = select(Document.id, File.language).join(File, File.document_id == Document.id)
    spoken = union(own, files.where(*asked, File.language != "")).subquery()
    return select(spoken.c.code, func.count()).group_by(spoken.c.code)


def spans(session: Session, wanted: Wanted, audience: frozenset[str]) -> list[tuple[int, int, int]]:
    """Return (first year, last year, documents) for each span that documents are dated in."""
    first, last = extract("year", Document.date_first), extract("year", Document.date_last)
    query = select(first, last, func.count()).where(*conditions(wanted, audience), Document.date_first.is_not(None))
    return [(int(start), int(end), number) for start, end, number in session.execute(query.group_by(first, last))]


def years_of(spans: Iterable[tuple[int, int, int]]) -> dict[str, int]:
    """Return {year: documents}, each year of a span counts, oldest first."""
    found: Counter[str] = Counter()
    for start, end, number in spans:
        for year in years_between(start, end):
            found[str(year)] += number
    return dict(sorted(found.items()))


def _months(session: Session, asked: Iterable[ColumnElement[bool]]) -> dict[str, int]:
    year, month = extract("year", Document.published_at), extract("month", Document.published_at)
    query = select(year, month, func.count()).where(*asked, Document.published_at.is_not(None)).group_by(year, month)
    return {f"{int(y):04}-{int(m):02}": number for y, m, number in sorted(session.execute(query).tuples())}


def _letters(session: Session, asked: Iterable[ColumnElement[bool]]) -> dict[str, int]:
    first = func.substr(Document.sort_title, 1, 1)
    found: Counter[str] = Counter()
    for letter, number in session.execute(select(first, func.count()).where(*asked).group_by(first)):
        found[DIGITS if letter in _FIGURES else letter] += number
    return dict(sorted(found.items()))
