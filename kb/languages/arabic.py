"""Arabic words: fold, stop, stem, and the skeleton of consonants."""

from kb.arabic.fold import fold
from kb.arabic.lists import lines
from kb.arabic.stem import light, skeleton
from kb.languages.analyzer import Terms

_STOP = frozenset(fold(word) for words in lines("kb.arabic", "stopwords.txt") for word in words)


def terms(exact: str) -> Terms:
    if exact in _STOP:
        return Terms(exact)
    return Terms(exact, (light(exact),), (skeleton(exact),))
