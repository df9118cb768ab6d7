"""What the templates of sheets ask of their values, as filters."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from kb.core.clock import now
from kb.services.views import Record, When
from kb.web import measures, sheet, spans

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


FILTERS: Final[Mapping[str, Callable[..., Any]]] = {
    "blocks": sheet.blocks,
    "headline": sheet.headline,
    "beside": sheet.beside,
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
    "late": lambda when, status="": spans.is_overdue(when, status, now().date()),
}
