"""Documents by the values of their type's own fields: those that hold one, how they count, and by number."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import Session

from kb.catalog import content_type
from kb.catalog.content_type import Band
from kb.catalog.tables import Document

NUMBER: Final = "number"
CURRENCY: Final = "MAD"
"""Of bands."""

_GROUPS: Final = re.compile(r"\d{1,9}")
_LIST: Final = "["


@lru_cache(maxsize=1)
def names() -> tuple[str, ...]:
    """Return the fields that lists can be narrowed by, of all types, each name once."""
    return tuple(dict.fromkeys(name for type in content_type.load() for name in fields_of(type)))


def fields_of(type: str) -> tuple[str, ...]:
    """Return those of one type, in the order of its sheet; none of a type that is not known."""
    kind = content_type.load().get(type)
    return tuple(field.name for field in kind.fields if field.narrows) if kind else ()


@lru_cache(maxsize=1)
def _bands() -> Mapping[str, tuple[Band, ...]]:
    fields = (field for kind in content_type.load().values() for field in kind.fields)
    return {field.name: field.bands for field in fields if field.bands}


def holding(fields: Iterable[tuple[str, str]]) -> list[ColumnElement[bool]]:
    """Return what a Document must be to hold one of the values, which are codes, of each field that is named."""
    wanted: dict[str, list[str]] = {}
    for name, value in sorted(fields):
        wanted.setdefault(name, []).append(value)
    return [or_(*(_holds(name, value) for value in values)) for name, values in wanted.items()]


def _holds(name: str, value: str) -> ColumnElement[bool]:
    if name in _bands():
        return _within(name, value)
    # A list comes as its JSON text from SQLite and from PostgreSQL alike; a code needs no escape in it.
    stored = _text(name)
    return or_(stored == value, stored.contains(json.dumps(value), autoescape=True) & stored.startswith(_LIST))


def counts(session: Session, asked: Iterable[ColumnElement[bool]], name: str) -> dict[str, int]:
    """Return {value: documents} in one query; a document with two values counts in both."""
    found: Counter[str] = Counter()
    if name in _bands():
        amounts = select(_amount(name)).where(*asked, _in_dirhams(name))
        found.update(band for amount in session.scalars(amounts) if (band := band_of(name, amount)))
        return dict(found)
    for stored in session.scalars(select(_text(name)).where(*asked)):
        if stored:
            found.update(dict.fromkeys(json.loads(stored) if stored.startswith(_LIST) else [stored], 1))
    return dict(found)


def band_of(name: str, amount: float | None) -> str:
    """Return the code of the band that an amount lies in; "" without an amount."""
    if amount is None:
        return ""
    return next((band.code for band in _bands()[name] if band.most is None or amount <= band.most), "")


def _within(name: str, code: str) -> ColumnElement[bool]:
    """Hold the amount, or the higher end of a range, to the band; what is in another currency is in none."""
    bands = _bands()[name]
    place = next((place for place, band in enumerate(bands) if band.code == code), None)
    if place is None:
        return false()
    asked = [_in_dirhams(name)]
    if place and (above := bands[place - 1].most) is not None:
        asked.append(_amount(name) > above)
    if (most := bands[place].most) is not None:
        asked.append(_amount(name) <= most)
    return and_(*asked)


def _amount(name: str) -> ColumnElement[float]:
    amount: ColumnElement[float] = Document.data[(name, "high")].as_float()
    return amount


def _in_dirhams(name: str) -> ColumnElement[bool]:
    same: ColumnElement[bool] = Document.data[(name, "currency")].as_string() == CURRENCY
    return same


def by_number(session: Session, asked: Iterable[ColumnElement[bool]], *, down: bool) -> list[str]:
    """Return the ids in the order of their numbers: 05.20, 13.09, 2.17.265; those without one last either way."""
    query = select(Document.id, _text(NUMBER), Document.sort_title).where(*asked)
    rows = [(number_key(number or ""), title, id) for id, number, title in session.execute(query)]
    numbered = sorted((row for row in rows if row[0]), reverse=down)
    return [id for *_, id in numbered + sorted(row for row in rows if not row[0])]


def number_key(number: str) -> tuple[int, ...]:
    """Return the groups of digits as numbers, so that 05.20 comes before 13.09."""
    return tuple(int(group) for group in _GROUPS.findall(number))


def _text(name: str) -> ColumnElement[str]:
    stored: ColumnElement[str] = Document.data[name].as_string()
    return stored
