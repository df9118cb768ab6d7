"""Word documents: paragraphs, rows and notes in the order of reading."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import docx
from docx.opc.exceptions import OpcError

from kb.ingest import headings, media, package, paging, xml
from kb.ingest.extraction import Damaged, Extraction, Limits
from kb.ingest.tidy import line, tidy

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT_W = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
_NOTES = ("footnotes", "endnotes")
# Moved or deleted text, and the second copy of a shape kept for old readers.
_DROPPED = frozenset({"del", "moveFrom", "Fallback", "rPr", "pPr", "instrText"})
_FIRST = 12  # paragraphs among which the name of a document is looked for
_HEADING_CHARS = 150
_HEADING_STYLE = re.compile(r"(title|heading [1-9])$", re.IGNORECASE)


class Docx:
    """A page ends at a page break, written or as Word last set it, or at a section break; else see `paging`.

    Rows of tables are lines with tabs between cells. Headers and footers are left out; notes follow the text.
    """

    stamp = "docx/2"
    media_types = frozenset({media.DOCX})

    def extract(self, path: Path, limits: Limits) -> Extraction:
        package.check(path)
        try:
            with package.transitional(path) as file:
                document: Any = docx.Document(file)
            body: xml.Element = document.element.body
            blocks = [*_blocks(body), paging.BREAK, *_notes(document)]
            meta = _meta(document, body)
        except (OpcError, KeyError, ValueError, AttributeError, TypeError) as error:
            raise Damaged(f"no Word document: {error}") from error
        return Extraction(pages=paging.pages(blocks, limits), meta=meta, by=self.stamp)


def _name(element: xml.Element) -> str:
    """Return the local name, "" for what is no element."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _has(element: xml.Element, properties: str, name: str) -> bool:
    """Return whether the properties of a run or row hold a switch that is on: deleted, hidden."""
    return any(
        _name(inner) == name and inner.get(f"{_W}val", "1") not in ("0", "false", "off")
        for own in element
        if _name(own) == properties
        for inner in own
    )


def _blocks(parent: xml.Element) -> Iterator[str]:
    for element in parent:
        name = _name(element)
        if name == "p":
            yield from _paragraph(element)
        elif name == "tbl":
            yield from (_row(row) for row in element if _name(row) == "tr" and not _has(row, "trPr", "del"))
        elif name not in _DROPPED:
            yield from _blocks(element)  # content controls, insertions, custom markup


def _paragraph(paragraph: xml.Element) -> Iterator[str]:
    """Yield the text, cut by page breaks, then the text boxes anchored in it."""
    pieces, boxes = _inline(paragraph)
    yield from re.split("(\f)", "".join(pieces))
    for box in boxes:
        yield from _blocks(box)
    if any(_name(inner) == "sectPr" for inner in paragraph.iter()):
        yield paging.BREAK


def _inline(parent: xml.Element) -> tuple[list[str], list[xml.Element]]:
    pieces: list[str] = []
    boxes: list[xml.Element] = []
    for element in parent:
        name = _name(element)
        if name == "r" and _has(element, "rPr", "vanish"):
            continue
        if name == "t":
            pieces.append(element.text or "")
        elif name in ("tab", "ptab"):
            pieces.append("\t")
        elif name in ("br", "cr"):
            breaks = element.get(f"{_W}type") or element.get(f"{_STRICT_W}type")
            pieces.append("\f" if breaks == "page" else "\n")
        elif name == "lastRenderedPageBreak":
            pieces.append("\f")
        elif name == "noBreakHyphen":
            pieces.append("-")
        elif name == "txbxContent":
            boxes.append(element)
        elif name not in _DROPPED:
            inner, inner_boxes = _inline(element)
            pieces += inner
            boxes += inner_boxes
    return pieces, boxes


def _row(row: xml.Element) -> str:
    cells: list[str] = []
    for cell in _cells(row):
        text = "\n".join(block for block in _blocks(cell) if block != paging.BREAK)
        cells.append(" ".join(tidy(text).split()))
    return "\t".join(cells)


def _cells(parent: xml.Element) -> Iterator[xml.Element]:
    for element in parent:
        if _name(element) == "tc":
            yield element
        elif _name(element) not in _DROPPED:
            yield from _cells(element)


def _notes(document: Any) -> Iterator[str]:
    for relation in document.part.rels.values():
        if not relation.is_external and relation.reltype.rpartition("/")[2] in _NOTES:
            for note in xml.parse(relation.target_part.blob):
                if note.get(f"{_W}type", "normal") == "normal":
                    yield " ".join(tidy("\n".join(_blocks(note))).split())


def _meta(document: Any, body: xml.Element) -> Mapping[str, str]:
    properties = document.core_properties
    found = {
        "title": line(properties.title or ""),
        "author": line(properties.author or ""),
        "created": properties.created.date().isoformat() if properties.created else "",
        "language": line(properties.language or "").lower()[:2],
        "heading": _heading(document, body),
    }
    return {name: value for name, value in found.items() if value}


def _heading(document: Any, body: xml.Element) -> str:
    """Return the first paragraph styled as a title or heading, else the first that is no letterhead."""
    styles = {style.style_id for style in document.styles if _HEADING_STYLE.match(style.name or "")}
    first: list[str] = []
    for paragraph in body.iter(f"{_W}p"):
        written = line(tidy("".join(_inline(paragraph)[0])))
        if not written:
            continue
        if any(style.get(f"{_W}val") in styles for style in paragraph.iter(f"{_W}pStyle")):
            return written
        if len(first) < _FIRST:
            first.append(written)
    named = next((written for written in first if not headings.is_furniture(written)), "") or "".join(first[:1])
    return named if len(named) <= _HEADING_CHARS else ""
