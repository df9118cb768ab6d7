"""Glyphs that stand on one baseline, with the small ones raised above it or lowered below it."""

import statistics
from bisect import bisect_left
from collections.abc import Sequence

from kb.ingest.formats.pdf.sheet import Glyph

_ROWS_BACK = 6
SMALL = 0.85
"""A glyph at most this many times the size of its row may be raised or lowered."""

_RAISED, _LOWERED = 0.7, 0.35
_FEW, _FEW_SHARE = 4, 0.25


def rows(glyphs: Sequence[Glyph]) -> list[list[Glyph]]:
    """Return the rows from top to bottom, their glyphs in no order."""
    found: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=lambda base: -base.y):
        for row in found[-_ROWS_BACK:]:
            first = row[0]
            alike = glyph.size < 1.6 * first.size
            tolerance = max(1.0, 0.28 * min(glyph.size, first.size)) if alike else 0.35 * glyph.size
            if abs(row[-1].y - glyph.y) < tolerance or abs(first.y - glyph.y) < tolerance:
                row.append(glyph)
                break
        else:
            found.append([glyph])
    return _with_notes(found)


def _with_notes(found: list[list[Glyph]]) -> list[list[Glyph]]:
    """Put rows of small glyphs (marks of notes, ordinals, exponents) into the row they stand beside."""
    moved: set[int] = set()
    for place, row in enumerate(found):
        for other in (place + 1, place - 1):
            if 0 <= other < len(found) and other not in moved and _stands_beside(row, found[other]):
                found[other].extend(row)
                moved.add(place)
                break
    return [row for place, row in enumerate(found) if place not in moved]


def _stands_beside(small: Sequence[Glyph], large: Sequence[Glyph]) -> bool:
    """Return whether `small` is a few glyphs, each near a glyph of `large` and over none."""
    size = statistics.median(glyph.size for glyph in large)
    rise = small[0].y - large[0].y
    if any(glyph.size > SMALL * size for glyph in small) or not -_LOWERED * size < rise < _RAISED * size:
        return False
    drawn = sorted((glyph for glyph in large if glyph.text.strip()), key=lambda glyph: glyph.x0)
    notes = [glyph for glyph in small if glyph.text.strip()]
    if not drawn or len(notes) > max(_FEW, len(drawn) * _FEW_SHARE):
        return False
    starts = [glyph.x0 for glyph in drawn]
    return all(_fits(glyph, drawn, starts, size) for glyph in notes)


def _fits(glyph: Glyph, drawn: Sequence[Glyph], starts: Sequence[float], size: float) -> bool:
    place = bisect_left(starts, glyph.x0)
    left = drawn[place - 1].x1 if place else -size * 1e6
    right = drawn[place].x0 if place < len(drawn) else size * 1e6
    inside = 0.15 * size
    return (
        left - inside <= glyph.x0
        and glyph.x1 <= right + inside
        and min(glyph.x0 - left, right - glyph.x1) < max(size, glyph.size * 3)
    )
