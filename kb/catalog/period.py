"""Days, months, years and spans of them, as documents state them: in the manner of EDTF (ISO 8601-2)."""

import calendar
import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, Self

from kb.catalog import values
from kb.core.clock import now

Precision = Literal["day", "month", "year"]
CALENDARS: Final = ("gregorian", "hijri")

OPEN: Final = dt.date.max
"""Last day of a period that goes on: later than every other, so that it sorts as the newest."""
MOST_YEARS: Final = 200
"""Years of one period that are counted, each of them."""

_OPEN_WRITTEN: Final = ".."
_POINT: Final = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_KEYS: Final = frozenset({"value", "first", "last", "precision", "calendar", "text"})


@dataclass(frozen=True, slots=True)
class Period:
    """First and last day, both included, always in the Gregorian calendar.

    `last` is OPEN while the period goes on. `precision` is the unit that both ends are known to, `text` the date as
    the source writes it and `calendar` the one that `text` is in ("gregorian" or "hijri").
    """

    first: dt.date
    last: dt.date
    precision: Precision = "day"
    calendar: str = "gregorian"
    text: str = ""

    @classmethod
    def read(cls, raw: object) -> Self:
        """Read "2019", "2019-06", "2019-06-17", "2010/2011", "2018-01/2019-12", "2021/.." for what goes on, a date, a
        year or a table.

        A table holds `value` in one of these forms, or `first` and `last`; then `precision`, `calendar`, `text`.
        Raises ValueError with a message key.
        """
        if not isinstance(raw, dict):
            return cls(*_span(_written(raw)))
        if raw.keys() - _KEYS or not ("value" in raw or "first" in raw):
            raise ValueError("malformed")
        if "value" in raw:
            first, last, precision = _span(_written(raw["value"]))
        else:
            start = _written(raw["first"])
            first, last, precision = _span(f"{start}/{_written(raw.get('last') or start)}")
        return cls(
            first,
            last,
            _precision(raw.get("precision", precision)),
            _calendar(raw.get("calendar", "gregorian")),
            values.line(raw.get("text", "")),
        )

    def stored(self) -> dict[str, str]:
        """The period as JSON; `Period.read` gives it back."""
        return {
            "first": self.first.isoformat(),
            "last": _OPEN_WRITTEN if self.last == OPEN else self.last.isoformat(),
            "precision": self.precision,
            "calendar": self.calendar,
            "text": self.text,
        }


def years_between(first: int, last: int) -> Sequence[int]:
    """Return the years of a period, up to this one while it goes on; of one longer than MOST_YEARS its ends."""
    end = max(first, now().year) if last == OPEN.year else last
    return range(first, end + 1) if end - first < MOST_YEARS else (first, end)


def read(raw: object) -> dict[str, str]:
    return Period.read(raw).stored()


def _written(raw: object) -> str:
    if isinstance(raw, dt.datetime):
        return raw.date().isoformat()
    return raw.isoformat() if isinstance(raw, dt.date) else values.line(raw)


def _span(written: str) -> tuple[dt.date, dt.date, Precision]:
    start, slash, end = written.partition("/")
    first, first_last, precision = _point(start)
    if not slash:
        return first, first_last, precision
    if end.strip() == _OPEN_WRITTEN:
        return first, OPEN, precision
    _, last, end_precision = _point(end)
    if last < first:
        raise ValueError("ends-before-it-starts")
    order: tuple[Precision, ...] = ("year", "month", "day")
    return first, last, min(precision, end_precision, key=order.index)


def _point(written: str) -> tuple[dt.date, dt.date, Precision]:
    match = _POINT.fullmatch(written.strip())
    if not match:
        raise ValueError("not-a-date")
    year, month, day = (int(part) if part else None for part in match.groups())
    try:
        if day and month:
            only = dt.date(year or 0, month, day)
            return only, only, "day"
        if month:
            length = calendar.monthrange(year or 0, month)[1]
            return dt.date(year or 0, month, 1), dt.date(year or 0, month, length), "month"
        return dt.date(year or 0, 1, 1), dt.date(year or 0, 12, 31), "year"
    except ValueError:
        raise ValueError("not-a-date") from None


def _precision(raw: object) -> Precision:
    for known in ("day", "month", "year"):
        if raw == known:
            return known
    raise ValueError("malformed")


def _calendar(raw: object) -> str:
    if raw not in CALENDARS:
        raise ValueError("malformed")
    return str(raw)
