"""Geometry of the drawings: what is counted as columns over time or as bars beside their names.

Drawings are SVG of rectangles alone, stretched to the place they have (preserveAspectRatio none); every word of them is
HTML beside, so that it keeps its size and its direction. templates/charts.html draws them, each with its data table.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from kb.catalog.listing import Wanted
from kb.services.views import FacetValue
from kb.web.addresses import Addresses

HEIGHT: Final = 100
"""Of a drawing of columns, in its own units."""

ACROSS: Final = 1000
"""Width of every drawing in its own units."""

_SLOT_FILLED: Final = 0.8
_LEAST: Final = 1.5  # share of the height or width, in percent: what counts one is seen beside what counts thousands
_WIDEST: Final = 90  # of a column, so that a single one is no wall
_TICKS: Final = 5
_ROOM: Final = 35  # letters under a drawing on a small screen, with a space after each name
_SHORT: Final = 4  # letters of a year


@dataclass(frozen=True, slots=True)
class Point:
    """What is drawn: its name, its number, where it leads ("" nowhere), and whether it is told apart from the others.

    `parts` split the number, in one order for all points of a drawing.
    """

    label: str
    count: int
    address: str = ""
    selected: bool = False
    parts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """A point as a rectangle: from its inline edge of the drawing's left, `x` and `y` being its upper left corner."""

    point: Point
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Bar:
    """A point as a bar of `length` (0 to ACROSS) that begins where the line begins; `x` is its left edge.

    `pieces` are (x, length) of the point's parts.
    """

    point: Point
    x: float
    length: float
    pieces: tuple[tuple[float, float], ...] = ()


def columns(points: Sequence[Point], direction: str) -> list[Column]:
    """Return one column a point in their order, the first where reading begins. What counts nothing has no height."""
    most = max((point.count for point in points), default=0) or 1
    slot = ACROSS / max(1, len(points))
    width = round(min(slot * _SLOT_FILLED, _WIDEST), 2)
    found = []
    for place, point in enumerate(points):
        start = place if direction == "ltr" else len(points) - 1 - place
        height = _seen(point.count, most, HEIGHT)
        x = round(slot * start + (slot - width) / 2, 2)
        found.append(Column(point, x, round(HEIGHT - height, 2), width, height))
    return found


def bars(points: Sequence[Point], direction: str, most: int = 0) -> list[Bar]:
    """Return one bar a point in their order; the longest is `most`, or the greatest of them."""
    scale = most or max((point.count for point in points), default=0) or 1
    found = []
    for point in points:
        length = _seen(point.count, scale, ACROSS)
        found.append(Bar(point, _edge(0, length, direction), length, _pieces(point, length, direction)))
    return found


def _pieces(point: Point, length: float, direction: str) -> tuple[tuple[float, float], ...]:
    whole = sum(point.parts) or 1
    placed: list[tuple[float, float]] = []
    start = 0.0
    for part in point.parts:
        long = round(length * part / whole, 2)
        placed.append((_edge(start, long, direction), long))
        start += long
    return tuple(placed)


def _edge(start: float, length: float, direction: str) -> float:
    """Return the left edge of what begins `start` away from where the line begins."""
    return round(start if direction == "ltr" else ACROSS - start - length, 2)


def _seen(count: int, most: int, whole: float) -> float:
    return round(max(whole * min(count, most) / most, whole * _LEAST / 100), 2) if count > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Ticks:
    """A name or nothing under each column; `many` when only some are named."""

    labels: tuple[str, ...]
    many: bool


def ticks(points: Sequence[Point]) -> Ticks:
    """Return what to write under columns: every name where a small screen has room, else the ends and a few between."""
    labels = [point.label for point in points]
    if sum(len(label) + 1 for label in labels) <= _ROOM:
        return Ticks(tuple(labels), many=False)
    last = len(labels) - 1
    named = _TICKS if max(map(len, labels)) <= _SHORT else 2
    kept = {round(last * step / (named - 1)) for step in range(named)}
    return Ticks(tuple(label if place in kept else "" for place, label in enumerate(labels)), many=True)


def years(counted: Mapping[str, int], most: int = 60) -> list[tuple[str, int]]:
    """Return every year from the first counted to the last, those between with 0. Of more than `most` years, those
    before the latest are there only where something counts: one old decree is shown, without a century of nothing.
    """
    known = sorted(int(year) for year in counted if year.isdecimal())
    if not known:
        return []
    first = next(year for year in known if year > known[-1] - most)
    shown = [*(year for year in known if year < first), *range(first, known[-1] + 1)]
    return [(str(year), counted.get(str(year), 0)) for year in shown]


def months(counted: Mapping[str, int], most: int = 36) -> list[tuple[str, int]]:
    """Return every month ("2026-11") from the first counted to the last, those between with 0; the latest `most`."""
    known = sorted(_month(name) for name in counted)
    if not known:
        return []
    first = max(known[0], known[-1] - most + 1)
    names = [f"{month // 12:04}-{month % 12 + 1:02}" for month in range(first, known[-1] + 1)]
    return [(name, counted.get(name, 0)) for name in names]


def _month(name: str) -> int:
    year, _, month = name.partition("-")
    return int(year) * 12 + int(month) - 1


def value(one: FacetValue, address: str) -> Point:
    """Return the value of a facet as what is drawn."""
    return Point(one.label, one.count, address)


def year(at: Addresses, name: str, count: int, wanted: Wanted | None = None) -> Point:
    """Return a year as what is drawn, leading to its documents in a list; one without any leads nowhere."""
    only = replace(wanted or Wanted(), years=(int(name), int(name)))
    return Point(name, count, at.browse(only) if count else "")


FILTERS: Final[Mapping[str, Callable[..., Any]]] = {"columns": columns, "rows": bars, "ticks": ticks}
"""What templates/charts.html calls."""
