"""Word documents: paragraphs, rows and notes in the order of reading."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from kb.core.text import Page
from kb.ingest import headings, media, package, paging, said, xml
from kb.ingest.extraction import Damaged, Extraction, Limits
from kb.ingest.formats.docx import numbering
from kb.ingest.formats.docx.body import Body, W, has, inline
from kb.ingest.paging import Block
from kb.ingest.tidy import line, tidy

_NOTES = ("footnotes", "endnotes")
_FIRST = 12  # paragraphs among which the name of a document is looked for
_HEADING_CHARS = 150
_HEADING_STYLE = re.compile(r"(title)$|heading ([1-9])$", re.IGNORECASE)
_DEEPEST = 6


class Docx:
    """A page ends at a page break, written or as Word last set it, or at a section break; else see `paging`.

    Tables are regions, a row a line. Notes follow the text. Headers and footers stand apart, at each page of a
    document that has the same in all its sections. Deleted and hidden text is left out; the numbers that Word draws
    before articles and items are written.
    """

    stamp = "docx/3"
    media_types = frozenset({media.DOCX})
    loads = ("docx",)

    def extract(self, path: Path, limits: Limits) -> Extraction:
        import docx  # noqa: PLC0415 - a tenth of the start of every command
        from docx.opc.exceptions import OpcError  # noqa: PLC0415 - as above

        package.check(path)
        try:
            with package.transitional(path) as file:
                document: Any = docx.Document(file)
            styles = _part(document, "styles")
            body = Body(_levels(document), _breaks(styles), numbering.read(_part(document, "numbering"), styles))
            blocks = [*_main(body, document.element.body), paging.BREAK, *_notes(body, document)]
            head, foot = _apart(body, document, "header"), _apart(body, document, "footer")
            meta = _meta(document, body.levels)
        except (OpcError, KeyError, ValueError, AttributeError, TypeError, IndexError) as error:
            raise Damaged(f"no Word document: {error}") from error
        pages = tuple(_between(page, head, foot) for page in paging.pages(blocks, limits))
        return Extraction(pages=pages, meta=meta, outline=paging.outline(pages), by=self.stamp)


def _main(body: Body, main: xml.Element) -> Iterator[str | Block]:
    """Yield the blocks of the main text, with a break where a section begins that does so on a page of its own."""
    begins = iter([_begins(section) for section in main.iter(f"{W}sectPr")][1:])
    for element in main:
        yield from body.blocks([element])
        for _ in element.iter(f"{W}sectPr"):
            if next(begins, "continuous") != "continuous":
                yield paging.BREAK


def _begins(section: xml.Element) -> str:
    """Return how a section begins, as its properties, which stand at its end, say."""
    return next((each.get(f"{W}val", "") for each in section if xml.local(each) == "type"), "nextPage")


def _levels(document: Any) -> Mapping[str, int]:
    """Return the level of each style of headings, by the style's id; the names are English in every Word."""
    levels = {}
    for style in document.styles:
        if match := _HEADING_STYLE.match(style.name or ""):
            levels[style.style_id] = min(_DEEPEST, int(match[2] or 1))
    return levels


def _breaks(styles: xml.Element | None) -> frozenset[str]:
    return frozenset(
        style.get(f"{W}styleId", "")
        for style in (styles if styles is not None else ())
        if has(style, "pPr", "pageBreakBefore")
    )


def _part(document: Any, kind: str) -> xml.Element | None:
    """Return the root of a part that the main one is related to, as "styles", or None."""
    for relation in document.part.rels.values():
        if not relation.is_external and relation.reltype.rpartition("/")[2] == kind:
            return xml.parse(relation.target_part.blob)
    return None


def _notes(body: Body, document: Any) -> Iterator[Block]:
    for kind in _NOTES:
        part = _part(document, kind)
        for note in part if part is not None else ():
            if note.get(f"{W}type", "normal") == "normal":
                yield paging.note(body.text(note))


def _apart(body: Body, document: Any, kind: str) -> str:
    """Return the header or footer that all pages share, "" where sections differ; numbers of pages are no part."""
    found: set[str] = set()
    for section in document.sections:
        part = getattr(section, kind)
        lines = [] if part.is_linked_to_previous else body.text(part._element).split("\n")  # noqa: SLF001 - as its XML
        if any(any(char.isalpha() for char in each) for each in lines):
            found.add("\n".join(each for each in lines if any(char.isalpha() for char in each)))
    return found.pop() if len(found) == 1 else ""


def _between(page: Page, head: str, foot: str) -> Page:
    return replace(page, head=head, foot=foot)


def _meta(document: Any, levels: Mapping[str, int]) -> Mapping[str, str]:
    properties = document.core_properties
    return said.of(
        title=properties.title or "",
        author=properties.author or "",
        created=properties.created.isoformat() if properties.created else "",
        language=properties.language or "",
        keywords=properties.keywords or "",
        heading=_heading(document.element.body, levels),
    )


def _heading(body: xml.Element, levels: Mapping[str, int]) -> str:
    """Return the first paragraph styled as a title or heading, else the first that is no letterhead."""
    first: list[str] = []
    for paragraph in body.iter(f"{W}p"):
        written = line(tidy("".join(inline(paragraph)[0])))
        if not written:
            continue
        if any(style.get(f"{W}val") in levels for style in paragraph.iter(f"{W}pStyle")):
            return written
        if len(first) < _FIRST:
            first.append(written)
    named = next((written for written in first if not headings.is_furniture(written)), "") or "".join(first[:1])
    return named if len(named) <= _HEADING_CHARS else ""
