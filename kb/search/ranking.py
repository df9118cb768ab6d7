"""The arithmetic of relevance, the same for every engine that keeps postings.

BM25 (Robertson and Zaragoza 2009) over each view by itself; the sums are weighted and added, so that a word met in
its very form, in another form and in a misspelt one earns from each reading.
"""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from kb.languages.analyzer import Terms
from kb.search.deadline import Deadline
from kb.search.nearness import Near
from kb.search.query import Precision, Reading
from kb.search.shelf import (
    Floats,
    Mask,
    Other,
    Shelf,
    Together,
    Units,
    Wanted,
    holding,
    terms_on,
    units_of,
    units_with_all,
    wholes,
)
from kb.search.units import WORD_VIEWS, View, terms_of

Form = tuple[View, str]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Ranking:
    """Weights and constants. `depth`: how many of the best units by words are ranked again with trigrams.

    `near`: weight of pairs of words that stand near each other there. `kept`: views that an index keeps beside those
    ranked by, for other precisions and for keys.
    """

    name: str
    weights: Mapping[View, float]
    k1: float
    b: float
    depth: int = 200
    near: float = 0.0
    kept: frozenset[View] = frozenset()

    def weight(self, view: View) -> float:
        return self.weights.get(view, 0.0)

    @property
    def views(self) -> tuple[View, ...]:
        """Return the views an index must keep: those ranked by, and the exact one that phrases need."""
        return tuple(view for view in View if view is View.EXACT or self.weight(view) or view in self.kept)

    @property
    def matching(self) -> tuple[View, ...]:
        """Return the views of which any one tells that a word is there; by the exact one stop words are found."""
        written = bool(self.weight(View.WRITTEN))
        return tuple(view for view in WORD_VIEWS if self.weight(view) or (view is View.EXACT and not written))

    def at(self, precision: Precision) -> "Ranking":
        """Return the ranking that looks for words no further than that."""
        match precision:
            case Precision.WRITTEN:
                return replace(self, weights={View.WRITTEN: 1.0})
            case Precision.SAME:
                same = (View.LIGHT, View.EXACT, View.TITLE)
                return replace(self, weights={view: self.weight(view) for view in same})
            case Precision.NEAR:
                return self

    def norms(self, lengths: npt.ArrayLike, size: int) -> Floats:
        """Return for each unit what BM25 adds to a count below the line; `size` is how many lengths are real."""
        real = np.asarray(lengths, np.float64)
        average = real.sum() / max(1, size) or 1.0
        return self.k1 * (1 - self.b + self.b * real / average)

    def gain(self, size: int, frequency: int) -> float:
        """Return what a term found in `frequency` of `size` units is worth when it fills a unit."""
        return math.log(1 + max(0.0, size - frequency + 0.5) / (frequency + 0.5)) * (self.k1 + 1)


PRODUCT_RANKING = Ranking(
    "product",
    {View.LIGHT: 1.0, View.EXACT: 0.3, View.SKELETON: 1.0, View.TRIGRAMS: 0.75, View.TITLE: 1.0},
    k1=0.8,
    b=0.75,
    near=0.3,
    kept=frozenset({View.WRITTEN, View.KEYS}),
)

LIGHT10_RANKING = Ranking("light10", {View.LIGHT: 1.0}, k1=1.2, b=0.75)
"""Lucene's ArabicAnalyzer with its default similarity, when the analyzer is light10: the bar to beat."""

EXACT_RANKING = Ranking("exact", {View.EXACT: 1.0}, k1=1.2, b=0.75)
"""Folded words alone, as a search without any stemming has them: a second opinion when answers are judged."""


class Ranked(NamedTuple):
    """Units with their scores, in step."""

    units: Units
    scores: Floats


def rank(ranking: Ranking, shelf: Shelf, wanted: Wanted, among: Mask, deadline: Deadline) -> Ranked:
    """Score the units that hold anything `wanted` and are `among` those looked for.

    First by the word views and by whole phrases; then the best of them again with trigrams. A word that no word
    view knows is most likely misspelt: its trigrams count from the start. Past the deadline the scores are of the
    terms reached.
    """
    known, unknown = told_apart(ranking, shelf, wanted)
    scores = np.zeros(shelf.bound)
    for view in (*WORD_VIEWS, View.TITLE):
        _add(ranking, shelf, view, counted(shelf, known, view), scores, deadline)
    _add(ranking, shelf, View.TRIGRAMS, counted(shelf, unknown, View.TRIGRAMS), scores, deadline)
    for worth, asked, most in wholes(shelf, wanted):
        units = units_of(shelf, asked, deadline)
        scores[units] += worth * ranking.gain(shelf.size, min(most, shelf.extent(asked, len(units))))
    _widen(ranking, shelf, wanted.others, scores, deadline)
    # What is worth nothing holds nothing of it: a term that is there gains, however common.
    found = np.flatnonzero((scores > 0) & among).astype(np.int32)
    ranked = Ranked(found, scores[found])
    if ranking.weight(View.TRIGRAMS):
        _refine(ranking, shelf, known, wanted, ranked, deadline)
    return ranked


def told_apart(ranking: Ranking, shelf: Shelf, wanted: Wanted) -> tuple[list[Terms], list[Terms]]:
    """Return the words that the index knows, and those that are most likely misspelt."""
    known = [word for word in wanted.words if is_known(ranking, shelf, word)]
    translated = {word for other in wanted.others for word in other.of}
    return known, [word for word in wanted.words if word not in known and word not in translated]


def only_flipped(shelf: Shelf, wanted: Wanted, owner: Callable[[int], T]) -> set[T]:
    """Return the owners of units that hold a number asked for, but from its other end alone."""
    flipped = {key for atom in wanted.keyed for key in atom.flipped}
    straight = {key for atom in wanted.keyed for key in atom.keys}
    owners, others = (
        {owner(unit) for key in keys for unit in shelf.postings(View.KEYS, key).units.tolist()}
        for keys in (flipped, straight)
    )
    return owners - others


def is_known(ranking: Ranking, shelf: Shelf, word: Terms) -> bool:
    """Tell whether any form of the word is in the index; a stop word counts as known."""
    return word.stop or any(
        shelf.frequency(view, term) for view in ranking.matching for term in terms_on(shelf, word, view)
    )


def forms(word: Terms, ranking: Ranking, shelf: Shelf, *, strict: bool) -> list[Form]:
    """Return the index terms of which any one means that the word is there.

    `strict` leaves out the skeleton, which also joins words that merely look related: right for finding,
    wrong for excluding.
    """
    views = [view for view in ranking.matching if not (strict and view is View.SKELETON)]
    return [(view, term) for view in views for term in terms_on(shelf, word, view)]


def _add(
    ranking: Ranking,
    shelf: Shelf,
    view: View,
    terms: Mapping[str, int],
    scores: Floats,
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
        gain = weight * times * ranking.gain(shelf.size, shelf.frequency(view, term))
        scores[units] += gain * counts / (counts + norms[units])


def _widen(ranking: Ranking, shelf: Shelf, others: Sequence[Other], scores: Floats, deadline: Deadline) -> None:
    """Add what the best reading of some words earns above the words themselves: of translations one is meant.

    Pirkola's synonyms by their maximum; a sum would reward a word for having many translations.
    """
    groups: dict[tuple[Terms, ...], list[Other]] = {}
    for other in others:
        groups.setdefault(other.of, []).append(other)
    for of, group in groups.items():
        own, bonus = _whole(ranking, shelf, of, deadline)
        worth = _worth(ranking, shelf, of, deadline)
        best = np.zeros(shelf.bound)
        best[own] = bonus + worth[own]
        most = best.max() if len(own) else math.inf  # where the words themselves stand, no reading is worth more
        for other in group:
            units, values = _read(ranking, shelf, other, deadline)
            readable = ~np.isin(units, own, assume_unique=True)
            units, values = units[readable], np.minimum(values[readable], other.reading.weight * most)
            best[units] = np.maximum(best[units], values)
        scores += np.maximum(best - worth, 0.0)


def _read(ranking: Ranking, shelf: Shelf, other: Other, deadline: Deadline) -> tuple[Units, Floats]:
    """Return the units that hold all words of a reading, and what it is worth in them.

    It is as if it were asked for: words of fewer views (French has no skeleton), and without trigrams, are brought to
    the measure of the words they stand for, so that the languages are on a par before the weight.
    """
    units, bonus = _whole(ranking, shelf, other.words, deadline)
    if not len(units):
        return units, np.empty(0)
    worth = _worth(ranking, shelf, other.words, deadline)[units]
    measure = (reach(ranking, other.of) + ranking.weight(View.TRIGRAMS)) / (reach(ranking, other.words) or 1.0)
    return units, other.reading.weight * (measure * worth + bonus)


def reach(ranking: Ranking, words: Sequence[Terms]) -> float:
    """Return the sum of the weights of the word views that the words are in."""
    return sum(ranking.weight(view) for view in WORD_VIEWS if any(terms_of(word, view) for word in words))


def _whole(ranking: Ranking, shelf: Shelf, words: Sequence[Terms], deadline: Deadline) -> tuple[Units, float]:
    """Return the units that hold all the words, and what it earns them that they do.

    Several words that name one thing are a term of their own, as rare as it is: who asks for maternity leave is not
    helped by every leave.
    """
    units = units_with_all(shelf, words, deadline)
    return units, (len(words) - 1) * ranking.gain(shelf.size, shelf.extent(Together(tuple(words)), len(units)))


def met_readings(shelf: Shelf, others: Sequence[Other], among: Mask, deadline: Deadline) -> tuple[Reading, ...]:
    """Return the readings that a unit `among` those looked for holds, in order."""
    return tuple(other.reading for other in others if among[units_with_all(shelf, other.words, deadline)].any())


def _worth(ranking: Ranking, shelf: Shelf, words: Sequence[Terms], deadline: Deadline) -> Floats:
    scores = np.zeros(shelf.bound)
    for view in (*WORD_VIEWS, View.TITLE):
        _add(ranking, shelf, view, counted(shelf, words, view), scores, deadline)
    return scores


def _refine(
    ranking: Ranking, shelf: Shelf, known: Sequence[Terms], wanted: Wanted, ranked: Ranked, deadline: Deadline
) -> None:
    """Add to the best units what their trigrams are worth, and how near each other the words asked for stand."""
    best = _best(ranked, ranking.depth)
    units = ranked.units[best]
    weight = ranking.weight(View.TRIGRAMS)
    gains = {
        term: weight * times * ranking.gain(shelf.size, shelf.frequency(View.TRIGRAMS, term))
        for term, times in counted(shelf, known, View.TRIGRAMS).items()
    }
    norms = shelf.norms(View.TRIGRAMS)[units]
    for term, gain in gains.items():
        if deadline.check():
            return
        counts = holding(shelf.postings(View.TRIGRAMS, term), units)
        ranked.scores[best] += gain * counts / (counts + norms)
    if ranking.near:
        worth = {
            term: ranking.near * ranking.gain(shelf.size, shelf.frequency(View.LIGHT, term))
            for word in known
            for term in word.light
        }
        ranked.scores[best] += Near(known, wanted.forms, gains.keys(), worth).earned(shelf, units, deadline)


def _best(ranked: Ranked, depth: int) -> npt.NDArray[np.intp]:
    """Return the places in `ranked` of the best units, of equals the first, in the order of the units."""
    if len(ranked.units) <= depth:
        return np.arange(len(ranked.units))
    least = np.partition(ranked.scores, -depth)[-depth] if depth else math.inf
    better = np.flatnonzero(ranked.scores > least)
    equal = np.flatnonzero(ranked.scores == least)[: depth - len(better)]
    return np.sort(np.concatenate([better, equal]))


def counted(shelf: Shelf, words: Sequence[Terms], view: View) -> Counter[str]:
    return Counter(term for word in words for term in terms_on(shelf, word, view))
