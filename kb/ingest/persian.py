"""Arabic that was written with Persian letters: keyboards, fonts and OCR give ی and ک for ي and ك."""

import re
from typing import NamedTuple

from kb.ingest import lexicon

_TO_ARABIC = str.maketrans("یکەہھ", "يكههه")
_FOLDED = re.compile("[یکەہھ]")
_WORD = re.compile("[\u0620-\u065f\u0670-\u06d3\u06d5-\u06ed]+")
_LAST_YEH = re.compile("ی(?=[\u064b-\u065f\u0670]*$)")
_LETTER = re.compile("[\u0621-\u064a\u0671-\u06d3\u06d5]")
# What Persian, Urdu, Kurdish and Pashto cannot do without; in Arabic only foreign names have some of them.
_FOREIGN = re.compile("[پچژگٹڈڑںےۀۆێۇڵڕښڼټډۍ]")
_MOST_FOREIGN = 0.015


class Folded(NamedTuple):
    """A text of the same length, and the letters that were given others: "ی ك"."""

    text: str
    letters: str


def folded(text: str) -> Folded:
    """Return an Arabic text in Arabic letters; a text in Persian or a language written like it stays as it is."""
    found = set(_FOLDED.findall(text))
    if not found or len(_FOREIGN.findall(text)) > _MOST_FOREIGN * len(_LETTER.findall(text)):
        return Folded(text, "")
    return Folded(_WORD.sub(_arabic, text), " ".join(sorted(found)))


def _arabic(match: re.Match[str]) -> str:
    """Return a word in Arabic letters; a last ی stands for ي or for ى, whichever makes the more frequent word."""
    word = match[0]
    if not _FOLDED.search(word):
        return word
    usual = word.translate(_TO_ARABIC)
    maksura = _LAST_YEH.sub("ى", word).translate(_TO_ARABIC)
    better = lexicon.grade(lexicon.bare(maksura)) > lexicon.grade(lexicon.bare(usual))
    return maksura if better else usual
