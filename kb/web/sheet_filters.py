"""What the templates of sheets ask of their values, as filters."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlencode

from kb.core.clock import now
from kb.services.views import Record, When
from kb.web import drawers, measures, sheet, spans

Columns = Sequence[tuple[str, str, str, Mapping[str, str]]]


def column_labels(columns: Columns) -> dict[str, str]:
    return {name: label for name, label, *_ in columns}


def choices_of(columns: Columns, wanted: str) -> Mapping[str, str]:
    return next((choices for name, _, _, choices in columns if name == wanted), {})


def anchor(text: str) -> str:
    """The text as part of an id."""
    return re.sub(r"\W+", "-", text).strip("-")


def all_drawn(rows: Sequence[Mapping[str, Any]]) -> bool:
    """Whether every indicator has bars, so that their table repeats what is seen."""
    return all(measures.bars(row) for row in rows)


def programme_years(rows: Sequence[Mapping[str, Any]]) -> spans.Years | None:
    return spans.years((when for row in rows if (when := spans.when_of(row))), now().date())


def stretch(years: spans.Years, when: When, percent: float | None = None) -> spans.Stretch:
    return spans.stretch(when, percent, years, now().date())


def states(record: Record) -> bool:
    """Whether the sheet states something that should name its source."""
    return any(field.sourced for field in record.fields)


def shared_scale(rows: Sequence[Mapping[str, Any]]) -> float:
    """What the longest bar stands for where rows are of one unit; 0 where they are not, and each has its own."""
    return measures.scale(rows) if len({str(row.get("unit", "")).strip() for row in rows}) == 1 else 0


def id_pairs(records: Sequence[Record], without: str = "") -> str:
    """The query that names these documents, without one."""
    return urlencode([("id", record.card.id) for record in records if record.card.id != without])


FILTERS: Final[Mapping[str, Callable[..., Any]]] = {
    **drawers.FILTERS,
    "blocks": sheet.blocks,
    "headline": sheet.headline,
    "placed": sheet.placed,
    "is_line": sheet.is_line,
    "is_overdue": lambda record: sheet.overdue(record, now().date()),
    "states": states,
    "anchor": anchor,
    "measures": measures.bars,
    "all_drawn": all_drawn,
    "column_labels": column_labels,
    "choices_of": choices_of,
    "programme_years": programme_years,
    "activity_when": spans.when_of,
    "stretch": stretch,
    "today": lambda years: years.today(now().date()),
    "shared_scale": shared_scale,
    "id_pairs": id_pairs,
    "drawn_rows": lambda rows: [row for row in rows if measures.bars(row)],
    "late": lambda when, status="": spans.is_overdue(when, status, now().date()),
}
