"""Glyphs become lines: clustered by baseline, without doubles, cut where a gap is too wide for a word space."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from kb.ingest.formats.pdf import marks, spelling
from kb.ingest.formats.pdf.bidi import strong
from kb.ingest.formats.pdf.glyphs import Glyph

_ROWS_BACK = 6
# Of the size of the letters.
_NO_WIDTH = 0.02
_GAP_WITHOUT_SPACES = 0.17
_GAP_WITH_SPACES = 0.33


@dataclass(slots=True)
class Line:
    """Glyphs side by side, sorted from left to right. `rtl` and `latin` count the letters of either direction."""

    glyphs: list[Glyph]
    x0: float
    x1: float
    y: float
    size: float
    rtl: int
    latin: int


def lines(glyphs: Sequence[Glyph]) -> list[Line]:
    """Return the lines from top to bottom; what stands far apart on one baseline is two lines."""
    bases: list[Glyph] = []
    vowels: list[Glyph] = []
    for glyph in glyphs:
        if spelling.is_mark(glyph.text):
            vowels.append(glyph)
        elif glyph.x1 - glyph.x0 > _NO_WIDTH * glyph.size or glyph.text.strip(f"{spelling.UNKNOWN} "):
            bases.append(glyph)
    rows = _rows(bases)
    marks.attach(vowels, rows)
    return [line for row in rows for line in _cut(row)]


def atoms(line: Line) -> list[str]:
    """Return the clusters of the line from left to right, with one space where a space or a word gap is."""
    spaces = sum(glyph.text.isspace() for glyph in line.glyphs)
    # Where a file draws its spaces, only a wide gap is one more; where it does not, every gap is.
    least = (_GAP_WITHOUT_SPACES if spaces * 9 < len(line.glyphs) else _GAP_WITH_SPACES) * line.size
    found: list[str] = []
    end: float | None = None
    for glyph in line.glyphs:
        if glyph.text.isspace() or (end is not None and glyph.x0 - end > least):
            end = None
            if found and found[-1] != " ":
                found.append(" ")
        if glyph.text.isspace():
            continue
        if glyph.text:
            found.append(glyph.text)
        end = glyph.x1
    return found[:-1] if found and found[-1] == " " else found


def _rows(bases: list[Glyph]) -> list[list[Glyph]]:
    rows: list[list[Glyph]] = []
    for glyph in sorted(bases, key=lambda base: -base.y):
        for row in rows[-_ROWS_BACK:]:
            first = row[0]
            alike = glyph.size < 1.6 * first.size
            tolerance = max(1.0, 0.28 * min(glyph.size, first.size)) if alike else 0.35 * glyph.size
            if abs(row[-1].y - glyph.y) < tolerance or abs(first.y - glyph.y) < tolerance:
                row.append(glyph)
                break
        else:
            rows.append([glyph])
    return rows


def _cut(row: list[Glyph]) -> list[Line]:
    pieces: list[list[Glyph]] = []
    piece: list[Glyph] = []
    end = 0.0
    for glyph in _without_doubles(sorted(row, key=lambda glyph: (glyph.x0 + glyph.x1, glyph.index))):
        if not glyph.text.isspace():
            if piece and glyph.x0 - end > max(1.7 * glyph.size, 12):
                pieces.append(piece)
                piece = []
            end = max(end, glyph.x1) if piece else glyph.x1
        elif not piece:
            continue
        piece.append(glyph)
    pieces.append(piece)
    return [_line(piece) for piece in map(_without_last_spaces, pieces) if piece]


def _without_doubles(row: list[Glyph]) -> list[Glyph]:
    """Drop the copies that make a letter look bold: the same letter again, hardly moved."""
    kept: list[Glyph] = []
    for glyph in row:
        if not glyph.text.isspace() and any(
            other.text == glyph.text and abs(other.x0 - glyph.x0) < 0.12 * glyph.size for other in kept[-4:]
        ):
            continue
        kept.append(glyph)
    return kept


def _without_last_spaces(piece: list[Glyph]) -> list[Glyph]:
    end = len(piece)
    while end and piece[end - 1].text.isspace():
        end -= 1
    return piece[:end]


def _line(glyphs: list[Glyph]) -> Line:
    rtl, latin = strong("".join(glyph.text for glyph in glyphs))
    return Line(
        glyphs=glyphs,
        x0=min(glyph.x0 for glyph in glyphs),
        x1=max(glyph.x1 for glyph in glyphs),
        y=glyphs[0].y,
        size=statistics.median(glyph.size for glyph in glyphs),
        rtl=rtl,
        latin=latin,
    )
