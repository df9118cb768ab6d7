"""Activities as bars along the years: when each begins and ends, how far it is, and whether it is past its end."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from kb.catalog.period import OPEN
from kb.services.views import When
from kb.web.sheet import as_when

FULL: Final = 1000
"""Width of all the years, in units of the drawing."""

MOST_LABELS: Final = 8
_LEAST: Final = 12
ENDED: Final = frozenset({"done", "cancelled"})


@dataclass(frozen=True, slots=True)
class Stretch:
    """One activity: `start` and `width` along the years, `done` as much of the width as its progress."""

    start: int
    width: int
    done: int


@dataclass(frozen=True, slots=True)
class Years:
    """The years drawn, from the first to the last; `labels` are those that are written, `step` apart."""

    first: int
    last: int
    step: int = 1

    @property
    def labels(self) -> Sequence[int]:
        return range(self.first, self.last + 1, self.step)

    @property
    def lines(self) -> list[int]:
        """Where a year begins, without the first."""
        return [self.along(dt.date(year, 1, 1)) for year in self.labels[1:]]

    def along(self, day: dt.date) -> int:
        """Where the day lies, from 0 to FULL; every year is as wide as the others."""
        of_year = (day - dt.date(day.year, 1, 1)).days / 366
        share = (day.year + of_year - self.first) / (self.last + 1 - self.first)
        return round(min(max(share, 0.0), 1.0) * FULL)

    def today(self, day: dt.date) -> int | None:
        return self.along(day) if self.first <= day.year <= self.last else None


def years(whens: Iterable[When], today: dt.date) -> Years | None:
    """The years to draw for these periods; what goes on reaches today. None where there is no period."""
    kept = list(whens)
    if not kept:
        return None
    first = min(when.first.year for when in kept)
    last = max(first, *(_last(when, today).year for when in kept))
    return Years(first, last, step=-(-(last + 1 - first) // MOST_LABELS))


def stretch(when: When, percent: float | None, over: Years, today: dt.date) -> Stretch:
    start, end = over.along(when.first), over.along(_last(when, today) + dt.timedelta(days=1))
    if _last(when, today) >= dt.date(over.last, 12, 31):
        end = FULL
    width = max(end - start, _LEAST)
    return Stretch(min(start, FULL - width), width, round(width * (percent or 0) / 100))


def when_of(row: Mapping[str, Any]) -> When | None:
    """From the beginning to the end of an activity; the one of the two that is known where the other is not."""
    ends = [as_when(row[name]) for name in ("start", "end") if name in row]
    return When(ends[0].first, ends[-1].last, ends[-1].precision) if ends else None


def is_overdue(when: When | None, status: str, today: dt.date) -> bool:
    """Whether the end has passed while nothing says that it is done or given up."""
    return when is not None and when.last < today and status not in ENDED


def _last(when: When, today: dt.date) -> dt.date:
    return max(today, when.first) if when.last == OPEN else when.last
