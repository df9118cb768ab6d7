"""Light stem and consonant skeleton of one folded word: inflection and joined particles are taken off."""

import re
from functools import cache

from kb.arabic.fold import fold
from kb.arabic.lists import lines
from kb.arabic.vocabulary import ARTICLES, CONJUNCTIONS, PREPOSITIONS, vocabulary

_PRONOUNS = ("كما", "هما", "هم", "هن", "كم", "نا", "ها")
_ENDINGS = ("ات", "ان", "ون", "ين", "تين", "يه", "وا", "ه", "ي", "ا")
_PATTERNS = ("است", "يست", "تست", "مست", "نست", "سي", "ست", "مت", "ان", "اف", "ي", "ت", "م", "ن", "ا")
# Verbal nouns of the derived forms: إفعال افتعال انفعال استفعال; before them ب ل ك is a particle even before alef.
_VERBAL_NOUN = re.compile("ا[ء-ي]{2,4}ا[ء-ي](?:ات|ه|ي|يه)?$")
_WEAK = str.maketrans("", "", "اوييءئؤى")


def _without_prefix(word: str) -> str:
    """Take off the article, else a conjunction and a one-letter preposition, from a word no list knows."""
    for article in ARTICLES:
        if word.startswith(article) and len(word) - len(article) >= 3:
            return word[len(article) :]
    if word[0] in CONJUNCTIONS and len(word) >= 5:
        word = word[1:]
    if word[0] in PREPOSITIONS and len(word) >= 5 and (word[1] != "ا" or _VERBAL_NOUN.match(word, 1)):
        word = word[1:]
    return word


def _without_suffix(word: str) -> str:
    """Take off one pronoun, then endings of number, gender and relation, while three letters stay."""
    for pronoun in _PRONOUNS if word.endswith(_PRONOUNS) else ():
        if word.endswith(pronoun) and len(word) - len(pronoun) >= 3:
            word = word[: -len(pronoun)]
            if word.endswith("ت") and len(word) >= 4:
                return word[:-1]
            break
    for ending in _ENDINGS:
        least = 2 if ending == "ه" else 3
        if word.endswith(ending) and len(word) - len(ending) >= least:
            word = word[: -len(ending)]
    return word


def light(word: str) -> str:
    """Return the stem shared by a word, its article, its prepositions, its number and its pronouns."""
    if not word:
        return word
    base = vocabulary().known(word)
    return base if base in vocabulary().whole else _without_suffix(base or _without_prefix(word))


@cache
def _singulars() -> dict[str, str]:
    """Light stems of irregular plurals to those of their singulars."""
    return {
        light(fold(plural)): light(fold(singular))
        for singular, *plurals in lines("kb.arabic", "plurals.txt")
        for plural in plurals
    }


def skeleton(stem: str) -> str:
    """Return the consonants of a light stem, which broken plurals and verb patterns share: كتاب كتب كاتب give كتب."""
    stem = _singulars().get(stem, stem)
    for pattern in _PATTERNS if stem.startswith(_PATTERNS) else ():
        if stem.startswith(pattern) and len(stem) - len(pattern) >= 3:
            stem = stem[len(pattern) :]
            break
    bones = stem[:1] + stem[1:].translate(_WEAK)
    return bones if len(bones) >= 2 else stem
