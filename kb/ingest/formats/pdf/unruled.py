"""Tables without rules: cells that stand in columns, whose lines may be several, make rows by their distances."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import groupby, pairwise

from kb.ingest.formats.pdf.lines import Line
from kb.ingest.formats.pdf.sheet import Cell

_FIRST = 1000
"""Numbers of these tables begin above those of ruled ones; the place on the page makes them differ."""

_ONE_ROW = 0.5  # of the size
_WRAPPED = 1.25  # times the least distance of baselines: lines of one cell stand nearer than rows
_ROWS = 2
_MOST_CELLS = 4000
_MARK = 3  # glyphs of the sign or number of an item in a list

_Cell = list[Line]


def rows(lines: Sequence[Line], gutters: Sequence[tuple[float, float]], *, rtl: bool) -> list[Line] | None:
    """Return the lines row by row, each with its cell, None where they make no table.

    `gutters` are the white strips between columns, from the left.
    """
    middles = [(left + right) / 2 for left, right in gutters]
    if any(line.cell for line in lines) or len(lines) > _MOST_CELLS:
        return None
    columns: list[list[Line]] = [[] for _ in range(len(middles) + 1)]
    for line in sorted(lines, key=lambda line: -line.y):
        columns[bisect_right(middles, (line.x0 + line.x1) / 2)].append(line)
    columns = [column for column in columns if column]
    if len(columns) < 2 or _is_list(columns, rtl=rtl):
        return None
    if any(above.y - below.y < _ONE_ROW * below.size for column in columns for above, below in pairwise(column)):
        return None
    found = _grouped(columns) or _by_baseline(columns)
    if len(found) < _ROWS or sum(len(row) > 1 for row in found) < _ROWS:
        return None
    number = _FIRST + max(0, round(lines[0].y))
    ordered: list[Line] = []
    for place, row in enumerate(found):
        for column in sorted(row, reverse=rtl):
            for line in row[column]:
                line.cell = Cell(number, place, column, column)
                ordered.append(line)
    return ordered


def _is_list(columns: Sequence[Sequence[Line]], *, rtl: bool) -> bool:
    """Return whether the first of two columns holds the signs or numbers of items."""
    signs = columns[-1] if rtl else columns[0]
    return len(columns) == 2 and all(len(line.glyphs) <= _MARK for line in signs)


_Row = dict[int, _Cell]
"""The cells of a row by the number of their column."""


def _grouped(columns: Sequence[Sequence[Line]]) -> list[_Row]:
    """Return the rows if lines that stand near make cells, and cells at one height rows with one cell a column."""
    pitches = [above.y - below.y for column in columns for above, below in pairwise(column)]
    least = min((pitch for pitch in pitches if pitch > 1.0), default=0.0)
    cells = [(number, cell) for number, column in enumerate(columns) for cell in _cells(column, _WRAPPED * least)]
    cells.sort(key=lambda each: -each[1][0].y)
    found: list[_Row] = []
    bottom = 0.0
    for number, cell in cells:
        if found and cell[0].y > bottom:
            if number in found[-1]:
                return []
            found[-1][number] = cell
            bottom = min(bottom, _bottom(cell))
        else:
            found.append({number: cell})
            bottom = _bottom(cell)
    return found if len(found) >= _ROWS else []


def _cells(column: Sequence[Line], most: float) -> list[_Cell]:
    found = [[column[0]]]
    for above, below in pairwise(column):
        if above.y - below.y <= most:
            found[-1].append(below)
        else:
            found.append([below])
    return found


def _bottom(cell: _Cell) -> float:
    return cell[-1].y - _ONE_ROW * cell[-1].size


def _by_baseline(columns: Sequence[Sequence[Line]]) -> list[_Row]:
    placed = sorted(((-line.y, number, line) for number, column in enumerate(columns) for line in column), key=_key)
    found: list[_Row] = []
    last = 0.0
    for level, of_level in groupby(placed, key=lambda each: each[0]):
        row: _Row = {number: [line] for _, number, line in of_level}
        size = max(line.size for cell in row.values() for line in cell)
        if found and level - last < _ONE_ROW * size and not set(row) & set(found[-1]):
            found[-1] |= row
        else:
            found.append(row)
        last = level
    return found


def _key(placed: tuple[float, int, Line]) -> tuple[float, int]:
    return placed[0], placed[1]
