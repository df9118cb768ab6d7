"""Gives pages to formats that have none, so that a hit leads near its words."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from kb.core.text import Finding, Heading, Page, Region, Span
from kb.ingest.extraction import Empty, Limits, TooCostly
from kb.ingest.tidy import tidy

PAGE_CHARS = 3000
"""Wanted length of a page where the file sets none; about one printed page."""

BREAK = "\f"
"""A block that is this alone starts a new page."""


_BETWEEN = "\n\n"
_HEADING, _TABLE, _NOTE = "heading", "table", "footnote"


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a heading or a whole table: `kind` and `level` are those of the region it becomes, "" for none."""

    text: str
    kind: str = ""
    level: int = 0


def heading(text: str, level: int) -> Block:
    return Block(text, _HEADING, level)


def note(text: str) -> Block:
    """Return a footnote or endnote, on one line."""
    return Block(" ".join(text.split()), _NOTE)


def table(rows: Iterable[Iterable[str]]) -> Block:
    """Return the rows as one block, a row a line, cells divided by tabs; white space in a cell is one space."""
    return Block("\n".join("\t".join(" ".join(cell.split()) for cell in row) for row in rows), _TABLE)


def pages(blocks: Iterable[str | Block], limits: Limits) -> tuple[Page, ...]:
    """Return pages of about 3000 characters that end where a block does, but not after a heading; `BREAK` ends one.

    A plain string is a paragraph. Raises Empty without any text and TooCostly past `limits.pages`.
    """
    numbered: list[Page] = []
    for gathered in _gathered(blocks):
        if len(numbered) == limits.pages:
            raise TooCostly(f"more than {limits.pages} pages")
        numbered.append(capped(_page(len(numbered) + 1, gathered), limits))
    if not numbered:
        raise Empty("no text")
    return tuple(numbered)


def sheets(groups: Iterable[Iterable[str | Block]], limits: Limits) -> tuple[Page, ...]:
    """Return one page for each group of blocks, of a format that has pages of its own, whatever their length.

    One without text has origin "none". Raises Empty where all are, and TooCostly past `limits.pages`.
    """
    numbered: list[Page] = []
    for group in groups:
        if len(numbered) == limits.pages:
            raise TooCostly(f"more than {limits.pages} pages")
        page = _page(len(numbered) + 1, list(_tidied(group)))
        numbered.append(capped(page, limits) if page.text else replace(page, origin="none", quality=0.0))
    if not any(page.text for page in numbered):
        raise Empty("no text")
    return tuple(numbered)


def _tidied(blocks: Iterable[str | Block]) -> Iterator[Block]:
    for block in blocks:
        whole = Block(block) if isinstance(block, str) else block
        if text := tidy(whole.text):
            yield replace(whole, text=text)


def outline(pages: Iterable[Page]) -> tuple[Heading, ...]:
    """Return the headings of the pages as the outline of the file."""
    return tuple(
        Heading(" ".join(page.text[region.span.start : region.span.end].split()), page.number, region.level)
        for page in pages
        for region in page.regions
        if region.kind == _HEADING
    )


def capped(page: Page, limits: Limits) -> Page:
    """Return the page cut at `limits.page_chars`, which a warning then tells."""
    if len(page.text) <= limits.page_chars:
        return page
    text = page.text[: limits.page_chars]
    words = len(text.split())
    return replace(
        page,
        text=text,
        findings=(*page.findings, Finding("page-cut")),
        boxes=tuple(box for box in page.boxes if box.word < words),
        regions=tuple(region for region in page.regions if region.span.end <= len(text)),
    )


def _page(number: int, gathered: Sequence[Block]) -> Page:
    regions: list[Region] = []
    length = 0
    for block in gathered:
        if block.kind:
            regions.append(Region(block.kind, Span(length, length + len(block.text)), block.level))
        length += len(block.text) + len(_BETWEEN)
    return Page(number, _BETWEEN.join(block.text for block in gathered), regions=tuple(regions))


def _gathered(blocks: Iterable[str | Block]) -> Iterator[list[Block]]:
    """Yield the blocks of each page."""
    waiting: list[Block] = []
    length = 0
    for block in blocks:
        whole = Block(block) if isinstance(block, str) else block
        if whole.text == BREAK and waiting:
            yield waiting
            waiting, length = [], 0
        for piece in [] if whole.text == BREAK else _pieces(tidy(whole.text)):
            if waiting and length + len(piece) > PAGE_CHARS:
                full = _without_last_headings(waiting, len(piece))
                yield waiting[:full]
                waiting = waiting[full:]
                length = sum(len(one.text) + len(_BETWEEN) for one in waiting)
            waiting.append(Block(piece, whole.kind, whole.level))
            length += len(piece) + len(_BETWEEN)
    if waiting:
        yield waiting


def _without_last_headings(blocks: Sequence[Block], room: int) -> int:
    """Return how many blocks make the page when the headings at its end go with the `room` characters that follow."""
    full = len(blocks)
    while full and blocks[full - 1].kind == _HEADING:
        room += len(blocks[full - 1].text) + len(_BETWEEN)
        full -= 1
    return full if full and room <= PAGE_CHARS else len(blocks)


def _pieces(block: str) -> Iterator[str]:
    """Cut what is longer than a page: a block at line ends, a line at spaces, a word anywhere."""
    lines: list[str] = []
    length = 0
    for written in block.split("\n"):
        for line in _short_lines(written):
            if lines and length + len(line) > PAGE_CHARS:
                yield "\n".join(lines)
                lines, length = [], 0
            lines.append(line)
            length += len(line) + 1
    if any(lines):
        yield "\n".join(lines)


def _short_lines(line: str) -> Iterator[str]:
    start = 0
    while len(line) - start > PAGE_CHARS:
        space = line.rfind(" ", start, start + PAGE_CHARS)
        end = space if space > start else start + PAGE_CHARS
        yield line[start:end]
        start = end + (space == end)
    yield line[start:]
