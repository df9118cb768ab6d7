"""The hits of one page: which words they are, and where these stand on its picture."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from kb.core.text import Box, Page, Span
from kb.search.hits import runs, word_spans, words_under

DOUBTFUL: Final = 60
"""Confidence below which a word read by OCR is told to be doubtful."""

_SAME_LINE: Final = 0.5  # of the height of the lower one, that two boxes share
_NEAR: Final = 2.0  # heights of the line between two words of it that are side by side; further on is another cell


class Rect(NamedTuple):
    """Sides in tenths of a point from the upper left corner of the page as it is shown."""

    x0: int
    y0: int
    x1: int
    y1: int


@dataclass(frozen=True, slots=True)
class Spot:
    """A hit of a page: its `number` from 1, its words as they are written, and its place in the text.

    `places` are where it is on the picture, in the order of reading: one a line, none where the picture has no place
    for it.
    """

    number: int
    text: str
    span: Span
    places: tuple[Rect, ...] = ()


def spots(page: Page, marks: Sequence[Span]) -> tuple[Spot, ...]:
    """Return the hits that these marks make, in the order of reading. Marks are in order and disjoint."""
    if not marks:
        return ()
    words = word_spans(page.text)
    hits = runs([page.text[word.start : word.end] for word in words], words_under(page.text, marks))
    boxes = by_word(page.boxes)
    return tuple(
        Spot(
            number,
            " ".join(page.text[words[hit.start].start : words[hit.stop - 1].end].split()),
            _inside(marks, words[hit.start].start, words[hit.stop - 1].end),
            lines(box for word in hit for box in boxes.get(word, ())),
        )
        for number, hit in enumerate(hits, 1)
    )


def _inside(marks: Sequence[Span], start: int, end: int) -> Span:
    """Return from the first mark between these two to the last."""
    held = [mark for mark in marks if mark.start < end and start < mark.end]
    return Span(max(start, held[0].start), min(end, held[-1].end))


def by_word(boxes: Sequence[Box]) -> Mapping[int, Sequence[Box]]:
    found: dict[int, list[Box]] = defaultdict(list)
    for box in boxes:
        found[box.word].append(box)
    return found


def lines(boxes: Iterable[Box]) -> tuple[Rect, ...]:
    """Return the places of words that follow each other, as one where they stand side by side on a line."""
    found: list[Rect] = []
    for box in boxes:
        here = Rect(box.x0, box.y0, box.x1, box.y1)
        if found and _joined(found[-1], here):
            last = found[-1]
            here = Rect(min(last.x0, here.x0), min(last.y0, here.y0), max(last.x1, here.x1), max(last.y1, here.y1))
            found.pop()
        found.append(here)
    return tuple(found)


def _joined(a: Rect, b: Rect) -> bool:
    low = min(a.y1 - a.y0, b.y1 - b.y0)
    shared = min(a.y1, b.y1) - max(a.y0, b.y0)
    apart = max(a.x0, b.x0) - min(a.x1, b.x1)
    return shared >= _SAME_LINE * low and apart <= _NEAR * low


def doubts(page: Page) -> tuple[Span, ...]:
    """Return the words that OCR was not sure of, in order."""
    unsure = {box.word for box in page.boxes if box.confidence < DOUBTFUL}
    found = [word for number, word in enumerate(word_spans(page.text)) if number in unsure] if unsure else []
    return tuple(word for word in found if any(map(str.isalnum, page.text[word.start : word.end])))
