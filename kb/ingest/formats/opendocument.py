"""OpenDocument texts and presentations (ODT, ODP), from their content.xml."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from kb.core.text import Page
from kb.ingest import headings, media, package, paging, said, xml
from kb.ingest.extraction import Damaged, Encrypted, Extraction, Limits
from kb.ingest.package import Parts
from kb.ingest.paging import Block
from kb.ingest.tidy import tidy

_NAMES = "{urn:oasis:names:tc:opendocument:xmlns:"
_TEXT, _STYLE, _FORMAT = f"{_NAMES}text:1.0}}", f"{_NAMES}style:1.0}}", f"{_NAMES}xsl-fo-compatible:1.0}}"
_PRESENTATION = f"{_NAMES}presentation:1.0}}"
_DROPPED = frozenset(
    (
        *("tracked-changes", "annotation", "annotation-end", "hidden-text", "hidden-paragraph", "ruby-text", "desc"),
        *("title", "sequence-decls", "variable-decls", "user-field-decls", "forms", "scripts", "note-citation"),
        *("event-listeners", "bibliography-configuration", "page-number", "page-count"),
    )
)
_EDGES = frozenset({"date-time", "footer", "header", "page-number"})
_BOXES = frozenset({"text-box", "custom-shape", "rect", "ellipse", "caption"})
_TABLES = frozenset({"table-rows", "table-row-group", "table-header-rows"})
_DEEPEST = 6
_MOST_BLANKS = 100


class OpenDocument:
    """Headings keep their level, tables are regions, notes follow the text; deleted and hidden text is left out.

    In a text a page ends at a page break, written or as the program last set it; headers and footers that all pages
    share stand apart. In a presentation a slide is a page and its notes follow it.
    """

    stamp = "opendocument/1"
    media_types = frozenset({media.ODT, media.ODP})

    def extract(self, path: Path, limits: Limits) -> Extraction:
        with package.opened(path) as opened:
            parts = Parts(opened)
            check_manifest(parts)
            content = parts.xml("content.xml")
            if content is None:
                raise Damaged("no content")
            pages = _pages(content, limits)
            head, foot = _edges(parts.xml("styles.xml"))
            meta = properties(parts)
        pages = tuple(replace(page, head=head, foot=foot) for page in pages)
        meta |= said.of(heading=_named(content) or headings.first(pages))
        return Extraction(pages=pages, meta=meta, outline=paging.outline(pages), by=self.stamp)


def check_manifest(parts: Parts) -> None:
    """Raise Encrypted where the list of parts says how they are."""
    manifest = parts.xml("META-INF/manifest.xml")
    if manifest is not None and any(xml.local(one) == "encryption-data" for one in manifest.iter()):
        raise Encrypted("protected by a password")


def properties(parts: Parts) -> dict[str, str]:
    """Return what an OpenDocument file says of itself, in the form of `said`."""
    root = parts.xml("meta.xml")
    told: dict[str, list[str]] = {}
    for one in root.iter() if root is not None else ():
        told.setdefault(xml.local(one), []).append(one.text or "")
    return said.of(
        title=told.get("title", [""])[0],
        author=(told.get("initial-creator") or told.get("creator") or [""])[0],
        created=told.get("creation-date", [""])[0],
        language=told.get("language", [""])[0],
        keywords=";".join(told.get("keyword", [])),
    )


def _pages(content: xml.Element, limits: Limits) -> tuple[Page, ...]:
    styles = {one.get(f"{_STYLE}name", ""): one for one in content.iter(f"{_STYLE}style")}
    breaks = frozenset(name for name, style in styles.items() if _begins_page(style))
    for body in (inner for outer in content if xml.local(outer) == "body" for inner in outer):
        if xml.local(body) == "presentation":
            slides = [each for each in body if xml.local(each) == "page"]
            return paging.sheets((_Reader().slide(slide) for slide in slides), limits)
        if xml.local(body) == "text":
            hidden = frozenset(name for name, style in styles.items() if _hides(style))
            reader = _Reader(breaks, hidden)
            return paging.pages([*reader.blocks(body), paging.BREAK, *reader.notes], limits)
    raise Damaged("no body")


def _begins_page(style: xml.Element) -> bool:
    broken = any(one.get(f"{_FORMAT}break-before") == "page" for one in style)
    return broken or bool(style.get(f"{_STYLE}master-page-name"))


def _hides(style: xml.Element) -> bool:
    return any(one.get(f"{_TEXT}display") == "none" for one in style)


def _named(content: xml.Element) -> str:
    """Return the first paragraph in the style of a title, by its own style or the one that this builds upon."""
    styles = {
        one.get(f"{_STYLE}name")
        for one in content.iter(f"{_STYLE}style")
        if one.get(f"{_STYLE}parent-style-name") == "Title"
    }
    for paragraph in content.iter(f"{_TEXT}p"):
        if paragraph.get(f"{_TEXT}style-name") in {"Title", *styles}:
            return " ".join(tidy(_Reader().inline(paragraph)).split())
    return ""


@dataclass(slots=True)
class _Reader:
    """Reads elements; notes gather as they are met.

    `breaks` are the styles that begin a page, `hidden` those of words that nobody sees.
    """

    breaks: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    notes: list[Block] = field(default_factory=list)
    boxes: list[xml.Element] = field(default_factory=list)

    def slide(self, page: xml.Element) -> list[str | Block]:
        frames = [one for one in page if one.get(f"{_PRESENTATION}class") not in _EDGES]
        titles = [one for one in frames if one.get(f"{_PRESENTATION}class") == "title"]
        title = " ".join(" ".join(self._written(self.blocks(titles))).split())
        rest = self.blocks(one for one in frames if one not in titles and xml.local(one) != "notes")
        notes = self.blocks(one for one in frames if xml.local(one) == "notes")
        return [*([paging.heading(title, 1)] if title else []), *rest, *notes]

    def blocks(self, parent: Iterable[xml.Element]) -> Iterator[str | Block]:
        for element in parent:
            name = xml.local(element)
            if name in ("p", "h"):
                yield from self._paragraph(element)
            elif name == "table":
                yield paging.table(self._rows(element))
            elif name == "soft-page-break":
                yield paging.BREAK
            elif name not in _DROPPED and element.get(f"{_PRESENTATION}class") not in _EDGES:
                yield from self.blocks(element)  # lists, sections, frames, groups, indexes

    def inline(self, parent: xml.Element) -> str:
        """Return the text of a paragraph, with form feeds for page breaks; notes and boxes are put aside."""
        pieces = [_folded(parent.text)]
        for element in parent:
            name = xml.local(element)
            if name == "s":
                count = element.get(f"{_TEXT}c", "1")
                pieces.append(" " * min(int(count) if count.isdecimal() else 1, _MOST_BLANKS))
            elif name in ("tab", "line-break", "soft-page-break"):
                pieces.append({"tab": "\t", "line-break": "\n", "soft-page-break": "\f"}[name])
            elif name == "note":
                body = [one for one in element if xml.local(one) == "note-body"]
                self.notes.append(paging.note(" ".join(self._written(self.blocks(body)))))
            elif name in _BOXES:
                self.boxes.append(element)
            elif name not in _DROPPED and element.get(f"{_TEXT}style-name") not in self.hidden:
                pieces.append(self.inline(element))
            pieces.append(_folded(element.tail))
        return "".join(pieces)

    def _paragraph(self, paragraph: xml.Element) -> Iterator[str | Block]:
        if paragraph.get(f"{_TEXT}style-name") in self.breaks:
            yield paging.BREAK
        sheets = self.inline(paragraph).split("\f")
        boxes, self.boxes = self.boxes, []
        level = paragraph.get(f"{_TEXT}outline-level", "1") if xml.local(paragraph) == "h" else ""
        for number, text in enumerate(sheets):
            if number:
                yield paging.BREAK
            if level.isdecimal() and text.strip():
                yield paging.heading(" ".join(text.split()), min(_DEEPEST, max(1, int(level[:2]))))
            else:
                yield text
        yield from self.blocks(boxes)

    def _rows(self, parent: xml.Element) -> Iterator[list[str]]:
        for element in parent:
            if xml.local(element) == "table-row":
                cells = [one for one in element if xml.local(one) == "table-cell"]
                yield [" ".join(self._written(self.blocks(cell))) for cell in cells]
            elif xml.local(element) in _TABLES:
                yield from self._rows(element)

    @staticmethod
    def _written(blocks: Iterable[str | Block]) -> Iterator[str]:
        for block in blocks:
            text = block if isinstance(block, str) else block.text
            if text != paging.BREAK:
                yield text


def _edges(styles: xml.Element | None) -> tuple[str, str]:
    """Return the header and the footer of all pages, "" where masters differ; a number of pages alone is none."""
    found: Mapping[str, set[str]] = {"header": set(), "footer": set()}
    for master in styles.iter(f"{_STYLE}master-page") if styles is not None else ():
        for element in master:
            if xml.local(element) in found:
                written = _Reader()._written(_Reader().blocks(element))  # noqa: SLF001 - our own
                text = "\n".join(one for one in map(tidy, written) if any(char.isalpha() for char in one))
                found[xml.local(element)].update({text} - {""})
    head, foot = (each.pop() if len(each) == 1 else "" for each in found.values())
    return head, foot


def _folded(text: str | None) -> str:
    """Return text with each stretch of white space as one blank, as the standard asks (ODF 1.3, 6.1.2)."""
    if not text:
        return ""
    blank_first, blank_last = text[:1].isspace(), text[-1:].isspace()
    return " " * blank_first + " ".join(text.split()) + " " * (blank_last and bool(text.strip()))
