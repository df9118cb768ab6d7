"""Letters as they are drawn: Arabic joined, each line in the order of the eye. The only file that knows
arabic-reshaper and python-bidi.

ReportLab draws code points from left to right and joins nothing. The forms it is given are those of Unicode's
compatibility block, which every extractor turns back into letters (NFKC), so what is printed is found again.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final

from arabic_reshaper import ArabicReshaper
from bidi.algorithm import get_display

_RESHAPER: Final = ArabicReshaper(
    {"delete_harakat": False, "support_ligatures": True, "ARABIC LIGATURE ALLAH": False, "delete_tatweel": False}
)
# After Arabic letters UAX 9 turns «98%» into «%98», and parts an address at its signs: these are held together.
_TOGETHER: Final = re.compile(r"https?://\S+|\S+@\S+\.\w+|[0-9][0-9.,]*\s?%|[0-9]+(?:[-/][0-9]+)+")
_OPEN: Final = "\u202a"  # an embedding: this side of python-bidi mirrors brackets, and knows no isolates
_CLOSE: Final = "\u202c"
_PAIRS: Final = {")": "(", "]": "[", "}": "{"}
_MARKS: Final = {"L": "\u200e", "R": "\u200f"}
_CONTROLS: Final = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@lru_cache(maxsize=20_000)
def joined(word: str) -> str:
    """Return the word with its letters joined, still in logical order: as wide as it will be drawn."""
    return word if word.isascii() else str(_RESHAPER.reshape(word))


def visual(line: str, *, right_to_left: bool) -> str:
    """Return a line in the order in which it is drawn from left to right (UAX 9)."""
    if line.isascii() and not right_to_left:
        return line
    known = "".join(c if unicodedata.bidirectional(c) else " " for c in _CONTROLS.sub("", line))
    held = _TOGETHER.sub(lambda found: f"{_OPEN}{found[0]}{_CLOSE}", known)
    base = "R" if right_to_left else "L"
    parted = _bracketed(held, base).replace("·", f"{_MARKS[base]}·{_MARKS[base]}")  # facts side by side do not mix
    shown = get_display(joined(parted), base_dir=base)
    return _CONTROLS.sub("", str(shown))


def _bracketed(line: str, base: str) -> str:
    """Put each pair of brackets in the direction of what it holds (rule N0 of UAX 9, unknown to python-bidi). The other
    half of a pair that a line has cut stands at the edge of the line.
    """
    ways = _ways(line, base)
    for opening, closing in sorted(_pairs(line)):
        held = {way for way in ways[max(opening, 0) : closing] if way}
        before = next((way for way in reversed(ways[: max(opening, 0)]) if way), base if opening >= 0 else "")
        if held:
            way = base if base in held or before == base else next(iter(held))
            ways[opening : opening + 1] = [way] if opening >= 0 else []
            ways[closing : closing + 1] = [way] if closing < len(line) else []
    marked = zip(line, ways, strict=True)
    return "".join(
        f"{_MARKS[way]}{letter}{_MARKS[way]}" if way and letter in "()[]{}" else letter for letter, way in marked
    )


def _ways(line: str, base: str) -> list[str]:
    """Return for each letter "L", "R" or "" for none; a number goes the way of the letter before it."""
    ways, last = [], base
    for letter in line:
        kind = unicodedata.bidirectional(letter)
        way = {"L": "L", "R": "R", "AL": "R", "AN": "R", "EN": last}.get(kind, "")
        last = way or last
        ways.append(way)
    return ways


def _pairs(line: str) -> list[tuple[int, int]]:
    """Return where brackets open and close; -1 and the length of the line for halves that are not on it."""
    pairs: list[tuple[int, int]] = []
    opened: list[int] = []
    for place, letter in enumerate(line):
        if letter in _PAIRS.values():
            opened.append(place)
        elif letter in _PAIRS:
            match = next((at for at in reversed(opened) if line[at] == _PAIRS[letter]), -1)
            opened = [at for at in opened if at < match] if match >= 0 else opened
            pairs.append((match, place))
    return [*pairs, *((place, len(line)) for place in opened)]


def runs_right_to_left(text: str, *, otherwise: bool) -> bool:
    """Whether the first letter that has a direction runs from right to left; `otherwise` where none has one."""
    for letter in text:
        kind = unicodedata.bidirectional(letter)
        if kind in {"L", "R", "AL"}:
            return kind != "L"
    return otherwise
