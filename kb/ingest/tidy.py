"""The form every text takes when it enters the house: NFC, no presentation forms, no invisible signs."""

import re
import unicodedata

# Alphabetic and Arabic presentation forms, variation selectors, small and vertical forms (Unicode, FB00-FEFF).
_COMPATIBILITY = re.compile("[\ufb00-\ufeff]")
# What NFKC leaves alone in that range. U+FD3F opens and U+FD3E closes a quotation in Arabic.
_SPELLED = {"\ufd3e": ")", "\ufd3f": "(", "\ufdfd": "بسم الله الرحمن الرحيم"}
# Zero-width and direction signs, soft hyphen, controls but tab and line feed, surrogates, non-characters.
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff"
    "\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff]"
)
_LINE_END = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_BLANK = re.compile("[^\\S\n\t]+")
_AROUND_TAB = re.compile(" *\t *")
_AROUND_LINE_END = re.compile("[ \t]*\n[ \t]*")
_BLANK_LINES = re.compile("\n{3,}")


def letters(text: str) -> str:
    """Return NFC text whose presentation forms are letters again, without invisible signs. Spaces stay as they are."""
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", _COMPATIBILITY.sub(_letter, text)))


def tidy(text: str) -> str:
    """Return `letters(text)` with one space between words and at most one blank line between paragraphs."""
    lines = letters(_LINE_END.sub("\n", text))
    lines = _AROUND_TAB.sub("\t", _BLANK.sub(" ", lines))
    return _BLANK_LINES.sub("\n\n", _AROUND_LINE_END.sub("\n", lines)).strip()


def line(text: str, longest: int = 300) -> str:
    """Return `text` on one line, cut after `longest` characters: for titles and names."""
    return " ".join(letters(_LINE_END.sub(" ", text)).split())[:longest].strip()


def _letter(match: re.Match[str]) -> str:
    form = match[0]
    if form in _SPELLED:
        return _SPELLED[form]
    # The spacing forms of marks decompose to a space and the mark; the space is not written.
    plain = unicodedata.normalize("NFKC", form)
    plain = plain.replace(" ", "") if unicodedata.combining(plain[-1]) else plain
    return _COMPATIBILITY.sub("", plain)
