"""Light stem and consonant skeleton of one folded word: inflection and joined particles are taken off."""

import re
from functools import cache

from kb.arabic.fold import fold
from kb.arabic.letters import HAMZA
from kb.arabic.lists import lines
from kb.arabic.vocabulary import ARTICLES, CONJUNCTIONS, PREPOSITIONS, SEATED, vocabulary

_PRONOUNS = ("كما", "هما", "هم", "هن", "كم", "نا", "ها")
_ENDINGS = ("ات", "ان", "ون", "ين", "تين", "يه", "وا", "ه", "ي", "ا")
_PATTERNS = ("است", "يست", "تست", "مست", "نست", "سي", "ست", "مت", "ان", "اف", "ي", "ت", "م", "ن", "ا")
# Verbal nouns of the derived forms: إفعال افتعال انفعال استفعال; before them ب ل ك is a particle even before alef.
_VERBAL_NOUN = re.compile("ا[ء-ي]{2,4}ا[ء-ي](?:ات|ه|ي|يه)?$")
# Verbal nouns and participles whose last root letter is noon: تمرين تعاون إمكان امتحان استبيان مخزون.
_OF_NOON = ("ان", "ون", "ين")
_ROOT_NOON = re.compile("ت[ء-ي]{2}ين|ت[ء-ي]اون|ا[ء-ي]{2}ان|ا[ء-ي]ت[ء-ي]ان|ان[ء-ي]{2}ان|است[ء-ي]{2}ان|م[ء-ي]{2}ون")
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
    word = _without_pronoun(word)
    for ending in _ENDINGS:
        least = 2 if ending == "ه" else 3
        if word.endswith(ending) and len(word) - len(ending) >= least and not _keeps(word, ending):
            word = word[: -len(ending)]
    return word[:-1] + HAMZA if word.endswith(SEATED) and len(word) > 3 else word


def _without_pronoun(word: str) -> str:
    """Take off one pronoun; the ت before it is the ة of the word again, unless it is that of a plural in ات.

    Folding has made ه of ة, so that a single ه is a pronoun only after letters that no ة follows.
    """
    for pronoun in _PRONOUNS if word.endswith(_PRONOUNS) else ():
        rest = word.removesuffix(pronoun)
        if rest != word and len(rest) >= 3:
            plural = rest.endswith("ات") and len(rest) > 4
            return rest[:-1] + "ه" if rest.endswith("ت") and len(rest) > 3 and not plural else rest
    if word.endswith("اته") and len(word) == 5:  # وفاته, صلاته; three letters before ات are a plural's
        return word[:-2] + "ه"
    if word.endswith(("اته", *(seat + "ه" for seat in SEATED))) and len(word) > 4:
        return word[:-1]
    if word.endswith("يته") and len(word) > 5:
        return word[:-2] + "ه"
    return word


def _keeps(word: str, ending: str) -> bool:
    return ending in _OF_NOON and bool(_ROOT_NOON.fullmatch(word))


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


def singular(stem: str) -> str:
    """Return the light stem of the singular of an irregular plural; any other stem as it is."""
    return _singulars().get(stem, stem)


@cache
def _plurals() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for plural, one in _singulars().items():
        if plural != one:
            found.setdefault(one, []).append(plural)
    return {one: tuple(plurals) for one, plurals in found.items()}


def plurals(stem: str) -> tuple[str, ...]:
    """Return the light stems of the irregular plurals of a singular."""
    return _plurals().get(stem, ())


def skeleton(stem: str) -> str:
    """Return the consonants of a light stem, which broken plurals and verb patterns share: كتاب كتب كاتب give كتب."""
    stem = singular(stem)
    for pattern in _PATTERNS if stem.startswith(_PATTERNS) else ():
        if stem.startswith(pattern) and len(stem) - len(pattern) >= 3:
            stem = stem[len(pattern) :]
            break
    bones = stem[:1] + stem[1:].translate(_WEAK)
    return bones if len(bones) >= 2 else stem
