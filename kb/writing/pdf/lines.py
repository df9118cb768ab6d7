"""Paragraphs cut into lines by their measured width, in logical order: only then may a line be turned for the eye."""

from collections.abc import Callable, Iterator
from typing import Final

Measure = Callable[[str], float]

_LONGEST: Final = 400
"""Letters of a word that are measured at once: no line has room for more."""


def broken(text: str, room: float, measure: Measure) -> list[str]:
    """Return the lines of a paragraph, none wider than `room`; a word that is wider is cut. At least one line."""
    lines: list[str] = []
    line, width = "", 0.0
    space = measure(" ")
    for word in _pieces(text, room, measure):
        needed = measure(word)
        if line and width + space + needed > room:
            lines.append(line)
            line, width = word, needed
        else:
            line, width = (f"{line} {word}", width + space + needed) if line else (word, needed)
    return [*lines, line]


def _pieces(text: str, room: float, measure: Measure) -> Iterator[str]:
    """Yield the words; of one that has no room, parts that have."""
    for word in text.split():
        rest = word
        while len(rest) > 1 and (len(rest) > _LONGEST or measure(rest) > room):
            most = _fitting(rest[:_LONGEST], room, measure)
            yield rest[:most]
            rest = rest[most:]
        yield rest


def _fitting(word: str, room: float, measure: Measure) -> int:
    """Return how many letters have room, at least one."""
    low, high = 1, len(word)
    while low < high:
        middle = (low + high + 1) // 2
        if measure(word[:middle]) <= room:
            low = middle
        else:
            high = middle - 1
    return low
