"""Documents by the values of their type's own fields: those that hold one, how they count, and by number."""

import json
import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from kb.catalog import content_type
from kb.catalog.tables import Document

NUMBER: Final = "number"
_GROUPS: Final = re.compile(r"\d{1,9}")
_LIST: Final = "["


@lru_cache(maxsize=1)
def names() -> tuple[str, ...]:
    """Return the fields of closed lists of values that lists can be narrowed by, of all types, each name once."""
    return tuple(dict.fromkeys(name for type in content_type.load() for name in fields_of(type)))


def fields_of(type: str) -> tuple[str, ...]:
    """Return those of one type, in the order of its sheet; none of a type that is not known."""
    kind = content_type.load().get(type)
    return tuple(field.name for field in kind.fields if field.search == "facet" and field.choices) if kind else ()


def holding(fields: Iterable[tuple[str, str]]) -> list[ColumnElement[bool]]:
    """Return what a Document must be to hold one of the values, which are codes, of each field that is named."""
    wanted: dict[str, list[str]] = {}
    for name, value in sorted(fields):
        wanted.setdefault(name, []).append(value)
    return [or_(*(_holds(name, value) for value in values)) for name, values in wanted.items()]


def _holds(name: str, value: str) -> ColumnElement[bool]:
    # A list comes as its JSON text from SQLite and from PostgreSQL alike; a code needs no escape in it.
    stored = _text(name)
    return or_(stored == value, stored.contains(json.dumps(value), autoescape=True) & stored.startswith(_LIST))


def counts(session: Session, asked: Iterable[ColumnElement[bool]], name: str) -> dict[str, int]:
    """Return {value: documents} in one query; a document with two values counts in both."""
    found: Counter[str] = Counter()
    for stored in session.scalars(select(_text(name)).where(*asked)):
        if stored:
            found.update(dict.fromkeys(json.loads(stored) if stored.startswith(_LIST) else [stored], 1))
    return dict(found)


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
