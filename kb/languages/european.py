"""French and English words: Snowball stems of the folded spelling; the only file that knows snowballstemmer."""

import re

from snowballstemmer import stemmer

from kb.arabic.fold import fold
from kb.arabic.lists import lines
from kb.languages import names
from kb.languages.analyzer import Terms

# Function words of one language that name things in the other: a question keeps them as the other's noun.
_NOUNS_ELSEWHERE = frozenset({"but", "car", "son", "ton"})
# Accents that Snowball's French needs, put back where an ending allows no other reading, so that a word typed
# without its accents meets the same word printed with them.
_ACCENTS = ((re.compile("(?<=.{3})ite(s?)$"), r"ité\1"), (re.compile("(?<=.{2})iere(s?)$"), r"ière\1"))


def _stop(language: str) -> frozenset[str]:
    return frozenset(fold(word) for words in lines("kb.languages", f"stopwords_{language}.txt") for word in words)


_FRENCH = _stop("fr")
_ENGLISH = _stop("en")


def _french_stem(exact: str) -> str:
    for ending, accented in _ACCENTS:
        exact = ending.sub(accented, exact)
    return fold(stemmer("french").stemWord(exact))


def _english_stem(exact: str) -> str:
    stem: str = stemmer("english").stemWord(exact)
    return stem


def french(exact: str, _spelling: str) -> Terms:
    return Terms(exact) if exact in _FRENCH else Terms(exact, (names.in_arabic(exact) or _french_stem(exact),))


def english(exact: str, _spelling: str) -> Terms:
    return Terms(exact) if exact in _ENGLISH else Terms(exact, (names.in_arabic(exact) or _english_stem(exact),))


def either(exact: str, _spelling: str) -> Terms:
    """Return the terms of a Latin word in a question, whose language is not known: its stem in each language.

    A function word of either language is a stop word here, save where it is a noun of the other («car», «but»):
    it then keeps the stem it has as that noun.
    """
    stems = french(exact, exact).light + english(exact, exact).light
    if len(stems) < 2 and exact not in _NOUNS_ELSEWHERE:
        return Terms(exact)
    return Terms(exact, tuple(dict.fromkeys(stems)))
