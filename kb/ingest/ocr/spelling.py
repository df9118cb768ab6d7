"""What Tesseract writes wrongly in Arabic, put right word by word; only what cannot be meant otherwise."""

import re
import unicodedata
from collections.abc import Sequence

from kb.ingest import lexicon
from kb.ingest.ocr.tesseract import Seen
from kb.ingest.tidy import letters

# Persian shapes of Arabic letters; gaf, which Morocco writes, stays.
_PERSIAN = str.maketrans("یېکھہۀەۂۃ", "يېكهههههة")
_PERSIAN_DIGITS = {0x6F0 + digit: chr(0x660 + digit) for digit in range(10)}
_INDIC = re.compile("[\u0660-\u0669]")
_TO_WESTERN = {0x660 + digit: str(digit) for digit in range(10)}
_TO_INDIC = {ord(str(digit)): chr(0x660 + digit) for digit in range(10)}
_FRAME = re.compile(r"[|\[\]_~]+")
_DOT, _BULLET = "٠", "•"  # the zero of Arabic digits is a dot
_YEAR = re.compile(r"\d{4}")
# After which a number of four digits is a year.
_BEFORE_YEAR = """
    سنة لسنة بسنة وسنة السنة عام لعام وعام العام يناير فبراير مارس أبريل ابريل ماي مايو يونيو يوليوز يوليو غشت أغسطس
    شتنبر سبتمبر أكتوبر نونبر نوفمبر دجنبر ديسمبر جانفي فيفري أفريل جوان أوت année an en janvier février mars avril
    mai juin juillet août septembre octobre novembre décembre year in january february march april may june july august
    september october november december
"""
_YEAR_WORDS = frozenset(_BEFORE_YEAR.split())
_FIRST_YEAR, _LAST_YEAR = 1900, 2039
_FIRST_HIJRI, _LAST_HIJRI = 1300, 1460


def put_right(line: Sequence[Seen]) -> list[Seen]:
    """Return the words of one line, in the order of reading, as they are written; traces of a frame go."""
    words = [word for seen in line if (word := seen._replace(text=_word(seen.text))).text]
    while words and _FRAME.fullmatch(words[-1].text):
        words.pop()
    while words and _FRAME.fullmatch(words[0].text):
        words.pop(0)
    if len(words) > 1 and words[0].text == _DOT:
        words[0] = words[0]._replace(text=_BULLET)
    opened = any("«" in word.text for word in words)
    found: list[Seen] = []
    for word in words:
        text = word.text if opened else _comma(word.text)
        found.append(word._replace(text=_year(text, found[-1].text if found else "")))
    return found


def _word(text: str) -> str:
    """Return a word with the letters of Arabic, and with digits of one kind: of the more frequent."""
    text = unicodedata.normalize("NFC", letters(text).translate(_PERSIAN).translate(_PERSIAN_DIGITS))
    text = "".join(text.split())
    indic, western = len(_INDIC.findall(text)), sum(char in "0123456789" for char in text)
    if indic and western:
        text = text.translate(_TO_INDIC if indic > western else _TO_WESTERN)
    return text


def _comma(text: str) -> str:
    """Return an Arabic word whose comma was read as a closing quotation mark or a hamza: «المشاريع»» «جهوياء»."""
    if text.endswith("»") and len(text) > 2:
        return text[:-1] + "،"
    if text.endswith("اء") and not lexicon.is_known(text) and any(map(lexicon.is_known, (text[:-1], text[:-2]))):
        return text[:-1] + "،"
    return text


def _year(text: str, before: str) -> str:
    """Return a year whose digits were read backwards the right way round, where a word before says it is one."""
    western = text.translate(_TO_WESTERN).strip(".،,")
    if (
        before.lower() not in _YEAR_WORDS
        or not _YEAR.fullmatch(western)
        or _is_year(western)
        or not _is_year(western[::-1])
    ):
        return text
    digits = text.strip(".،,")
    return text.replace(digits, digits[::-1])


def _is_year(digits: str) -> bool:
    return _FIRST_YEAR <= int(digits) <= _LAST_YEAR or _FIRST_HIJRI <= int(digits) <= _LAST_HIJRI
