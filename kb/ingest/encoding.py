"""Bytes without a declared encoding become text: Unicode by its marks, else the code pages of our region."""

import codecs
import re
from typing import NamedTuple

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE = 64 * 1024
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_ARABIC_BESIDE_LATIN = re.compile("[A-Za-z][\u0621-\u064a]|[\u0621-\u064a][A-Za-z]")
_ARABIC = re.compile("[\u0621-\u064a]")
_ARABIC_WORD = re.compile("[\u0621-\u064a]{3,}")
_BEYOND_ASCII = re.compile(b"[\x80-\xff]")
_ARTICLE = "ال"
# Fewer could be chance.
_LEAST_WORDS, _LEAST_ARTICLES, _LEAST_BYTES = 3, 3, 8


class Decoded(NamedTuple):
    """`lost` tells that some bytes fitted no character and stand as U+FFFD."""

    text: str
    encoding: str
    lost: bool = False


def decode(data: bytes, declared: str = "") -> Decoded | None:
    """Return the text of `data`, or None if it is no text. A byte order mark outweighs `declared`."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _checked(data[len(bom) :], encoding)
    if encoding := _wide(data[:_SAMPLE]):
        return _checked(data, encoding)
    if declared and not _belies(data, declared) and (found := _declared(data, declared)):
        return found
    try:
        return _checked(data, "utf-8", strict=True)
    except UnicodeDecodeError:
        return _damaged_utf8(data) or _checked(data, _code_page(data[:_SAMPLE]))


def _checked(data: bytes, encoding: str, *, strict: bool = False) -> Decoded | None:
    text = data.decode(encoding, "strict" if strict else "replace")
    controls = len(_CONTROL.findall(text[:_SAMPLE]))
    if controls * 100 > min(len(text), _SAMPLE):
        return None
    return Decoded(text, encoding, not strict and "\ufffd" in text)


def _belies(data: bytes, declared: str) -> bool:
    """Return whether the bytes are surely something else: UTF-8, or Arabic where a page of Western Europe is stated.

    Letters of code pages hardly ever follow each other as UTF-8 asks, and no Western word has three letters beyond
    ASCII side by side.
    """
    try:
        name = codecs.lookup(declared).name
    except LookupError:
        return True
    if name in ("cp1252", "iso8859-1", "iso8859-15", "ascii"):
        sample = data[:_SAMPLE]
        words = len(_ARABIC_WORD.findall(sample.decode(_code_page(sample), "replace")))
        if words >= _LEAST_WORDS:
            return True
    return len(_BEYOND_ASCII.findall(data[:_SAMPLE])) >= _LEAST_BYTES and _is_utf_8(data)


def _is_utf_8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _declared(data: bytes, declared: str) -> Decoded | None:
    try:
        encoding = codecs.lookup(declared).name
        # A page that says Latin-1 means the Windows page (WHATWG Encoding Standard, table of labels).
        return _checked(data, {"iso8859-1": "cp1252", "ascii": "cp1252"}.get(encoding, encoding), strict=True)
    except (LookupError, UnicodeError):
        return None


def _wide(sample: bytes) -> str:
    """Return the UTF-16 flavour of text without a mark: its high bytes are nearly all 00 or 06."""
    if len(sample) < 4:
        return ""
    even, odd = sample[0::2], sample[1::2]
    for high, low, encoding in ((odd, even, "utf-16-le"), (even, odd, "utf-16-be")):
        alike = sum(high.count(bytes([page])) for page in (0x00, 0x06, 0x20))
        if alike * 10 >= len(high) * 9 and high.count(0) + high.count(6) > 0 and low.count(0) * 10 < len(low):
            return encoding
    return ""


def _damaged_utf8(data: bytes) -> Decoded | None:
    """Read as UTF-8 what is UTF-8 but for a few bytes, such as a file cut in the middle of a letter."""
    text = data.decode("utf-8", "replace")
    lost = text.count("\ufffd")
    beyond_ascii = sum(char > "\x7f" for char in text)
    return _checked(data, "utf-8") if lost * 20 <= beyond_ascii else None


def _code_page(sample: bytes) -> str:
    """Choose between the Windows pages for Arabic and for Western Europe, which share the small accented letters.

    ISO 8859-6 has the same alef and another lam, so that the article tells it from the Windows page.
    """
    text = sample.decode("cp1256", "replace")
    articles = sample.decode("iso8859-6", "replace").count(_ARTICLE)
    if articles >= _LEAST_ARTICLES and articles > 2 * text.count(_ARTICLE):
        return "iso8859-6"
    arabic = len(_ARABIC.findall(text))
    return "cp1252" if len(_ARABIC_BESIDE_LATIN.findall(text)) * 4 > arabic else "cp1256"
