"""A pen on pages of A4. The only file that knows ReportLab."""

import io
from functools import lru_cache
from importlib.resources import as_file, files
from itertools import groupby
from typing import Final

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from kb.writing.pdf.paper import Paper
from kb.writing.pdf.shaping import joined, visual

WIDTH, HEIGHT = A4
MARGIN: Final = 56.0

INK: Final = "#13211B"
FAINT: Final = "#56635C"
GREEN: Final = "#0E5C46"
LINE: Final = "#DDD3BF"

REGULAR: Final = "print-400"
BOLD: Final = "print-700"
_TIFINAGH: Final = "print-tfng"
_UNKNOWN: Final = "?"
"""Stands for a letter that none of the fonts has."""


@lru_cache(maxsize=1)
def _letters() -> dict[str, frozenset[int]]:
    """Give ReportLab the fonts; return which code points each has."""
    found = {}
    for name in (REGULAR, BOLD, _TIFINAGH):
        with as_file(files("kb.writing.pdf") / "fonts" / f"{name}.ttf") as path:
            font = TTFont(name, str(path))
        pdfmetrics.registerFont(font)
        found[name] = frozenset(font.face.charToGlyph)
    return found


def _runs(text: str, font: str) -> list[tuple[str, str]]:
    """Part a text as drawn by the fonts that have its letters."""
    letters = _letters()

    def font_of(letter: str) -> str:
        return _TIFINAGH if ord(letter) in letters[_TIFINAGH] and ord(letter) not in letters[font] else font

    return [
        (name, "".join(c if ord(c) in letters[name] else _UNKNOWN for c in run))
        for name, run in groupby(text, key=font_of)
    ]


@lru_cache(maxsize=50_000)
def width(text: str, font: str, size: float) -> float:
    """Return how wide a text in logical order will be drawn, in points."""
    return sum(float(pdfmetrics.stringWidth(run, name, size)) for name, run in _runs(joined(text), font))


class Pen:
    """Draws on one page after the other, from points measured from its lower left corner.

    One that is `dry` draws no words: it is for finding out how many pages there will be.
    """

    def __init__(self, paper: Paper, *, dry: bool = False) -> None:
        self._dry = dry
        self._kept = io.BytesIO()
        self._canvas = Canvas(self._kept, pagesize=A4, lang=paper.language, pageCompression=1)
        self._canvas.setTitle(paper.title)
        self._canvas.setAuthor(paper.author)
        self._canvas.setSubject(paper.subject)
        self._canvas.setCreator("Rassid")
        self._canvas.setViewerPreference("DisplayDocTitle", "true")
        if paper.right_to_left:
            self._canvas.setViewerPreference("Direction", "R2L")

    def line(self, text: str, x: float, y: float, font: str, size: float, colour: str, *, right_to_left: bool) -> None:
        """Draw a line given in logical order; `x` is its left end."""
        if self._dry:
            return
        self._canvas.setFillColor(HexColor(colour))
        pen = self._canvas.beginText(x, y)
        for name, run in _runs(visual(text, right_to_left=right_to_left), font):
            pen.setFont(name, size)
            pen.textOut(run)
        self._canvas.drawText(pen)

    def rule(self, x: float, y: float, length: float, colour: str, thickness: float = 0.5) -> None:
        self._canvas.setStrokeColor(HexColor(colour))
        self._canvas.setLineWidth(thickness)
        self._canvas.line(x, y, x + length, y)

    def link(self, address: str, x: float, y: float, length: float, height: float) -> None:
        self._canvas.linkURL(address, (x, y, x + length, y + height), relative=0, thickness=0)

    def mark(self, text: str, y: float) -> None:
        """Make this height of the page an entry of the outline."""
        name = f"m{self._canvas.getPageNumber()}-{y:.0f}-{hash(text) & 0xFFFF}"
        self._canvas.bookmarkHorizontal(name, 0, y + 16)
        self._canvas.addOutlineEntry(text, name, level=0)

    def turn(self) -> None:
        self._canvas.showPage()

    def done(self) -> bytes:
        self._canvas.save()
        return self._kept.getvalue()
