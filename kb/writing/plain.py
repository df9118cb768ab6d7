"""Text as data: what other programs get of a text, without what only steers its display."""

import unicodedata
from typing import Final

_JOINERS: Final = frozenset("\u200c\u200d")  # they are spelling in Persian, Tamazight and emoji


def plain(text: str) -> str:
    """Return the text as one line in NFC, without control characters, bidi marks and lone surrogates."""
    return " ".join(_kept(text).split())


def paragraphs(text: str) -> list[str]:
    """Return the lines that say something, each as `plain` gives it."""
    return [line for part in text.splitlines() if (line := plain(part))]


def _kept(text: str) -> str:
    return "".join(_one(c) for c in unicodedata.normalize("NFC", text))


def _one(c: str) -> str:
    category = unicodedata.category(c)
    if category in {"Cc", "Zl", "Zp"}:
        return " "
    return "" if category in {"Cf", "Cs", "Cn"} and c not in _JOINERS else c
