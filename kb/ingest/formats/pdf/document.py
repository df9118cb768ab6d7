"""A whole PDF: its pages one by one, what the file says of itself, and its first heading."""

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import NamedTuple

from kb.core.text import Finding, Page
from kb.core.text import Heading as Outlined
from kb.ingest import budget, lexicon, paging, persian, said, verdict
from kb.ingest.extraction import Damaged, Empty, Extraction, Limits, TooCostly
from kb.ingest.formats.pdf import glyphs, heading, layout, miner, page, repair
from kb.ingest.formats.pdf.evidence import Evidence
from kb.ingest.formats.pdf.sheet import Sheet
from kb.ingest.tidy import line

_PAGE_SHARE_OF_TIME = 0.1
_REPAIR_WITHIN = 0.4  # of the time of the file: repair reads it a second time
_BROKEN, _ENDLESS = "unreadable-page", "too-costly-page"
_HEADING_PAGES = 3  # within which the words that name a document are looked for first
# Bookmarks that programs write when nobody named a part.
_NO_HEADING = re.compile(r"[\W\d]*(?:(?:page|صفحة|slide|sheet|_?ref|_?toc)\W*\d*)?|.*\.\w{2,4}", re.IGNORECASE)
_PDF_DATE = re.compile(r"D?:?(\d{4})(\d\d)?(\d\d)?")


def extract(path: Path, limits: Limits, stamp: str) -> Extraction:
    """Read the file. A page that is broken, or takes a tenth of the file's time, loses its text alone, and says so."""
    with path.open("rb") as file:
        if not file.read(1):
            raise Empty("no bytes")
        with budget.processor(limits.seconds * _PAGE_SHARE_OF_TIME):
            document = miner.Document(file)
            meta, stated = _meta(document.properties()), document.stated_pages()
        leaves = _repaired(document, limits)
        marked = document.bookmarks()
    with budget.processor(limits.seconds * _PAGE_SHARE_OF_TIME):
        laid = list(layout.laid([leaf.reading for leaf in leaves]))
    printed = not any(leaf.raw_label for leaf in leaves)
    pages = [paging.capped(_page(*both, printed=printed), limits) for both in zip(leaves, laid, strict=True)]
    if first := _first(leaves, laid):
        meta["heading"] = first
    lost = {leaf.lost for leaf in leaves} - {""}
    if all(leaf.lost for leaf in leaves):
        raise TooCostly("no page could be read in time") if _ENDLESS in lost else Damaged("no page can be read")
    outline = _bookmarks(marked, leaves) or paging.outline(pages)
    return Extraction(tuple(pages), meta, _findings(pages, stated), stamp, outline)


class _Leaf(NamedTuple):
    """A page as read by itself; `lost` names what prevented it, `key` is that of the page in the file."""

    number: int
    key: object
    raw_label: str
    reading: page.Reading
    sheet: Sheet
    lost: str = ""


def _repaired(document: miner.Document, limits: Limits) -> list[_Leaf]:
    """Return the pages; all are read again where shapes have learnt their right names."""
    reader, evidence = glyphs.Reader(), Evidence()
    begun = time.process_time()
    leaves = list(_leaves(document, limits, reader, evidence))
    if time.process_time() - begun > limits.seconds * _REPAIR_WITHIN:
        return leaves
    try:
        with budget.processor(limits.seconds * _PAGE_SHARE_OF_TIME):
            overrides = repair.learn(evidence)
    except TooCostly:
        return leaves
    if not overrides:
        return leaves
    reader.call(overrides)
    leaves.clear()
    return list(_leaves(document, limits, reader))


def _leaves(
    document: miner.Document, limits: Limits, reader: glyphs.Reader, evidence: Evidence | None = None
) -> Iterator[_Leaf]:
    seconds = limits.seconds * _PAGE_SHARE_OF_TIME
    waiting = document.pages()
    for number in count(1):
        with budget.processor(seconds):
            raw = next(waiting, None)
        if raw is None:
            return
        if number > limits.pages:
            raise TooCostly(f"more than {limits.pages} pages")
        label = line(raw.label or "", 40)
        try:
            with budget.processor(seconds):
                sheet = reader.read(raw)
                reading = page.read(sheet, evidence)
            # The glyphs of a whole document are too many to keep.
            sheet = replace(sheet, glyphs=[], rules=[])
            yield _Leaf(number, raw.pageid, label, reading, sheet)
        except (TooCostly, *miner.MISREAD) as error:
            code = _ENDLESS if isinstance(error, TooCostly) else _BROKEN
            yield _Leaf(number, raw.pageid, label, page.Reading((), 0.0, 0.0), Sheet(0.0, 0.0), code)


def _first(leaves: Sequence[_Leaf], laid: Sequence[layout.Laid]) -> str:
    """Return the first heading, but rather one that names the document from the first pages."""
    found = [
        heading.find(own.lines or leaf.reading.lines, leaf.reading.height)
        for leaf, own in zip(leaves, laid, strict=True)
    ]
    sure = next((title.text for title in found[:_HEADING_PAGES] if title.sure), "")
    return sure or next((title.text for title in found if title.text), "")


def _page(leaf: _Leaf, own: layout.Laid, *, printed: bool) -> Page:
    """Return the page; its number as `printed` is its label where the file has no labels."""
    label = own.label if printed else leaf.raw_label
    label = label if label != str(leaf.number) else ""
    if leaf.lost:
        return Page(leaf.number, "", "none", label, 0.0, (Finding(leaf.lost),))
    reading, sheet = leaf.reading, leaf.sheet
    text, letters = persian.folded(own.text)
    arabic = lexicon.rate_unlearnt(text) if sheet.overrides else lexicon.rate_arabic(text)
    signs = verdict.Signs(reading.glyphs, sheet.images, reading.unmapped, arabic, reading.latin, sheet.curves)
    repairs = [Finding(verdict.REVERSED)] * reading.mirrored + [Finding(verdict.FORMS)] * sheet.forms
    if sheet.overrides:
        repairs.append(Finding(verdict.MISMAPPED, repair.told(sheet.overrides)))
    if letters:
        repairs.append(Finding(verdict.PERSIAN, letters))
    return Page(
        number=leaf.number,
        text=text,
        origin=("repaired" if sheet.overrides else "text") if text else "none",
        label=label,
        quality=verdict.quality(signs) if text else 0.0,
        findings=(*(repairs if text else _silence(signs, sheet)), *verdict.findings(signs)),
        boxes=own.boxes,
        width=round(10 * sheet.width),
        height=round(10 * sheet.height),
        regions=own.regions,
        head=persian.folded(own.head).text,
        foot=persian.folded(own.foot).text,
    )


def _silence(signs: verdict.Signs, sheet: Sheet) -> list[Finding]:
    """Return what is to be said of a page without text: nothing of one on which nothing is drawn."""
    return [] if verdict.is_blank(signs) and not sheet.mute else [Finding(verdict.NO_TEXT)]


def _bookmarks(marked: Sequence[miner.Bookmark], leaves: Sequence[_Leaf]) -> tuple[Outlined, ...]:
    """Return the bookmarks of the file as its outline, if they say more than numbers of pages and names of files."""
    numbers = {leaf.key: leaf.number for leaf in leaves}
    found = [
        Outlined(title, numbers[mark.page], mark.level)
        for mark in marked
        if mark.page in numbers and (title := line(mark.title)) and not _NO_HEADING.fullmatch(title)
    ]
    told = len({one.text for one in found}) > max(1, len(found) // 2)
    return tuple(found) if told and not any("\ufffd" in one.text for one in found) else ()


def _findings(pages: Sequence[Page], stated: int) -> tuple[Finding, ...]:
    """Return each finding of a page once, and that pages are missing which the file says it has."""
    found = verdict.merged([one.findings for one in pages])
    return (*found, Finding("missing-pages")) if stated > len(pages) else found


def _meta(properties: dict[str, str]) -> dict[str, str]:
    date = _PDF_DATE.match(properties.get("CreationDate", ""))
    return said.of(
        title=properties.get("Title", ""),
        author=properties.get("Author", ""),
        created=f"{date[1]}-{date[2] or '01'}-{date[3] or '01'}" if date else "",
        keywords=properties.get("Keywords", ""),
    )
