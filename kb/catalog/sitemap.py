"""Every document that anybody may see, in parts that stay the same as the library grows: for search engines."""

import datetime as dt
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kb.catalog.access import visible_to
from kb.catalog.tables import Document


class Leaf(NamedTuple):
    id: str
    changed: dt.datetime


def parts(session: Session, audience: frozenset[str], size: int) -> list[dt.datetime]:
    """Return when each part of `size` documents last changed, the part with the oldest first."""
    place = (func.row_number().over(order_by=(Document.published_at, Document.id)) - 1).label("place")
    placed = select(place, Document.changed_at.label("changed")).where(visible_to(audience)).subquery()
    number = placed.c.place // size
    query = select(func.max(placed.c.changed)).group_by(number).order_by(number)
    return [moment for moment in session.scalars(query) if moment]


def part(session: Session, audience: frozenset[str], size: int, number: int) -> list[Leaf]:
    """Return the documents of a part (1-based), in the order in which they came into the library."""
    query = select(Document.id, Document.changed_at).where(visible_to(audience))
    ordered = query.order_by(Document.published_at, Document.id).limit(size).offset((number - 1) * size)
    return [Leaf(id, changed) for id, changed in session.execute(ordered).tuples()]
