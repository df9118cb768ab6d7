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
    shown = get_display(joined(held), base_dir="R" if right_to_left else "L")
    return _CONTROLS.sub("", str(shown))


def runs_right_to_left(text: str, *, otherwise: bool) -> bool:
    """Whether the first letter that has a direction runs from right to left; `otherwise` where none has one."""
    for letter in text:
        kind = unicodedata.bidirectional(letter)
        if kind in {"L", "R", "AL"}:
            return kind != "L"
    return otherwise
