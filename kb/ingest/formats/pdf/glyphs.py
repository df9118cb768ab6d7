"""What the pages of a PDF draw, told by pdfminer's interpreter, becomes sheets. No layout is done here."""

import math
from collections.abc import Mapping
from typing import Any

from pdfminer.pdfdevice import PDFTextDevice
from pdfminer.pdffont import PDFCIDFont, PDFType3Font, PDFUnicodeNotDefined
from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager
from pdfminer.pdftypes import PDFStream, resolve1, stream_value
from pdfminer.psparser import LIT, PSLiteral
from pdfminer.utils import apply_matrix_rect, decode_text, mult_matrix

from kb.ingest.formats.pdf import charmap, content, faces, rules, spelling
from kb.ingest.formats.pdf.miner import RawPage
from kb.ingest.formats.pdf.sheet import Face, Glyph, Override, Shape, Sheet

_UPRIGHT_DEGREES = 7
_BENT = frozenset("cvy")
# Colours and the manner of lines.
_WITHOUT_EFFECT = frozenset(b"w J j M d ri i g G rg RG k K cs CS sc SC scn SCN sh BX EX MP DP".split())
_LARGEST = 20_000.0  # points: the longest side of a page is 14,400 (ISO 32000-1, annex C)


class Reader:
    """Reads the pages of one document one after the other; fonts are learnt once."""

    def __init__(self) -> None:
        resources = PDFResourceManager()
        self._device = _Device(resources)
        self._interpreter = _Interpreter(resources, self._device)

    def read(self, page: RawPage) -> Sheet:
        """Return what the page draws. Raises one of MISREAD where it cannot be followed."""
        self._interpreter.process_page(page)
        return self._device.finished()

    def call(self, overrides: Mapping[Shape, Override]) -> None:
        """Let shapes stand for other texts from now on."""
        self._device.call(overrides)


class _Interpreter(PDFPageInterpreter):
    """Executes content streams that it reads faster, and only what draws text and paths.

    Shows text without copying the graphics state, and looks up property lists that are named.
    """

    def execute(self, streams: Any) -> None:
        """Execute streams, but none within itself."""
        self.stream_ids.clear()
        parts = []
        for one in streams:
            stream = stream_value(one)
            if stream.objid is not None and stream.objid not in self.parent_stream_ids:
                self.stream_ids.add(stream.objid)
                parts.append(stream.get_data())
        data = b"\n".join(parts)
        if content.has_inline_image(data):
            super().execute(streams)
            return
        operators: dict[bytes, tuple[Any, int]] = {}
        for operator, operands in content.operations(data, LIT):
            found = operators.get(operator)
            if found is None:
                found = operators[operator] = self._operator(operator)
            run, count = found
            if count:
                if len(operands) >= count:
                    run(*operands[-count:])
            elif run:
                self.argstack = operands
                run()

    def _operator(self, operator: bytes) -> tuple[Any, int]:
        """Return what to call and the number of its operands, None for an operator that changes nothing here."""
        if operator in _WITHOUT_EFFECT:
            return None, 0
        name = operator.decode("latin-1").replace("*", "_a").replace('"', "_w").replace("'", "_q")
        run = getattr(self, f"do_{name}", None)
        return run, run.__code__.co_argcount - 1 if run else 0

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
        self._corner = (0.0, 0.0)
        self._faces: list[Face] = []
        self._tags: list[tuple[str | None, int]] = []
        self._fonts: dict[int, tuple[Any, int, dict[int, tuple[str, float, bool]]]] = {}
        self._shaped: set[int] = set()
        self._charmaps: dict[int, dict[int, str]] = {}
        self._letters: dict[Shape, str] = {}
        self._overrides: Mapping[Shape, Override] = {}
        self._index = self._painted = 0

    def begin_page(self, page: RawPage, ctm: Any) -> None:
        left, bottom, right, top = _seen(apply_matrix_rect(ctm, page.mediabox), apply_matrix_rect(ctm, page.cropbox))
        self._corner = left, bottom
        self.sheet = Sheet(right - left, top - bottom, faces=self._faces, letters=self._letters)
        self._tags = []
        self._index = self._painted = 0

    def set_ctm(self, ctm: Any) -> None:
        """Take the matrix so that the corner of what is seen is the origin of all places."""
        a, b, c, d, e, f = ctm
        left, bottom = self._corner
        self.ctm = (a, b, c, d, e - left, f - bottom)

    def paint_path(self, _state: Any, stroke: Any, fill: Any, _evenodd: Any, path: Any) -> None:
        if (stroke or fill) and path:
            self.sheet.curves += sum(segment[0] in _BENT for segment in path)
        if (stroke or fill) and path and self._painted <= rules.MOST:
            found = rules.of_path(path, self.ctm, stroke=bool(stroke))
            self._painted += len(found)
            self.sheet.rules += found
            if self._painted > rules.MOST:
                self.sheet.rules.clear()

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
        stated = Glyph(spelling.clean(text), x0, x1, last.y, last.size, last.angle, first.index, first.font, -1)
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
        first = self._index
        self._show(textstate, seq)
        if self._index == first and any(isinstance(part, bytes) for part in seq):
            self.sheet.mute = True

    def render_char(self, matrix: Any, font: Any, fontsize: Any, scaling: Any, _rise: Any, cid: Any, *_: Any) -> float:
        _, _, c, d, x, y = matrix
        number, known = self._font(font)
        text, width, unmapped = known.get(cid) or self._learnt(font, cid)
        size = abs(fontsize) * math.hypot(c, d)
        self._index += 1
        if 0.0 < size < _LARGEST and math.isfinite(x + y):
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
        size = abs(fontsize) * math.hypot(c, d) * faces.height(font, drawn=isinstance(font, PDFType3Font))
        angle, cos, sin = _turn(a, b, c, d)
        along, rise = a * cos + b * sin, state.rise
        # What has no size is not seen, nor is what is larger than any sheet.
        reach = size if 0.0 < size < _LARGEST else -math.inf
        right, top = self.sheet.width + reach, self.sheet.height + reach
        glyphs = self.sheet.glyphs
        (x, y), spaced = state.linematrix, False
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
                text, width, unmapped = known.get(cid) or self._learnt(font, cid)
                advance = width * fontsize * scaling
                px, py = a * x + c * (y + rise) + e, b * x + d * (y + rise) + f
                self._index += 1
                if -reach <= px <= right and -reach <= py <= top:
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
        entry = self._fonts.get(id(font))
        if entry is None:
            entry = self._fonts[id(font)] = font, len(self._faces), {}
            self._faces.append(faces.of(font, drawn=isinstance(font, PDFType3Font)))
        self.sheet.forms = self.sheet.forms or entry[1] in self._shaped
        return entry[1:]

    def call(self, overrides: Mapping[Shape, Override]) -> None:
        self._overrides = overrides
        for _, number, known in self._fonts.values():
            for cid, (_, width, _) in list(known.items()):
                if (number, cid) in overrides:
                    known[cid] = overrides[number, cid].now, width, False

    def finished(self) -> Sheet:
        """Return the sheet, with the overrides that it shows."""
        if self._overrides:
            drawn = {(glyph.font, glyph.cid) for glyph in self.sheet.glyphs}
            self.sheet.overrides = [override for shape, override in self._overrides.items() if shape in drawn]
        return self.sheet

    def _learnt(self, font: Any, cid: int) -> tuple[str, float, bool]:
        """Return text, advance in units of the size, and whether the text is unknown."""
        number, known = self._font(font)
        try:
            raw = font.to_unichr(cid)
        except PDFUnicodeNotDefined:
            raw = spelling.UNKNOWN
        raw = self._named(font, number, cid, raw)
        if spelling.is_shaped(raw):
            self._shaped.add(number)
            self.sheet.forms = True
        text, unmapped = spelling.of_glyph(raw)
        known[cid] = (text, font.char_width(cid), unmapped)
        return known[cid]

    def _named(self, font: Any, number: int, cid: int, raw: str) -> str:
        """Return the text of a shape that has none as its font has it, where nothing else may hold it."""
        if raw.strip(f"{spelling.UNKNOWN}\0") or not isinstance(font, PDFCIDFont):
            return raw
        if number not in self._charmaps:
            file = resolve1(font.descriptor.get("FontFile2"))
            self._charmaps[number] = charmap.arabic(file.get_data()) if isinstance(file, PDFStream) else {}
        name = self._charmaps[number].get(cid, "")
        if name and not raw:
            self._letters[number, cid] = spelling.clean(name)
        return name if raw and name else raw


def _turn(a: float, b: float, c: float, d: float) -> tuple[int, float, float]:
    """Return the direction of the lines that a matrix draws, in degrees, with its cosine and sine."""
    # A mirrored matrix tells it by its other axis.
    theta = math.atan2(b, a) if a * d - b * c >= 0 else math.atan2(-c, d)
    angle = round(math.degrees(theta))
    return (0, 1.0, 0.0) if abs(angle) < _UPRIGHT_DEGREES else (angle, math.cos(theta), math.sin(theta))


def _seen(media: Any, crop: Any) -> tuple[float, float, float, float]:
    """Return the part of the sheet that is shown: where the two boxes meet, the sheet where they do not."""
    left, bottom, right, top = media
    x0, y0, x1, y1 = max(left, crop[0]), max(bottom, crop[1]), min(right, crop[2]), min(top, crop[3])
    return (x0, y0, x1, y1) if x0 < x1 and y0 < y1 else (left, bottom, right, top)
