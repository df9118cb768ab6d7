"""Documents of one type side by side: field by field as their type lists them, the same indicators in one line."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from kb.arabic.fold import fold
from kb.catalog.content_type import SOURCES
from kb.core.errors import Gone, NotFound
from kb.services import read
from kb.services.context import Services
from kb.services.views import FieldShown, Record

LEAST: Final = 2
MOST: Final = 3
INDICATORS: Final = "indicators"

_EQUAL: Final = frozenset(
    {"choice", "choices", "number", "count", "percent", "score", "money", "flag", "date", "period", "year", "url"}
)
"""Kinds whose values are the same or are not; of texts nobody needs to be told that they differ."""


@dataclass(frozen=True, slots=True)
class Refused:
    """One that cannot be compared: it is not there ("unknown"), was withdrawn, or is of another type ("other")."""

    id: str
    why: Literal["unknown", "withdrawn", "other"]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """What the documents say of one thing, None where one says nothing. `same` is None for what is not told apart."""

    label: str
    cells: tuple[FieldShown | None, ...]
    same: bool | None = None


@dataclass(frozen=True, slots=True)
class Indicator:
    """The rows of one indicator; `columns` label their cells."""

    label: str
    cells: tuple[dict[str, Any] | None, ...]
    columns: dict[str, str]


@dataclass(frozen=True, slots=True)
class Section:
    label: str
    icon: str
    lines: tuple[Line, ...]
    indicators: tuple[Indicator, ...] = ()


@dataclass(frozen=True, slots=True)
class Abreast:
    """`records` are those that may be compared, in the order asked; `sections` is empty unless there are 2 or 3."""

    records: tuple[Record, ...]
    refused: tuple[Refused, ...]
    sections: tuple[Section, ...] = ()

    @property
    def too_many(self) -> bool:
        return len(self.records) > MOST


def abreast(services: Services, type: str, ids: Sequence[str], audience: frozenset[str], language: str) -> Abreast:
    """Compare the documents of these ids, each once. Never fails: what cannot be compared is told in `refused`."""
    records: list[Record] = []
    refused: list[Refused] = []
    for id in dict.fromkeys(ids):
        try:
            record = read.record(services, id, audience, language)
        except Gone as gone:
            refused.append(Refused(id, "withdrawn", gone.reason))
        except NotFound:
            refused.append(Refused(id, "unknown"))
        else:
            if record.card.type == type:
                records.append(record)
            else:
                refused.append(Refused(id, "other"))
    compared = LEAST <= len(records) <= MOST
    return Abreast(tuple(records), tuple(refused), _sections(services, type, records) if compared else ())


def _sections(services: Services, type: str, records: Sequence[Record]) -> tuple[Section, ...]:
    held = [{field.name: field for field in record.fields} for record in records]
    found: dict[str, Section] = {}
    for name in (field.name for field in services.types[type].fields):
        cells = tuple(fields.get(name) for fields in held)
        first = next((cell for cell in cells if cell), None)
        if first is None or first.kind == SOURCES:
            continue
        section = found.get(first.group) or Section(first.group_label, first.group_icon or "list", ())
        if first.kind == INDICATORS:
            found[first.group] = Section(section.label, section.icon, section.lines, _aligned(first, cells))
        else:
            line = Line(first.label, cells, _same(first.kind, cells))
            found[first.group] = Section(section.label, section.icon, (*section.lines, line), section.indicators)
    return tuple(found.values())


def _same(kind: str, cells: Sequence[FieldShown | None]) -> bool | None:
    if kind not in _EQUAL:
        return None
    values = [cell.value if cell else None for cell in cells]
    return all(value == values[0] for value in values)


def _aligned(field: FieldShown, cells: Sequence[FieldShown | None]) -> tuple[Indicator, ...]:
    """One line for each indicator, those of one name together however it is spelled."""
    labels: dict[str, str] = {}
    rows: dict[str, list[dict[str, Any] | None]] = {}
    for place, cell in enumerate(cells):
        for row in cell.value if cell else ():
            key = " ".join(fold(row["name"]).split())
            labels.setdefault(key, row["name"])
            line = rows.setdefault(key, [None] * len(cells))
            line[place] = line[place] or row
    columns = {name: label for name, label, *_ in field.columns}
    return tuple(Indicator(labels[key], tuple(line), columns) for key, line in rows.items())
