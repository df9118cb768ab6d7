"""What Lucene 9's ArabicAnalyzer makes of a text: the bar that `kb evaluate` compares with.

Standard tokenizer, lower case, decimal digits, Lucene's stop list, Arabic normalisation, then the light10 stemmer of
Larkey, Ballesteros and Connell (2002).
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

from kb.arabic import letters
from kb.arabic.lists import lines
from kb.languages.analyzer import Key, Terms, Token

_STOP = frozenset(word for words in lines("kb.languages", "stopwords_light10.txt") for word in words)
_PREFIXES = ("ال", "وال", "بال", "كال", "فال", "لل", "و")
_SUFFIXES = ("ها", "ان", "ات", "ون", "ين", "يه", "ية", "ه", "ة", "ي")
_LETTERS = {
    **dict.fromkeys(map(ord, letters.ALEF_MADDA + letters.ALEF_HAMZA_ABOVE + letters.ALEF_HAMZA_BELOW), letters.ALEF),
    ord(letters.ALEF_MAKSURA): letters.YEH,
    ord(letters.TEH_MARBUTA): letters.HEH,
    # Unlike our own folding Lucene drops tatweel and the eight harakat only.
    **dict.fromkeys((ord(letters.TATWEEL), *range(0x064B, 0x0653))),
}
_REMEMBERED = 1 << 17
# Where Lucene cuts a longer token.
_LONGEST = 255

# Word boundaries of Unicode Annex 29 as far as Arabic and Latin texts show them: marks and format characters
# extend a word, some punctuation joins letters or digits.
_PART = rf"[\w{letters.MARKS}{letters.INVISIBLE}{letters.COMBINING}]"
_WORD = re.compile(rf"\w{_PART}*+(?:(?:(?<=[^\W\d_])['’.:·](?=[^\W\d_])|(?<=\d)[.,;'’٫٬](?=\d)){_PART}++)*+")


def _spans(text: str) -> Iterator[tuple[int, int]]:
    for word in _WORD.finditer(text):
        for start in range(word.start(), word.end(), _LONGEST):
            yield start, min(start + _LONGEST, word.end())


def _digits(word: str) -> str:
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in word)


def _stem(word: str) -> str:
    for prefix in _PREFIXES:
        if word.startswith(prefix) and len(word) >= max(len(prefix) + 2, 4):
            word = word[len(prefix) :]
            break
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) >= len(suffix) + 2:
            word = word[: -len(suffix)]
    return word


@lru_cache(_REMEMBERED)
def _terms(spelling: str) -> Terms:
    lowered = _digits(spelling.lower())
    normal = lowered.translate(_LETTERS)
    return Terms(normal) if lowered in _STOP or not normal else Terms(normal, (_stem(normal),))


class Light10:
    stamp = "light10/1"

    def tokens(self, text: str, latin: str = "") -> Iterator[Token]:
        """`latin` changes nothing: Lucene's analyser knows Arabic only."""
        del latin
        position = 0
        for start, end in _spans(text):
            terms = _terms(text[start:end])
            if terms.exact:
                yield Token(start, end, position, terms)
                position += 1

    def keys(self, text: str, tokens: Sequence[Token]) -> Sequence[Key]:
        """Return nothing: Lucene's analyser knows words only."""
        del text, tokens
        return ()

    def fold(self, text: str) -> str:
        return _digits(text.lower()).translate(_LETTERS)
