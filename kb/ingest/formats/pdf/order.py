"""The order in which the lines of a page are read: columns from the right in Arabic, tables row by row."""

import statistics
from collections.abc import Sequence

from kb.ingest.formats.pdf import gutters, unruled
from kb.ingest.formats.pdf.lines import Line

_MAX_DEPTH = 8
_MAX_BAND_DEPTH = 4
_LEAST_LINES = 3
_PROSE_GLYPHS = 18
"""Mean length from which the sides of a gutter are columns of text; cells of tables are shorter."""


def order(lines: Sequence[Line], *, rtl: bool, depth: int = 0) -> list[list[Line]]:
    """Return blocks of lines: the page is cut at gutters between columns, then into bands with and without gutters."""
    if len(lines) <= 1 or depth > _MAX_DEPTH:
        return [list(lines)] if lines else []
    for left_edge, right_edge in _gutters(lines):
        left = [line for line in lines if line.x1 <= left_edge + 1]
        right = [line for line in lines if line.x0 >= right_edge - 1]
        if _are_columns(left, right):
            first, second = (right, left) if rtl else (left, right)
            return order(first, rtl=rtl, depth=depth + 1) + order(second, rtl=rtl, depth=depth + 1)
    if columns := _columns_in_a_band(lines):
        above, left, right, below = columns
        first, second = (right, left) if rtl else (left, right)
        return [block for part in (above, first, second, below) for block in order(part, rtl=rtl, depth=depth + 1)]
    rows = _rows(lines)
    if depth < _MAX_BAND_DEPTH and len({len(row) > 1 for row in rows}) == 2:
        bands = _bands(rows)
        if len(bands) > 1:
            return [block for band in bands for block in order(band, rtl=rtl, depth=depth + 1)]
    if strips := _gutters(lines):
        in_cells = unruled.rows(lines, strips, rtl=rtl)
        if in_cells:
            return [in_cells]
    return [[line for row in rows for line in sorted(row, key=lambda line: -line.x1 if rtl else line.x0)]]


def _gutters(lines: Sequence[Line]) -> list[tuple[float, float]]:
    """Return the vertical strips that no line enters, from left to right."""
    least = gutters.width(line.size for line in lines)
    spans = sorted((line.x0, line.x1) for line in lines)
    found: list[tuple[float, float]] = []
    end = spans[0][1]
    for x0, x1 in spans[1:]:
        if x0 - end > least:
            found.append((end, x0))
        end = max(end, x1)
    return found


def _columns_in_a_band(lines: Sequence[Line]) -> tuple[list[Line], ...] | None:
    """Return what is above, left, right and below of the longest strip between columns of text, if there is one."""
    longest: tuple[int, tuple[list[Line], ...]] | None = None
    for strip in gutters.strips(lines, gutters.width(line.size for line in lines)):
        inside = [line for line in lines if strip.bottom <= line.y <= strip.top]
        left = [line for line in inside if line.x1 <= strip.x0]
        right = [line for line in inside if line.x0 >= strip.x1]
        found = min(len(left), len(right))
        if (longest is None or found > longest[0]) and len(inside) < len(lines) and _are_columns(left, right):
            above = [line for line in lines if line.y > strip.top]
            below = [line for line in lines if line.y < strip.bottom]
            longest = (found, (above, left, right, below))
    return longest[1] if longest else None


def _are_columns(left: Sequence[Line], right: Sequence[Line]) -> bool:
    return all(
        len(side) >= _LEAST_LINES and statistics.mean(len(line.glyphs) for line in side) >= _PROSE_GLYPHS
        for side in (left, right)
    )


def _rows(lines: Sequence[Line]) -> list[list[Line]]:
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: -line.y):
        if rows and abs(rows[-1][0].y - line.y) < 0.5 * line.size:
            rows[-1].append(line)
        else:
            rows.append([line])
    return rows


def _bands(rows: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """Group rows as long as they have a gutter in common, or have none and are single lines."""
    bands: list[list[Line]] = []
    band: list[Line] = []
    for row in rows:
        if band:
            had, has = bool(_gutters(band)), bool(_gutters([*band, *row]))
            if had != has or (not had and len(row) > 1):
                bands.append(band)
                band = []
        band = [*band, *row]
    return [*bands, band]
