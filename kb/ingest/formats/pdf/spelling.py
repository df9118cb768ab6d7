"""Spelling of single glyphs: what a font says a shape stands for, brought into the letters of the house."""

import unicodedata

from kb.ingest import tidy

UNKNOWN = "\ufffd"
_SPACES = frozenset("\t\r\n\xa0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u3000")
# No word holds alef and lam in one shape, so a font that says so has stored the lam-alef ligature from left to right.
_REVERSED_LIGATURES = {"ال": "لا", "أل": "لأ", "إل": "لإ", "آل": "لآ"}


def clean(text: str) -> str:
    """Return the letters of a text the file states, with plain spaces."""
    return tidy.letters("".join(" " if char in _SPACES else char for char in text))


def of_glyph(text: str) -> tuple[str, bool]:
    """Return the letters one glyph stands for, and whether they are unknown: no character, or one of private use."""
    if text and not text.strip("\x00"):
        return UNKNOWN, True
    if any(char == UNKNOWN or unicodedata.category(char) in ("Co", "Cn") for char in text):
        return UNKNOWN, True
    written = clean(text)
    if text and not written and unicodedata.category(text[0]) == "Cc":
        return UNKNOWN, True
    return _REVERSED_LIGATURES.get(written, written), False


def is_shaped(text: str) -> bool:
    """Return whether a text names the shape of an Arabic letter: initial, medial, final or alone."""
    return any("\ufb50" <= char <= "\ufd3d" or "\ufe80" <= char <= "\ufefc" for char in text)


def is_mark(text: str) -> bool:
    return bool(text) and all(unicodedata.combining(char) for char in text)


def is_arabic(char: str) -> bool:
    return "\u0600" <= char <= "\u06ff" or "\u0750" <= char <= "\u077f" or "\u08a0" <= char <= "\u08ff"


def is_letter(char: str) -> bool:
    """Return whether a character is an Arabic letter or the stroke that lengthens one."""
    return is_arabic(char) and unicodedata.category(char) in ("Lo", "Lm")
