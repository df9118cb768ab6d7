"""A whole PDF: its pages one by one, what the file says of itself, and its first heading."""

import re
from collections.abc import Iterator, Sequence
from itertools import count, takewhile
from pathlib import Path

from kb.core.text import Page
from kb.ingest import budget, paging
from kb.ingest.extraction import Damaged, Empty, Extraction, Limits, TooCostly
from kb.ingest.formats.pdf import glyphs, page
from kb.ingest.tidy import line, tidy

_UNMAPPED = 0.06
_PAGE_SHARE_OF_TIME = 0.1
_BROKEN, _ENDLESS = "unreadable-page", "too-costly-page"
_HEADING_ZONE = 0.45
_HEADING_CHARS = 300
# Titles that programs write when nobody gave one.
_NO_TITLE = re.compile(
    r"(untitled|unspecified|anonymous|document\s?\d*|microsoft \w+ - .*|.*\.(docx?|odt|rtf|pptx?|indd|pdf|tmp|html?))",
    re.IGNORECASE,
)
_PDF_DATE = re.compile(r"D?:?(\d{4})(\d\d)?(\d\d)?")


def extract(path: Path, limits: Limits, stamp: str) -> Extraction:
    """Read the file. A page that is broken, or takes a tenth of the file's time, loses its text alone, and says so."""
    with path.open("rb") as file:
        if not file.read(1):
            raise Empty("no bytes")
        with budget.processor(limits.seconds * _PAGE_SHARE_OF_TIME):
            document = glyphs.Document(file)
            meta, stated = _meta(document.properties()), document.stated_pages()
        pages: list[Page] = []
        for found, heading in _pages(document, limits):
            pages.append(found)
            if heading:
                meta.setdefault("heading", heading)
    lost = {warning for one in pages for warning in one.warnings} & {_BROKEN, _ENDLESS}
    if all(one.warnings and one.warnings[0] in lost for one in pages):
        raise TooCostly("no page could be read in time") if _ENDLESS in lost else Damaged("no page can be read")
    return Extraction(tuple(pages), meta, _warnings(pages, stated), stamp)


def _pages(document: glyphs.Document, limits: Limits) -> Iterator[tuple[Page, str]]:
    """Yield each page with its heading, if it has one."""
    seconds = limits.seconds * _PAGE_SHARE_OF_TIME
    reader, waiting = glyphs.Reader(), document.pages()
    for number in count(1):
        with budget.processor(seconds):
            raw = next(waiting, None)
        if raw is None:
            return
        if number > limits.pages:
            raise TooCostly(f"more than {limits.pages} pages")
        label = line(raw.label or "", 40)
        label = label if label != str(number) else ""
        try:
            with budget.processor(seconds):
                sheet = reader.read(raw)
                reading = page.read(sheet)
                found, heading = paging.capped(_page(number, label, reading), limits), _heading(sheet, reading)
        except (TooCostly, *glyphs.MISREAD) as error:
            warning = _ENDLESS if isinstance(error, TooCostly) else _BROKEN
            found, heading = Page(number, "", "none", label, 0.0, (warning,)), ""
        yield found, heading


def _page(number: int, label: str, reading: page.Reading) -> Page:
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
    found = {name: "" if _NO_TITLE.fullmatch(value) else value for name, value in found.items()}
    if date := _PDF_DATE.match(properties.get("CreationDate", "")):
        found["created"] = f"{date[1]}-{date[2] or '01'}-{date[3] or '01'}"
    return {name: value for name, value in found.items() if value}
