"""Each kind of field between what is stored and what stands in the fields of a form.

For every kind: `spread` writes a stored value into fields, `gather` makes of them what the kind reads. Reading what was
gathered from what was spread gives the value again.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from kb.arabic import letters
from kb.catalog.fields import Column, Kind
from kb.catalog.period import OPEN, Period
from kb.catalog.values import LANGUAGES
from kb.web.entry.typed import ROW, Typed

Fields = Iterator[tuple[str, str]]
Spread = Callable[[Kind, str, Any], Fields]
Gather = Callable[[Kind, str, Typed], Any]

STATE: Final = "state"
ONGOING: Final = "open"
_WIDTHS: Final = {"day": 10, "month": 7, "year": 4}
_ENDS: Final = ("1", "2")
_MANY_PLACES: Final = re.compile(r"[+-]?\d+\.\d{10,400}")


@dataclass(frozen=True, slots=True)
class Shape:
    """`focus` is what the name of the first field adds to that of the whole: where a link to a mistake leads."""

    spread: Spread
    gather: Gather
    focus: str = ""


def of(kind: Kind) -> Shape:
    if kind.shape in _BY_SHAPE:
        return _BY_SHAPE[kind.shape]
    return _BY_KIND.get(kind.name, _PLAIN)


def _one(_: Kind, name: str, value: Any) -> Fields:
    yield name, figure(value) if isinstance(value, int | float) else str(value)


def _one_typed(_: Kind, name: str, typed: Typed) -> Any:
    text = typed.text(name).strip("\r\n")
    return float(text) if _MANY_PLACES.fullmatch(text) else text


def figure(value: float) -> str:
    """Write a number as one types it, without a power of ten."""
    return f"{Decimal(repr(value)):f}"


def _yes_or_no(_: Kind, name: str, value: Any) -> Fields:
    yield name, "true" if value else "false"


def _items(_: Kind, name: str, value: Any) -> Fields:
    yield name, "\n".join(value)


def _codes(_: Kind, name: str, value: Any) -> Fields:
    yield from ((name, code) for code in value)


def _codes_typed(_: Kind, name: str, typed: Typed) -> Any:
    return [code for code in typed.all(name) if code] or None


def _texts(_: Kind, name: str, value: Any) -> Fields:
    for number, text in enumerate(value):
        yield f"{name}.{number}.{ROW}", "1"
        yield f"{name}.{number}.text", text


def _texts_typed(_: Kind, name: str, typed: Typed) -> Any:
    return [text for row in typed.rows(name) if (text := typed.text(f"{row}.text")).strip()] or None


def _wordings(_: Kind, name: str, value: Any) -> Fields:
    for language, part in value.items():
        yield f"{name}.{language}", part["text"]
        yield f"{name}.{language}.{STATE}", part["state"]


def _wordings_typed(_: Kind, name: str, typed: Typed) -> Any:
    return wordings(name, typed) or None


def wordings(name: str, typed: Typed) -> dict[str, dict[str, str]]:
    """Return {language: {"text", "state"}} of the languages in which something is typed."""
    return {
        language: {"text": text, STATE: typed.text(f"{name}.{language}.{STATE}") or "reviewed"}
        for language in LANGUAGES
        if (text := typed.text(f"{name}.{language}")).strip()
    }


def _money(_: Kind, name: str, value: Any) -> Fields:
    yield f"{name}.low", figure(value["low"])
    if value["high"] != value["low"]:
        yield f"{name}.high", figure(value["high"])
    yield f"{name}.currency", value["currency"]


def _money_typed(kind: Kind, name: str, typed: Typed) -> Any:
    low, high = (_one_typed(kind, f"{name}.{end}", typed) for end in ("low", "high"))
    if low == high == "":
        return None
    return {"low": low, "high": low if high == "" else high, "currency": typed.text(f"{name}.currency") or "MAD"}


def _period(_: Kind, name: str, value: Any) -> Fields:
    yield from spread_period(name, Period.read(value))


def spread_period(name: str, period: Period) -> Fields:
    """Write a period as year, month and day of its first and last unit; the end of one unit is not repeated."""
    written, precision = _as_typed(period)
    start, _, end = written.partition("/")
    for number, point in zip(_ENDS, (start, end), strict=True):
        parts = point.split("-") if point and point != ".." else []
        yield from ((f"{name}.{unit}{number}", part) for unit, part in zip("ymd", parts, strict=False))
    if period.last == OPEN:
        yield f"{name}.{ONGOING}", "on"
    yield from _besides(name, period, precision)


def _besides(name: str, period: Period, precision: str) -> Fields:
    if precision:
        yield f"{name}.precision", precision
    if period.calendar != "gregorian":
        yield f"{name}.calendar", period.calendar
    if period.text:
        yield f"{name}.text", period.text


def _as_typed(period: Period) -> tuple[str, str]:
    """Return the period as Period.read takes it, and the precision where that does not tell it."""
    finer = ("year", "month", "day")
    found = [
        f"{period.first.isoformat()[: _WIDTHS[first]]}{end}"
        for first in (period.precision, *finer)
        for last in (period.precision, *finer)
        for end in _ends(period, first, last)
    ]
    for written in found:
        read = Period.read(written)
        if (read.first, read.last, read.precision) == (period.first, period.last, period.precision):
            return written, ""
    alike = (one for one in found if (Period.read(one).first, Period.read(one).last) == (period.first, period.last))
    return next(alike), period.precision


def _ends(period: Period, first: str, last: str) -> Iterator[str]:
    if period.last == OPEN:
        yield "/.."
        return
    if first == last:
        yield ""
    if period.last.isoformat()[: _WIDTHS[last]] >= period.first.isoformat()[: _WIDTHS[last]]:
        yield f"/{period.last.isoformat()[: _WIDTHS[last]]}"


def _period_typed(_: Kind, name: str, typed: Typed) -> Any:
    return gather_period(name, typed)


def gather_period(name: str, typed: Typed) -> dict[str, str] | None:
    """Return what Period.read takes, None where nothing is typed."""
    start, end = (_point(*(typed.text(f"{name}.{unit}{number}") for unit in "ymd")) for number in _ENDS)
    ongoing = bool(typed.text(f"{name}.{ONGOING}"))
    if not (start or end or ongoing or typed.text(f"{name}.text").strip()):
        return None
    last = "/.." if ongoing else f"/{end}" if end else ""
    return _with_besides(name, typed, start + last)


def _with_besides(name: str, typed: Typed, value: str) -> dict[str, str]:
    given = {part: typed.text(f"{name}.{part}") for part in ("precision", "calendar", "text")}
    return {"value": value, **{part: text for part, text in given.items() if text}}


_DIGITS: Final = str.maketrans(letters.ARABIC_DIGITS + letters.PERSIAN_DIGITS, "0123456789" * 2)


def _point(year: str, month: str, day: str) -> str:
    """Return a point in time as it is written; what is no number stays, to be refused by its reader."""
    year, month, day = (part.strip().translate(_DIGITS)[:20] for part in (year, month, day))
    if not (year or month or day):
        return ""
    if day and not month:
        return "?"
    return "-".join([year.zfill(4) if year else "?", *(part.zfill(2) for part in (month, day) if part)])


def _cell(kind: Kind) -> Shape:
    """In a row a period is one field: the rows would not fit a telephone otherwise."""
    return _PERIOD_CELL if kind.name in _PERIODS else of(kind)


def _period_cell(_: Kind, name: str, value: Any) -> Fields:
    period = Period.read(value)
    written, precision = _as_typed(period)
    yield name, written
    yield from _besides(name, period, precision)


def _period_cell_typed(_: Kind, name: str, typed: Typed) -> Any:
    written = typed.text(name).strip().translate(_DIGITS)
    if not written and not typed.text(f"{name}.text").strip():
        return None
    return _with_besides(name, typed, written)


def _record(kind: Kind, name: str, value: Any) -> Fields:
    for column in kind.columns:
        if column.name in value:
            yield from _cell(column.kind).spread(column.kind, f"{name}.{column.name}", value[column.name])


def _record_typed(kind: Kind, name: str, typed: Typed) -> Any:
    return row_typed(kind.columns, name, typed) or None


def row_typed(columns: tuple[Column, ...], row: str, typed: Typed) -> dict[str, Any]:
    """Return the cells in which something is typed."""
    cells = {c.name: _cell(c.kind).gather(c.kind, f"{row}.{c.name}", typed) for c in columns}
    return {name: value for name, value in cells.items() if value not in (None, "", [])}


def _table(kind: Kind, name: str, value: Any) -> Fields:
    for number, row in enumerate(value):
        yield f"{name}.{number}.{ROW}", "1"
        yield from _record(kind, f"{name}.{number}", row)


def _table_typed(kind: Kind, name: str, typed: Typed) -> Any:
    return [cells for row in typed.rows(name) if (cells := row_typed(kind.columns, row, typed))] or None


_PERIODS: Final = frozenset({"date", "period"})
_PLAIN: Final = Shape(_one, _one_typed)
_WORDINGS: Final = Shape(_wordings, _wordings_typed, f".{LANGUAGES[0]}")
_PERIOD: Final = Shape(_period, _period_typed, ".y1")
_PERIOD_CELL: Final = Shape(_period_cell, _period_cell_typed)
_BY_SHAPE: Final[Mapping[str, Shape]] = {"rows": Shape(_table, _table_typed), "record": Shape(_record, _record_typed)}
_BY_KIND: Final[Mapping[str, Shape]] = {
    "flag": Shape(_yes_or_no, _one_typed),
    "lines": Shape(_items, _one_typed),
    "organisations": Shape(_items, _one_typed),
    "texts": Shape(_texts, _texts_typed, ".0.text"),
    "choices": Shape(_codes, _codes_typed),
    "translated_line": _WORDINGS,
    "translated_text": _WORDINGS,
    "money": Shape(_money, _money_typed, ".low"),
    "date": _PERIOD,
    "period": _PERIOD,
}
