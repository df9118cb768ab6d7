"""What marks read of the words of a text: as little as tells which of them a question may mark.

A text is read by its runs without blanks. Most hold nothing like what is asked for, which their keys tell: these are
the same in all questions. Only the other runs are analysed.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache

from kb.arabic.words import holds_torn
from kb.languages.analyzer import Analyzer, Terms, Token
from kb.search.units import LONGEST_WORD, MARKED, WORD_VIEWS, View, clip, grams, spelling_term, terms_of

LEAST_SHARED = 2
"""Trigrams in common below which two words are not compared at all."""

_REMEMBERED = 1 << 15  # distinct runs kept while many texts are counted
_KEPT = 1 << 15  # distinct runs of a language whose keys are kept
_READ = 200  # texts whose words are kept: a passage is looked at, marked and explained
_CUT = " "  # the key of a run with a word of which a part is indexed; no term holds a blank

_RUN = re.compile(r"\S+")

Runs = Mapping[str, Sequence[Token]]
"""The words of each run, as they stand in the run."""


class Markable:
    """Reads texts for one question."""

    def __init__(
        self,
        analyzer: Analyzer,
        near: frozenset[str],
        grams: frozenset[str],
        begin: tuple[str, ...],
        phrases: Sequence[Sequence[Terms]],
        *,
        whole: bool,
    ) -> None:
        """Read words with any of the terms `near`, LEAST_SHARED of `grams`, or which begin so; and phrases.

        `whole`: all words of every text are wanted.
        """
        self._analyzer = analyzer
        self._near = near.union(clip(word.exact) for phrase in phrases for word in phrase)
        self._grams = grams
        self._asked = self._near | self._grams | {_CUT}
        self._begin = begin
        self._phrases = [{clip(word.exact) for word in phrase} for phrase in phrases if len(phrase) > 1]
        self._whole = whole
        self._runs: dict[str, dict[str, Sequence[Token]]] = {}  # by language and spelling
        self._held: dict[tuple[str, str], Runs | None] = {}
        self._read: dict[tuple[str, str], Sequence[Token]] = {}

    def tokens(self, text: str, language: str) -> Sequence[Token]:
        """Return the words of the text that may be marked; all of them where those alone do not tell."""
        known = self._read.get((text, language))
        if known is None:
            if len(self._read) >= _READ:
                self._read.clear()
            runs = self.runs(text, language)
            known = list(self._analyzer.tokens(text, language) if runs is None else _placed(text, runs))
            self._read[text, language] = known
        return known

    def runs(self, text: str, language: str) -> Runs | None:
        """Return the runs of the text in which something may be marked, with what that is.

        None where that does not tell: a blank stands inside a word, or the words of a phrase may stand side by side.
        """
        if self._whole:
            return None
        with suppress(KeyError):
            return self._held[text, language]
        if len(self._held) >= _READ:
            self._held.clear()
        runs = self._held[text, language] = self._runs_of(text, language)
        return runs

    def _runs_of(self, text: str, language: str) -> Runs | None:
        if holds_torn(text):
            return None
        runs = self._telling(set(text.split()), language)
        return None if self._phrases and self._may_hold_phrase(runs) else runs

    def _may_hold_phrase(self, runs: Runs) -> bool:
        exact = {clip(token.terms.exact) for tokens in runs.values() for token in tokens}
        return any(exact.issuperset(phrase) for phrase in self._phrases)

    def _telling(self, spellings: set[str], language: str) -> Runs:
        known = self._runs.setdefault(language, {})
        new: Collection[str] = spellings - known.keys()
        if len(known) + len(new) > _REMEMBERED:
            known = self._runs[language] = {}  # another thread may still read the one that was full
            new = spellings
        kept = _kept(self._analyzer, language)
        asked, begin = self._asked, self._begin
        for spelling in new:  # inline, for it is most of what marking costs
            keys = kept.get(spelling)
            if keys is None:
                keys = kept[spelling] = _keys(self._analyzer.tokens(spelling, language))
            if asked.isdisjoint(keys) and not (begin and any(key.startswith(begin) for key in keys)):
                known[spelling] = ()
            else:
                known[spelling] = list(self._analyzer.tokens(spelling, language)) if self._tell(keys) else ()
        return {spelling: tokens for spelling in spellings if (tokens := known[spelling])}

    def _tell(self, keys: Sequence[str]) -> bool:
        """Tell it of a run with any of these keys; where in doubt it is told, and the word found to be no answer."""
        return (
            not self._near.isdisjoint(keys)
            or len(self._grams.intersection(keys)) >= LEAST_SHARED
            or any(key == _CUT or (self._begin and key.startswith(self._begin)) for key in keys)
        )


@lru_cache(8)
def _kept(_analyzer: Analyzer, _language: str) -> dict[str, Sequence[str]]:
    """Return the keys of runs in texts of a language; they repeat in all questions."""
    return _Bounded()


class _Bounded(dict[str, Sequence[str]]):
    """Begins anew when it is full."""

    def __setitem__(self, spelling: str, keys: Sequence[str]) -> None:
        if len(self) >= _KEPT:
            self.clear()
        super().__setitem__(spelling, keys)


def _keys(tokens: Iterator[Token]) -> Sequence[str]:
    """Return all terms of the words of a run, and their trigrams, those of a stop word too."""
    keys: dict[str, None] = {}
    for token in tokens:
        keys.update(dict.fromkeys((*_terms(token.terms), *grams(token.terms.exact))))
        if len(token.terms.exact) > LONGEST_WORD:
            keys[_CUT] = None
    return tuple(keys)


def _terms(word: Terms) -> Iterator[str]:
    return (term for view in WORD_VIEWS for term in marked_terms(word, view))


def marked_terms(word: Terms, view: View) -> tuple[str, ...]:
    """Return the terms of a word by which marks are found: as written by its letters alone."""
    return (spelling_term(word).partition(MARKED)[0],) if view is View.WRITTEN else terms_of(word, view)


def _placed(text: str, runs: Runs) -> Iterator[Token]:
    """Yield the words of the runs wherever these stand in the text, in order."""
    for run in _RUN.finditer(text) if runs else ():
        for start, end, position, terms in runs.get(run.group(), ()):
            yield Token(run.start() + start, run.start() + end, position, terms)


def phrase_places(
    phrase: Sequence[Terms], words: Sequence[Terms], same: Callable[[Terms, Terms], bool]
) -> Iterator[int]:
    size = len(phrase)
    if not size:
        return
    for start in range(len(words) - size + 1):
        if all(map(same, phrase, words[start : start + size])):
            yield from range(start, start + size)
