"""The arithmetic of relevance, the same for every engine that keeps postings.

BM25 (Robertson and Zaragoza 2009) over each view by itself; the sums are weighted and added, so that a word met in
its very form, in another form and in a misspelt one earns from each reading.
"""

import math
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import nlargest
from typing import TypeVar

from kb.languages.analyzer import Terms
from kb.search.deadline import Deadline
from kb.search.nearness import nearness
from kb.search.query import Precision, Reading
from kb.search.shelf import AnyOf, Other, Shelf, Together, Wanted, begun, held, terms_on, units_with, units_with_all
from kb.search.units import WORD_VIEWS, View, clip, grams_of, own_term, terms_of

Form = tuple[View, str]
T = TypeVar("T")

_KEY, _FLIPPED = 2.0, 0.5  # what each word of a number or date is worth more; and of a number from its other end


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
    near=0.3,
    kept=frozenset({View.WRITTEN, View.KEYS}),
)

LIGHT10_RANKING = Ranking("light10", {View.LIGHT: 1.0}, k1=1.2, b=0.75)
"""Lucene's ArabicAnalyzer with its default similarity, when the analyzer is light10: the bar to beat."""

EXACT_RANKING = Ranking("exact", {View.EXACT: 1.0}, k1=1.2, b=0.75)
"""Folded words alone, as a search without any stemming has them: a second opinion when answers are judged."""


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
        _add(ranking, shelf, view, _count(shelf, known, view), scores, deadline)
    _add(ranking, shelf, View.TRIGRAMS, _count(shelf, unknown, View.TRIGRAMS), scores, deadline)
    for worth, units, frequency in _wholes(shelf, wanted, deadline):
        for unit in units:
            scores[unit] = scores.get(unit, 0.0) + worth * ranking.gain(shelf.size, frequency)
    _widen(ranking, shelf, wanted.others, scores, deadline)
    scores = {unit: score for unit, score in scores.items() if among(unit)}
    if ranking.weight(View.TRIGRAMS):
        _refine(ranking, shelf, known, wanted, scores, deadline)
    return scores


def _wholes(shelf: Shelf, wanted: Wanted, deadline: Deadline) -> Iterator[tuple[float, Collection[int], int]]:
    """Yield what counts as one term however many words or forms it has: its worth in words, its units, how many.

    A number or date is as rare as the rarest of its words, so that no text with the same digits apart comes before.
    """
    for phrase in wanted.phrases:
        units = units_with(shelf, phrase, deadline)
        yield len(phrase.exact), units, shelf.extent(phrase, len(units))
    for prefix in wanted.prefixes:
        terms = AnyOf(View.EXACT, tuple(begun(shelf, prefix)))
        units = _any_of(shelf, terms, deadline)
        yield 1.0, units, shelf.extent(terms, len(units))
    for atom in wanted.keyed:
        rarest = min(filter(None, (shelf.frequency(View.EXACT, clip(word.exact)) for word in atom.words)), default=1)
        own = tuple(map(own_term, atom.keys))
        for worth, keys in ((_KEY, atom.keys), (_KEY, own), (_FLIPPED, atom.flipped)):
            terms = AnyOf(View.KEYS, keys)
            units = _any_of(shelf, terms, deadline)
            yield worth * len(atom.words), units, min(rarest, shelf.extent(terms, len(units)))


def _any_of(shelf: Shelf, asked: AnyOf, deadline: Deadline) -> set[int]:
    return {unit for term in asked.terms for unit in held(shelf, asked.view, term, deadline)}


def only_flipped(shelf: Shelf, wanted: Wanted, owner: Callable[[int], T]) -> set[T]:
    """Return the owners of units that hold a number asked for, but from its other end alone."""
    flipped = {key for atom in wanted.keyed for key in atom.flipped}
    straight = {key for atom in wanted.keyed for key in atom.keys}
    owners, others = (
        {owner(unit) for key in keys for unit in shelf.postings(View.KEYS, key).units} for keys in (flipped, straight)
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
        gain = weight * times * ranking.gain(shelf.size, shelf.frequency(view, term))
        for unit, count in zip(units, counts, strict=True):
            scores[unit] = scores.get(unit, 0.0) + gain * count / (count + norms[unit])


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
        own = _whole(ranking, shelf, of, deadline)
        worth = _worth(ranking, shelf, of, deadline)
        best = {unit: bonus + worth.get(unit, 0.0) for unit, bonus in own.items()}
        most = max(best.values(), default=math.inf)  # where the words themselves stand, no reading is worth more
        for other in group:
            for unit, value in _read(ranking, shelf, other, deadline).items():
                if unit not in own:
                    best[unit] = max(best.get(unit, 0.0), min(value, other.reading.weight * most))
        for unit, value in best.items():
            gain = value - worth.get(unit, 0.0)
            if gain > 0:
                scores[unit] = scores.get(unit, 0.0) + gain


def _read(ranking: Ranking, shelf: Shelf, other: Other, deadline: Deadline) -> dict[int, float]:
    """Return what a reading is worth in the units that hold all its words.

    It is as if it were asked for: words of fewer views (French has no skeleton), and without trigrams, are brought to
    the measure of the words they stand for, so that the languages are on a par before the weight.
    """
    whole = _whole(ranking, shelf, other.words, deadline)
    worth = _worth(ranking, shelf, other.words, deadline) if whole else {}
    measure = (_reach(ranking, other.of) + ranking.weight(View.TRIGRAMS)) / (_reach(ranking, other.words) or 1.0)
    return {unit: other.reading.weight * (measure * worth.get(unit, 0.0) + bonus) for unit, bonus in whole.items()}


def _reach(ranking: Ranking, words: Sequence[Terms]) -> float:
    """Return the sum of the weights of the word views that the words are in."""
    return sum(ranking.weight(view) for view in WORD_VIEWS if any(terms_of(word, view) for word in words))


def _whole(ranking: Ranking, shelf: Shelf, words: Sequence[Terms], deadline: Deadline) -> dict[int, float]:
    """Return the units that hold all the words, with what it earns them that they do.

    Several words that name one thing are a term of their own, as rare as it is: who asks for maternity leave is not
    helped by every leave.
    """
    units = units_with_all(shelf, words, deadline)
    bonus = (len(words) - 1) * ranking.gain(shelf.size, shelf.extent(Together(tuple(words)), len(units)))
    return dict.fromkeys(units, bonus)


def met_readings(
    shelf: Shelf, others: Sequence[Other], among: Callable[[int], bool], deadline: Deadline
) -> tuple[Reading, ...]:
    """Return the readings that a unit `among` those looked for holds, in order."""
    return tuple(other.reading for other in others if any(map(among, units_with_all(shelf, other.words, deadline))))


def _worth(ranking: Ranking, shelf: Shelf, words: Sequence[Terms], deadline: Deadline) -> dict[int, float]:
    scores: dict[int, float] = {}
    for view in (*WORD_VIEWS, View.TITLE):
        _add(ranking, shelf, view, _count(shelf, words, view), scores, deadline)
    return scores


def _refine(
    ranking: Ranking, shelf: Shelf, known: Sequence[Terms], wanted: Wanted, scores: dict[int, float], deadline: Deadline
) -> None:
    """Add to the best units what their trigrams are worth, and how near each other the words asked for stand."""
    weight = ranking.weight(View.TRIGRAMS)
    gains = {
        term: weight * times * ranking.gain(shelf.size, shelf.frequency(View.TRIGRAMS, term))
        for term, times in _count(shelf, known, View.TRIGRAMS).items()
    }
    numbers = {term: number for number, word in enumerate(known) for term in word.light}
    stems = {number: term for term, number in numbers.items()}
    worth = {n: ranking.near * ranking.gain(shelf.size, shelf.frequency(View.LIGHT, t)) for n, t in stems.items()}
    norms = shelf.norms(View.TRIGRAMS)
    # Of each word met, the trigrams that are asked for, and the number of the word asked for that it is a form of.
    met: dict[str, tuple[tuple[str, ...], int]] = {}
    for unit in nlargest(ranking.depth, scores, key=lambda u: (scores[u], -u)):
        if deadline.check():
            return
        counts: dict[str, int] = {}
        places: list[tuple[int, int]] = []
        for place, word in enumerate(shelf.words(unit).split()):
            found = met.get(word)
            if found is None:
                shared = tuple(term for term in grams_of(word) if term in gains)
                same = (
                    (numbers[stem] for stem in wanted.stems(word) if stem in numbers) if len(shared) > 1 else iter(())
                )
                found = met[word] = shared, next(same, -1)
            for term in found[0]:
                counts[term] = counts.get(term, 0) + 1
            if found[1] >= 0:
                places.append((place, found[1]))
        scores[unit] += sum(gains[term] * count / (count + norms[unit]) for term, count in counts.items())
        scores[unit] += nearness(places, worth)


def _count(shelf: Shelf, words: Sequence[Terms], view: View) -> Counter[str]:
    return Counter(term for word in words for term in terms_on(shelf, word, view))
