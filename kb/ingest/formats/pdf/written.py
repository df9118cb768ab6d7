"""A line of glyphs becomes a line of text in which every word knows its place on the page."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from kb.ingest import tidy
from kb.ingest.formats.pdf import bidi
from kb.ingest.formats.pdf.lines import Atoms, Line
from kb.ingest.formats.pdf.rows import SMALL
from kb.ingest.formats.pdf.sheet import Face, Glyph, Sheet

_BOLD_SHARE = 0.7
_USUAL = Face("", bold=False, ascent=0.9, descent=0.3)

Place = tuple[int, int, int, int]
"""Left, top, right and bottom in tenths of a point from the upper left corner of the page."""


class Frame(NamedTuple):
    """The page as seen by text of one angle: its size along and across the lines, and where its corner lies."""

    cos: float
    sin: float
    left: float
    bottom: float
    width: float
    height: float
    sheet_width: float
    sheet_height: float

    def place(self, x0: float, bottom: float, x1: float, top: float) -> Place:
        """Return where a box of lines lies on the page; what is outside of it is cut off."""
        if self.sin:
            corners = [
                (u * self.cos - v * self.sin, u * self.sin + v * self.cos) for u in (x0, x1) for v in (bottom, top)
            ]
            x0, x1 = min(x for x, _ in corners), max(x for x, _ in corners)
            bottom, top = min(y for _, y in corners), max(y for _, y in corners)
        elif self.cos < 0:
            x0, x1, bottom, top = -x1, -x0, -top, -bottom
        width, height = self.sheet_width, self.sheet_height
        left = round(10 * min(max(x0, 0.0), width))
        upper = round(10 * (height - min(max(top, 0.0), height)))
        return (
            left,
            upper,
            max(left, round(10 * min(max(x1, 0.0), width))),
            max(upper, round(10 * (height - min(max(bottom, 0.0), height)))),
        )


def frame(sheet: Sheet, angle: int) -> Frame:
    """Return how text of `angle` degrees sees the page."""
    exact = {0: (1.0, 0.0), 90: (0.0, 1.0), 180: (-1.0, 0.0), 270: (0.0, -1.0)}
    cos, sin = exact.get(angle % 360, (math.cos(math.radians(angle)), math.sin(math.radians(angle))))
    corners = [(x * cos + y * sin, y * cos - x * sin) for x in (0.0, sheet.width) for y in (0.0, sheet.height)]
    left, bottom = min(u for u, _ in corners), min(v for _, v in corners)
    width, height = max(u for u, _ in corners) - left, max(v for _, v in corners) - bottom
    return Frame(cos, sin, left, bottom, width, height, sheet.width, sheet.height)


@dataclass(slots=True)
class Written:
    """A line with its text in the order of reading, `places` for each of its words.

    `x0`, `x1` and the baseline `y` are points from the lower left corner of the page as text of this `angle` sees it.
    `letters` counts what is no space. `row` is 0 but for the rows of a ruled table, which has a number of its own;
    its cells are divided by tabs. `noted` counts the characters at the end that are the raised number of a note.
    """

    text: str
    places: tuple[Place, ...]
    x0: float
    x1: float
    y: float
    size: float
    rtl: bool
    bold: bool
    letters: int
    angle: int = 0
    table: int = 0
    underlined: bool = False
    noted: int = 0


def write(
    line: Line, atoms: Atoms, order: Sequence[bidi.Stretch], seen: Frame, faces: Sequence[Face], *, rtl: bool
) -> Written:
    """Return the line whose atoms are read in `order`."""
    text, sides = _words(atoms, order, rtl=line.rtl > line.latin)
    drawn = [glyph for glyph in atoms.glyphs if glyph]
    used = {glyph.font for glyph in drawn}
    own = [faces[font] for font in used if 0 <= font < len(faces)] or [_USUAL]
    size = max((glyph.size for glyph in drawn), default=line.size)
    top, bottom = line.y + size * max(f.ascent for f in own), line.y - size * max(f.descent for f in own)
    return Written(
        text=text,
        places=tuple(seen.place(x0, bottom, x1, top) for x0, x1 in sides),
        x0=line.x0 - seen.left,
        x1=line.x1 - seen.left,
        y=line.y - seen.bottom,
        size=line.size,
        rtl=rtl,
        bold=any(face.bold for face in own) and _is_bold(drawn, faces),
        letters=len(text) - text.count(" "),
        angle=line.glyphs[0].angle,
        noted=_noted(atoms, order, line.size),
    )


def _noted(atoms: Atoms, order: Sequence[bidi.Stretch], size: float) -> int:
    """Return how long the raised number of a note is that ends a line, with the space before it; 0 for none."""
    read = [place for start, end, _ in order for place in range(start, end)]
    length = 0
    while read and (glyph := atoms.glyphs[read[-1]]) and glyph.size <= SMALL * size and glyph.text.isdecimal():
        length += len(atoms.texts[read.pop()])
    return length + 1 if length and read and atoms.glyphs[read[-1]] is None else 0


def _is_bold(drawn: Sequence[Glyph], faces: Sequence[Face]) -> bool:
    bold = sum(0 <= glyph.font < len(faces) and faces[glyph.font].bold for glyph in drawn)
    return bold >= _BOLD_SHARE * len(drawn)


def _words(atoms: Atoms, order: Sequence[bidi.Stretch], *, rtl: bool) -> tuple[str, list[tuple[float, float]]]:
    """Return the text and the left and right side of each of its words."""
    texts, glyphs = atoms
    words: list[str] = []
    sides: list[tuple[float, float]] = []
    word = ""
    x0, x1 = math.inf, -math.inf
    for start, end, turned in order:
        for place in range(start, end):
            glyph = glyphs[place]
            if glyph is None:
                if word:
                    words.append(word)
                    sides.append((x0, x1))
                    word, x0, x1 = "", math.inf, -math.inf
                continue
            atom = texts[place]
            word += bidi.MIRRORED.get(atom, atom) if turned else atom
            x0, x1 = min(x0, glyph.x0), max(x1, glyph.x1)
    if word:
        words.append(word)
        sides.append((x0, x1))
    text = tidy.line(" ".join(words), longest=1_000_000)
    return (text, sides) if len(sides) == text.count(" ") + 1 else _parted(words, sides, rtl=rtl)


def _parted(
    words: Sequence[str], sides: Sequence[tuple[float, float]], *, rtl: bool
) -> tuple[str, list[tuple[float, float]]]:
    """Share the place of a cluster that is several words among them, and drop what is no word."""
    parts: list[str] = []
    shared: list[tuple[float, float]] = []
    for word, (x0, x1) in zip(words, sides, strict=True):
        own = tidy.letters(word).split()
        step = (x1 - x0) / max(1, len(own))
        spots = [(x0 + step * number, x0 + step * (number + 1)) for number in range(len(own))]
        parts += own
        shared += reversed(spots) if rtl else spots
    return " ".join(parts), shared
