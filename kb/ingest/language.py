"""Says in which language a stretch of text is written: by its script, and Latin letters by a model of letter groups.

The only file that knows py3langid, which is loaded when the first Latin text asks for it.
"""

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

_ARABIC = re.compile("[\u0620-\u064a\u066e-\u06d3\u0750-\u077f\u08a0-\u08c9\ufb50-\ufdfb\ufe70-\ufefc]+")
_TIFINAGH = re.compile("[\u2d30-\u2d7f]+")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f\u1e00-\u1eff]+")
_WORD = re.compile(r"[^\W\d_]+")

# Shorter texts of French and English are taken for Spanish too often.
_SPANISH_WORDS = 8
# By how much the best language must be likelier than the next, as a difference of logarithms: at this distance 96 in
# 100 pairs of French words are told and 1 is told wrong; of four words all are told (tests/quality/test_language.py).
_SURE = 1.0
# A language shows in as many characters.
_ENOUGH = 2000


def of(text: str, otherwise: str) -> str:
    """Return "ar", "zgh", "fr", "en" or "es", or `otherwise` for text that gives no sign.

    A script that has half of the letters decides, Arabic before others.
    """
    letters = _size(_WORD, text)
    if not letters:
        return otherwise
    if 2 * _size(_ARABIC, text) >= letters:
        return "ar"
    words = _LATIN.findall(text)
    if 2 * sum(map(len, words)) >= letters:
        return _told(words) or otherwise
    return "zgh" if 2 * _size(_TIFINAGH, text) >= letters else otherwise


def _size(script: re.Pattern[str], text: str) -> int:
    return sum(map(len, script.findall(text)))


def _told(words: Sequence[str]) -> str:
    """Return the language of Latin words, "" where two are about as likely."""
    if max(map(len, words)) < 2:
        return ""  # initials, the letters of a list
    short = len(words) < _SPANISH_WORDS
    ranked = [one for one in _model().rank(" ".join(words)[:_ENOUGH]) if not (short and one[0] == "es")]
    (best, likelihood), (_, second) = ranked[:2]
    return str(best) if likelihood - second >= _SURE else ""


@cache
def _model() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415 (half a second and 50 MB)

    model = LanguageIdentifier.from_model_file(MODEL_FILE)
    model.set_languages(["fr", "en", "es"])
    model._full_model = None  # noqa: SLF001 (the columns of the other languages are not needed again)
    return model
