"""Glyphs become lines: clustered by baseline, without doubles, cut where a gap is too wide for a word space."""

import statistics
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from kb.ingest.formats.pdf import gutters, justified, marks, rows, spelling
from kb.ingest.formats.pdf.bidi import strong
from kb.ingest.formats.pdf.sheet import Cell, Glyph

# Of the size of the letters.
_NO_WIDTH = 0.02
_GAP_WITHOUT_SPACES = 0.17
_GAP_WITH_SPACES = 0.33
_WORD_SPACE = 0.15
_WIDER = 1.5  # times the usual word space of a line
_STOPS, _LONGEST_NUMBER = frozenset(".)-"), 4
_BULLETS = frozenset("•◦▪●○■□➢✓❖·")
_REACH = 12  # sizes from a strip within which a gap may go on it
_WITNESSES = 4  # lines that begin or end where a gap does

# Narrow, and of the class of signs that join digits: a number and the number of its note are one for the algorithm.
_NOTE_SPACE = "\u202f"


@dataclass(slots=True)
class Line:
    """Glyphs side by side, sorted from left to right. `rtl` and `latin` count the letters of either direction.

    `cell` is where it stands in a table.
    """

    glyphs: list[Glyph]
    x0: float
    x1: float
    y: float
    size: float
    rtl: int
    latin: int
    cell: Cell | None = None


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
    return _parted(_joined([_cut(row) for row in found]))


class _Stretch(NamedTuple):
    """Glyphs of a line, the first of them at place `start`, with no wide gap between them."""

    start: int
    x0: float
    x1: float
    y: float


def _parted(found: list[Line]) -> list[Line]:
    """Cut lines where a white strip runs through many rows: columns and cells that stand closer than words may."""
    if not found:
        return found
    least = gutters.width(line.size for line in found)
    stretches = [_stretches(line, least) for line in found]
    boxes = [stretch for own in stretches for stretch in own]
    # Three gaps above each other may be chance, unless they are wide.
    strips = gutters.strips(boxes, least, rows=4) + gutters.strips(boxes, 1.8 * least)
    if not strips:
        return found
    edges = Counter(round(box.x1) for box in boxes), Counter(round(box.x0) for box in boxes)
    return [
        piece
        for line, own in zip(found, stretches, strict=True)
        for piece in _pieces(line, {*_crossing(line, own, strips), *_beside(line, strips, least, edges)})
    ]


def _crossing(line: Line, stretches: Sequence[_Stretch], strips: Sequence[gutters.Strip]) -> Iterator[int]:
    crossed = [strip for strip in strips if strip.bottom <= line.y <= strip.top]
    for before, after in pairwise(stretches):
        if any(before.x1 <= strip.x0 and strip.x1 <= after.x0 for strip in crossed):
            yield after.start


def _beside(
    line: Line, strips: Sequence[gutters.Strip], least: float, edges: tuple[Counter[int], Counter[int]]
) -> Iterator[int]:
    """Yield where a gap is that goes on a strip above or below, and at whose side other lines begin or end.

    In a justified line a word space may be as wide as the space between columns.
    """
    near = [strip for strip in strips if strip.bottom - _REACH * line.size <= line.y <= strip.top + _REACH * line.size]
    if not near:
        return
    ends, begins = edges
    drawn = [(number, glyph) for number, glyph in enumerate(line.glyphs) if not glyph.text.isspace()]
    for (_, before), (number, after) in pairwise(drawn):
        if after.x0 - before.x1 >= least and any(before.x1 <= s.x0 and s.x1 <= after.x0 for s in near):
            alike = max(_about(ends, before.x1), _about(begins, after.x0))
            if alike >= _WITNESSES:
                yield number


def _about(edges: Counter[int], x: float) -> int:
    return sum(edges[round(x) + aside] for aside in (-1, 0, 1))


def _pieces(line: Line, parted: Collection[int]) -> list[Line]:
    starts = sorted(parted)
    ends = [*starts, len(line.glyphs)]
    return [_line(_without_last_spaces(line.glyphs[start:end])) for start, end in zip([0, *starts], ends, strict=True)]


def _stretches(line: Line, least: float) -> list[_Stretch]:
    drawn = [(number, glyph) for number, glyph in enumerate(line.glyphs) if not glyph.text.isspace()]
    spaces = [after.x0 - before.x1 for (_, before), (_, after) in pairwise(drawn)]
    # In justified lines every word space is wide; a gap between columns is wider than those.
    words = [space for space in spaces if space > _WORD_SPACE * line.size]
    least = max(least, _WIDER * statistics.median_low(words)) if len(words) > 1 else least
    found: list[_Stretch] = []
    for number, glyph in drawn:
        if found and glyph.x0 - found[-1].x1 < least:
            last = found[-1]
            found[-1] = _Stretch(last.start, last.x0, max(last.x1, glyph.x1), line.y)
        else:
            found.append(_Stretch(number, glyph.x0, glyph.x1, line.y))
    return found


def word_gap(line: Line) -> float:
    """Return the gap from which two glyphs belong to two words."""
    spaces = sum(glyph.text.isspace() for glyph in line.glyphs)
    # Where a file draws its spaces, only a wide gap is one more; where it does not, every gap is.
    return (_GAP_WITHOUT_SPACES if spaces * 9 < len(line.glyphs) else _GAP_WITH_SPACES) * line.size


class Atoms(NamedTuple):
    """The clusters of a line from left to right with one space where a space or a word gap is.

    `glyphs` has the glyph of each, None for a space.
    """

    texts: list[str]
    glyphs: list[Glyph | None]


def atoms(line: Line) -> Atoms:
    least = word_gap(line)
    texts: list[str] = []
    glyphs: list[Glyph | None] = []
    end: float | None = None
    raised = False
    for place, glyph in enumerate(line.glyphs):
        was_raised, raised = raised, glyph.size <= rows.SMALL * line.size and _is_note(glyph.text)
        blank = glyph.text.isspace()
        # The number of a note is a word of its own, however near it stands.
        if blank or (
            end is not None and (glyph.x0 - end > least or raised != was_raised or _parts(line.glyphs, place))
        ):
            end = None
            if glyphs and glyphs[-1] is not None:
                texts.append(_NOTE_SPACE if raised != was_raised and not blank else " ")
                glyphs.append(None)
        if blank:
            continue
        if glyph.text:
            texts.append(glyph.text)
            glyphs.append(glyph)
        end = glyph.x1
    if glyphs and glyphs[-1] is None:
        texts.pop()
        glyphs.pop()
    return Atoms(texts, glyphs)


def _parts(glyphs: Sequence[Glyph], place: int) -> bool:
    """Return whether the sign or the number of an item ends left of this glyph, however near its first word stands."""
    left, right = glyphs[place - 1].text, glyphs[place].text
    if left in _BULLETS or right in _BULLETS:
        return True
    if right not in _STOPS or len(glyphs) - place > _LONGEST_NUMBER or not spelling.is_arabic(left[:1] or " "):
        return False
    return "".join(glyph.text for glyph in glyphs[place + 1 :]).strip().isdecimal()


def _is_note(text: str) -> bool:
    return text.isdigit() or text in "()[]*"


def _joined(rows: Sequence[list[list[Glyph]]]) -> list[Line]:
    """Return lines of the stretches of each row, where wide word spaces are no end of a line."""
    rows = [row for row in rows if row]
    stretches = [[_extent(stretch) for stretch in row] for row in rows]
    found: list[Line] = []
    for row, starts in zip(rows, justified.joined(stretches), strict=True):
        for start, end in pairwise([*starts, len(row)]):
            glyphs = [glyph for stretch in row[start:end] for glyph in stretch]
            found.append(_line(_without_last_spaces(glyphs)))
    return found


def _extent(glyphs: Sequence[Glyph]) -> justified.Stretch:
    drawn = [glyph for glyph in glyphs if not glyph.text.isspace()]
    letters = any(strong("".join(glyph.text for glyph in drawn)))
    return justified.Stretch(drawn[0].x0, max(glyph.x1 for glyph in drawn), drawn[0].y, drawn[0].size, letters)


def _cut(row: list[Glyph]) -> list[list[Glyph]]:
    """Return the glyphs of a row from left to right, cut at wide gaps; no stretch begins with a space."""
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
    return [*pieces, piece] if piece else pieces


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
