"""The one file that knows pdfminer: a PDF becomes sheets of plain glyphs with their places. No layout is done here."""

import logging
import math
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import repeat
from typing import Any, BinaryIO

from pdfminer.pdfdevice import PDFTextDevice
from pdfminer.pdfdocument import (
    PDFDocument,
    PDFEncryptionError,
    PDFNoPageLabels,
    PDFNoValidXRef,
    PDFPasswordIncorrect,
)
from pdfminer.pdffont import PDFType3Font, PDFUnicodeNotDefined
from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager
from pdfminer.pdfpage import PDFPage
from pdfminer.pdfparser import PDFParser
from pdfminer.pdftypes import dict_value, resolve1
from pdfminer.psexceptions import PSException
from pdfminer.psparser import PSLiteral
from pdfminer.utils import apply_matrix_rect, decode_text, mult_matrix

from kb.ingest.extraction import Damaged, Encrypted
from kb.ingest.formats.pdf import spelling

logging.getLogger("pdfminer").setLevel(logging.CRITICAL)

# What pdfminer raises on files that break the format's rules, besides its own errors.
MISREAD = (
    PSException,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)
_UPRIGHT_DEGREES = 7
_END_MARK_WITHIN = 2048

RawPage = PDFPage
"""A page not yet read."""


@dataclass(slots=True)
class Glyph:
    """One glyph, or one cluster whose text the file states as a whole; lengths in points.

    `x0`, `x1` and the baseline `y` are measured along the writing direction `angle` (degrees), `index` is the place
    in the content stream. `text` is "" for a shape that stands for nothing. `font` is -1 for a stated cluster.
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


@dataclass(slots=True)
class Sheet:
    """What one page draws. `images` is the share of the page that images cover, 0 to 1."""

    width: float
    height: float
    glyphs: list[Glyph] = field(default_factory=list)
    images: float = 0.0


class Document(PDFDocument):
    """A PDF opened for reading with the empty password. Raises Encrypted or Damaged."""

    def __init__(self, file: BinaryIO) -> None:
        try:
            super().__init__(PDFParser(file), fallback=False)
        except (PDFPasswordIncorrect, PDFEncryptionError) as error:
            raise Encrypted("a password is asked for") from error
        except MISREAD:
            self._reopen(file)

    def _reopen(self, file: BinaryIO) -> None:
        """Read a file whose table of objects is wrong by looking for the objects, unless its end is missing."""
        file.seek(0, 2)
        file.seek(max(0, file.tell() - _END_MARK_WITHIN))
        if b"%%EOF" not in file.read():
            raise Damaged("the end of the file is missing")
        try:
            super().__init__(PDFParser(file), fallback=True)
        except (PDFPasswordIncorrect, PDFEncryptionError) as error:
            raise Encrypted("a password is asked for") from error
        except (*MISREAD, PDFNoValidXRef) as error:
            raise Damaged(f"{type(error).__name__}: {error}") from error

    def get_page_labels(self) -> Iterator[str]:
        """Yield labels as long as they can be read and "" from then on, so that a wrong label loses no page."""
        try:
            yield from super().get_page_labels()
        except (PDFNoPageLabels, *MISREAD):
            yield from repeat("")

    def pages(self) -> Iterator[PDFPage]:
        """Yield the pages. Raises Damaged where the tree of pages is broken."""
        try:
            yield from PDFPage.create_pages(self)
        except MISREAD as error:
            raise Damaged(f"the tree of pages: {type(error).__name__}") from error

    def stated_pages(self) -> int:
        """Return the number of pages the file says it has, 0 if it says none."""
        try:
            count = resolve1(dict_value(self.catalog.get("Pages")).get("Count"))
        except MISREAD:
            return 0
        return count if isinstance(count, int) else 0

    def properties(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for information in self.info:
            for name, value in information.items():
                try:
                    written = resolve1(value)
                    found[str(name)] = decode_text(written) if isinstance(written, bytes) else ""
                except MISREAD:
                    continue
        return found


class Reader:
    """Reads the pages of one document one after the other; fonts are learnt once."""

    def __init__(self) -> None:
        resources = PDFResourceManager()
        self._device = _Device(resources)
        self._interpreter = _Interpreter(resources, self._device)

    def read(self, page: PDFPage) -> Sheet:
        """Return what the page draws. Raises one of MISREAD where it cannot be followed."""
        self._interpreter.process_page(page)
        return self._device.sheet


class _Interpreter(PDFPageInterpreter):
    """Shows text without copying the graphics state, and looks up property lists that are named."""

    def do_TJ(self, seq: Any) -> None:  # noqa: N802 - operators are called by their names
        device: Any = self.device
        if self.textstate.font is not None:
            device.render_string(self.textstate, seq, None, None)

    def do_BDC(self, tag: Any, props: Any) -> None:  # noqa: N802 - as above
        if isinstance(props, PSLiteral):
            lists = resolve1(self.resources.get("Properties")) or {}
            props = resolve1(lists.get(props.name))
        super().do_BDC(tag, props)


class _Device(PDFTextDevice):
    """Collects the glyphs of one page at a time."""

    def __init__(self, resources: PDFResourceManager) -> None:
        super().__init__(resources)
        self.sheet = Sheet(0, 0)
        self._crop = (0.0, 0.0, 0.0, 0.0)
        self._tags: list[tuple[str | None, int]] = []
        self._fonts: dict[int, tuple[Any, int, dict[int, tuple[str, float, bool]]]] = {}
        self._index = 0

    def begin_page(self, page: PDFPage, ctm: Any) -> None:
        x0, y0, x1, y1 = apply_matrix_rect(ctm, page.mediabox)
        self.sheet = Sheet(abs(x1 - x0), abs(y1 - y0))
        self._crop = apply_matrix_rect(ctm, page.cropbox)
        self._tags = []
        self._index = 0

    def begin_tag(self, _tag: Any, props: Any = None) -> None:
        stated = resolve1(props.get("ActualText")) if isinstance(props, dict) else None
        text = decode_text(stated) if isinstance(stated, bytes) else None
        self._tags.append((text, len(self.sheet.glyphs)))

    def end_tag(self) -> None:
        """Put the stated text in place of the glyphs it stands for, if these are on one line."""
        if not self._tags:
            return
        text, start = self._tags.pop()
        covered = self.sheet.glyphs[start:]
        if text is None or not covered:
            return
        base = [glyph for glyph in covered if glyph.x1 - glyph.x0 > 0.01] or covered
        first, last = base[0], base[-1]
        if any(abs(glyph.y - last.y) > max(last.size, 1.0) or glyph.angle != last.angle for glyph in base):
            return
        x0, x1 = min(glyph.x0 for glyph in base), max(glyph.x1 for glyph in base)
        stated = Glyph(spelling.clean(text), x0, x1, last.y, last.size, last.angle, first.index, -1, -1)
        self.sheet.glyphs[start:] = [stated]

    def render_image(self, _name: str, _stream: Any) -> None:
        assert self.ctm
        a, b, c, d, _, _ = self.ctm
        area = self.sheet.width * self.sheet.height
        if area:
            self.sheet.images = min(1.0, self.sheet.images + abs(a * d - b * c) / area)

    def render_string(self, textstate: Any, seq: Any, ncs: Any, graphicstate: Any) -> None:
        if textstate.font.is_vertical():
            super().render_string(textstate, seq, ncs, graphicstate)
            return
        self._show(textstate, seq)

    def render_char(self, matrix: Any, font: Any, fontsize: Any, scaling: Any, _rise: Any, cid: Any, *_: Any) -> float:
        _, _, c, d, x, y = matrix
        number, known = self._font(font)
        text, width, unmapped = _known(font, known, cid)
        size = abs(fontsize) * math.hypot(c, d)
        self._index += 1
        self.sheet.glyphs.append(Glyph(text, x, x + size, y, size, 0, self._index, number, cid, unmapped))
        return float(width * fontsize * scaling)

    def _show(self, state: Any, sequence: Any) -> None:
        """Place the glyphs of one string: ISO 32000-1, 9.4.4."""
        assert self.ctm
        font, fontsize, scaling = state.font, state.fontsize, state.scaling * 0.01
        a, b, c, d, e, f = mult_matrix(state.matrix, self.ctm)
        number, known = self._font(font)
        charspace = state.charspace * scaling
        wordspace = 0.0 if font.is_multibyte() else state.wordspace * scaling
        size = abs(fontsize) * math.hypot(c, d) * _height(font)
        # A mirrored matrix tells the direction of its lines by its other axis.
        theta = math.atan2(b, a) if a * d - b * c >= 0 else math.atan2(-c, d)
        angle = round(math.degrees(theta))
        cos, sin = (1.0, 0.0) if abs(angle) < _UPRIGHT_DEGREES else (math.cos(theta), math.sin(theta))
        angle = 0 if sin == 0.0 and cos == 1.0 else angle
        along, rise = a * cos + b * sin, state.rise
        left, bottom, right, top = self._crop
        glyphs = self.sheet.glyphs
        x, y = state.linematrix
        spaced = False
        for part in sequence:
            if isinstance(part, int | float):
                x -= part * 0.001 * fontsize * scaling
                spaced = True
                continue
            if not isinstance(part, bytes):
                continue
            for cid in font.decode(part):
                if spaced:
                    x += charspace
                spaced = True
                text, width, unmapped = known.get(cid) or _known(font, known, cid)
                advance = width * fontsize * scaling
                px, py = a * x + c * (y + rise) + e, b * x + d * (y + rise) + f
                self._index += 1
                if left - size <= px <= right + size and bottom - size <= py <= top + size:
                    x0 = px * cos + py * sin
                    x1 = x0 + along * advance
                    x0, x1 = (x0, x1) if x0 <= x1 else (x1, x0)
                    level = py * cos - px * sin
                    glyphs.append(Glyph(text, x0, x1, level, size, angle, self._index, number, cid, unmapped))
                x += advance
                if wordspace and cid == 32:
                    x += wordspace
        state.linematrix = (x, y)

    def _font(self, font: Any) -> tuple[int, dict[int, tuple[str, float, bool]]]:
        # The font is kept with its entry: its identity must not be given to another.
        _, number, known = self._fonts.setdefault(id(font), (font, len(self._fonts), {}))
        return number, known


def _known(font: Any, known: dict[int, tuple[str, float, bool]], cid: int) -> tuple[str, float, bool]:
    """Return text, advance in units of the size, and whether the text is unknown."""
    if cid not in known:
        try:
            text, unmapped = spelling.of_glyph(font.to_unichr(cid))
        except PDFUnicodeNotDefined:
            text, unmapped = spelling.UNKNOWN, True
        known[cid] = (text, font.char_width(cid), unmapped)
    return known[cid]


def _height(font: Any) -> float:
    """Return what the size of a font is to be multiplied by; Type 3 fonts have a scale of their own."""
    if not isinstance(font, PDFType3Font):
        return 1.0
    height = abs((font.ascent - font.descent) * font.vscale)
    return height if 0.01 < height < 100 else 1.0
