"""Justified lines of narrow columns, whose word spaces are as wide as the spaces between columns.

A space between columns goes on in the rows above and below; a space between words is crossed by their words.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

_WIDEST = 4.0  # sizes of a word space
_FREE = 0.9  # sizes that are left free of a space between columns
_ROWS, _REACH = 6, 4.0  # rows on either side that are looked at, and their distance in sizes
_NARROW, _STRETCHED = 30.0, 12.0  # sizes of a narrow column, and of the widest space in a line of it
_MARGIN = 0.5  # sizes within which lines end at one margin
_WITNESSES = 2


class Stretch(NamedTuple):
    """Glyphs of a row with no wide gap between them; `letters` says that they are no mere number."""

    x0: float
    x1: float
    y: float
    size: float
    letters: bool


def joined(rows: Sequence[Sequence[Stretch]]) -> list[list[int]]:
    """Return for each row, from the top, the numbers of stretches that begin a line; the others go on with the line.

    The stretches of a row run from left to right.
    """
    lines = [
        [
            place
            for place in range(len(row))
            if not place
            or row[place].x0 - row[place - 1].x1 > _WIDEST * row[place].size
            or not _is_crossed(rows, number, row[place - 1], row[place])
        ]
        for number, row in enumerate(rows)
    ]
    margins = [
        [(row[start].x0, row[end - 1].x1) for start, end in pairwise([*starts, len(row)])]
        for row, starts in zip(rows, lines, strict=True)
    ]
    return [_spread(rows, number, starts, margins) for number, starts in enumerate(lines)]


def _spread(
    rows: Sequence[Sequence[Stretch]],
    number: int,
    starts: list[int],
    margins: Sequence[Sequence[tuple[float, float]]],
) -> list[int]:
    """Return the starts without those of words spread from margin to margin of a narrow column."""
    row = rows[number]
    for first in range(len(starts) - 1):
        for last in range(len(starts) - 1, first, -1):
            end = starts[last + 1] if last + 1 < len(starts) else len(row)
            own = row[starts[first] : end]
            if _is_narrow(own) and _witnesses(number, margins, own) >= _WITNESSES:
                return starts[: first + 1] + starts[last + 1 :]
    return starts


def _is_narrow(own: Sequence[Stretch]) -> bool:
    size = own[0].size
    return (
        own[-1].x1 - own[0].x0 <= _NARROW * size
        and all(after.x0 - before.x1 <= _STRETCHED * size for before, after in pairwise(own))
        and all(stretch.letters for stretch in own)
    )


def _witnesses(number: int, margins: Sequence[Sequence[tuple[float, float]]], own: Sequence[Stretch]) -> int:
    """Return how many whole lines of other rows run between the margins of this one."""
    near = _MARGIN * own[0].size
    return sum(
        abs(x0 - own[0].x0) <= near and abs(x1 - own[-1].x1) <= near
        for other, lines in enumerate(margins)
        if other != number
        for x0, x1 in lines
    )


def _is_crossed(rows: Sequence[Sequence[Stretch]], number: int, left: Stretch, right: Stretch) -> bool:
    crossed = free = 0
    near = [*reversed(rows[max(0, number - _ROWS) : number])], rows[number + 1 : number + 1 + _ROWS]
    for row in (row for side in near for row in side):
        if not row or abs(row[0].y - left.y) > _REACH * left.size:
            continue
        if row[0].x0 >= right.x0 or row[-1].x1 <= left.x1:
            continue
        if _freest(row, left.x1, right.x0) < _FREE * left.size:
            crossed += 1
        else:
            free += 1
    return crossed > free


def _freest(row: Sequence[Stretch], x0: float, x1: float) -> float:
    """Return the widest part of x0 to x1 that the row leaves free."""
    widest, end = 0.0, x0
    for stretch in row:
        if stretch.x1 > x0 and stretch.x0 < x1:
            widest = max(widest, stretch.x0 - end)
            end = max(end, stretch.x1)
    return max(widest, x1 - end)
