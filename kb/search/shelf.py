"""What ranking and matching read of an index, whoever keeps it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import islice
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from kb.arabic.letters import vocalized_like
from kb.arabic.vocabulary import ARTICLES
from kb.languages.analyzer import Terms
from kb.search.deadline import Deadline
from kb.search.query import Reading
from kb.search.units import MARKED, View, clip, holds_phrase, own_term, spelling_term, terms_of
from kb.search.wordforms import WordForms

MOST_BEGUN = 200
"""Words that a beginning stands for; of more, the first in the order of letters."""


_KEY, _FLIPPED = 2.0, 0.5  # what each word of a number or date is worth more; and of a number from its other end

Units = npt.NDArray[np.int32]
"""Numbers of units, ascending, none twice."""

Mask = npt.NDArray[np.bool_]
"""Of each unit, or of each document, whether it is meant."""

Floats = npt.NDArray[np.float64]


class Postings(NamedTuple):
    """Units that hold a term and how often, in step."""

    units: Units
    counts: npt.NDArray[np.int32]


NO_UNITS: Units = np.empty(0, np.int32)
NOWHERE = Postings(NO_UNITS, NO_UNITS)


class Shelf(Protocol):
    """What ranking reads of an index: all of its units, or those of them that are likely to be the best.

    Units are numbered from 0 below `bound`, with holes where some were deleted. `size`, `frequency` and `extent` are of
    the whole. Arrays that it returns are not to be written to.
    """

    @property
    def size(self) -> int:
        """Return the number of units."""

    @property
    def bound(self) -> int: ...

    def postings(self, view: View, term: str) -> Postings: ...

    def frequency(self, view: View, term: str) -> int:
        """Return the number of units that hold the term."""

    def extent(self, asked: "Whole", found: int) -> int:
        """Return the number of units that hold it, of which `found` are on this shelf."""

    def terms(self, view: View, prefix: str) -> Sequence[str]:
        """Return the terms that begin so, in the order of their letters, MOST_BEGUN at most."""

    def norms(self, view: View) -> Floats:
        """Return Ranking.norms of the lengths of all units."""

    def words(self, unit: int) -> str:
        """Return Unit.words."""

    def texts(self, unit: int) -> Sequence[tuple[str, str]]:
        """Return title, heading and passage as they were put, each with its language."""


@dataclass(frozen=True, slots=True)
class AskedPhrase:
    """The folded words of a phrase; `fits`, where there is one, decides by the texts of a unit that holds them."""

    exact: tuple[str, ...]
    fits: Callable[[Iterable[tuple[str, str]]], bool] | None = None


class AnyOf(NamedTuple):
    """Terms of one view that are alternatives."""

    view: View
    terms: tuple[str, ...]


class Together(NamedTuple):
    """Words of which a form of each must be in one unit."""

    words: tuple[Terms, ...]


Whole = AskedPhrase | AnyOf | Together
"""What counts as one term however many it is made of."""


class Atom(NamedTuple):
    """One thing asked for: a word; or the words that together are a number or a date, with the terms of that.

    `keys` are alternatives; `flipped` is the number read from its other end.
    """

    words: tuple[Terms, ...]
    keys: tuple[str, ...] = ()
    flipped: tuple[str, ...] = ()


class Other(NamedTuple):
    """A reading of the question: the words that say the same, none twice, and the words asked for it stands for."""

    reading: Reading
    words: tuple[Terms, ...]
    of: tuple[Terms, ...]


class Wanted(NamedTuple):
    """What a clause asks for: every word as often as asked, phrases, folded beginnings of words, numbers and dates.

    `others` is what may stand for words; `forms` tells the words of a text by their light terms.
    """

    words: Sequence[Terms]
    forms: WordForms
    phrases: Sequence[AskedPhrase] = ()
    prefixes: Sequence[str] = ()
    keyed: Sequence[Atom] = ()
    others: Sequence[Other] = ()


def held(shelf: Shelf, view: View, term: str, deadline: Deadline) -> Units:
    """Return the units that hold the term; none past the deadline."""
    return NO_UNITS if deadline.check() else shelf.postings(view, term).units


def holding(postings: Postings, units: Units) -> npt.NDArray[np.int32]:
    """Return how often each of the units holds the term."""
    if not len(postings.units):
        return np.zeros(len(units), np.int32)
    at = np.searchsorted(postings.units, units)
    at[at == len(postings.units)] = 0
    return np.where(postings.units[at] == units, postings.counts[at], 0)


def in_any(found: Iterable[Units]) -> Units:
    """Return the units that are in any of the arrays."""
    arrays = [units for units in found if len(units)]
    if not arrays:
        return NO_UNITS
    return arrays[0] if len(arrays) == 1 else np.unique(np.concatenate(arrays))


def in_both(one: Units, other: Units) -> Units:
    few, many = (one, other) if len(one) < len(other) else (other, one)
    if not len(few):
        return few
    at = np.searchsorted(many, few)
    at[at == len(many)] = 0
    met: Units = few[many[at] == few]
    return met


def terms_on(shelf: Shelf, word: Terms, view: View) -> Sequence[str]:
    """Return what means `word` in a view of this index: as written, every spelling that does not contradict it."""
    if view is not View.WRITTEN:
        return terms_of(word, view)
    letters, _, spelled = spelling_term(word).partition(MARKED)
    marked = shelf.terms(View.WRITTEN, letters + MARKED)
    return (letters, *(term for term in marked if not spelled or vocalized_like(spelled, term.partition(MARKED)[2])))


def begun(shelf: Shelf, prefix: str) -> Sequence[str]:
    """Return the exact words that begin so, with and without the article, MOST_BEGUN at most."""
    words = (term for article in ("", *ARTICLES) for term in shelf.terms(View.EXACT, article + prefix))
    return list(islice(words, MOST_BEGUN))


def units_with(shelf: Shelf, phrase: AskedPhrase, deadline: Deadline) -> Units:
    """Return the units that hold the words of the phrase side by side, as far as found before the deadline."""
    # The rarest word first, so that there is little to look through.
    words = sorted(set(phrase.exact), key=lambda word: shelf.frequency(View.EXACT, word))
    met = NO_UNITS
    for place, word in enumerate(words):
        units = held(shelf, View.EXACT, word, deadline)
        met = in_both(met, units) if place else units
        if not len(met):
            return NO_UNITS
    if len(phrase.exact) == 1 and phrase.fits is None:
        return met
    found = [
        unit
        for unit in met.tolist()
        if not deadline.check()
        and holds_phrase(shelf.words(unit), phrase.exact)
        and (phrase.fits is None or phrase.fits(shelf.texts(unit)))
    ]
    return np.array(found, np.int32)


def units_with_all(shelf: Shelf, words: Sequence[Terms], deadline: Deadline) -> Units:
    """Return the units that hold a form of every word; kin does not count, for a translation is a guess already."""
    each = (in_any(held(shelf, View.LIGHT, term, deadline) for term in terms_of(word, View.LIGHT)) for word in words)
    return reduce(in_both, each) if words else NO_UNITS


def units_of(shelf: Shelf, asked: Whole, deadline: Deadline) -> Units:
    """Return the units that hold it, as far as found before the deadline."""
    match asked:
        case AskedPhrase():
            return units_with(shelf, asked, deadline)
        case AnyOf(view, terms):
            return in_any(held(shelf, view, term, deadline) for term in terms)
        case Together(words):
            return units_with_all(shelf, words, deadline)


def wholes(shelf: Shelf, wanted: Wanted) -> Iterator[tuple[float, Whole, int]]:
    """Yield what counts as one term however many words or forms it has: its worth in words, and how many units at most
    it is taken to be in.

    A number or date is as rare as the rarest of its words, so that no text with the same digits apart comes before.
    """
    for phrase in wanted.phrases:
        yield len(phrase.exact), phrase, shelf.size
    for prefix in wanted.prefixes:
        yield 1.0, AnyOf(View.EXACT, tuple(begun(shelf, prefix))), shelf.size
    for atom in wanted.keyed:
        rarest = min(filter(None, (shelf.frequency(View.EXACT, clip(word.exact)) for word in atom.words)), default=1)
        own = tuple(map(own_term, atom.keys))
        for worth, keys in ((_KEY, atom.keys), (_KEY, own), (_FLIPPED, atom.flipped)):
            yield worth * len(atom.words), AnyOf(View.KEYS, keys), rarest
