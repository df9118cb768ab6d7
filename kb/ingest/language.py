"""Says in which language a stretch of text is written, by script and by function words."""

import re
from collections.abc import Mapping

# Function words that the other language does not have; a handful decides a sentence.
_FRENCH = """
    le la les du des et ou où un une au aux ce cette ces dans par pour avec sur sous que qui dont est sont été être il
    elle ils elles nous vous leur leurs ses son sa pas plus entre sans
"""
_ENGLISH = """
    the of and or to in is are was were be been by for with from that this these those which who it its they their at as
    has have had not will shall can may between without into
"""
_FUNCTION_WORDS: Mapping[str, frozenset[str]] = {
    "fr": frozenset(_FRENCH.split()),
    "en": frozenset(_ENGLISH.split()),
}
_WORD = re.compile(r"[^\W\d_]+")
_ARABIC = re.compile("[\u0620-\u064a\u066e-\u06d3\u0750-\u077f\u08a0-\u08c9\ufb50-\ufdfb\ufe70-\ufefc]")


def of(text: str, otherwise: str) -> str:
    """Return "ar", "fr" or "en", or `otherwise` for text that gives no sign. Half of its letters make it Arabic."""
    words = _WORD.findall(text)
    letters = sum(map(len, words))
    if letters and 2 * len(_ARABIC.findall(text)) >= letters:
        return "ar"
    lower = [word.lower() for word in words]
    counts = {language: sum(word in known for word in lower) for language, known in _FUNCTION_WORDS.items()}
    best = max(counts, key=lambda language: counts[language])
    tie = list(counts.values()).count(counts[best]) > 1
    return otherwise if tie else best
