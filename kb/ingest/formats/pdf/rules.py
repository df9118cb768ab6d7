"""The straight lines among the paths that a page paints: borders of tables, the line above footnotes."""

import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

from kb.ingest.formats.pdf.sheet import Rule

MOST = 4000
"""A page that paints more straight lines than this draws a picture."""

_LONGEST_PATH = 400
_LEAST = 3.0  # points
_THIN = 3.0
_STRAIGHT = 0.5
# Where an underline is, of the size of the letters, and how much of the line it runs along.
_BELOW, _ABOVE = 0.4, 0.02
_COVERED = 0.7


def of_path(path: Sequence[Any], matrix: Any, *, stroke: bool) -> list[Rule]:
    """Return the straight lines of a path of pdfminer's: its segments where it is stroked, else what is filled thinly.

    `matrix` leads from the path's own places to those of the page.
    """
    found: list[Rule] = []
    points: list[tuple[float, float]] = []
    for segment in path[:_LONGEST_PATH]:
        kind = segment[0]
        if kind == "m":
            found += _painted(points, stroke=stroke)
            points = [_place(segment, matrix)]
        elif kind == "l":
            points.append(_place(segment, matrix))
        elif kind == "h":
            points += points[:1]
        else:
            points = []
    return found + _painted(points, stroke=stroke)


class Underlines:
    """Tells which lines are underlined, whole or word by word."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = sorted((rule.y0, rule.x0, rule.x1) for rule in rules if rule.y0 == rule.y1)

    def are_under(self, x0: float, x1: float, y: float, size: float) -> bool:
        """Return whether most of a line with the baseline `y` has a rule right below it that is no longer than it."""
        if not self._rules or x1 <= x0:
            return False
        start = bisect_left(self._rules, (y - _BELOW * size,))
        end = bisect_left(self._rules, (y + _ABOVE * size,))
        near = [(left, right) for _, left, right in self._rules[start:end] if x0 - size <= left and right <= x1 + size]
        return sum(right - left for left, right in near) >= _COVERED * (x1 - x0)


def _place(segment: Any, matrix: Any) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    _, x, y = segment
    return a * x + c * y + e, b * x + d * y + f


def _painted(points: Sequence[tuple[float, float]], *, stroke: bool) -> list[Rule]:
    if len(points) < 2 or not all(map(math.isfinite, (*points[0], *points[-1]))):
        return []
    if stroke:
        rules = (_rule(*before, *after) for before, after in pairwise(points))
        return [rule for rule in rules if rule]
    x0, x1 = min(x for x, _ in points), max(x for x, _ in points)
    y0, y1 = min(y for _, y in points), max(y for _, y in points)
    if y1 - y0 <= _THIN < x1 - x0:
        return [Rule(x0, (y0 + y1) / 2, x1, (y0 + y1) / 2)]
    if x1 - x0 <= _THIN < y1 - y0:
        return [Rule((x0 + x1) / 2, y0, (x0 + x1) / 2, y1)]
    return []


def _rule(x0: float, y0: float, x1: float, y1: float) -> Rule | None:
    if abs(y1 - y0) <= _STRAIGHT and abs(x1 - x0) >= _LEAST:
        return Rule(min(x0, x1), y0, max(x0, x1), y0)
    if abs(x1 - x0) <= _STRAIGHT and abs(y1 - y0) >= _LEAST:
        return Rule(x0, min(y0, y1), x0, max(y0, y1))
    return None
