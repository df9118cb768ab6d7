"""White strips that run down a page between columns, found over many rows, where no single row could tell."""

import statistics
from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

_LEAST_WIDTH = 0.5
"""Least width of a strip, of the usual size of letters: more than a word space, less than the space of columns."""

_MAX_CANDIDATES = 200


class Box(Protocol):
    """Whatever has a place: a line, or a stretch of one."""

    @property
    def x0(self) -> float: ...

    @property
    def x1(self) -> float: ...

    @property
    def y(self) -> float: ...


class Strip(NamedTuple):
    """A strip x0 to x1 that no box enters from `top` down to `bottom`, with the number of boxes on either side."""

    x0: float
    x1: float
    top: float
    bottom: float
    left: int
    right: int


def width(sizes: Iterable[float]) -> float:
    return max(4.0, _LEAST_WIDTH * statistics.median(sizes))


def strips(boxes: Sequence[Box], least: float, rows: int = 3) -> list[Strip]:
    """Return the strips of at least `least` points with `rows` boxes or more on either side, side by side."""
    ordered = sorted(boxes, key=lambda box: -box.y)
    edges = sorted({round(box.x0) for box in boxes})
    if len(edges) > _MAX_CANDIDATES:
        return []
    found: list[Strip] = []
    for edge in edges:
        found += _down(ordered, edge - least, float(edge) - 0.5, rows)
    return found


def _down(boxes: Sequence[Box], x0: float, x1: float, rows: int) -> list[Strip]:
    """Follow one strip down the page; each box that enters it ends one run and begins the next."""
    runs: list[list[Box]] = [[]]
    for box in boxes:
        if box.x0 < x1 and box.x1 > x0:
            runs.append([])
        else:
            runs[-1].append(box)
    found = (_strip(run, x0, x1, rows) for run in runs if len(run) >= 2 * rows)
    return [strip for strip in found if strip]


def _strip(run: Sequence[Box], x0: float, x1: float, rows: int) -> Strip | None:
    """Return the strip over the rows that have something on both sides."""
    left = [box.y for box in run if box.x1 <= x0]
    right = [box.y for box in run if box.x0 >= x1]
    if len(left) < rows or len(right) < rows:
        return None
    top, bottom = min(left[0], right[0]), max(left[-1], right[-1])
    beside = [sum(bottom <= y <= top for y in side) for side in (left, right)]
    if min(beside) < rows:
        return None
    return Strip(x0, x1, max(left[0], right[0]), min(left[-1], right[-1]), len(left), len(right))
