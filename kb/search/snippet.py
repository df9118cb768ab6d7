"""The part of a passage that a list shows, chosen for its marks."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import chain

from kb.core.text import Span

# Bullets and rows of dots are no words to fill a window with. Tried once a run, so linear on any text.
_WORD = re.compile(r"(?<!\S)\S*?[^\W_]\S*")
_LEADERS = re.compile(r"([.·•…‥_*=~\-–—])(?:[ \t]?\1){3,}")


def snippet(text: str, spans: Sequence[Span], words: int = 40) -> tuple[int, int]:
    """Choose the window of about `words` blank-divided words that shows the most different marked words.

    Returns where it starts and ends in `text`; it never cuts a word. Without spans it is the beginning.
    """
    places = [word.span() for word in _WORD.finditer(text)]
    if len(places) <= words:
        return 0, len(text)
    marked = _marked_words(places, text, spans)
    best, best_worth = 0, -1.0
    # A window is worth more than the one before it only where a mark comes in at its end.
    for start in sorted({0, *(max(0, place - words + 1) for place, _ in marked)}):
        inside = [word for place, word in marked if start <= place < start + words]
        # Different words first, then all marks; of equals the earliest window.
        worth = len(set(inside)) + len(inside) / (len(spans) + 1)
        if worth > best_worth:
            best, best_worth = start, worth
    return places[best][0], places[best + words - 1][1]


def without_leaders(text: str, spans: Sequence[Span]) -> tuple[str, tuple[Span, ...]]:
    """Shorten rows of dots, dashes and the like («الفهرس ........ 48») to one «…»; the spans move with their words."""
    parts: list[str] = []
    moved: list[Span] = []
    end = lost = 0
    left = list(reversed(spans))
    for row in chain(_LEADERS.finditer(text), (None,)):
        start, after = row.span() if row else (len(text), len(text))
        while left and left[-1].start < start:
            span = left.pop()
            moved.append(Span(span.start - lost, span.end - lost))
        parts += (text[end:start], "…" if row else "")
        end, lost = after, lost + (after - start - 1)
    return "".join(parts), tuple(moved)


def _marked_words(places: Sequence[tuple[int, int]], text: str, spans: Sequence[Span]) -> list[tuple[int, str]]:
    """Return the marked words, each with the number of the place that it begins in; spans are in order."""
    starts = [start for start, _ in places]
    found = ((bisect_right(starts, span.start) - 1, span) for span in spans)
    return [(n, text[span.start : span.end]) for n, span in found if n >= 0 and span.start < places[n][1]]
