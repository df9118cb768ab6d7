"""Plain text and Markdown, in whatever encoding they come."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from kb.core.text import Finding
from kb.ingest import encoding, headings, media, paging
from kb.ingest.extraction import Damaged, Empty, Extraction, Limits
from kb.ingest.paging import Block
from kb.ingest.tidy import line, tidy

_BLANK_LINE = re.compile(r"\n\s*\n")
_ATX_HEADING = re.compile(r"^(#{1,6})[ \t]+(\S.*)$", re.MULTILINE)
_HEADING_CHARS = 150
_HEAD_CHARS = 1000  # within which the name of a text is looked for


class TextFile:
    """A form feed ends a page; a file without any is cut at paragraph ends, see `paging`. Markdown stays as written."""

    stamp = "text/3"
    media_types = frozenset({media.TEXT, media.MARKDOWN})

    def extract(self, path: Path, limits: Limits) -> Extraction:
        data = path.read_bytes()
        if not data.strip():
            raise Empty("no bytes but white space")
        decoded = encoding.decode(data)
        if decoded is None:
            raise Damaged("not text")
        text = decoded.text.replace("\r\n", "\n").replace("\r", "\n")
        pages = paging.pages(_blocks(text), limits)
        return Extraction(
            pages=pages,
            meta=_meta(text),
            findings=(Finding("encoding-errors"),) if decoded.lost else (),
            outline=tuple(replace(one, text=line(one.text.lstrip("#"))) for one in paging.outline(pages)),
            by=self.stamp,
        )


def _blocks(text: str) -> list[str | Block]:
    blocks: list[str | Block] = []
    for sheet in text.split("\f"):
        for paragraph in _BLANK_LINE.split(sheet):
            blocks += _without_headings(paragraph.strip("\n"))
        blocks.append(paging.BREAK)
    return blocks


def _without_headings(paragraph: str) -> Iterator[str | Block]:
    """Yield the headings of Markdown, as they are written, and what stands between them."""
    start = 0
    for match in _ATX_HEADING.finditer(paragraph):
        yield paragraph[start : match.start()]
        yield paging.heading(match[0], len(match[1]))
        start = match.end()
    yield paragraph[start:]


def _meta(text: str) -> dict[str, str]:
    written = tidy(text)
    found = _ATX_HEADING.search(written)
    first = [each for each in written[:_HEAD_CHARS].split("\n") if each.strip()]
    named = next((each for each in first if not headings.is_furniture(each)), "") or "".join(first[:1])
    heading = line(_without_closing(found[2]) if found else named)
    return {"heading": heading} if len(heading) <= _HEADING_CHARS else {}


def _without_closing(heading: str) -> str:
    """Return a Markdown heading without the number signs that may close it after a space."""
    text = heading.rstrip()
    bare = text.rstrip("#")
    return bare.rstrip() if bare.endswith((" ", "\t")) else text
