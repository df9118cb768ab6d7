"""The body of a Word document, and of each part that is written like it: paragraphs, rows and boxes as blocks."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from kb.ingest import paging, xml
from kb.ingest.formats.docx.numbering import Numbering
from kb.ingest.paging import Block
from kb.ingest.tidy import tidy

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT_W = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
# Moved or deleted text, and the second copy of a shape kept for old readers.
_DROPPED = frozenset({"del", "moveFrom", "Fallback", "rPr", "pPr", "instrText", "tcPr", "tblPr", "trPr", "sectPr"})
_DEEPEST = 6
_OFF = ("0", "false", "off")


@dataclass(frozen=True, slots=True)
class Body:
    """Reads elements. `levels` is the level of each style, by its id, that makes headings; `breaks` begin a page."""

    levels: Mapping[str, int] = field(default_factory=dict)
    breaks: frozenset[str] = frozenset()
    numbering: Numbering = field(default_factory=Numbering)

    def blocks(self, parent: Iterable[xml.Element]) -> Iterator[str | Block]:
        """Yield what `parent` holds, in order; a page break is `paging.BREAK`."""
        for element in parent:
            name = xml.local(element)
            if name == "p":
                yield from self._paragraph(element)
            elif name == "tbl":
                rows = (row for row in _within(element, "tr") if not has(row, "trPr", "del"))
                yield paging.table(self._cells(row) for row in rows)
            elif name not in _DROPPED:
                yield from self.blocks(element)  # content controls, insertions, custom markup

    def text(self, parent: xml.Element) -> str:
        """Return all the text of `parent`, a block a line."""
        blocks = [block if isinstance(block, str) else block.text for block in self.blocks(parent)]
        return tidy("\n".join(block for block in blocks if block != paging.BREAK))

    def _paragraph(self, paragraph: xml.Element) -> Iterator[str | Block]:
        """Yield the text, cut by page breaks, then the text boxes anchored in it."""
        pieces, boxes = inline(paragraph)
        label = self.numbering.label(paragraph) if any(piece.strip() for piece in pieces) else ""
        level = self._level(paragraph)
        if self._begins_page(paragraph):
            yield paging.BREAK
        for piece in re.split("(\f)", "".join(pieces)):
            if piece == paging.BREAK or not piece.strip():
                yield piece
            else:
                written, label = f"{label} {piece}" if label else piece, ""
                yield paging.heading(" ".join(written.split()), level) if level else written
            for box in boxes:
                yield from self.blocks(box)
            boxes = []

    def _begins_page(self, paragraph: xml.Element) -> bool:
        if has(paragraph, "pPr", "pageBreakBefore"):
            return True
        styles = (style for own in _within(paragraph, "pPr") for style in own if xml.local(style) == "pStyle")
        return any(style.get(f"{W}val") in self.breaks for style in styles)

    def _level(self, paragraph: xml.Element) -> int:
        for properties in _within(paragraph, "pPr"):
            for inner in properties:
                value = inner.get(f"{W}val", "")
                if xml.local(inner) == "outlineLvl" and value.isdecimal():
                    return int(value) + 1 if int(value) < _DEEPEST else 0
                if xml.local(inner) == "pStyle" and value in self.levels:
                    return self.levels[value]
        return 0

    def _cells(self, row: xml.Element) -> Iterator[str]:
        return (self.text(cell) for cell in _within(row, "tc"))


def has(element: xml.Element, properties: str, name: str) -> bool:
    """Return whether the properties of a run or row hold a switch that is on: deleted, hidden."""
    return any(
        xml.local(inner) == name and inner.get(f"{W}val", "1") not in _OFF
        for own in element
        if xml.local(own) == properties
        for inner in own
    )


def inline(parent: xml.Element) -> tuple[list[str], list[xml.Element]]:
    """Return the text of a paragraph in pieces, with form feeds for page breaks, and the text boxes in it."""
    pieces: list[str] = []
    boxes: list[xml.Element] = []
    for element in parent:
        name = xml.local(element)
        if name == "r" and has(element, "rPr", "vanish"):
            continue
        if name == "t":
            pieces.append(element.text or "")
        elif name in ("tab", "ptab"):
            pieces.append("\t")
        elif name in ("br", "cr"):
            breaks = element.get(f"{W}type") or element.get(f"{_STRICT_W}type")
            pieces.append("\f" if breaks == "page" else "\n")
        elif name == "lastRenderedPageBreak":
            pieces.append("\f")
        elif name == "noBreakHyphen":
            pieces.append("-")
        elif name == "txbxContent":
            boxes.append(element)
        elif name not in _DROPPED:
            inner, inner_boxes = inline(element)
            pieces += inner
            boxes += inner_boxes
    return pieces, boxes


def _within(parent: xml.Element, name: str) -> Iterator[xml.Element]:
    """Yield the elements of a name below `parent`, also within content controls, but not within each other."""
    for element in parent:
        if xml.local(element) == name:
            yield element
        elif xml.local(element) not in (*_DROPPED, "p", "tbl", "tc", "tr", "r"):
            yield from _within(element, name)
