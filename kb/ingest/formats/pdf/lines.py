"""Glyphs become lines: clustered by baseline, without doubles, cut where a gap is too wide for a word space."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from kb.ingest.formats.pdf import marks, rows, spelling
from kb.ingest.formats.pdf.bidi import strong
from kb.ingest.formats.pdf.glyphs import Glyph

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
    found = rows.rows(bases)
    marks.attach(vowels, found)
    return [line for row in found for line in _cut(row)]


def atoms(line: Line) -> list[str]:
    """Return the clusters of the line from left to right, with one space where a space or a word gap is."""
    spaces = sum(glyph.text.isspace() for glyph in line.glyphs)
    # Where a file draws its spaces, only a wide gap is one more; where it does not, every gap is.
    least = (_GAP_WITHOUT_SPACES if spaces * 9 < len(line.glyphs) else _GAP_WITH_SPACES) * line.size
    found: list[str] = []
    end: float | None = None
    raised = False
    for glyph in line.glyphs:
        was_raised, raised = raised, glyph.text.isdigit() and glyph.size <= rows.SMALL * line.size
        # The number of a note is a word of its own, however near it stands.
        gap = end is not None and (glyph.x0 - end > least or raised != was_raised)
        if glyph.text.isspace() or gap:
            end = None
            if found and found[-1] != " ":
                found.append(" ")
        if glyph.text.isspace():
            continue
        if glyph.text:
            found.append(glyph.text)
        end = glyph.x1
    return found[:-1] if found and found[-1] == " " else found


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
