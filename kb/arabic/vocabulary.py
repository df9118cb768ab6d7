"""Which letters at the head of a word are particles: a list of words knows, where a rule would take root letters off.

وزارة is no «و» before زارة, لجنة no «ل» before جنة, التزام has no article.
"""

from collections.abc import Iterable, Iterator
from functools import cache

from kb.arabic import letters
from kb.arabic.fold import fold
from kb.arabic.lists import lines

CONJUNCTIONS = letters.WAW + letters.FEH
PREPOSITIONS = letters.BEH + letters.LAM + letters.KAF
PARTICLES = CONJUNCTIONS + PREPOSITIONS
# Longest first, so that the first that fits is the whole of it.
ARTICLES = ("وبال", "وكال", "ولل", "فلل", "وال", "بال", "كال", "فال", "ال", "لل")

# Our own lists, beside the derived one.
OURS = ("administration.txt", "plurals.txt")

_PLURAL = "ات"
# What may follow any word, any word of three letters or more, and a word in ة that has become ت or lost it.
_AFTER_ANY = frozenset({"ه", "ها", "هم", "هن", "هما", "كم", "نا", "ي"})
_AFTER_LONG = frozenset(
    {"ات", "اته", "اتها", "اتهم", "اتنا", "ان", "ون", "ين", "ا", "وا", "ت", "يه", "يات", "يون", "يين"}
)
_AFTER_TEH = frozenset(
    {"ات", "اته", "اتها", "اتهم", "اتنا", "ته", "تها", "تهم", "تهن", "تهما", "تك", "تكم", "تنا", "تي", "تان", "تين"}
)
_LONGEST_ENDING = 4

SEATED = ("ائ", "اؤ")
"""How a word in اء ends before a pronoun or another ending: أداء, أدائه, أداؤها."""


def readings(word: str) -> Iterator[str]:
    """Yield what may be left of `word` without its particles, from the least taken off to the most.

    The lam of «لل» may be the first letter of the word: للجنة is ل and لجنة before it is لل and جنة.
    """
    yield word
    if word[0] in PARTICLES:
        yield word[1:]
    if word[0] in CONJUNCTIONS and word[1:2] and word[1] in PREPOSITIONS:
        yield word[2:]
    for article in ARTICLES if word.startswith(ARTICLES) else ():
        if word.startswith(article):
            yield word[len(article) :]
            break


class Vocabulary:
    """Folded words that stand for themselves; `ours` go before `derived`, and three letters of them are enough."""

    def __init__(self, ours: Iterable[str], derived: Iterable[str] = (), whole: Iterable[str] = ()) -> None:
        """`whole`: those of ours whose last letters look like an ending and are none: قانون, ميزان."""
        self.whole = frozenset(whole)
        self._ours = self.whole.union(ours)
        # «ال» and one letter are too short to be told from an article and what follows.
        self._words = frozenset(w for w in self._ours.union(derived) if len(w) > 3 or not w.startswith(letters.ARTICLE))
        self._before_teh = frozenset(word[:-1] for word in self._words if word.endswith(letters.HEH))

    def known(self, word: str) -> str | None:
        """Return the listed word that `word` is a form of, its particles off; None when the list does not know it.

        A reading that stands in the list goes before one that is inflected from it, and fewer particles before more.
        """
        candidates = tuple(readings(word))
        if len(candidates) == 1 and word not in self._words:
            return self.base(word)
        for reading in candidates:
            if reading in self._ours and len(reading) > 3:
                return self._singular(reading)
        for reading in candidates:
            if reading in self._words and (reading == word or len(reading) > 3 or reading in self._ours):
                return self._singular(reading)
        for reading in candidates:
            if base := self.base(reading):
                return base
        return None

    def base(self, word: str) -> str | None:
        """Return the listed word that `word` is or is inflected from."""
        return self._singular(word) if word in self._words else self._inflected(word, self._words)

    def _inflected(self, word: str, words: frozenset[str]) -> str | None:
        """Return the one of `words` that `word` is made from, the longest."""
        for length in range(1, min(_LONGEST_ENDING, len(word) - 2) + 1):
            base, ending = word[:-length], word[-length:]
            if ending in _AFTER_TEH and base in self._before_teh and base + letters.HEH in words:
                return base + letters.HEH
            if base.endswith(SEATED):
                base = base[:-1] + letters.HAMZA
            if base in words and (ending in _AFTER_ANY or (ending in _AFTER_LONG and len(base) > 2)):
                return base
        return None

    def _singular(self, word: str) -> str:
        """Bring a listed plural in ات back to its word in ة, and any form of a whole word back to it."""
        stem = word.removesuffix(_PLURAL)
        if stem != word and stem in self._before_teh:
            return stem + letters.HEH
        return word if word in self.whole else self._inflected(word, self.whole) or word


def listed(*names: str) -> frozenset[str]:
    """Return the folded words of these lists."""
    return frozenset(fold(word) for name in names for line in lines("kb.arabic", name) for word in line)


@cache
def vocabulary() -> Vocabulary:
    return Vocabulary(listed(*OURS), listed("vocabulary.txt"), listed("whole.txt"))
