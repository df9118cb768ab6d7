"""What words asked for earn by standing near each other."""

import math
from collections.abc import Callable, Collection, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from kb.languages.analyzer import Terms
from kb.search.deadline import Deadline
from kb.search.shelf import Floats, Shelf, Units, holding
from kb.search.units import View, grams_of

_WINDOW = 8  # words within which two are near each other
_LEAST_SHARED = 2  # trigrams that a form of a word has in common with what is asked for


class _Met(dict[str, int]):
    """Gives the number of a word of a text, -1 where it is not asked for; each is looked into once."""

    def __init__(self, number: Callable[[str], int]) -> None:
        self._number = number

    def __missing__(self, word: str) -> int:
        number = self[word] = self._number(word)
        return number


class Near:
    """Looks through units for pairs of the words of one question."""

    def __init__(
        self,
        words: Sequence[Terms],
        stems: Callable[[str], Sequence[str]],
        grams: Collection[str],
        worth: Mapping[str, float],
    ) -> None:
        """`stems` gives the light terms of a folded word, `worth` what each light term asked for is worth."""
        self._numbers = {term: number for number, word in enumerate(words) for term in word.light}
        self._worth = {number: worth[term] for term, number in self._numbers.items()}
        self._stems = stems
        self._grams = frozenset(grams)
        self._met = _Met(self._number)

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
        numbers = map(self._met.__getitem__, words.split())
        return [(place, number) for place, number in enumerate(numbers) if number >= 0]

    def _number(self, word: str) -> int:
        numbers = self._numbers
        number = next((numbers[stem] for stem in self._stems(word) if stem in numbers), -1)
        if number < 0 or sum(gram in self._grams for gram in grams_of(word)) < _LEAST_SHARED:
            return -1
        return number


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
