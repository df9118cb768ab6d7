"""Words that texts were met with, by their light terms: which of many a question asks for is looked up at once."""

import threading
from collections.abc import Collection
from functools import cache
from typing import NamedTuple

from kb.languages.analyzer import Analyzer

_MOST = 1 << 16
"""Words that are known before all are forgotten: some twenty megabytes, met again from question to question."""


class _Met(NamedTuple):
    """Each word in `words` is in `of` under all of its terms."""

    words: set[str]
    of: dict[str, set[str]]


class WordForms:
    """The words of one analyzer; any number of threads may ask."""

    def __init__(self, analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        self._lock = threading.Lock()
        self._met = _Met(set(), {})

    def stems(self, word: str) -> tuple[str, ...]:
        """Return the light terms of a folded word."""
        return tuple(term for token in self._analyzer.tokens(word) for term in token.terms.light)

    def saying(self, terms: Collection[str], words: set[str]) -> set[str]:
        """Return those of the folded words that have any of the light terms."""
        of = self._knowing(words)
        return set[str]().union(*(of[term] & words for term in terms if term in of))

    def _knowing(self, words: set[str]) -> dict[str, set[str]]:
        """Return words by their terms, these words among them."""
        met = self._met
        if not words <= met.words:
            with self._lock:
                met = self._met
                if len(met.words) > _MOST:  # whoever asks meanwhile keeps what they were given
                    met = self._met = _Met(set(), {})
                fresh = words - met.words
                for word in fresh:
                    for term in self.stems(word):
                        met.of.setdefault(term, set()).add(word)
                met.words.update(fresh)
        return met.of


@cache
def wordforms(analyzer: Analyzer) -> WordForms:
    """Return the one of the analyzer, which is told from others by identity."""
    return WordForms(analyzer)
