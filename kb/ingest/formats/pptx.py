"""PowerPoint presentations, from the XML of their slides: a slide is a page, its notes follow it."""

from collections.abc import Iterator
from pathlib import Path

from kb.ingest import headings, media, package, paging, said, xml
from kb.ingest.extraction import Damaged, Extraction, Limits
from kb.ingest.package import Parts
from kb.ingest.paging import Block

_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_RELATIONS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_STRICT_RELATIONS = "{http://purl.oclc.org/ooxml/officeDocument/relationships}"
_TITLES = ("title", "ctrTitle")
_EDGES = ("dt", "ftr", "sldNum", "hdr", "sldImg")


class Pptx:
    """Titles are headings, tables regions; text stands in the order of the file, which is that of reading aloud.

    SmartArt is read from its data. Date, footer and number of a slide are left out; hidden slides are read.
    """

    stamp = "pptx/1"
    media_types = frozenset({media.PPTX})

    def extract(self, path: Path, limits: Limits) -> Extraction:
        package.check(path)
        with package.opened(path) as opened:
            parts = Parts(opened)
            pages = paging.sheets((list(_slide(parts, name)) for name in _slides(parts)), limits)
            meta = package.properties(parts)
        meta |= said.of(heading=headings.first(pages))
        return Extraction(pages=pages, meta=meta, outline=paging.outline(pages), by=self.stamp)


def _slides(parts: Parts) -> Iterator[str]:
    main = next((name for kind, name in parts.relations("").values() if kind == "officeDocument"), "")
    root = parts.xml(main)
    if root is None:
        raise Damaged("no presentation")
    known = parts.relations(main)
    for listed in (each for each in root.iter() if xml.local(each) == "sldId"):
        kind, name = known.get(_tie(listed, "id"), ("", ""))
        if kind != "slide":
            raise Damaged("a slide is missing")
        yield name


def _tie(element: xml.Element, name: str) -> str:
    return element.get(_RELATIONS + name) or element.get(_STRICT_RELATIONS + name, "")


def _slide(parts: Parts, name: str) -> Iterator[Block]:
    root, known = parts.xml(name), parts.relations(name)
    if root is None:
        raise Damaged("a slide is missing")
    shapes = list(_shapes(root))
    # The title comes first, wherever the file has it.
    for shape in sorted(shapes, key=lambda each: _place(each) not in _TITLES):
        yield from _shape(parts, known, shape)
    for kind, other in known.values():
        notes = parts.xml(other) if kind == "notesSlide" else None
        if notes is not None:
            for shape in _shapes(notes):
                yield from _shape(parts, {}, shape)


def _shapes(parent: xml.Element) -> Iterator[xml.Element]:
    for element in parent:
        name = xml.local(element)
        if name in ("sp", "graphicFrame", "cxnSp"):
            yield element
        elif name != "Fallback":  # the second copy of what old programs cannot draw
            yield from _shapes(element)


def _place(shape: xml.Element) -> str:
    """Return what kind of place of its layout a shape fills, "" for none."""
    return next((each.get("type", "body") for each in shape.iter() if xml.local(each) == "ph"), "")


def _shape(parts: Parts, known: dict[str, tuple[str, str]], shape: xml.Element) -> Iterator[Block]:
    place = _place(shape)
    if place in _EDGES:
        return
    for element in shape.iter():
        name = xml.local(element)
        if name == "tbl":
            yield paging.table(_row(row) for row in element if xml.local(row) == "tr")
        elif name == "txBody" and not _is_cell(element):
            paragraphs = [text for text in map(_text, element.iter(_DRAWING + "p")) if text.strip()]
            if place in _TITLES and paragraphs:
                yield paging.heading(" ".join(" ".join(paragraphs).split()), 1)
            else:
                yield from map(Block, paragraphs)
        elif name == "relIds":
            data = parts.xml(known.get(_tie(element, "dm"), ("", ""))[1])
            yield from (Block(_text(one)) for one in (data.iter(_DRAWING + "p") if data is not None else ()))


def _is_cell(body: xml.Element) -> bool:
    return any(xml.local(outer) == "tc" for outer in body.iterancestors())


def _row(row: xml.Element) -> list[str]:
    cells = [cell for cell in row if xml.local(cell) == "tc"]
    return [" ".join(_text(one) for one in cell.iter(_DRAWING + "p")) for cell in cells]


def _text(paragraph: xml.Element) -> str:
    pieces = []
    for element in paragraph.iter():
        name = xml.local(element)
        if name == "t":
            pieces.append(element.text or "")
        elif name == "br":
            pieces.append("\n")
    return "".join(pieces)
