"""Cells and rows of sheets as text, alike from every kind of file."""

import datetime as dt
from collections.abc import Iterable, Sequence

from kb.ingest import headings
from kb.ingest.tidy import line

_FIRST_ROWS = 10  # among which the name of a sheet is looked for
_WHOLE = 1e15  # above it a number of a sheet is not exact
_DIGITS = 15

Value = str | float | bool | dt.time | dt.date | dt.timedelta


def written(value: Value) -> str:
    """Return a cell as a person reads it: 3 and not 3.0, a date without midnight, in ISO form."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        whole = value.is_integer() and abs(value) < _WHOLE
        return str(int(value)) if whole else f"{value:.{_DIGITS}g}"
    if isinstance(value, dt.datetime):
        if value.time() == dt.time():
            return value.date().isoformat()
        return value.isoformat(" ", "seconds" if value.second else "minutes")
    return str(value)


def filled(rows: Iterable[Sequence[str]]) -> list[Sequence[str]]:
    """Return the rows that hold something, without the empty cells at their ends."""
    kept = []
    for row in rows:
        end = len(row)
        while end and not row[end - 1].strip():
            end -= 1
        if end:
            kept.append(row[:end])
    return kept


def title(rows: Sequence[Sequence[str]]) -> str:
    """Return what stands alone in one of the first rows and can name a document, "" for nothing."""
    for row in rows[:_FIRST_ROWS]:
        alone = [cell for cell in row if cell.strip()]
        if len(alone) == 1 and headings.can_name(alone[0]):
            return line(alone[0])
    return ""
