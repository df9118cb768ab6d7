"""What one page draws, as plain values: glyphs with their places, the faces they are set in, and straight lines."""

from dataclasses import dataclass, field
from typing import NamedTuple


@dataclass(slots=True)
class Glyph:
    """One glyph, or one cluster whose text the file states as a whole; lengths in points.

    `x0`, `x1` and the baseline `y` are measured along the writing direction `angle` (degrees), `index` is the place
    in the content stream. `text` is "" for a shape that stands for nothing. `font` is the place of its face among
    those of the sheet, -1 for none; `cid` is -1 for a stated cluster.
    """

    text: str
    x0: float
    x1: float
    y: float
    size: float
    angle: int
    index: int
    font: int
    cid: int
    unmapped: bool = False


class Face(NamedTuple):
    """A font of the document; `ascent` and `descent` are of the size, from the baseline up and down, both positive."""

    name: str
    bold: bool
    ascent: float
    descent: float


class Rule(NamedTuple):
    """A straight line, across (`y0` = `y1`) or down (`x0` = `x1`) the page; the smaller end comes first."""

    x0: float
    y0: float
    x1: float
    y1: float


class Cell(NamedTuple):
    """A cell of the `table`, counted from 1, that reaches from `column` to `last`, counted from the left."""

    table: int
    row: int
    column: int
    last: int


Shape = tuple[int, int]
"""A font, by the place of its face among those of the document, and the number of a glyph in it."""


class Override(NamedTuple):
    """What a shape was called ("" for nothing, U+FFFD for unknown) and what it is to be called."""

    was: str
    now: str


@dataclass(slots=True)
class Sheet:
    """What is seen of a page, in points from its lower left corner.

    `images` is the share of the page that images cover, 0 to 1. `rules` are empty where there are too many to be the
    borders of tables. `faces` is the same list for all pages of a document. `forms` says that a font names the shapes
    of letters (initial, medial, final) in place of the letters. `overrides` are the shapes on it that were renamed.
    `curves` counts the bent segments of painted paths, which letters drawn as outlines are full of. `mute` says that
    text is shown in a font that cannot be followed. `letters` names shapes that the file gives no text, which the text
    of another may hold.
    """

    width: float
    height: float
    glyphs: list[Glyph] = field(default_factory=list)
    images: float = 0.0
    faces: list[Face] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    forms: bool = False
    curves: int = 0
    mute: bool = False
    letters: dict[Shape, str] = field(default_factory=dict)
    overrides: list[Override] = field(default_factory=list)
