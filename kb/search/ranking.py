"""The arithmetic of relevance, the same for every engine that keeps postings.

BM25 (Robertson and Zaragoza 2009) over each view by itself; the sums are weighted and added, so that a word met in
its very form, in another form and in a misspelt one earns from each reading.
"""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest
from typing import NamedTuple, Protocol

from kb.languages.analyzer import Terms
from kb.search.deadline import Deadline
from kb.search.query import Reading
from kb.search.units import WORD_VIEWS, View, grams_of, holds_phrase, terms_of


class Postings(NamedTuple):
    """Units that hold a term and how often, in step."""

    units: Sequence[int]
    counts: Sequence[int]


class Shelf(Protocol):
    """What ranking reads of an index. Units are numbered from 0 below `bound`, with holes where some were deleted."""

    @property
    def size(self) -> int:
        """Return the number of units."""

    def postings(self, view: View, term: str) -> Postings: ...

    def frequency(self, view: View, term: str) -> int:
        """Return the number of units that hold the term; for trigrams it may count deleted ones."""

    def norms(self, view: View) -> Sequence[float]:
        """Return Ranking.norms of the lengths of all units."""

    def words(self, unit: int) -> str:
        """Return Unit.words."""


class Other(NamedTuple):
    """A reading of the question: the words that say the same, none twice, and the words asked for it stands for."""

    reading: Reading
    words: tuple[Terms, ...]
    of: tuple[Terms, ...]


class Wanted(NamedTuple):
    """What a clause asks for: every word as often as asked, its phrases, as folded, and what may stand for words."""

    words: Sequence[Terms]
    phrases: Sequence[tuple[str, ...]] = ()
    others: Sequence[Other] = ()


@dataclass(frozen=True, slots=True)
class Ranking:
    """Weights and constants. `depth`: how many of the best units by words are ranked again with trigrams."""

    name: str
    weights: Mapping[View, float]
    k1: float
    b: float
    depth: int = 200

    def weight(self, view: View) -> float:
        return self.weights.get(view, 0.0)

    @property
    def views(self) -> tuple[View, ...]:
        """Return the views an index must keep: those ranked by, and the exact one that phrases need."""
        return tuple(view for view in View if view is View.EXACT or self.weight(view))

    def norms(self, lengths: Sequence[int], size: int) -> list[float]:
        """Return for each unit what BM25 adds to a count below the line; `size` is how many lengths are real."""
        average = sum(lengths) / max(1, size) or 1.0
        return [self.k1 * (1 - self.b + self.b * length / average) for length in lengths]

    def gain(self, size: int, frequency: int) -> float:
        """Return what a term found in `frequency` of `size` units is worth when it fills a unit."""
        return math.log(1 + max(0.0, size - frequency + 0.5) / (frequency + 0.5)) * (self.k1 + 1)


PRODUCT_RANKING = Ranking(
    "product",
    {View.LIGHT: 1.0, View.EXACT: 0.3, View.SKELETON: 1.0, View.TRIGRAMS: 0.75, View.TITLE: 1.0},
    k1=0.8,
    b=0.75,
)

LIGHT10_RANKING = Ranking("light10", {View.LIGHT: 1.0}, k1=1.2, b=0.75)
"""Lucene's ArabicAnalyzer with its default similarity, when the analyzer is light10: the bar to beat."""


def rank(
    ranking: Ranking, shelf: Shelf, wanted: Wanted, among: Callable[[int], bool], deadline: Deadline
) -> dict[int, float]:
    """Score the units that hold anything `wanted` and are `among` those looked for.

    First by the word views and by whole phrases; then the best of them again with trigrams. A word that no word
    view knows is most likely misspelt: its trigrams count from the start. Past the deadline the scores are of the
    terms reached.
    """
    known = [word for word in wanted.words if is_known(ranking, shelf, word)]
    translated = {word for other in wanted.others for word in other.of}  # so not misspelt, wherever it is unknown
    unknown = [word for word in wanted.words if word not in known and word not in translated]
    scores: dict[int, float] = {}
    for view in (*WORD_VIEWS, View.TITLE):
        _add(ranking, shelf, view, _count(known, view), scores, deadline)
    _add(ranking, shelf, View.TRIGRAMS, _count(unknown, View.TRIGRAMS), scores, deadline)
    for phrase in wanted.phrases:
        # A phrase is a term of its own, as rare as it is, and counts for each of its words.
        units = units_with(shelf, phrase, deadline)
        for unit in units:
            scores[unit] = scores.get(unit, 0.0) + len(phrase) * ranking.gain(shelf.size, len(units))
    _widen(ranking, shelf, wanted.others, scores, deadline)
    scores = {unit: score for unit, score in scores.items() if among(unit)}
    if ranking.weight(View.TRIGRAMS):
        _refine(ranking, shelf, _count(known, View.TRIGRAMS), scores, deadline)
    return scores


def is_known(ranking: Ranking, shelf: Shelf, word: Terms) -> bool:
    """Tell whether any form of the word is in the index; a stop word counts as known."""
    return word.stop or any(
        shelf.frequency(view, term) for view in WORD_VIEWS if view in ranking.views for term in terms_of(word, view)
    )


def units_with(shelf: Shelf, phrase: tuple[str, ...], deadline: Deadline) -> set[int]:
    """Return the units that hold the folded words side by side, as far as found before the deadline."""
    met: set[int] | None = None
    # The rarest word first, so that the sets stay small.
    for word in sorted(set(phrase), key=lambda word: shelf.frequency(View.EXACT, word)):
        if deadline.check():
            return set()
        units = shelf.postings(View.EXACT, word).units
        met = set(units) if met is None else met.intersection(units)
    return {unit for unit in met or () if not deadline.check() and holds_phrase(shelf.words(unit), phrase)}


def _add(
    ranking: Ranking,
    shelf: Shelf,
    view: View,
    terms: Mapping[str, int],
    scores: dict[int, float],
    deadline: Deadline,
) -> None:
    weight = ranking.weight(view)
    if not (weight and terms):
        return
    norms = shelf.norms(view)
    for term, times in terms.items():
        if deadline.check():
            return
        units, counts = shelf.postings(view, term)
        gain = weight * times * ranking.gain(shelf.size, len(units))
        for unit, count in zip(units, counts, strict=True):
            scores[unit] = scores.get(unit, 0.0) + gain * count / (count + norms[unit])


def units_with_all(shelf: Shelf, words: Sequence[Terms], deadline: Deadline) -> set[int]:
    """Return the units that hold a form of every word; kin does not count, for a translation is a guess already."""
    met: set[int] | None = None
    for word in words:
        if deadline.check():
            return set()
        units = {unit for term in terms_of(word, View.LIGHT) for unit in shelf.postings(View.LIGHT, term).units}
        met = units if met is None else met & units
    return met or set()


def _widen(
    ranking: Ranking, shelf: Shelf, others: Sequence[Other], scores: dict[int, float], deadline: Deadline
) -> None:
    """Add what the best reading of some words earns above the words themselves: of translations one is meant.

    Pirkola's synonyms by their maximum; a sum would reward a word for having many translations.
    """
    groups: dict[tuple[Terms, ...], list[Other]] = {}
    for other in others:
        groups.setdefault(other.of, []).append(other)
    for of, group in groups.items():
        own = _worth(ranking, shelf, of, WORD_VIEWS, deadline)
        best: dict[int, float] = {}
        for other in group:
            holding = units_with_all(shelf, other.words, deadline)
            worth = _worth(ranking, shelf, other.words, (View.LIGHT, View.EXACT), deadline) if holding else {}
            for unit in holding:
                best[unit] = max(best.get(unit, 0.0), other.reading.weight * worth.get(unit, 0.0))
        for unit, worth_there in best.items():
            gain = worth_there - own.get(unit, 0.0)
            if gain > 0:
                scores[unit] = scores.get(unit, 0.0) + gain


def met_readings(
    shelf: Shelf, others: Sequence[Other], among: Callable[[int], bool], deadline: Deadline
) -> tuple[Reading, ...]:
    """Return the readings that a unit `among` those looked for holds, in order."""
    return tuple(other.reading for other in others if any(map(among, units_with_all(shelf, other.words, deadline))))


def _worth(
    ranking: Ranking, shelf: Shelf, words: Sequence[Terms], views: Sequence[View], deadline: Deadline
) -> dict[int, float]:
    scores: dict[int, float] = {}
    for view in (*views, View.TITLE):
        _add(ranking, shelf, view, _count(words, view), scores, deadline)
    return scores


def _refine(
    ranking: Ranking, shelf: Shelf, terms: Mapping[str, int], scores: dict[int, float], deadline: Deadline
) -> None:
    weight = ranking.weight(View.TRIGRAMS)
    gains = {
        term: weight * times * ranking.gain(shelf.size, shelf.frequency(View.TRIGRAMS, term))
        for term, times in terms.items()
    }
    norms = shelf.norms(View.TRIGRAMS)
    known: dict[str, tuple[str, ...]] = {}  # of each word met, the trigrams that are asked for
    for unit in nlargest(ranking.depth, scores, key=lambda u: (scores[u], -u)):
        if deadline.check():
            return
        counts: dict[str, int] = {}
        for word in shelf.words(unit).split():
            shared = known.get(word)
            if shared is None:
                shared = known[word] = tuple(term for term in grams_of(word) if term in gains)
            for term in shared:
                counts[term] = counts.get(term, 0) + 1
        scores[unit] += sum(gains[term] * count / (count + norms[unit]) for term, count in counts.items())


def _count(words: Sequence[Terms], view: View) -> Counter[str]:
    return Counter(term for word in words for term in terms_of(word, view))
