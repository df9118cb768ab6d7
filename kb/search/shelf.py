"""What ranking and matching read of an index, whoever keeps it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple, Protocol

from kb.arabic.letters import vocalized_like
from kb.arabic.vocabulary import ARTICLES
from kb.languages.analyzer import Terms
from kb.search.deadline import Deadline
from kb.search.query import Reading
from kb.search.units import MARKED, View, holds_phrase, spelling_term, terms_of

MOST_BEGUN = 200
"""Words that a beginning stands for; of more, the first in the order of letters."""


class Postings(NamedTuple):
    """Units that hold a term and how often, in step."""

    units: Sequence[int]
    counts: Sequence[int]


class Shelf(Protocol):
    """What ranking reads of an index: all of its units, or those of them that are likely to be the best.

    Units are numbered from 0, with holes where some were deleted. `size`, `frequency` and `extent` are of the whole.
    """

    @property
    def size(self) -> int:
        """Return the number of units."""

    def postings(self, view: View, term: str) -> Postings: ...

    def frequency(self, view: View, term: str) -> int:
        """Return the number of units that hold the term; for trigrams it may count deleted ones."""

    def extent(self, asked: "Whole", found: int) -> int:
        """Return the number of units that hold it, of which `found` are on this shelf."""

    def terms(self, view: View, prefix: str) -> Sequence[str]:
        """Return the terms that begin so, in the order of their letters, MOST_BEGUN at most."""

    def norms(self, view: View) -> Sequence[float]:
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

    `others` is what may stand for words; `stems` gives the light terms of a folded word.
    """

    words: Sequence[Terms]
    phrases: Sequence[AskedPhrase] = ()
    prefixes: Sequence[str] = ()
    keyed: Sequence[Atom] = ()
    others: Sequence[Other] = ()
    stems: Callable[[str], Sequence[str]] = lambda _: ()


def held(shelf: Shelf, view: View, term: str, deadline: Deadline) -> Sequence[int]:
    """Return the units that hold the term; none past the deadline."""
    return () if deadline.check() else shelf.postings(view, term).units


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


def units_with(shelf: Shelf, phrase: AskedPhrase, deadline: Deadline) -> set[int]:
    """Return the units that hold the words of the phrase side by side, as far as found before the deadline."""
    met: set[int] | None = None
    # The rarest word first, so that the sets stay small.
    for word in sorted(set(phrase.exact), key=lambda word: shelf.frequency(View.EXACT, word)):
        if deadline.check():
            return set()
        units = shelf.postings(View.EXACT, word).units
        met = set(units) if met is None else met.intersection(units)
    return {
        unit
        for unit in met or ()
        if not deadline.check()
        and holds_phrase(shelf.words(unit), phrase.exact)
        and (phrase.fits is None or phrase.fits(shelf.texts(unit)))
    }


def units_with_all(shelf: Shelf, words: Sequence[Terms], deadline: Deadline) -> set[int]:
    """Return the units that hold a form of every word; kin does not count, for a translation is a guess already."""
    met: set[int] | None = None
    for word in words:
        if deadline.check():
            return set()
        units = {unit for term in terms_of(word, View.LIGHT) for unit in shelf.postings(View.LIGHT, term).units}
        met = units if met is None else met & units
    return met or set()
