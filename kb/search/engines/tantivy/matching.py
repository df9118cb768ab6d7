"""Which documents a clause means, as a query of tantivy: the memory engine's meaning.

Most of it is asked of documents at once. What must be in one passage is asked of units, and the documents of these
are listed by number.
"""

from collections.abc import Iterable

from tantivy import Query

from kb.languages.analyzer import Analyzer, Terms
from kb.search.asked import TitleAsked, atoms, likeness, read_phrase, wanted
from kb.search.deadline import Deadline
from kb.search.engines.tantivy.library import Library
from kb.search.engines.tantivy.schema import titled, whole
from kb.search.query import All, And, Between, Clause, Has, Not, Or, Phrase, Precision, Prefix, Titled, Widened, Words
from kb.search.ranking import Ranking, forms, is_known
from kb.search.shelf import Atom, Other, Shelf, begun
from kb.search.units import View


class Matching:
    """Reads one question. Past the deadline nothing more matches."""

    def __init__(
        self,
        library: Library,
        shelf: Shelf,
        analyzer: Analyzer,
        precision: Precision,
        ranking: Ranking,
        deadline: Deadline,
    ) -> None:
        """`shelf` tells of terms alone: it need not hold a unit."""
        self._library = library
        self._queries = library.queries
        self._shelf = shelf
        self._analyzer = analyzer
        self._precision = precision
        self._ranking = ranking
        self._deadline = deadline

    def documents(self, clause: Clause, *, strict: bool = False) -> Query:
        """Return what the documents that answer match; `strict` inside a Not."""
        queries = self._queries
        match clause:
            case _ if self._deadline.check():
                made = queries.nothing
            case All():
                made = queries.documents
            case And(parts):
                made = queries.all_of([queries.documents, *(self.documents(part, strict=strict) for part in parts)])
            case Or(parts):
                made = queries.any_of(self.documents(part, strict=strict) for part in parts)
            case Not(part):
                without = self.documents(part, strict=True)
                made = queries.nothing if self._deadline.passed else queries.but(queries.documents, without)
            case Has() | Between():
                made = self.carries(clause)
            case _:
                made = self._said(clause, strict=strict)
        return made

    def _said(self, clause: Words | Phrase | Prefix | Titled | Widened, *, strict: bool) -> Query:
        match clause:
            case Words():
                return self._words(clause, strict=strict)
            case Phrase(text):
                return self._phrase(text)
            case Prefix(text):
                return self._queries.terms(whole(View.EXACT), begun(self._shelf, self._analyzer.fold(text)))
            case Titled():
                return self._titled(clause)
            case Widened():
                return self._widened(clause)

    def carries(self, clause: Has | Between, field: str = "keywords") -> Query:
        """Match the documents whose keywords answer; their units where the field is "named"."""
        match clause:
            case Has(name, values):
                chosen: Iterable[str] = sorted(values)
            case Between(name, first, last):
                chosen = (
                    value
                    for value in self._library.known_values(name)
                    if value.isdecimal()
                    and (first is None or first <= int(value))
                    and (last is None or int(value) <= last)
                )
        return self._queries.terms(f"{field}.{name}", (f"={value}" for value in chosen))

    def reading(self, other: Other) -> Query:
        """Match the documents with a passage that holds all words of a reading."""
        if len(other.words) == 1:
            return self._library.together(other.words, whole(View.LIGHT))
        return self._lifted(self._library.together(other.words, View.LIGHT.value))

    def _words(self, clause: Words, *, strict: bool) -> Query:
        asked = atoms(clause.text, self._analyzer)
        if clause.any or (len(asked) == 1 and len(asked[0].words) == 1):
            return self._queries.any_of(self._atom(atom, loose=True, strict=strict, units=False) for atom in asked)
        if not asked:
            return self._queries.nothing
        every = self._queries.all_of(self._atom(atom, loose=False, strict=strict, units=True) for atom in asked)
        return self._lifted(every)

    def _atom(self, atom: Atom, *, loose: bool, strict: bool, units: bool) -> Query:
        field = View.KEYS.value if units else whole(View.KEYS)
        words = [self._word(word, strict=strict, units=units) for word in dict.fromkeys(atom.words)]
        together = self._queries.any_of(words) if loose or not words else self._queries.all_of(words)
        keys = (*atom.keys, *atom.flipped)
        return self._queries.any_of([self._queries.terms(field, keys), together]) if keys else together

    def _word(self, word: Terms, *, strict: bool, units: bool) -> Query:
        queries = self._queries
        if strict or is_known(self._ranking, self._shelf, word):
            asked = forms(word, self._ranking, self._shelf, strict=strict)
            fields = dict.fromkeys(view for view, _ in asked)
            return queries.any_of(
                queries.terms(view.value if units else whole(view), (term for of, term in asked if of is view))
                for view in fields
            )
        trigrams, enough = likeness(word, self._ranking)
        alike = queries.any_of((queries.term(View.TRIGRAMS.value, term) for term in trigrams), enough)
        return alike if units else self._lifted(alike)

    def _phrase(self, text: str) -> Query:
        phrase = read_phrase(text, self._analyzer, self._precision)
        if not phrase.exact:
            return self._queries.nothing
        side_by_side = self._library.whole(phrase)
        if phrase.fits is None:
            if len(phrase.exact) == 1:
                return self._queries.term(whole(View.EXACT), phrase.exact[0])
            return self._lifted(side_by_side)
        found = self._library.best(side_by_side, max(1, self._library.count(side_by_side)))
        read = zip(found, self._library.units(found), strict=True)
        fitting = {unit.document for unit, record in read if not self._deadline.check() and phrase.fits(record.texts())}
        return self._queries.numbered(sorted(fitting))

    def _titled(self, clause: Titled) -> Query:
        asked = TitleAsked(clause, self._analyzer, self._ranking)
        if not asked.words:
            return self._queries.nothing
        every = [self._in_title(word) for word in asked.words]
        if clause.phrase:
            exact = [token.terms.exact for token in self._analyzer.tokens(clause.text)]
            every.append(self._queries.phrase(titled(View.EXACT), exact))
        made = self._queries.all_of(every)
        if clause.phrase and self._precision is Precision.WRITTEN:
            found = [each for each, _ in self._library.ordered(made, "id", max(1, self._library.count(made)))]
            sheets = zip(found, self._library.sheets(found), strict=True)
            made = self._queries.numbered([f.document for f, s in sheets if asked.holds(s.title, s.language)])
        return made

    def _in_title(self, word: Terms) -> Query:
        asked = forms(word, self._ranking, self._shelf, strict=False)
        return self._queries.any_of(self._queries.term(titled(view), term) for view, term in asked)

    def _widened(self, clause: Widened) -> Query:
        others = wanted(clause, self._analyzer).others
        translated = {word for other in others for word in other.of}
        asked = [
            self._atom(atom, loose=True, strict=False, units=False)
            for atom in atoms(clause.part.text, self._analyzer)
            if translated.isdisjoint(atom.words) or any(is_known(self._ranking, self._shelf, w) for w in atom.words)
        ]
        return self._queries.any_of([*asked, *map(self.reading, others)])

    def _lifted(self, units: Query) -> Query:
        """Match the documents of the units that match."""
        return self._queries.nothing if self._deadline.check() else self._queries.numbered(self._library.numbers(units))
