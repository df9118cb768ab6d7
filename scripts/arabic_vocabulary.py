"""Derive kb/arabic/vocabulary.txt: words whose first letter belongs to the root, though it looks like a particle.

Reads a frequency list (`word<TAB>share of all words`) on standard input and prints the vocabulary. The list shipped
was made from the Arabic "large" list of wordfreq 3.1 (CC BY-SA 4.0):

    python -c "import wordfreq as w; [print(k, v, sep='\\t') for k, v in w.get_frequency_dict('ar', 'large').items()]" \
        | python -m scripts.arabic_vocabulary > kb/arabic/vocabulary.txt

A word stands for itself when it is attested with the article (الوزارة beside وزارة), or when it is more frequent than
its particle and its rest can explain (كلثوم is not ك and لثوم).
"""

import re
import sys
import textwrap
from collections import Counter
from collections.abc import Iterable

from kb.arabic.fold import fold
from kb.arabic.letters import ALEF, ARTICLE
from kb.arabic.vocabulary import CONJUNCTIONS, OURS, PARTICLES, PREPOSITIONS, Vocabulary, listed

HEAD = """\
# Arabic words that begin with a letter of a particle (و ف ب ل ك) or with alef, and words of three letters:
# what the light stemmer must know to leave root letters alone; and words that would be taken for forms of these.
# Derived by scripts/arabic_vocabulary.py from the Arabic word frequencies of wordfreq 3.1 by Robyn Speer (2022),
# https://github.com/rspeer/wordfreq, CC BY-SA 4.0; this list is under the same licence.
"""
# Share of the words of a text, below which an article form may be a misspelling.
LEAST_WITH_ARTICLE = 1e-7
LEAST_ALONE = 1e-6
# Occurrences of a particle before a word for one of the word alone: the ninth decile over 1,300 frequent nouns.
RATES = {"و": 0.109, "ف": 0.0013, "ب": 0.12, "ل": 0.106, "ك": 0.008}
# Names and set phrases that would hide a word behind its particle.
EXCLUDED = frozenset({"بورش", "بلقاء", "بشان", "بقان", "والش", "وسلم"})
ARABIC = re.compile("[ء-ي]{3,}")
STOP = listed("stopwords.txt")
TWO_LETTERS = frozenset(word for word in listed("administration.txt") if len(word) == 2)


class Frequencies:
    def __init__(self, lines: Iterable[str]) -> None:
        self.written: dict[str, float] = {}
        self.folded: Counter[str] = Counter()
        self.usual: dict[str, str] = {}
        for line in lines:
            word, _, share = line.rstrip("\n").partition("\t")
            folded = fold(word)
            self.written[word] = float(share)
            self.folded[folded] += float(share)  # type: ignore[assignment]
            if self.written[word] > self.written.get(self.usual.get(folded, ""), 0.0):
                self.usual[folded] = word

    def with_article(self, word: str) -> float:
        forms = ["ال", "وال", "بال"] if word.startswith("ل") else ["ال", "وال", "بال", "لل"]
        return sum(self.folded[form + word] for form in forms)

    def with_hamza(self, word: str) -> float:
        """How often the first alef of `word` is written as the article never is: ألعاب, إلغاء, آليات."""
        return sum(self.written.get(alef + word[1:], 0.0) for alef in "أإآ")

    def expected(self, word: str) -> float:
        """How often `word` would be met if its first letters were particles."""
        share = self.folded[word[1:]] * RATES[word[0]]
        if word[0] in CONJUNCTIONS and word[1] in PREPOSITIONS:
            share += self.folded[word[2:]] * RATES[word[0]] * RATES[word[1]]
        return share


def is_noun(word: str, of: Frequencies) -> bool:
    attested = of.with_article(word)
    return attested >= max(LEAST_WITH_ARTICLE, 0.01 * of.folded[word])


def is_article_form(word: str, of: Frequencies) -> bool:
    for article in ("وال", "فال", "بال", "كال", "ولل", "فلل", "لل"):
        if word.startswith(article):
            return of.folded[ARTICLE + word.removeprefix(article)] > of.folded[word]
    return False


def is_word(word: str, of: Frequencies) -> bool:
    if word.startswith(ARTICLE):
        spelled = of.with_hamza(word) > of.written.get(word, 0.0) or of.folded[word[2:]] < 0.05 * of.folded[word]
        return len(word) >= 4 and spelled and of.with_article(word) >= LEAST_WITH_ARTICLE
    if word[0] not in PARTICLES:
        return is_noun(word, of)
    share, expected = of.folded[word], of.expected(word)
    if is_noun(word, of):
        return of.with_article(word) >= 0.1 * expected or share > 3 * expected
    if share < LEAST_ALONE or share <= 3 * expected or (len(word) == 3 and word[1:] in TWO_LETTERS):
        return False
    if word[0] in "بل" and is_noun(word[1:], of):  # «بصفة», «لمدة»: a set phrase, however frequent
        return False
    twice = word[0] in CONJUNCTIONS and word[1] in PREPOSITIONS and len(word) > 4
    rest = max(of.folded[word[1:]], of.folded[word[2:]] if twice else 0)
    return share > rest * (1 if len(word) <= 4 else 20)


def hidden(of: Frequencies, known: Vocabulary) -> set[str]:
    """Return nouns that a particle would turn into a form of another word: طائفة, for «لطائفة» is no form of لطائف."""
    return {
        word
        for word in of.folded
        if ARABIC.fullmatch(word)
        and len(word) > 3
        and word[0] not in PARTICLES + ALEF
        and is_noun(word, of)
        and any(known.base(particle + word) for particle in (*PARTICLES, ARTICLE))
    }


def vocabulary(lines: Iterable[str]) -> list[str]:
    of = Frequencies(lines)
    known = {
        word
        for word in of.folded
        if ARABIC.fullmatch(word)
        and (word[0] in PARTICLES + ALEF or len(word) == 3)
        and word not in STOP | EXCLUDED
        and is_word(word, of)
        and not is_article_form(word, of)
    }
    known |= hidden(of, Vocabulary(listed(*OURS), known, listed("whole.txt")))
    return sorted(of.usual[word] for word in known)


if __name__ == "__main__":
    print(HEAD + textwrap.fill(" ".join(vocabulary(sys.stdin)), 119, break_on_hyphens=False))
