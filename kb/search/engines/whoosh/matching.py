"""Which documents a clause means, by sets of their numbers: the memory engine's meaning, computed from postings."""

from collections import Counter
from collections.abc import Iterable

from kb.languages.analyzer import Analyzer, Terms
from kb.search import answer
from kb.search.asked import TitleAsked, atoms, likeness, read_phrase, wanted
from kb.search.deadline import Deadline
from kb.search.engines.whoosh.library import Library
from kb.search.query import All, And, Between, Clause, Has, Not, Or, Phrase, Precision, Prefix, Titled, Widened, Words
from kb.search.ranking import Ranking, forms, is_known
from kb.search.shelf import Atom, begun, units_with, units_with_all
from kb.search.units import View


class Matching:
    """Answers one question. Past the deadline nothing more matches."""

    def __init__(
        self, library: Library, analyzer: Analyzer, precision: Precision, ranking: Ranking, deadline: Deadline
    ) -> None:
        self._library = library
        self._analyzer = analyzer
        self._precision = precision
        self._ranking = ranking
        self._deadline = deadline

    def documents(self, clause: Clause, *, strict: bool = False) -> set[int]:
        """Return the documents that answer, as places in Library.sheets; `strict` inside a Not."""
        match clause:
            case All():
                met = self._every()
            case And(parts):
                met = set.intersection(self._every(), *(self.documents(part, strict=strict) for part in parts))
            case Or(parts):
                met = {document for part in parts for document in self.documents(part, strict=strict)}
            case Not(part):
                without = self.documents(part, strict=True)
                met = set() if self._deadline.passed else self._every() - without
            case Has() | Between():
                met = {n for n, sheet in enumerate(self._library.sheets) if answer.carries(sheet, clause)}
            case Titled():
                met = self._titled(clause, strict=strict)
            case Words() | Phrase() | Prefix() | Widened():
                owners = self._library.owners
                met = {owners[unit] for unit in self._units(clause, strict=strict)}
        return met

    def _every(self) -> set[int]:
        return set(range(len(self._library.sheets)))

    def _units(self, clause: Words | Phrase | Prefix | Widened, *, strict: bool) -> set[int]:
        match clause:
            case Words(text, any=loose):
                asked = atoms(text, self._analyzer)
                return _joined((self._with(atom, loose=loose, strict=strict) for atom in asked), loose=loose)
            case Phrase(text):
                phrase = read_phrase(text, self._analyzer, self._precision)
                return units_with(self._library, phrase, self._deadline)
            case Prefix(text):
                terms = begun(self._library, self._analyzer.fold(text))
                return {unit for term in terms for unit in self._holding(View.EXACT, term)}
            case Widened():
                return self._widened(clause)

    def _titled(self, clause: Titled, *, strict: bool) -> set[int]:
        """Look at the titles of the documents that hold every word somewhere: a title is part of each passage."""
        asked = TitleAsked(clause, self._analyzer, self._ranking)
        owners = self._library.owners
        met = self._every()
        for word in asked.words:
            met &= {owners[unit] for unit in self._with_word(word, strict=strict)}
        sheets = self._library.sheets
        return {n for n in met if not self._deadline.check() and asked.holds(sheets[n].title, sheets[n].language)}

    def _widened(self, clause: Widened) -> set[int]:
        others = wanted(clause, self._analyzer).others
        translated = {word for other in others for word in other.of}
        asked = [
            atom
            for atom in atoms(clause.part.text, self._analyzer)
            if translated.isdisjoint(atom.words) or any(is_known(self._ranking, self._library, w) for w in atom.words)
        ]
        met = _joined((self._with(atom, loose=True, strict=False) for atom in asked), loose=True)
        return met.union(*(units_with_all(self._library, other.words, self._deadline) for other in others))

    def _with(self, atom: Atom, *, loose: bool, strict: bool) -> set[int]:
        keyed = {unit for key in (*atom.keys, *atom.flipped) for unit in self._holding(View.KEYS, key)}
        words = dict.fromkeys(atom.words)
        return keyed | _joined((self._with_word(word, strict=strict) for word in words), loose=loose)

    def _with_word(self, word: Terms, *, strict: bool) -> set[int]:
        if strict or is_known(self._ranking, self._library, word):
            return {
                unit
                for view, term in forms(word, self._ranking, self._library, strict=strict)
                for unit in self._holding(view, term)
            }
        trigrams, enough = likeness(word, self._ranking)
        shared = Counter(unit for term in trigrams for unit in self._holding(View.TRIGRAMS, term))
        return {unit for unit, count in shared.items() if count >= enough}

    def _holding(self, view: View, term: str) -> Iterable[int]:
        return () if self._deadline.check() else self._library.postings(view, term).units


def _joined(sets: Iterable[set[int]], *, loose: bool) -> set[int]:
    """Return what is in any of the sets, or in each of them; nothing of no sets."""
    found = list(sets)
    if not found:
        return set()
    return set.union(*found) if loose else set.intersection(*found)
