"""How the fields of a record are laid out: in the blocks that its content type names."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from kb.catalog.content_type import SOURCES
from kb.catalog.period import Period
from kb.services.views import FieldShown, Record, When

REVIEW: Final = "review_on"
_HEADLINE: Final = 2
_SHORT: Final = frozenset({"choice", "percent", "count", "number"})
_LINES: Final = _SHORT | {
    "line",
    "name",
    "organisation",
    "email",
    "url",
    "money",
    "score",
    "flag",
    "date",
    "period",
    "year",
}


@dataclass(frozen=True, slots=True)
class Block:
    """`anchor` is unique on the page; the fields of a block without a label belong to no group. A `box` stands out."""

    anchor: str
    label: str
    icon: str
    fields: tuple[FieldShown, ...]
    box: bool = False


def blocks(record: Record) -> list[Block]:
    """The blocks that have more to say than the headline, in the order of their fields; loose fields come first."""
    said = {field.name for field in (*headline(record), *placed(record, "side"), *placed(record, "lead"))}
    left = [field for field in record.fields if field.name not in said and field.kind != SOURCES]
    found = []
    for name in sorted(dict.fromkeys(field.group for field in left), key=bool):
        inside = tuple(field for field in left if field.group == name)
        first = inside[0]
        icon = first.group_icon or "list"
        found.append(Block(f"g-{name or 'about'}", first.group_label, icon, inside, box=first.group_box))
    return found


def headline(record: Record) -> list[FieldShown]:
    """The facts of the bar under the title: those that the type places there, else the first few short ones."""
    return placed(record, "bar") or [field for field in record.fields if field.kind in _SHORT][:_HEADLINE]


def placed(record: Record, place: str) -> list[FieldShown]:
    """What the type places there; see kb.catalog.content_type.Field."""
    return [field for field in record.fields if field.place == place]


def overdue(record: Record, today: dt.date) -> bool:
    """Whether the day has passed on which the sheet was to be looked at again."""
    review = next((field.value for field in record.fields if field.name == REVIEW), None)
    return review is not None and as_when(review).last < today


def is_line(field: FieldShown) -> bool:
    """Whether the value stands on the line of its label."""
    return field.kind in _LINES


def as_when(value: When | Mapping[str, Any]) -> When:
    """A period as a service gives it, or as it is stored in a field."""
    if isinstance(value, When):
        return value
    period = Period.read(dict(value))
    return When(period.first, period.last, period.precision, period.text)
