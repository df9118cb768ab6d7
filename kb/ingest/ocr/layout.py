"""Where the lines of a page are: columns from right to left or left to right, lines, and the pieces of a line."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Ink = npt.NDArray[np.bool_]
"""A picture in two values: true where there is ink."""


class Place(NamedTuple):
    """A rectangle of pixels, half-open."""

    x0: int
    y0: int
    x1: int
    y1: int


_GUTTER = 0.016  # of the page's width: the least white between columns
_COLUMN = 0.22  # of the page's width: the least width of a column
_FULL = 0.55  # of a column's width: what its lines fill in the middle
_DEEPEST = 6  # cuts of a page into columns and rows, one in the other
_RULED = 0.7  # of a line's height: what an upright rule covers that divides it
_THICK = 0.55  # of the ink of a full row
_LOW = 38  # pixels: what is less is from marks to letters, not from line to line
_MANY = 2.5  # lines in a band: so many touch
_TALL = 1.5  # of the height of a line: a band that is higher may be two
_GAP = 1.3  # of a line's height: white between two pieces of a line, as cells of a table


def columns(ink: Ink, *, rtl: bool) -> list[Place]:
    """Return the columns of a page in the order of reading; a heading over both is a column of its own."""
    return list(_cut(ink, Place(0, 0, ink.shape[1], ink.shape[0]), rtl=rtl))


def _cut(ink: Ink, whole: Place, *, rtl: bool, depth: int = 0) -> Iterator[Place]:
    place = _trimmed(ink, whole)
    if place is None:
        return
    width = ink.shape[1]
    gutter = _gutter(ink, place, width)
    if gutter:
        left, right = place._replace(x1=gutter[0]), place._replace(x0=gutter[1])
        for side in (right, left) if rtl else (left, right):
            yield from _cut(ink, side, rtl=rtl, depth=depth + 1)
        return
    row = _split(ink, place, width) if depth < _DEEPEST else 0
    if row:
        yield from _cut(ink, place._replace(y1=row), rtl=rtl, depth=depth + 1)
        yield from _cut(ink, place._replace(y0=row), rtl=rtl, depth=depth + 1)
        return
    yield place


def _trimmed(ink: Ink, place: Place) -> Place | None:
    part = ink[place.y0 : place.y1, place.x0 : place.x1]
    rows, across = np.flatnonzero(part.any(axis=1)), np.flatnonzero(part.any(axis=0))
    if not len(rows):
        return None
    return Place(
        place.x0 + int(across[0]), place.y0 + int(rows[0]), place.x0 + int(across[-1]) + 1, place.y0 + int(rows[-1]) + 1
    )


def _gutter(ink: Ink, place: Place, width: int) -> tuple[int, int] | None:
    """Return the widest white strip from top to bottom that has a column of text on both sides."""
    part = ink[place.y0 : place.y1, place.x0 : place.x1]
    noise = max(1, part.shape[0] // 400)
    best: tuple[int, int] | None = None
    for start, end in _runs(part.sum(axis=0) <= noise):
        if end - start < _GUTTER * width or start < _COLUMN * width or part.shape[1] - end < _COLUMN * width:
            continue
        if _is_text(part[:, :start]) and _is_text(part[:, end:]) and (not best or end - start > best[1] - best[0]):
            best = start, end
    return (best[0] + place.x0, best[1] + place.x0) if best else None


def _is_text(part: Ink) -> bool:
    """Tell whether these lines fill their width, as text does and the cells of a table do not."""
    lines = [(start, end) for start, end in _runs(part.any(axis=1)) if end - start > 3]
    if len(lines) < 3:
        return False
    filled = []
    for start, end in lines:
        across = np.flatnonzero(part[start:end].any(axis=0))
        filled.append((int(across[-1]) - int(across[0]) + 1) / part.shape[1])
    return float(np.median(filled)) >= _FULL


def _split(ink: Ink, place: Place, width: int) -> int:
    """Return the row to cut at so that one side has columns, 0 where none has."""
    part = ink[place.y0 : place.y1, place.x0 : place.x1]
    white = [(start, end) for start, end in _runs(~part.any(axis=1)) if start > 0 and end < part.shape[0]]
    for start, end in sorted(white, key=lambda run: run[0] - run[1])[:12]:
        row = place.y0 + (start + end) // 2
        if any(
            (side := _trimmed(ink, half)) and _gutter(ink, side, width)
            for half in (place._replace(y1=row), place._replace(y0=row))
        ):
            return row
    return 0


def lines(ink: Ink, column: Place) -> list[Place]:
    """Return the lines of a column from top to bottom, each as wide as its ink."""
    part = ink[column.y0 : column.y1, column.x0 : column.x1]
    rows = part.sum(axis=1)
    noise = max(0, part.shape[1] // 800)
    bands = [[start, end] for start, end in _runs(rows > noise)]
    if not bands:
        return []
    typical = _typical(rows, bands)
    split = [piece for start, end in bands for piece in _pieces(rows, start, end, typical)]
    found = []
    for start, end in _joined(split, typical):
        across = np.flatnonzero(part[start:end].any(axis=0))
        if len(across):
            x0, x1 = int(across[0]), int(across[-1]) + 1
            found.append(Place(column.x0 + x0, column.y0 + start, column.x0 + x1, column.y0 + end))
    return found


def _typical(rows: npt.NDArray[np.int_], bands: list[list[int]]) -> float:
    """Return the height of a line: that of the band with which half of the ink, from the lowest band on, is reached.

    Where most lines touch, a band is many of them: then it is the way from one thick of ink to the next.
    """
    sizes = sorted((end - start, int(rows[start:end].sum())) for start, end in bands)
    reached = np.cumsum([ink for _, ink in sizes])
    height = sizes[int(np.searchsorted(reached, reached[-1] / 2))][0]
    thick = rows > _THICK * np.percentile(rows[rows > 0], 90)
    middles = [(start + end) / 2 for start, end in _runs(thick) if end - start > 2]
    steps = np.diff(middles)
    step = float(np.median(steps)) if len(steps) else float(height)
    return step if step > _LOW and height > _MANY * step else float(height)


def _pieces(rows: npt.NDArray[np.int_], start: int, end: int, typical: float) -> list[list[int]]:
    """Cut a band of lines that touch where the ink is least."""
    if end - start < _TALL * typical:
        return [[start, end]]
    least = int(0.5 * typical)
    width = max(3, int(typical / 8) | 1)
    smooth = np.convolve(rows[start:end], np.ones(width) / width, mode="same")
    inner = smooth[least : len(smooth) - least]
    if not len(inner):
        return [[start, end]]
    row = least + int(np.argmin(inner))
    if smooth[row] > 0.45 * min(smooth[:row].max(), smooth[row:].max()):
        return [[start, end]]
    return [*_pieces(rows, start, start + row, typical), *_pieces(rows, start + row, end, typical)]


def _joined(bands: list[list[int]], typical: float) -> list[list[int]]:
    """Give marks and dots that stand apart to the line they are nearest to."""
    lines = [band for band in bands if band[1] - band[0] >= 0.45 * typical]
    for band in bands:
        if band in lines or not lines:
            continue
        near = min(lines, key=lambda line: max(line[0] - band[1], band[0] - line[1]))
        if max(near[0] - band[1], band[0] - near[1]) < 0.35 * typical:
            near[0], near[1] = min(near[0], band[0]), max(near[1], band[1])
        elif band[1] - band[0] >= 0.25 * typical:
            lines.append(band)
    return sorted(lines)


def pieces(ink: Ink, rules: Ink, line: Place) -> list[Place]:
    """Return the parts of a line that wide white or an upright rule divides, from left to right."""
    part = ink[line.y0 : line.y1, line.x0 : line.x1]
    ruled = rules[line.y0 : line.y1, line.x0 : line.x1].mean(axis=0) > _RULED
    gap = max(12.0, _GAP * (line.y1 - line.y0))
    starts = [0]
    ends: list[int] = []
    for start, end in _runs(~part.any(axis=0)):
        if end - start > gap or (ruled[start:end].any() and start > 0):
            ends.append(start)
            starts.append(end)
    return [
        line._replace(x0=line.x0 + start, x1=line.x0 + end)
        for start, end in zip(starts, [*ends, part.shape[1]], strict=True)
    ]


def _runs(values: npt.ArrayLike) -> Iterator[tuple[int, int]]:
    """Yield where a row of values is true, half-open."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], np.asarray(values), [False])).astype(np.int8)))
    for start, end in edges.reshape(-1, 2):
        yield int(start), int(end)
