"""The units that tantivy thinks best, as a shelf that our own ranking reads: their terms counted anew."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from kb.languages.analyzer import Analyzer
from kb.search.engines.tantivy.library import Found, Library
from kb.search.engines.tantivy.vocabulary import Inverse, Vocabulary
from kb.search.ranking import Ranking
from kb.search.shelf import NOWHERE, AskedPhrase, Floats, Postings, Whole
from kb.search.units import STOP, View, terms_of

_READ = 1000
"""Units with the words of a phrase whose texts are read to tell how many have its very letters."""


class _Words(NamedTuple):
    """All words of one language in the units: of each occurrence the word, its unit, whether it stands in a title."""

    places: Mapping[str, int]
    ids: npt.NDArray[np.int32]
    units: npt.NDArray[np.int32]
    titles: npt.NDArray[np.bool_]
    inverse: Inverse
    marked: str  # all words between the marks that trigrams have
    starts: npt.NDArray[np.int64]  # where each begins there


class Likeliest:
    """A ranking.Shelf of some units, numbered by their order in the index."""

    def __init__(
        self,
        library: Library,
        found: Iterable[Found],
        ranking: Ranking,
        analyzer: Analyzer,
        vocabulary: Vocabulary,
    ) -> None:
        self.found = sorted(found, key=lambda each: each.number)
        self.records = library.units(self.found)
        self.size = library.size
        self.bound = len(self.found)
        self._library = library
        self._ranking = ranking
        self._analyzer = analyzer
        self._vocabulary = vocabulary
        self._odd = [unit for unit, record in enumerate(self.records) if not record.plain]
        self._norms = cache(self._read_norms)
        self._postings = cache(self._find)
        self._told = cache(self._read_again)

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

    def _read_norms(self, view: View) -> Floats:
        ranking, average = self._ranking, self._library.averages[view]
        lengths = np.array(self._library.lengths(view, self.found), float)
        return ranking.k1 * (1 - ranking.b + ranking.b * lengths / average)

    def _find(self, view: View, term: str) -> Postings:
        if not self.found:
            return NOWHERE
        if view is View.KEYS:
            return self._with_key(term)
        counts = np.zeros(self.bound, np.int32)
        odd: Iterable[int] = range(self.bound)
        if view is not View.WRITTEN:
            odd = self._odd
            for language, words in self._words.items():
                counts += self._count(view, term, language, words)
        for unit in odd:
            counts[unit] = self._told(unit, view)[term]
        units = np.flatnonzero(counts).astype(np.int32)
        return Postings(units, counts[units])

    def _count(self, view: View, term: str, language: str, words: _Words) -> npt.NDArray[np.int32]:
        """Return how often each unit holds the term, from the folded words alone."""
        holding = _with_gram(words, term) if view is View.TRIGRAMS else self._standing_for(view, term, language, words)
        if not holding:
            return np.zeros(self.bound, np.int32)
        worth = np.bincount(holding, minlength=len(words.places))
        inside = words.titles if view is View.TITLE else slice(None)
        counts = np.bincount(words.units[inside], worth[words.ids[inside]], self.bound)
        return counts.astype(np.int32)

    def _standing_for(self, view: View, term: str, language: str, words: _Words) -> list[int]:
        """Return the places of the words that hold the term, once for each time that one does."""
        if view is View.EXACT:
            said: Sequence[str] = (term, STOP + term)
        else:
            held = View.LIGHT if view is View.TITLE else view
            said = tuple(words.inverse.get((held, language, term), ()))
        return [place for word in said if (place := words.places.get(word)) is not None]

    @cached_property
    def _words(self) -> Mapping[str, _Words]:
        said: dict[str, list[str]] = defaultdict(list)
        runs: dict[str, list[tuple[int, int, bool]]] = defaultdict(list)  # of words, each with unit and "is a title"
        for unit, record in enumerate(self.records):
            for number, (line, language) in enumerate(zip(record.words.split("\n"), record.languages, strict=True)):
                words = line.split()
                said[language] += words
                runs[language].append((len(words), unit, number == 0))
        return {language: self._numbered(language, words, runs[language]) for language, words in said.items()}

    def _numbered(self, language: str, words: Sequence[str], runs: Sequence[tuple[int, int, bool]]) -> _Words:
        places = {word: place for place, word in enumerate(dict.fromkeys(words))}
        marked = ["" if word.startswith(STOP) else f"^{word}$" for word in places]
        lengths, units, titles = zip(*runs, strict=True)
        return _Words(
            places,
            np.fromiter(map(places.__getitem__, words), np.int32, len(words)),
            np.repeat(np.array(units, np.int32), lengths),
            np.repeat(np.array(titles, bool), lengths),
            self._vocabulary.meet(places, language),
            "".join(marked),
            np.cumsum([0, *map(len, marked[:-1])]),
        )

    def _read_again(self, unit: int, view: View) -> Counter[str]:
        texts = self.texts(unit)[:1] if view is View.TITLE else self.texts(unit)
        return Counter(
            term for said in texts for token in self._analyzer.tokens(*said) for term in terms_of(token.terms, view)
        )

    def _with_key(self, term: str) -> Postings:
        """Ask the index, for no text is known to hold the numbers that a document bears itself."""
        queries = self._library.queries
        documents = sorted({each.document for each in self.found})
        asked = queries.all_of([queries.term(View.KEYS.value, term), queries.numbered(documents)])
        there = {each.number for each in self._library.best(asked, max(1, self._library.count(asked)))}
        units = np.array([unit for unit, each in enumerate(self.found) if each.number in there], np.int32)
        return Postings(units, np.ones(len(units), np.int32))


def _with_gram(words: _Words, gram: str) -> list[int]:
    """Return the places of the words with a trigram, once for each time that one holds it."""
    found = []
    at = words.marked.find(gram)
    while at >= 0:
        found.append(at)
        at = words.marked.find(gram, at + 1)
    places: list[int] = (np.searchsorted(words.starts, found, "right") - 1).tolist()
    return places
