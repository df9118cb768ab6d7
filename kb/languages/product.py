"""The product's own analysis: each word by its script, Latin words by the language of the text around them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache

from kb.arabic import letters
from kb.arabic.fold import fold, written
from kb.arabic.lists import fingerprint
from kb.arabic.words import words
from kb.languages import keys
from kb.languages.analyzer import Key, Terms, Token

_RULES = 3
Language = Callable[[str, str], Terms]
_ARABIC = frozenset(letters.ARABIC_LETTERS)
# A longer run of letters is no word; its head stands for it, so that no term can fill an index.
_LONGEST = 255
# Distinct words kept, some 600 bytes each: the vocabulary of 20,000 pages.
_REMEMBERED = 1 << 15


def _script(exact: str) -> str:
    first = exact[0]
    if first in _ARABIC:
        return "arabic"
    if "a" <= first <= "z":
        return "latin"
    return "other"


class Product:
    """Analyser of texts that mix scripts. `languages` maps a script, or for Latin a language, to its rules.

    The name "latin" stands for Latin words of unknown language, as in a question. Latin words of a text in
    another language than those listed are read as French, the second language of the administration.
    """

    def __init__(self, languages: Mapping[str, Language]) -> None:
        self._languages = languages
        self._terms = lru_cache(_REMEMBERED)(self._analyse)

    @property
    def stamp(self) -> str:
        """The rules by number, raised with every change of this package's code, and the word lists by fingerprint."""
        return f"product/{_RULES}-{fingerprint('kb.arabic', 'kb.languages')}"

    def tokens(self, text: str, latin: str = "") -> Iterator[Token]:
        known = self._terms
        position = 0
        for word in words(text):
            spelling = word.group()
            terms = known(spelling, latin) if len(spelling) <= _LONGEST else self._analyse(spelling, latin)
            if terms.exact:
                yield Token(word.start(), word.end(), position, terms)
                position += 1

    def keys(self, text: str, tokens: Sequence[Token]) -> Sequence[Key]:
        return keys.found(text, tokens)

    def fold(self, text: str) -> str:
        return fold(text)

    def _analyse(self, spelling: str, latin: str) -> Terms:
        exact = "".join(fold(spelling).split())[:_LONGEST]
        if not exact:
            return Terms("")
        script = _script(exact)
        if script == "latin" and latin:
            script = latin if latin in self._languages else "fr"
        terms = self._languages[script](exact, spelling)
        spelled = "".join(written(spelling).split())[:_LONGEST]
        return terms if spelled == exact else terms._replace(written=spelled)
