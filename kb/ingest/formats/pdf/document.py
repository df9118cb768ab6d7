"""A whole PDF: its pages one by one, what the file says of itself, and its first heading."""

import re
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path

from kb.core.text import Finding, Page, codes
from kb.ingest import budget, lexicon, paging, said, verdict
from kb.ingest.extraction import Damaged, Empty, Extraction, Limits, TooCostly
from kb.ingest.formats.pdf import assembly, glyphs, heading, miner, page
from kb.ingest.formats.pdf.heading import Heading
from kb.ingest.formats.pdf.sheet import Sheet
from kb.ingest.tidy import line

_PAGE_SHARE_OF_TIME = 0.1
_BROKEN, _ENDLESS = "unreadable-page", "too-costly-page"
_HEADING_PAGES = 3  # within which the words that name a document are looked for first
_PDF_DATE = re.compile(r"D?:?(\d{4})(\d\d)?(\d\d)?")


def extract(path: Path, limits: Limits, stamp: str) -> Extraction:
    """Read the file. A page that is broken, or takes a tenth of the file's time, loses its text alone, and says so."""
    with path.open("rb") as file:
        if not file.read(1):
            raise Empty("no bytes")
        with budget.processor(limits.seconds * _PAGE_SHARE_OF_TIME):
            document = miner.Document(file)
            meta, stated = _meta(document.properties()), document.stated_pages()
        read = list(_pages(document, limits))
    pages = [found for found, _ in read]
    if first := _first([title for _, title in read]):
        meta["heading"] = first
    lost = {code for one in pages for code in codes(one.findings)} & {_BROKEN, _ENDLESS}
    if all(one.findings and one.findings[0].code in lost for one in pages):
        raise TooCostly("no page could be read in time") if _ENDLESS in lost else Damaged("no page can be read")
    return Extraction(tuple(pages), meta, _findings(pages, stated), stamp)


def _pages(document: miner.Document, limits: Limits) -> Iterator[tuple[Page, Heading]]:
    """Yield each page with its heading."""
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
                found = paging.capped(_page(number, label, sheet, reading), limits)
                title = heading.find(reading.lines, reading.height)
        except (TooCostly, *miner.MISREAD) as error:
            code = _ENDLESS if isinstance(error, TooCostly) else _BROKEN
            found, title = Page(number, "", "none", label, 0.0, (Finding(code),)), Heading("", sure=False)
        yield found, title


def _first(found: Sequence[Heading]) -> str:
    """Return the first heading, but rather one that names the document from the first pages."""
    sure = next((title.text for title in found[:_HEADING_PAGES] if title.sure), "")
    return sure or next((title.text for title in found if title.text), "")


def _page(number: int, label: str, sheet: Sheet, reading: page.Reading) -> Page:
    whole = assembly.assemble([assembly.Part(reading.lines)])
    text = whole.text
    rates = (lexicon.rate_arabic(text), lexicon.rate_latin(text))
    signs = verdict.Signs(reading.glyphs, sheet.images, reading.unmapped, *rates)
    doubts = verdict.findings(signs)
    width, height = round(10 * sheet.width), round(10 * sheet.height)
    if not text:
        findings = (Finding(verdict.NO_TEXT), *doubts)
        return Page(number, "", "none", label, 0.0, findings, width=width, height=height)
    repairs = [verdict.REVERSED] * reading.mirrored + [verdict.FORMS] * sheet.forms
    quality = verdict.quality(reading.unmapped, *rates)
    return Page(
        number=number,
        text=text,
        label=label,
        quality=quality,
        findings=(*map(Finding, repairs), *doubts),
        boxes=whole.boxes,
        width=width,
        height=height,
        regions=whole.regions,
    )


def _findings(pages: Sequence[Page], stated: int) -> tuple[Finding, ...]:
    """Return each finding of a page once, and that pages are missing which the file says it has."""
    found = codes([finding for one in pages for finding in one.findings])
    return tuple(map(Finding, (*found, *(["missing-pages"] if stated > len(pages) else []))))


def _meta(properties: dict[str, str]) -> dict[str, str]:
    date = _PDF_DATE.match(properties.get("CreationDate", ""))
    return said.of(
        title=properties.get("Title", ""),
        author=properties.get("Author", ""),
        created=f"{date[1]}-{date[2] or '01'}-{date[3] or '01'}" if date else "",
        keywords=properties.get("Keywords", ""),
    )
