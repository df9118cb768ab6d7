"""From marked words to hits: what a reader steps through is a run of words, not each word of it."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from kb.core.text import Span

_WORD: Final = re.compile(r"\S+")
_ENDS: Final = (".", ":", "؛", ";", "!", "؟", "?")
_AROUND: Final = "،,؛;:.!؟?«»\"'()[]{}…"


def word_spans(text: str) -> list[Span]:
    """Return where the words of `text.split()` are, in order."""
    return [Span(match.start(), match.end()) for match in _WORD.finditer(text)]


def words_under(text: str, spans: Iterable[Span]) -> list[int]:
    """Return the numbers of the words that hold some of the spans, in order. Spans are in order and disjoint."""
    words = word_spans(text)
    found: list[int] = []
    number = 0
    for span in spans:
        while number < len(words) and words[number].end <= span.start:
            number += 1
        place = number
        while place < len(words) and words[place].start < span.end:
            if not found or found[-1] < place:
                found.append(place)
            place += 1
    return found


def runs(words: Sequence[str], marked: Iterable[int]) -> list[range]:
    """Return the hits, each the numbers of its words: marked words side by side.

    `marked` is in order. A new hit begins after the end of a sentence, and where a word of this one comes again: a
    heading often ends with the words that the text under it begins with.
    """
    found: list[range] = []
    inside: set[str] = set()
    for number in marked:
        word = words[number].strip(_AROUND)
        joined = found and found[-1].stop == number and not words[number - 1].endswith(_ENDS)
        if joined and word not in inside:
            found[-1] = range(found[-1].start, number + 1)
        else:
            found.append(range(number, number + 1))
            inside.clear()
        inside.add(word)
    return found
