"""The units that tantivy thinks best, as a shelf that our own ranking reads: their terms counted anew."""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from kb.languages.analyzer import Analyzer
from kb.search.engines.tantivy.library import Found, Library
from kb.search.engines.tantivy.record import Counts, Records
from kb.search.ranking import Ranking
from kb.search.shelf import NOWHERE, AskedPhrase, Floats, Postings, Whole
from kb.search.units import View, terms_of

_READ = 1000
"""Units with the words of a phrase whose texts are read to tell how many have its very letters."""


class Likeliest:
    """A ranking.Shelf of some units, numbered by their order in the index."""

    def __init__(self, library: Library, found: Iterable[Found], ranking: Ranking, analyzer: Analyzer) -> None:
        self.found = sorted(found, key=lambda each: each.number)
        self.records = library.units(self.found)
        self.size = library.size
        self.bound = len(self.found)
        self._library = library
        self._ranking = ranking
        self._analyzer = analyzer
        self._counts = Records(self.records)
        self._norms = cache(self._read_norms)
        self._postings = cache(self._find)
        self._told = cache(self._read_spellings)

    def frequency(self, view: View, term: str) -> int:
        return self._library.frequency(view, term)

    def terms(self, view: View, prefix: str) -> Sequence[str]:
        return self._library.terms(view, prefix)

    def extent(self, asked: Whole, found: int) -> int:
        """Return how many units of the whole index hold it; of a phrase as written from those that were read."""
        total = self._library.extent(asked)
        if not isinstance(asked, AskedPhrase) or asked.fits is None:
            return total
        read = self._library.units(self._library.best(self._library.whole(asked), _READ))
        fitting = sum(asked.fits(record.texts()) for record in read)
        return max(found, round(fitting * total / max(1, len(read))))

    def norms(self, view: View) -> Floats:
        return self._norms(view)

    def words(self, unit: int) -> str:
        return self.records[unit].words

    def texts(self, unit: int) -> Sequence[tuple[str, str]]:
        return self.records[unit].texts()

    def postings(self, view: View, term: str) -> Postings:
        return self._postings(view, term)

    def surely(self, terms: Iterable[str]) -> npt.NDArray[np.bool_]:
        """Tell as Records.surely."""
        return self._counts.surely(terms)

    def _read_norms(self, view: View) -> Floats:
        ranking, average = self._ranking, self._library.averages[view]
        lengths = np.array(self._library.lengths(view, self.found), float)
        return ranking.k1 * (1 - ranking.b + ranking.b * lengths / average)

    def _find(self, view: View, term: str) -> Postings:
        if not self.found:
            return NOWHERE
        if view is View.KEYS:
            return self._with_key(term)
        counts = self._counted(view, term)
        units = np.flatnonzero(counts).astype(np.int32)
        return Postings(units, counts[units].astype(np.int32))

    def _counted(self, view: View, term: str) -> Counts:
        match view:
            case View.EXACT:
                return self._counts.written(term)
            case View.TRIGRAMS:
                return self._counts.holding(term)
            case View.WRITTEN:
                return np.array([self._told(unit)[term] for unit in range(self.bound)])
            case _:
                return self._counts.numbered(view, term)

    def _read_spellings(self, unit: int) -> Counter[str]:
        return Counter(
            term
            for said in self.texts(unit)
            for token in self._analyzer.tokens(*said)
            for term in terms_of(token.terms, View.WRITTEN)
        )

    def _with_key(self, term: str) -> Postings:
        """Ask the index, for no text is known to hold the numbers that a document bears itself."""
        queries = self._library.queries
        documents = sorted({each.document for each in self.found})
        asked = queries.all_of([queries.term(View.KEYS.value, term), queries.numbered(documents)])
        there = {each.number for each in self._library.best(asked, max(1, self._library.count(asked)))}
        units = np.array([unit for unit, each in enumerate(self.found) if each.number in there], np.int32)
        return Postings(units, np.ones(len(units), np.int32))
