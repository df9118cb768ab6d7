"""A picture of a page becomes a page of text: the steps in their order."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import cos, radians, sin
from statistics import fmean

import numpy as np

from kb.core.text import Box, Finding, Page
from kb.ingest import lexicon, verdict
from kb.ingest.ocr import clean, layout, reading, spelling
from kb.ingest.ocr.layout import Ink, Place
from kb.ingest.ocr.tesseract import Grey, Reader, Seen
from kb.ingest.render import Rendered

ARABIC, LATIN, BOTH = "ara", "fra+eng", "ara+fra+eng"
_NARROW = 0.12  # of a line's height: what is narrower is the edge of something
_MARGIN = 6  # pixels of white around a line
_CUT = (0.08, 0.15)  # of a line's height, taken off above and below: without most vowel marks it is read better
_DOUBT = 0.15  # of the Arabic words of a line: above it the line is read again
_PARAGRAPH = 0.7  # of a line's height: white above a new paragraph
_EDGE = 0.09  # of a page's height: where heads and page numbers stand
_LOST = 0.4  # of the words of a page: above it Tesseract is asked to find the lines
_JUNK = 35.0  # mean confidence under which a line of no known word is a stain
_SURE = 90.0  # confidence of a word that is read without doubt


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A page made ready: its picture, its ink, the rules that were taken out, and by how many degrees it was turned."""

    image: Grey
    ink: Ink
    rules: Ink
    turned: float


@dataclass(frozen=True, slots=True)
class _Line:
    """The pieces of a line in the order of reading. `first` tells that a paragraph starts here."""

    place: Place
    pieces: tuple[tuple[Seen, ...], ...]
    first: bool

    @property
    def words(self) -> list[Seen]:
        return [word for piece in self.pieces for word in piece]


def read(rendered: Rendered, number: int) -> Page:
    """Return the page that OCR makes of the picture; of origin "none" where there is nothing to read."""
    dpi = rendered.picture.width / rendered.width * 720
    sheet = _prepared(rendered, dpi)
    columns = {column: _lines(sheet, column, dpi) for column in layout.columns(sheet.ink, rtl=True)}
    if not reading.is_rtl(word for lines in columns.values() for line in lines for word in line.words):
        columns = {column: columns[column] for column in layout.columns(sheet.ink, rtl=False)}
    lines = [line for found in columns.values() for line in found]
    if reading.doubt(line.words for line in lines) > _LOST:
        others = [_of(words) for words in _reader(BOTH).column(sheet.image, dpi)]
        lines = max(lines, others, key=lambda found: reading.gain(line.words for line in found))
    lines = [line for line in lines if not _is_junk(line.words)]
    head, foot, body = _furniture(lines, sheet.ink.shape[0])
    return _page(rendered, number, sheet, body, head, foot)


def _of(words: Sequence[Seen]) -> _Line:
    """Return a line as Tesseract found it."""
    sides = [word[1:5] for word in words]
    x0, y0, x1, y1 = (edge(side) for edge, side in zip((min, min, max, max), zip(*sides, strict=True), strict=True))
    return _Line(Place(x0, y0, x1, y1), (tuple(spelling.put_right(words)),), first=False)


def _prepared(rendered: Rendered, dpi: float) -> _Sheet:
    picture, grainy = clean.denoised(clean.levelled(rendered.picture))
    image = np.asarray(picture)
    ink = image < clean.threshold(image)
    turned = clean.angle(ink)
    if turned:
        image = np.asarray(picture.rotate(turned, resample=clean.SMOOTH, fillcolor=255))
        ink = image < clean.threshold(image)
    ink = clean.without_specks(ink) if grainy else ink
    image, ink, rules = clean.without_rules(image, ink, dpi)
    return _Sheet(image, ink, rules, turned)


def _lines(sheet: _Sheet, column: Place, dpi: float) -> list[_Line]:
    found: list[_Line] = []
    bottom = 0
    for place in layout.lines(sheet.ink, column):
        pieces = [_read(sheet.image, piece, dpi) for piece in layout.pieces(sheet.ink, sheet.rules, place)]
        rtl = reading.is_rtl(word for piece in pieces for word in piece)
        in_order = [
            tuple(spelling.put_right(reading.ordered(piece, rtl=rtl))) for piece in (pieces[::-1] if rtl else pieces)
        ]
        far = not found or place.y0 - bottom > _PARAGRAPH * (place.y1 - place.y0)
        found.append(_Line(place, tuple(filter(None, in_order)), far))
        bottom = place.y1
    return found


def _read(image: Grey, place: Place, dpi: float) -> list[Seen]:
    """Read one piece of a line by the Arabic model; where that is in doubt by the Latin ones, and again cut lower."""
    if place.x1 - place.x0 < _NARROW * (place.y1 - place.y0):
        return []
    words = _seen(_reader(ARABIC), image, place, dpi)
    if any(map(reading.is_doubtful, words)) or not words:
        words = reading.with_latin(words, _seen(_reader(LATIN), image, place, dpi))
    for cut in _CUT:
        arabic = [word for word in words if reading.is_arabic(word)]
        if sum(map(reading.is_doubtful, arabic)) <= _DOUBT * len(arabic):
            break
        margin = round(cut * (place.y1 - place.y0))
        lower = place._replace(y0=place.y0 + margin, y1=place.y1 - margin)
        words = reading.merged(words, _seen(_reader(ARABIC), image, lower, dpi))
    return words


@cache
def _reader(languages: str) -> Reader:
    return Reader(languages)


def _seen(reader: Reader, image: Grey, place: Place, dpi: float) -> list[Seen]:
    part = np.pad(image[place.y0 : place.y1, place.x0 : place.x1], _MARGIN, constant_values=255)
    return [word.moved(place.x0 - _MARGIN, place.y0 - _MARGIN) for word in reader.line(part, dpi)]


def _is_junk(words: Sequence[Seen]) -> bool:
    """Tell a stain, a stamp or a picture that was read as letters from text."""
    if not any(char.isalnum() for word in words for char in word.text):
        return True
    text = " ".join(word.text for word in words)
    return fmean(word.confidence for word in words) < _JUNK and lexicon.rate(text).known < max(1, len(words) / 4)


def _furniture(lines: list[_Line], height: int) -> tuple[str, str, list[_Line]]:
    """Return what is printed above and below the text, where that is a page number alone, and the other lines."""
    head = foot = ""
    body = list(lines)
    if len(body) > 1 and body[0].place.y1 < _EDGE * height and _is_number(body[0]):
        head = _said(body.pop(0))
    if len(body) > 1 and body[-1].place.y0 > (1 - _EDGE) * height and _is_number(body[-1]):
        foot = _said(body.pop())
    return head, foot, body


def _is_number(line: _Line) -> bool:
    bare = _said(line).strip("-–—|()[] .")
    return bare.isdigit() and len(bare) <= 4


def _said(line: _Line) -> str:
    return " ".join(word.text for word in line.words)


def _page(rendered: Rendered, number: int, sheet: _Sheet, lines: list[_Line], head: str, foot: str) -> Page:
    words = [word for line in lines for word in line.words]
    if not words:
        return Page(number, "", "none", quality=0.0, findings=(Finding(verdict.NO_TEXT),))
    text = ""
    for line in lines:
        text += ("\n\n" if line.first else "\n") if text else ""
        text += "\t".join(" ".join(word.text for word in piece) for piece in line.pieces)
    rates = lexicon.rate_arabic(text), lexicon.rate_latin(text)
    signs = verdict.Signs(0, 0.0, 0.0, *rates)
    sure = min(1.0, fmean(word.confidence for word in words) / _SURE)
    return Page(
        number,
        text,
        "ocr",
        quality=round(verdict.quality(signs) * sure, 3),
        findings=tuple(found for found in verdict.findings(signs) if found.code != verdict.NEEDS_OCR),
        boxes=tuple(_box(index, word, rendered, sheet) for index, word in enumerate(words)),
        width=rendered.width,
        height=rendered.height,
        head=head,
        foot=foot,
    )


def _box(index: int, word: Seen, rendered: Rendered, sheet: _Sheet) -> Box:
    """Return the place of a word on the page as it came, before it was straightened."""
    height, width = sheet.ink.shape
    tenths = rendered.width / width
    corners = [_turned_back(x, y, width, height, sheet.turned) for x in (word.x0, word.x1) for y in (word.y0, word.y1)]
    across, down = [x for x, _ in corners], [y for _, y in corners]
    x0, y0, x1, y1 = (max(0, round(side * tenths)) for side in (min(across), min(down), max(across), max(down)))
    return Box(index, x0, y0, x1, y1, min(100, max(0, round(word.confidence))))


def _turned_back(x: float, y: float, width: int, height: int, degrees: float) -> tuple[float, float]:
    right, down, turn = x - width / 2, y - height / 2, radians(degrees)
    return width / 2 + right * cos(turn) - down * sin(turn), height / 2 + right * sin(turn) + down * cos(turn)
