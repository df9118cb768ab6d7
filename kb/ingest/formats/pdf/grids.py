"""Tables drawn with rules: which cell each glyph stands in."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from kb.ingest.formats.pdf.sheet import Glyph, Rule

_NEAR = 2.5  # points within which rules meet, or are one
_LEAST_SIDE = 6.0
_MOST_PAIRS = 200_000
_MOST_CELLS = 4000


@dataclass(slots=True)
class Grid:
    """Rows between the levels `ys`, from the top, columns between `xs`, from the left.

    `cells` gives each row and column the first row and column of its cell, which may span several.
    """

    xs: list[float]
    ys: list[float]
    cells: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)

    def cell(self, glyph: Glyph) -> tuple[int, int] | None:
        """Return the cell that holds the middle of the glyph, None outside of the table."""
        x, y = (glyph.x0 + glyph.x1) / 2, glyph.y + 0.3 * glyph.size
        if not (self.xs[0] <= x < self.xs[-1] and self.ys[-1] <= y < self.ys[0]):
            return None
        column = bisect_right(self.xs, x) - 1
        row = bisect_right(self.ys, -y, key=lambda level: -level) - 1
        return self.cells.get((row, column))

    def last_column(self, cell: tuple[int, int]) -> int:
        """Return the last column that a cell reaches."""
        return max(column for (_, column), first in self.cells.items() if first == cell)


def grids(rules: Iterable[Rule]) -> list[Grid]:
    """Return the tables whose rules make at least two cells beside each other, the smallest first."""
    across = _merged([(rule.y0, rule.x0, rule.x1) for rule in rules if rule.y0 == rule.y1])
    down = _merged([(rule.x0, rule.y0, rule.y1) for rule in rules if rule.x0 == rule.x1 and rule.y0 != rule.y1])
    if len(across) < 2 or len(down) < 3 or len(across) * len(down) > _MOST_PAIRS:
        return []
    found = [grid for ours, theirs in _connected(across, down) if (grid := _grid(ours, theirs))]
    return sorted(found, key=lambda grid: (grid.xs[-1] - grid.xs[0]) * (grid.ys[0] - grid.ys[-1]))


_Bar = tuple[float, float, float]
"""Where a rule lies across its direction, where it begins and where it ends along it."""


def _merged(bars: list[_Bar]) -> list[_Bar]:
    """Join what lies on one line and touches."""
    lanes: list[list[_Bar]] = []
    for bar in sorted(bars):
        if lanes and bar[0] - lanes[-1][0][0] <= _NEAR:
            lanes[-1].append(bar)
        else:
            lanes.append([bar])
    found: list[_Bar] = []
    for lane in lanes:
        level = sum(bar[0] for bar in lane) / len(lane)
        start, end = None, 0.0
        for _, begins, ends in sorted(lane, key=lambda bar: bar[1]):
            if start is None:
                start, end = begins, ends
            elif begins - end <= _NEAR:
                end = max(end, ends)
            else:
                found.append((level, start, end))
                start, end = begins, ends
        if start is not None:
            found.append((level, start, end))
    return [bar for bar in found if bar[2] - bar[1] >= _LEAST_SIDE]


def _connected(across: Sequence[_Bar], down: Sequence[_Bar]) -> Iterable[tuple[list[_Bar], list[_Bar]]]:
    """Yield the rules that hang together by touching."""
    crossing: dict[int, list[int]] = {number: [] for number in range(len(across))}
    crossed: dict[int, list[int]] = {number: [] for number in range(len(down))}
    for number, (y, x0, x1) in enumerate(across):
        for other, (x, y0, y1) in enumerate(down):
            if x0 - _NEAR <= x <= x1 + _NEAR and y0 - _NEAR <= y <= y1 + _NEAR:
                crossing[number].append(other)
                crossed[other].append(number)
    while crossing:
        ours, theirs, waiting = set[int](), set[int](), [next(iter(crossing))]
        while waiting:
            number = waiting.pop()
            if number in ours:
                continue
            ours.add(number)
            for other in crossing.pop(number):
                if other not in theirs:
                    theirs.add(other)
                    waiting += crossed[other]
        yield [across[number] for number in sorted(ours)], [down[number] for number in sorted(theirs)]


def _grid(across: Sequence[_Bar], down: Sequence[_Bar]) -> Grid | None:
    xs, ys = sorted({bar[0] for bar in down}), sorted({bar[0] for bar in across}, reverse=True)
    if len(xs) < 3 or len(ys) < 2 or len(xs) * len(ys) > _MOST_CELLS:
        return None
    grid = Grid(xs, ys)
    rows, columns = range(len(ys) - 1), range(len(xs) - 1)
    middle_x, middle_y = [(a + b) / 2 for a, b in pairwise(xs)], [(a + b) / 2 for a, b in pairwise(ys)]
    for row in rows:
        for column in columns:
            found = row, column
            if column and not any(abs(x - xs[column]) < 0.1 and y0 < middle_y[row] < y1 for x, y0, y1 in down):
                found = grid.cells[row, column - 1]
            elif row and not any(abs(y - ys[row]) < 0.1 and x0 < middle_x[column] < x1 for y, x0, x1 in across):
                found = grid.cells[row - 1, column]
            grid.cells[row, column] = found
    side_by_side = any(len({grid.cells[row, column] for column in columns}) > 1 for row in rows)
    return grid if side_by_side else None
