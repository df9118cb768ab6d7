"""Arabic words: fold, stop, stem, and the skeleton of consonants."""

from kb.arabic import letters
from kb.arabic.fold import fold
from kb.arabic.lists import lines
from kb.arabic.stem import light, skeleton
from kb.languages import names
from kb.languages.analyzer import Terms

_SPELLINGS = frozenset(word for line in lines("kb.arabic", "stopwords.txt") for word in line)
STOP = frozenset(map(fold, _SPELLINGS))
_TELLING = frozenset(letters.TEH_MARBUTA + letters.ALEF_MADDA)
_MARKS = str.maketrans("", "", letters.MARKS + letters.INVISIBLE)


def terms(exact: str, spelling: str) -> Terms:
    """Return the terms of one word; a ة or آ in its spelling tells آلية from the stop word إليه."""
    if exact in STOP and (_TELLING.isdisjoint(spelling) or spelling.translate(_MARKS) in _SPELLINGS):
        return Terms(exact)
    stem = light(exact)
    stem = names.in_arabic(stem) or stem
    return Terms(exact, (stem,), (skeleton(stem),))
