"""Which documents a clause means, by sets of their numbers: the memory engine's meaning, computed from postings."""

from collections.abc import Iterable, Sequence
from functools import reduce

import numpy as np

from kb.languages.analyzer import Analyzer, Terms
from kb.search.asked import TitleAsked, atoms, likeness, read_phrase, wanted
from kb.search.deadline import Deadline
from kb.search.engines.whoosh.library import Library
from kb.search.query import All, And, Between, Clause, Has, Not, Or, Phrase, Precision, Prefix, Titled, Widened, Words
from kb.search.ranking import Ranking, forms, is_known
from kb.search.shelf import Atom, Mask, Units, begun, held, units_with, units_with_all
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

    def documents(self, clause: Clause, *, strict: bool = False) -> Mask:
        """Return the documents that answer, by their places in Library.sheets; `strict` inside a Not."""
        match clause:
            case All():
                met = self._every()
            case And(parts):
                met = reduce(np.logical_and, (self.documents(part, strict=strict) for part in parts), self._every())
            case Or(parts):
                met = reduce(np.logical_or, (self.documents(part, strict=strict) for part in parts), ~self._every())
            case Not(part):
                without = self.documents(part, strict=True)
                met = ~self._every() if self._deadline.passed else ~without
            case Has() | Between():
                met = self._library.register.carries(clause)
            case Titled():
                met = self._titled(clause, strict=strict)
            case Words() | Phrase() | Prefix() | Widened():
                met = self._owning(self._units(clause, strict=strict))
        return met

    def _every(self) -> Mask:
        return np.ones(len(self._library.sheets), bool)

    def _owning(self, units: Mask) -> Mask:
        met = np.zeros(len(self._library.sheets), bool)
        met[self._library.owners[units]] = True
        return met

    def _units(self, clause: Words | Phrase | Prefix | Widened, *, strict: bool) -> Mask:
        match clause:
            case Words(text, any=loose):
                asked = atoms(text, self._analyzer)
                return self._joined([self._with(atom, loose=loose, strict=strict) for atom in asked], loose=loose)
            case Phrase(text):
                phrase = read_phrase(text, self._analyzer, self._precision)
                return self._of([units_with(self._library, phrase, self._deadline)])
            case Prefix(text):
                terms = begun(self._library, self._analyzer.fold(text))
                return self._of(self._holding(View.EXACT, term) for term in terms)
            case Widened():
                return self._widened(clause)

    def _titled(self, clause: Titled, *, strict: bool) -> Mask:
        """Look at the titles of the documents that hold every word somewhere: a title is part of each passage."""
        asked = TitleAsked(clause, self._analyzer, self._ranking)
        met = self._every()
        for word in asked.words:
            met &= self._owning(self._with_word(word, strict=strict))
        for place in np.flatnonzero(met).tolist():
            sheet = self._library.sheets[place]
            met[place] = not self._deadline.check() and asked.holds(sheet.title, sheet.language)
        return met

    def _widened(self, clause: Widened) -> Mask:
        others = wanted(clause, self._analyzer).others
        translated = {word for other in others for word in other.of}
        asked = [
            atom
            for atom in atoms(clause.part.text, self._analyzer)
            if translated.isdisjoint(atom.words) or any(is_known(self._ranking, self._library, w) for w in atom.words)
        ]
        met = self._joined([self._with(atom, loose=True, strict=False) for atom in asked], loose=True)
        return met | self._of(units_with_all(self._library, other.words, self._deadline) for other in others)

    def _with(self, atom: Atom, *, loose: bool, strict: bool) -> Mask:
        keyed = self._of(self._holding(View.KEYS, key) for key in (*atom.keys, *atom.flipped))
        words = dict.fromkeys(atom.words)
        return keyed | self._joined([self._with_word(word, strict=strict) for word in words], loose=loose)

    def _with_word(self, word: Terms, *, strict: bool) -> Mask:
        if strict or is_known(self._ranking, self._library, word):
            found = forms(word, self._ranking, self._library, strict=strict)
            return self._of(self._holding(view, term) for view, term in found)
        trigrams, enough = likeness(word, self._ranking)
        shared = np.zeros(self._library.bound, np.int32)
        for term in trigrams:
            shared[self._holding(View.TRIGRAMS, term)] += 1
        return shared >= enough

    def _holding(self, view: View, term: str) -> Units:
        return held(self._library, view, term, self._deadline)

    def _of(self, found: Iterable[Units]) -> Mask:
        """Return the units that are in any of the arrays."""
        met = np.zeros(self._library.bound, bool)
        for units in found:
            met[units] = True
        return met

    def _joined(self, masks: Sequence[Mask], *, loose: bool) -> Mask:
        """Return what is in any of the masks, or in each of them; nothing of no masks."""
        if not masks:
            return np.zeros(self._library.bound, bool)
        return reduce(np.logical_or if loose else np.logical_and, masks)
