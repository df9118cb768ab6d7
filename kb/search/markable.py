"""What marks read of the words of a text, whatever is asked for."""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from kb.languages.analyzer import Analyzer, Terms
from kb.search.units import MARKED, WORD_VIEWS, View, grams, spelling_term, terms_of


def marked_terms(word: Terms, view: View) -> tuple[str, ...]:
    """Return the terms of a word by which marks are found: as written by its letters alone."""
    return (spelling_term(word).partition(MARKED)[0],) if view is View.WRITTEN else terms_of(word, view)


Spelt = tuple[Terms, tuple[str, ...], tuple[str, ...]]
"""A word with its terms in all word views and its trigrams, those of a stop word too."""


@lru_cache(1 << 16)
def spelt(analyzer: Analyzer, spelling: str, language: str) -> tuple[Spelt, ...]:
    """Return the words in a run without blanks; runs repeat in all questions."""
    words = [token.terms for token in analyzer.tokens(spelling, language)]
    return tuple(
        (word, tuple(t for view in WORD_VIEWS for t in marked_terms(word, view)), grams(word.exact)) for word in words
    )


def phrase_places(
    phrase: Sequence[Terms], words: Sequence[Terms], same: Callable[[Terms, Terms], bool]
) -> Iterator[int]:
    size = len(phrase)
    if not size:
        return
    for start in range(len(words) - size + 1):
        if all(map(same, phrase, words[start : start + size])):
            yield from range(start, start + size)
