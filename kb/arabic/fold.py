"""Orthographic folding: spellings of one word that a reader takes for the same become one string."""

import re
import unicodedata

from kb.arabic import letters

_LATIN_BLOCKS = (range(0x00C0, 0x0250), range(0x1E00, 0x1F00))
# Latin letters that Unicode does not decompose but French, German and Nordic names write both ways.
_LATIN_PAIRS = {"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "ŉ": "n"}


def _bare(character: str) -> str:
    decomposed = unicodedata.normalize("NFD", character.lower())
    return "".join(_LATIN_PAIRS.get(part, part) for part in decomposed if part not in letters.COMBINING)


def _table() -> dict[int, str | None]:
    table: dict[int, str | None] = {code: _bare(chr(code)) for block in _LATIN_BLOCKS for code in block}
    for letter, variants in letters.VARIANTS.items():
        table.update(dict.fromkeys(map(ord, variants), letter))
    for digits in (letters.ARABIC_DIGITS, letters.PERSIAN_DIGITS):
        table.update({ord(digit): str(value) for value, digit in enumerate(digits)})
    dropped = letters.MARKS + letters.INVISIBLE + letters.COMBINING + letters.PRESENTATION_MARKS
    table.update(dict.fromkeys(map(ord, dropped)))
    return table


_TABLE = _table()
_BARE_MARKS = dict.fromkeys(map(ord, letters.PRESENTATION_MARKS))
_UNSEEN = dict.fromkeys(
    ord(mark) for mark in letters.MARKS + letters.INVISIBLE + letters.PRESENTATION_MARKS if mark not in letters.VOWELS
)
_VOWELS = dict.fromkeys(map(ord, letters.VOWELS))
_DIGITS = {
    ord(digit): str(value)
    for digits in (letters.ARABIC_DIGITS, letters.PERSIAN_DIGITS)
    for value, digit in enumerate(digits)
}
_COMPATIBLE = re.compile(f"[{letters.PRESENTATION}{letters.FULLWIDTH_DIGITS}]+")


def _plain(found: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", found.group())


def fold(text: str) -> str:
    """Return `text` in the one spelling that is indexed: marks gone, letter variants joined, digits 0-9, lower case.

    Hamza on waw, on yeh and alone is kept: folding it was measured to change nothing. Latin letters lose accents.
    Idempotent; the length may change; spaces and punctuation stay.
    """
    if text.isascii():
        return text.lower()
    composed = unicodedata.normalize("NFC", text)
    plain = _COMPATIBLE.sub(_plain, composed.translate(_BARE_MARKS))
    folded = plain.translate(_TABLE).casefold()
    return unicodedata.normalize("NFC", folded)


def written(text: str) -> str:
    """Return `text` with its letters and vowel marks as they are written: less tatweel, other marks and case only.

    Digits become 0-9, as everywhere.
    """
    if text.isascii():
        return text.lower()
    plain = _COMPATIBLE.sub(_plain, unicodedata.normalize("NFC", text).translate(_BARE_MARKS))
    return unicodedata.normalize("NFC", plain.translate(_UNSEEN).translate(_DIGITS).casefold())


def bare(spelled: str) -> str:
    """Return what `written` gave without its vowel marks."""
    return spelled.translate(_VOWELS)
