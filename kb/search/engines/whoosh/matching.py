"""Which documents a clause means, by sets of their numbers: the memory engine's meaning, computed from postings."""

from collections import Counter
from collections.abc import Iterable

from kb.languages.analyzer import Analyzer, Terms
from kb.search.asked import forms, likeness, spelling, wanted, words_of
from kb.search.deadline import Deadline
from kb.search.engines.whoosh.library import Library
from kb.search.query import All, And, Clause, Not, Or, Phrase, Widened, Words
from kb.search.ranking import Ranking, is_known, units_with, units_with_all
from kb.search.units import View


class Matching:
    """Answers one question. Past the deadline nothing more matches."""

    def __init__(self, library: Library, analyzer: Analyzer, ranking: Ranking, deadline: Deadline) -> None:
        self._library = library
        self._analyzer = analyzer
        self._ranking = ranking
        self._deadline = deadline

    def documents(self, clause: Clause, *, strict: bool = False) -> set[int]:
        """Return the documents that answer, as places in Library.sheets; `strict` inside a Not."""
        match clause:
            case All():
                return set(range(len(self._library.sheets)))
            case Words() | Phrase() | Widened():
                return self._owners(self._units(clause, strict=strict))
            case And(parts):
                return set.intersection(*(self.documents(part, strict=strict) for part in parts or (All(),)))
            case Or(parts):
                return {document for part in parts for document in self.documents(part, strict=strict)}
            case Not(part):
                met = set(range(len(self._library.sheets))) - self.documents(part, strict=True)
                return set() if self._deadline.passed else met

    def _units(self, clause: Words | Phrase | Widened, *, strict: bool) -> set[int]:
        match clause:
            case Words(text, any=loose):
                return self._with_words(words_of(text, self._analyzer), loose=loose, strict=strict)
            case Phrase(text):
                return units_with(self._library, spelling(text, self._analyzer), self._deadline)
            case Widened():
                return self._widened(clause)

    def _owners(self, units: Iterable[int]) -> set[int]:
        owners = self._library.owners
        return {owners[unit] for unit in units}

    def _widened(self, clause: Widened) -> set[int]:
        others = wanted(clause, self._analyzer).others
        translated = {word for other in others for word in other.of}
        words = [
            word
            for word in words_of(clause.part.text, self._analyzer)
            if word not in translated or is_known(self._ranking, self._library, word)
        ]
        met = self._with_words(words, loose=True, strict=False)
        return met.union(*(units_with_all(self._library, other.words, self._deadline) for other in others))

    def _with_words(self, words: Iterable[Terms], *, loose: bool, strict: bool) -> set[int]:
        met: set[int] | None = None
        for word in dict.fromkeys(words):
            units = self._with_word(word, strict=strict)
            met = units if met is None else met | units if loose else met & units
        return met or set()

    def _with_word(self, word: Terms, *, strict: bool) -> set[int]:
        if strict or is_known(self._ranking, self._library, word):
            return {
                unit for view, term in forms(word, self._ranking, strict=strict) for unit in self._holding(view, term)
            }
        trigrams, enough = likeness(word, self._ranking)
        shared = Counter(unit for term in trigrams for unit in self._holding(View.TRIGRAMS, term))
        return {unit for unit, count in shared.items() if count >= enough}

    def _holding(self, view: View, term: str) -> Iterable[int]:
        return () if self._deadline.check() else self._library.postings(view, term).units
