"""How the fields of a record are laid out: in the blocks that its content type names."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from kb.catalog.period import Period
from kb.services.views import FieldShown, Record, When

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
    """`anchor` is unique on the page; the fields of a block without a label belong to no group."""

    anchor: str
    label: str
    icon: str
    fields: tuple[FieldShown, ...]


def blocks(record: Record) -> list[Block]:
    """The blocks that have more to say than the headline, in the order of their fields; loose fields come first."""
    said = {field.name for field in headline(record)}
    left = [field for field in record.fields if field.name not in said]
    found = []
    for name in sorted(dict.fromkeys(field.group for field in left), key=bool):
        inside = tuple(field for field in left if field.group == name)
        found.append(Block(f"g-{name or 'about'}", inside[0].group_label, inside[0].group_icon or "list", inside))
    return found


def headline(record: Record) -> list[FieldShown]:
    """The first few short facts of a sheet, for the bar under its title."""
    return [field for field in record.fields if field.kind in _SHORT][:_HEADLINE]


def is_line(field: FieldShown) -> bool:
    """Whether the value stands on the line of its label."""
    return field.kind in _LINES


def as_when(value: When | Mapping[str, Any]) -> When:
    """A period as a service gives it, or as it is stored in a field."""
    if isinstance(value, When):
        return value
    period = Period.read(dict(value))
    return When(period.first, period.last, period.precision, period.text)
