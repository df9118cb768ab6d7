"""What words asked for earn by standing near each other."""

import math
from collections.abc import Collection, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from kb.languages.analyzer import Terms
from kb.search.deadline import Deadline
from kb.search.shelf import Floats, Shelf, Units, holding
from kb.search.units import View, grams_of
from kb.search.wordforms import WordForms

_WINDOW = 8  # words within which two are near each other
_LEAST_SHARED = 2  # trigrams that a form of a word has in common with what is asked for


class Near:
    """Looks through units for pairs of the words of one question."""

    def __init__(
        self,
        words: Sequence[Terms],
        forms: WordForms,
        grams: Collection[str],
        worth: Mapping[str, float],
    ) -> None:
        """`worth` is what each light term asked for is worth."""
        self._numbers = {term: number for number, word in enumerate(words) for term in word.light}
        self._worth = {number: worth[term] for term, number in self._numbers.items()}
        self._forms = forms
        self._grams = frozenset(grams)
        self._seen: set[str] = set()
        self._met: dict[str, int] = {}

    def earned(self, shelf: Shelf, units: Units, deadline: Deadline) -> Floats:
        """Return what each of the units earns; of those with fewer than two of the words nothing."""
        earned = np.zeros(len(units))
        if len(self._worth) > 1:
            for at in np.flatnonzero(self._held(shelf, units) > 1).tolist():
                if deadline.check():
                    break
                earned[at] = nearness(self._places(shelf.words(int(units[at]))), self._worth)
        return earned

    def _held(self, shelf: Shelf, units: Units) -> npt.NDArray[np.int64]:
        """Return how many of the words each unit holds."""
        there = {number: np.zeros(len(units), bool) for number in self._worth}
        for term, number in self._numbers.items():
            there[number] |= holding(shelf.postings(View.LIGHT, term), units) > 0
        several: npt.NDArray[np.int64] = np.sum(list(there.values()), axis=0)
        return several

    def _places(self, words: str) -> list[tuple[int, int]]:
        said = words.split()
        self._look(set(said) - self._seen)
        met = self._met
        return [(place, met[word]) for place, word in enumerate(said) if word in met]

    def _look(self, words: set[str]) -> None:
        """Find out which of the words are asked for; each is looked into once."""
        self._seen |= words
        for word in self._forms.saying(self._numbers, words):
            if sum(gram in self._grams for gram in grams_of(word)) >= _LEAST_SHARED:
                stems = self._forms.stems(word)
                self._met[word] = next(self._numbers[stem] for stem in stems if stem in self._numbers)


def nearness(places: Sequence[tuple[int, int]], worth: Mapping[int, float]) -> float:
    """Return what pairs of different words asked for earn by standing within _WINDOW words, each pair at its nearest.

    A pair is worth its commoner word, less by the root of the distance: Büttcher, Clarke and Lushman (2006) in spirit.
    """
    nearest: dict[tuple[int, int], int] = {}
    for at, (place, number) in enumerate(places):
        for other, another in places[at + 1 :]:
            distance = other - place
            if distance > _WINDOW:
                break
            if another != number:
                pair = (number, another) if number < another else (another, number)
                nearest[pair] = min(distance, nearest.get(pair, distance))
    return sum(min(worth[a], worth[b]) / math.sqrt(distance) for (a, b), distance in nearest.items())
