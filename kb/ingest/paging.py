"""Gives pages to formats that have none, so that a hit leads near its words."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from kb.core.text import Finding, Page
from kb.ingest.extraction import Empty, Limits, TooCostly
from kb.ingest.tidy import tidy

PAGE_CHARS = 3000
"""Wanted length of a page where the file sets none; about one printed page."""

BREAK = "\f"
"""A block that is this alone starts a new page."""


def pages(blocks: Iterable[str], limits: Limits) -> tuple[Page, ...]:
    """Return pages of about 3000 characters that end where a block does; `BREAK` ends one early.

    A block is a paragraph, a row or a list item. Raises Empty without any text and TooCostly past `limits.pages`.
    """
    numbered: list[Page] = []
    for text in _texts(blocks):
        if len(numbered) == limits.pages:
            raise TooCostly(f"more than {limits.pages} pages")
        numbered.append(capped(Page(len(numbered) + 1, text), limits))
    if not numbered:
        raise Empty("no text")
    return tuple(numbered)


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


def _texts(blocks: Iterable[str]) -> Iterator[str]:
    waiting: list[str] = []
    length = 0
    for block in blocks:
        pieces = [] if block == BREAK else list(_pieces(tidy(block)))
        if block == BREAK and waiting:
            yield "\n\n".join(waiting)
            waiting, length = [], 0
        for piece in pieces:
            if waiting and length + len(piece) > PAGE_CHARS:
                yield "\n\n".join(waiting)
                waiting, length = [], 0
            waiting.append(piece)
            length += len(piece) + 2
    if waiting:
        yield "\n\n".join(waiting)


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
