"""The text of a page as its page shows it: headings, paragraphs, tables and footnotes, with hits and doubts in them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from zlib import crc32

from markupsafe import Markup, escape

from kb.core.text import Region, Span
from kb.services.reader import PageShown
from kb.services.spots import Spot
from kb.web import paragraphs

_FIRST_LEVEL: Final = 3  # below the title of the document and the name of the reader
_LAST_LEVEL: Final = 6
_CELLS: Final = 400  # a larger table is shown as its lines
_DOUBTS: Final = 150  # words told to be doubtful, in the text
_SIGN: Final = re.compile(r"#{1,6}\s+")  # of a heading in Markdown
_NOTHING: Final = Markup()


@dataclass(frozen=True, slots=True)
class Block:
    """`kind` is heading (of `level` 3 to 6, with an `anchor`), paragraph, table (`rows` of cells), lines (of a table
    that is too large for one) or footnotes (`notes`).
    """

    kind: str
    text: Markup = _NOTHING
    level: int = 0
    anchor: str = ""
    rows: tuple[tuple[Markup, ...], ...] = ()
    notes: tuple[Markup, ...] = ()


def blocks(page: PageShown, hit: int, prefix: str) -> list[Block]:
    """Return the text in its order. Hit n has the id `prefix`-n, the one that is read (`hit`) a class of its own."""
    writer = _Writer(page, hit, prefix)
    full = paragraphs.full_length(page.said.text)
    found: list[Block] = []
    levels: list[int] = []
    here = 0
    for region in (*page.regions, None):
        end = region.span.start if region else len(page.said.text)
        between = paragraphs.spans(page.said.text, Span(here, end), full)
        found += [Block("paragraph", writer.written(span)) for span in between]
        if region:
            here = region.span.end
            found += _block(writer, region, levels, found)
    return found


def anchor(heading: str) -> str:
    """The id of a heading, which the outline of the file leads to; the same whatever white space is in it."""
    return f"h-{crc32(''.join(heading.split()).encode()):08x}"


def anchored(heading: str) -> str:
    return f"#{anchor(heading)}"


def _block(writer: "_Writer", region: Region, levels: list[int], before: list[Block]) -> Iterator[Block]:
    match region.kind:
        case "heading":
            while levels and levels[-1] >= region.level:
                levels.pop()
            levels.append(region.level)
            level = min(_FIRST_LEVEL + len(levels) - 1, _LAST_LEVEL)
            sign = _SIGN.match(writer.text, region.span.start, region.span.end)
            span = Span(sign.end() if sign else region.span.start, region.span.end)
            words = writer.text[span.start : span.end]
            used = {block.anchor for block in before}
            yield Block("heading", writer.written(span), level, "" if anchor(words) in used else anchor(words))
        case "footnote":
            notes: tuple[Markup, ...] = (writer.written(region.span),)
            if before and before[-1].kind == "footnotes":
                notes = (*before.pop().notes, *notes)
            yield Block("footnotes", notes=notes)
        case "table":
            rows = list(_rows(writer.text, region.span))
            if sum(map(len, rows)) > _CELLS:
                yield Block("lines", writer.written(region.span))
            else:
                yield Block("table", rows=tuple(tuple(map(writer.written, row)) for row in rows))
        case _:
            yield Block("paragraph", writer.written(region.span))


def _rows(text: str, span: Span) -> Iterator[list[Span]]:
    """Yield the cells of each line, as many in each: the last ones of a short line are empty."""
    lines = [list(_split(text, line, "\t")) for line in _split(text, span, "\n") if text[line.start : line.end].strip()]
    most = max(map(len, lines), default=0)
    for line in lines:
        yield line + [Span(line[-1].end, line[-1].end)] * (most - len(line))


def _split(text: str, span: Span, at: str) -> Iterator[Span]:
    start = span.start
    for piece in text[span.start : span.end].split(at):
        yield Span(start, start + len(piece))
        start += len(piece) + 1


class _Writer:
    """Escapes the text and puts marks into it. A hit that is cut by the end of a block is marked in each part."""

    def __init__(self, page: PageShown, hit: int, prefix: str) -> None:
        self.text = page.said.text
        self._page = page
        self._hit = hit
        self._prefix = prefix
        self._named: set[int] = set()

    def written(self, span: Span) -> Markup:
        pieces: list[Markup] = []
        here = span.start
        for spot in self._page.spots:
            start, end = max(spot.span.start, here), min(spot.span.end, span.end)
            if start < end:
                pieces += [self._plain(here, start), self._marked(spot, start, end)]
                here = end
        return Markup().join([*pieces, self._plain(here, span.end)])

    def _marked(self, spot: Spot, start: int, end: int) -> Markup:
        named = Markup()
        if spot.number not in self._named:
            self._named.add(spot.number)
            # What the picture has no place for is led to in the text.
            named = Markup(' id="{}-{}"').format(self._prefix if spot.places else "hit", spot.number)
        kind = Markup(' class="cur"') if spot.number == self._hit else Markup()
        return Markup("<mark{}{}>{}</mark>").format(named, kind, self._plain(start, end))

    def _plain(self, start: int, end: int) -> Markup:
        doubts: Sequence[Span] = self._page.doubts if len(self._page.doubts) <= _DOUBTS else ()
        pieces: list[Markup] = []
        for doubt in doubts:
            first, last = max(doubt.start, start), min(doubt.end, end)
            if first < last:
                pieces += [escape(self.text[start:first]), Markup("<u>{}</u>").format(self.text[first:last])]
                start = last
        return Markup().join([*pieces, escape(self.text[start:end])])
