"""The Arabic words of doubtful pages as shapes: what repair learns from."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from kb.ingest import lexicon
from kb.ingest.formats.pdf import lines, spelling
from kb.ingest.formats.pdf.lines import Line
from kb.ingest.formats.pdf.odds import SPACE
from kb.ingest.formats.pdf.sheet import Glyph, Shape
from kb.ingest.formats.pdf.tails import Tails

_MOST_WORDS = 8000


@dataclass(slots=True)
class Evidence:
    """The Arabic words of the pages that may need repair, as shapes in the order of reading."""

    words: Counter[tuple[int, ...]] = field(default_factory=Counter)
    spaces: Counter[Shape] = field(default_factory=Counter)
    shapes: dict[Shape | str, int] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    fixed: set[int] = field(default_factory=set)
    tails: Tails = field(default_factory=Tails)

    def add(self, page: Iterable[Line]) -> None:
        """Take the words of a page, up to 8000 different ones in all."""
        found = [line for line in page if line.rtl or any(glyph.unmapped for glyph in line.glyphs)]
        for line in found:
            self.spaces.update((glyph.font, glyph.cid) for glyph in line.glyphs if glyph.text.isspace())
        for line in found:
            for word in self._words(line):
                if len(self.words) < _MOST_WORDS:
                    self.words[tuple(map(self._shape, word))] += 1

    def units(self) -> list[frozenset[int]]:
        """Return what may be renamed: each shape whose text is its own, and those that share a font and a name."""
        alike: dict[tuple[int, str], set[int]] = {}
        free = {
            number: shape
            for shape, number in self.shapes.items()
            if number not in self.fixed and not isinstance(shape, str)
        }
        for number, (font, _) in free.items():
            if self.texts[number] not in ("", spelling.UNKNOWN, SPACE):
                alike.setdefault((font, self.texts[number]), set()).add(number)
        return [*(frozenset({number}) for number in free), *(frozenset(own) for own in alike.values() if len(own) > 1)]

    def _words(self, line: Line) -> Iterator[list[Glyph]]:
        """Yield the Arabic words of a line, from right to left; a space that may be a letter stays inside."""
        gap, word = lines.word_gap(line), list[Glyph]()
        for glyph in reversed(line.glyphs):
            inside = glyph.unmapped or not glyph.text or spelling.is_letter(glyph.text[0]) or self._is_doubtful(glyph)
            if word and (not inside or word[-1].x0 - glyph.x1 > gap):
                yield word
                word = []
            if inside:
                word.append(glyph)
        if word:
            yield word

    def _is_doubtful(self, glyph: Glyph) -> bool:
        """Return whether a space is one that its font has besides another which is more frequent."""
        if not glyph.text.isspace():
            return False
        own = self.spaces[glyph.font, glyph.cid]
        return any(font == glyph.font and count > own for (font, _), count in self.spaces.items())

    def _shape(self, glyph: Glyph) -> int:
        text = spelling.UNKNOWN if glyph.unmapped else lexicon.bare(glyph.text)
        key = (glyph.font, glyph.cid) if glyph.font >= 0 and glyph.cid >= 0 else text
        number = self.shapes.setdefault(key, len(self.texts))
        if number == len(self.texts):
            self.texts.append(text)
            if isinstance(key, str):
                self.fixed.add(number)
        elif self.texts[number] != text:
            self.fixed.add(number)  # its text depends on its neighbours, so that no other can be said to be right
        return number
