"""Words of a page put right by hand, laid over what was read: found again where they still stand. Pure functions.

A stretch is some words that were replaced, with the words around them. Line breaks stay as they were read: only words
are put right.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Final

from kb.core.text import Box, Page, Region, Span

AROUND: Final = 4
"""Words on either side that tell a place from others with the same words."""

_WORTH_COMPARING: Final = 3000  # words; what differs over more of them is one stretch
MOST_PAIRS: Final = 200_000  # of equal words; texts of one word over and over would be compared for minutes
_SURE: Final = 3  # words that stand once on a page are enough of them to be known without those around
_SAME_LINE: Final = 0.5  # of the height of the lower of two boxes, that they share


@dataclass(frozen=True, slots=True)
class Stretch:
    """`at` counts the words before it when it was put right; `after` is text, the others are words."""

    before: tuple[str, ...]
    after: str
    left: tuple[str, ...]
    right: tuple[str, ...]
    at: int


def stretches(old: str, new: str) -> list[Stretch]:
    """Return what was put right of a text, in order; nothing where the words are the same."""
    was, spans = old.split(), word_spans(new)
    now = [new[span.start : span.end] for span in spans]
    found = []
    for i1, i2, j1, j2 in _changes(was, now):
        if i1 == i2 and was:  # something came between words: one of them, of the same line, belongs to it
            follows = j2 < len(spans) and "\n" not in new[spans[j2 - 1].end : spans[j2].start] and i2 < len(was)
            i1, i2, j1, j2 = (i1, i2 + 1, j1, j2 + 1) if follows or i1 == 0 else (i1 - 1, i2, j1 - 1, j2)  # noqa: PLW2901
        after = new[spans[j1].start : spans[j2 - 1].end] if j2 > j1 else ""
        left, right = now[max(0, j1 - AROUND) : j1], was[i2 : i2 + AROUND]  # those before are put right by then
        found.append(Stretch(tuple(was[i1:i2]), after, tuple(left), tuple(right), j1))
    return found


def _changes(was: list[str], now: list[str]) -> list[tuple[int, int, int, int]]:
    """Return the places of what differs in both, as SequenceMatcher does."""
    start = 0
    while start < min(len(was), len(now)) and was[start] == now[start]:
        start += 1
    end = 0
    while end < min(len(was), len(now)) - start and was[-1 - end] == now[-1 - end]:
        end += 1
    middle_was, middle_now = was[start : len(was) - end], now[start : len(now) - end]
    if not middle_was and not middle_now:
        return []
    if max(len(middle_was), len(middle_now)) > _WORTH_COMPARING or pairs(middle_was, middle_now) > MOST_PAIRS:
        return [(start, len(was) - end, start, len(now) - end)]
    codes = SequenceMatcher(a=middle_was, b=middle_now, autojunk=False).get_opcodes()
    return [(start + a, start + b, start + c, start + d) for tag, a, b, c, d in codes if tag != "equal"]


def pairs(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how many pairs of equal words there are: what a comparison goes through again at each of its steps."""
    there = Counter(other)
    return sum(number * there[word] for word, number in Counter(one).items())


def word_spans(text: str) -> list[Span]:
    """Return where the words stand that `text.split()` gives."""
    found, here = [], 0
    for word in text.split():
        start = text.index(word, here)
        here = start + len(word)
        found.append(Span(start, here))
    return found


def place(words: Sequence[str], stretch: Stretch) -> int | None:
    """Return which word of a text the stretch begins at; None where its words do not stand there any more.

    Of several places the one with most of the same words around it is meant, then the one nearest to where it was.
    """
    return _find(words, stretch.before, stretch)


def is_read(words: Sequence[str], stretch: Stretch) -> bool:
    """Tell whether a text reads by itself what the stretch puts there."""
    after = tuple(stretch.after.split())
    return bool(after) and _find(words, after, stretch) is not None


def _find(words: Sequence[str], wanted: tuple[str, ...], stretch: Stretch) -> int | None:
    if not wanted:
        return 0 if not words else None
    size = len(wanted)
    places = [i for i in range(len(words) - size + 1) if tuple(words[i : i + size]) == wanted]
    if not places:
        return None
    around = {i: _around(words, i, i + size, stretch) for i in places}
    best = max(places, key=lambda i: (around[i], -abs(i - stretch.at)))
    known = around[best] > 0 or (len(places) == 1 and size >= _SURE) or not (stretch.left or stretch.right)
    return best if known else None


def _around(words: Sequence[str], start: int, end: int, stretch: Stretch) -> int:
    before, after = list(reversed(words[max(0, start - AROUND) : start])), words[end : end + AROUND]
    return _alike(before, stretch.left[::-1]) + _alike(after, stretch.right)


def _alike(some: Sequence[str], others: Sequence[str]) -> int:
    count = 0
    for one, other in zip(some, others, strict=False):
        if one != other:
            break
        count += 1
    return count


def laid(page: Page, over: Sequence[Stretch]) -> tuple[Page, list[bool]]:
    """Return the page with what was put right, in the order that it was; and of each whether it still fits."""
    fits = []
    for stretch in over:
        start = place(page.text.split(), stretch)
        fits.append(start is not None)
        if start is not None:
            page = _replaced(page, start, stretch)
    return page, fits


def _replaced(page: Page, first: int, stretch: Stretch) -> Page:
    spans = word_spans(page.text)
    last = first + len(stretch.before)
    start, end = (spans[first].start, spans[last - 1].end) if last > first else (0, len(page.text))
    head, tail = page.text[:start], page.text[end:]
    if not stretch.after and (not tail or tail[0].isspace()):
        head = head.rstrip(" \t")
    text = head + stretch.after + tail
    return replace(
        page,
        text=text,
        boxes=_boxes(page.boxes, first, stretch),
        regions=_regions(page.regions, Span(len(head), end), len(head) + len(stretch.after)),
    )


def _regions(regions: Sequence[Region], gone: Span, until: int) -> tuple[Region, ...]:
    """Move what was told of the text: `gone` was replaced by text up to `until`."""
    by = until - gone.end
    moved = []
    for region in regions:
        start = region.span.start + by if region.span.start >= gone.end else min(region.span.start, gone.start)
        end = region.span.end + by if region.span.end >= gone.end else min(region.span.end, gone.start)
        if end > start:
            moved.append(replace(region, span=Span(start, end)))
    return tuple(moved)


def _boxes(boxes: Sequence[Box], first: int, stretch: Stretch) -> tuple[Box, ...]:
    """Give each word its place: its own where it stood there, or one word stands for one; else that of its line."""
    was, now = stretch.before, tuple(stretch.after.split())
    by = len(now) - len(was)
    last = first + len(was)
    kept = [box for box in boxes if box.word < first]
    behind = [box._replace(word=box.word + by) for box in boxes if box.word >= last]
    inside = [box for box in boxes if first <= box.word < last]
    if len(was) == len(now):
        return (*kept, *(box._replace(confidence=100) for box in inside), *behind)
    start = _alike(was, now)
    end = min(_alike(was[::-1], now[::-1]), min(len(was), len(now)) - start)
    same = [box for box in inside if box.word < first + start]
    ends = [box._replace(word=box.word + by) for box in inside if box.word >= last - end]
    changed = [box for box in inside if first + start <= box.word < last - end] or inside
    lines = _lines(boxes, changed)
    middle = [line._replace(word=word) for word in range(first + start, first + len(now) - end) for line in lines]
    return (*kept, *same, *middle, *ends, *behind)


def _lines(boxes: Sequence[Box], some: Sequence[Box]) -> list[Box]:
    """Return the whole lines on which some boxes stand, each once."""
    found: list[Box] = []
    for one in some:
        if any(_on_a_line(one, line) for line in found):
            continue
        line = [box for box in boxes if _on_a_line(one, box)]
        left, top = min(box.x0 for box in line), min(box.y0 for box in line)
        found.append(Box(one.word, left, top, max(box.x1 for box in line), max(box.y1 for box in line)))
    return found


def _on_a_line(one: Box, other: Box) -> bool:
    shared = min(one.y1, other.y1) - max(one.y0, other.y0)
    return shared >= _SAME_LINE * max(1, min(one.y1 - one.y0, other.y1 - other.y0))
