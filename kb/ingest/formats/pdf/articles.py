"""Articles whose number opens their first line: the number is their heading."""

import re
from collections.abc import Iterator, Sequence

from kb.core.text import Region, Span

_DEEPEST = 6
_OPENING = re.compile(
    r"^[ \t(]*((?:المادة|الفصل|البند)[ ](?:\d{1,4}(?:[-.]\d{1,3})*|الأولى|الأول|الثانية|الفريدة|الفريد)(?:[ ]مكرر\w*)?"
    r"|(?:Article|Art\.)[ ](?:\d{1,4}(?:[-.]\d{1,3})*|premier|1er|unique)(?:[ ](?:bis|ter|quater))?)"
    r"[ ]*(?:[:–—]|[.]?[ ]*[-–—]|[.](?=[ ]))[ .:–—-]*(?=\S)",
    re.MULTILINE | re.IGNORECASE,
)
_ENDED = re.compile(r"[.:;؛!؟?»”)]\s*$")
_STANDING = re.compile(r"\W*(?:المادة|الفصل|البند|article|art\.)\s+\S+(?:\s+\S+)?\W*", re.IGNORECASE)


class Levels:
    """Follows the headings of a document, so that articles stand below the part they are in."""

    def __init__(self) -> None:
        self._part = 0
        self._article = 0

    def with_articles(self, text: str, regions: Sequence[Region]) -> tuple[Region, ...]:
        """Return the regions of the next page with the numbers that open articles as headings."""
        found: list[Region] = []
        opened = {span.start: span for span in _openings(text, regions)}
        for start, region in sorted([*((r.span.start, r) for r in regions), *((s, None) for s in opened)], key=_start):
            if region is None:
                found.append(Region("heading", opened[start], self._article or min(_DEEPEST, self._part + 1)))
                continue
            found.append(region)
            if region.kind == "heading":
                self._follow(region, text[region.span.start : region.span.end])
        return tuple(found)

    def _follow(self, region: Region, text: str) -> None:
        if _STANDING.fullmatch(text):
            self._article = region.level
        else:
            self._part = region.level
            self._article = 0


def _start(each: tuple[int, Region | None]) -> int:
    return each[0]


def _openings(text: str, regions: Sequence[Region]) -> Iterator[Span]:
    for opening in _OPENING.finditer(text):
        start, end = opening.span(1)
        above = text[: opening.start()]
        begins = not above or above.endswith("\n\n") or bool(_ENDED.search(above))
        if begins and not any(region.span.start < end and start < region.span.end for region in regions):
            yield Span(start, end)
