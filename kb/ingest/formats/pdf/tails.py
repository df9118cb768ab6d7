"""Letters drawn by two shapes, of which the file names the second and leaves the first without a text.

Some programs name a shape by where it first occurs, and give the text of a letter to the last of its shapes, here the
stroke that joins it to the next letter. Elsewhere the first shape stands alone, and its letter is lost; or the stroke
stands beside another shape of the letter, which is read twice. The stroke is known by never standing alone.
"""

from collections import defaultdict
from collections.abc import Sequence

from kb.ingest.formats.pdf import spelling
from kb.ingest.formats.pdf.sheet import Glyph, Override, Shape

_ADJACENT = 0.15  # of the size
_NO_WIDTH = 0.02


class Tails:
    """Watches what stands right of each shape. Where one without a text occurs first, the stroke is left of it."""

    def __init__(self) -> None:
        self._mute: dict[Shape, Shape] = {}
        self._before: dict[Shape, set[str]] = defaultdict(set)
        self._texts: dict[Shape, str] = {}
        self._fixed: set[Shape] = set()

    def add(self, glyphs: Sequence[Glyph]) -> None:
        """Take the glyphs of a page in the order of the stream."""
        fonts = {glyph.font for glyph in glyphs if _is_mute(glyph)} | {font for font, _ in self._mute}
        if not fonts:
            return
        drawn = [glyph for glyph in glyphs if glyph.font in fonts]
        for first, second in zip(drawn, [*drawn[1:], None], strict=True):
            self._meet(first, second)
        for glyph in drawn:
            self._note(glyph)

    def overrides(self) -> dict[Shape, Override]:
        """Return the letters that shapes without a text are, and the strokes that are none."""
        found: dict[Shape, Override] = {}
        for mute, stroke in self._mute.items():
            if self._is_tail(stroke):
                found[mute] = Override("", self._texts[stroke])
                found[stroke] = Override(self._texts[stroke], "")
        return found

    def _meet(self, left: Glyph, right: Glyph | None) -> None:
        """Note what stands right of a letter, which a stream that runs from left to right draws next."""
        if not _is_letter(left):
            if right is not None and _is_mute(right):
                self._mute.setdefault(_shape(right), _shape(left))
            return
        beside = right is not None and _is_beside(left, right)
        if right is not None and beside and _is_mute(right):
            # Elsewhere the letter left of it may be another, which has but this one beside it.
            self._mute.setdefault(_shape(right), _shape(left))
            self._before[_shape(left)] |= set()
        else:
            self._before[_shape(left)].add(right.text if right is not None and beside else "")

    def _note(self, glyph: Glyph) -> None:
        if self._texts.setdefault(_shape(glyph), glyph.text) != glyph.text:
            self._fixed.add(_shape(glyph))

    def _is_tail(self, stroke: Shape) -> bool:
        return stroke in self._before and stroke not in self._fixed and self._before[stroke] <= {self._texts[stroke]}


def _shape(glyph: Glyph) -> Shape:
    return glyph.font, glyph.cid


def _is_mute(glyph: Glyph) -> bool:
    return not glyph.text and not glyph.unmapped and glyph.cid >= 0 and _has_width(glyph)


def _has_width(glyph: Glyph) -> bool:
    return glyph.x1 - glyph.x0 > _NO_WIDTH * glyph.size


def _is_letter(glyph: Glyph) -> bool:
    return glyph.cid >= 0 and len(glyph.text) == 1 and spelling.is_letter(glyph.text) and _has_width(glyph)


def _is_beside(left: Glyph, right: Glyph) -> bool:
    return abs(left.y - right.y) < 0.5 * left.size and abs(right.x0 - left.x1) < _ADJACENT * left.size
