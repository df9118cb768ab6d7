"""A whole PDF: its pages one by one, what the file says of itself, and its first heading."""

import re
from collections.abc import Sequence
from itertools import takewhile
from pathlib import Path

from kb.core.text import Page
from kb.ingest import budget, paging
from kb.ingest.extraction import Damaged, Empty, Extraction, Limits, TooCostly
from kb.ingest.formats.pdf import glyphs, page
from kb.ingest.tidy import line, tidy

_UNMAPPED = 0.06
_PAGE_SHARE_OF_TIME = 0.1
_HEADING_ZONE = 0.45
_HEADING_CHARS = 300
_PDF_DATE = re.compile(r"D?:?(\d{4})(\d\d)?(\d\d)?")


def extract(path: Path, limits: Limits, stamp: str) -> Extraction:
    with path.open("rb") as file:
        if not file.read(1):
            raise Empty("no bytes")
        document = glyphs.Document(file)
        reader = glyphs.Reader()
        pages: list[Page] = []
        heading = ""
        for number, raw in enumerate(document.pages(), 1):
            if number > limits.pages:
                raise TooCostly(f"more than {limits.pages} pages")
            sheet, reading = _read(reader, raw, limits)
            pages.append(paging.capped(_page(number, line(raw.label or "", 40), reading), limits))
            heading = heading or (_heading(sheet, reading) if sheet and reading else "")
        stated = document.stated_pages()
        properties = document.properties()
    if not pages or all("unreadable-page" in one.warnings for one in pages):
        raise Damaged("no page can be read")
    meta = _meta(properties) | ({"heading": heading} if heading else {})
    return Extraction(tuple(pages), meta, _warnings(pages, stated), stamp)


def _read(
    reader: glyphs.Reader, raw: glyphs.RawPage, limits: Limits
) -> tuple[glyphs.Sheet, page.Reading] | tuple[None, None]:
    """Return the sheet and its text, or nothing for a page that is broken or takes too long."""
    try:
        with budget.processor(limits.seconds * _PAGE_SHARE_OF_TIME):
            sheet = reader.read(raw)
            return sheet, page.read(sheet)
    except (TooCostly, *glyphs.MISREAD):
        return None, None


def _page(number: int, label: str, reading: page.Reading | None) -> Page:
    label = label if label != str(number) else ""
    if reading is None:
        return Page(number, "", "none", label, 0.0, ("unreadable-page",))
    text = tidy(reading.text)
    if not text:
        return Page(number, "", "none", label, 0.0, ("no-text-layer",))
    warnings = ("unmapped-glyphs",) if reading.unmapped > _UNMAPPED else ()
    return Page(number, text, "text", label, round(1.0 - reading.unmapped, 3), warnings)


def _warnings(pages: Sequence[Page], stated: int) -> tuple[str, ...]:
    """Return each warning of a page once, and that pages are missing which the file says it has."""
    found = dict.fromkeys(warning for one in pages for warning in one.warnings)
    return (*found, *(["missing-pages"] if stated > len(pages) else []))


def _heading(sheet: glyphs.Sheet, reading: page.Reading) -> str:
    """Return the largest text in the upper part of the page, its lines joined; the first line where none is larger."""
    upper = [each for each in reading.lines if each.line.y > _HEADING_ZONE * sheet.height and len(each.text) > 2]
    if not upper:
        return ""
    largest = max(each.line.size for each in upper)
    first = next(place for place, each in enumerate(upper) if each.line.size > 0.95 * largest)
    alike = list(takewhile(lambda each: each.line.size > 0.95 * largest, upper[first:]))
    text = line(" ".join(each.text for each in alike), longest=10_000)
    return text if len(text) <= _HEADING_CHARS else line(alike[0].text)


def _meta(properties: dict[str, str]) -> dict[str, str]:
    found = {"title": line(properties.get("Title", "")), "author": line(properties.get("Author", ""))}
    if date := _PDF_DATE.match(properties.get("CreationDate", "")):
        found["created"] = f"{date[1]}-{date[2] or '01'}-{date[3] or '01'}"
    return {name: value for name, value in found.items() if value}
