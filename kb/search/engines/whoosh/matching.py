"""Which documents a clause means, by sets of their numbers: the memory engine's meaning, computed from postings."""

from collections import Counter
from collections.abc import Iterable

from kb.languages.analyzer import Analyzer, Terms
from kb.search.asked import forms, likeness, spelling, words_of
from kb.search.deadline import Deadline
from kb.search.engines.whoosh.library import Library
from kb.search.query import All, And, Clause, Not, Or, Phrase, Words
from kb.search.ranking import Ranking, is_known, units_with
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
            case Words(text, any=loose):
                return self._owners(self._with_words(text, loose=loose, strict=strict))
            case Phrase(text):
                phrase = spelling(text, self._analyzer)
                return self._owners(units_with(self._library, phrase, self._deadline))
            case And(parts):
                met = set(range(len(self._library.sheets)))
                for part in parts:
                    met &= self.documents(part, strict=strict)
                return met
            case Or(parts):
                return {document for part in parts for document in self.documents(part, strict=strict)}
            case Not(part):
                met = set(range(len(self._library.sheets))) - self.documents(part, strict=True)
                return set() if self._deadline.passed else met

    def _owners(self, units: Iterable[int]) -> set[int]:
        owners = self._library.owners
        return {owners[unit] for unit in units}

    def _with_words(self, text: str, *, loose: bool, strict: bool) -> set[int]:
        met: set[int] | None = None
        for word in dict.fromkeys(words_of(text, self._analyzer)):
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
