"""One question answered from one commit: documents counted by tantivy, the likeliest units ranked by ourselves."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from tantivy import Query as Native

from kb.core.text import DocumentId
from kb.languages.analyzer import Analyzer
from kb.search import answer
from kb.search.asked import positive, wanted, words_of
from kb.search.deadline import Deadline
from kb.search.engines.tantivy.library import Found, Library
from kb.search.engines.tantivy.likeliest import Likeliest
from kb.search.engines.tantivy.matching import Matching
from kb.search.engines.tantivy.placing import HEAD, Placed, Placing
from kb.search.engines.tantivy.record import Records, UnitRecord
from kb.search.engines.tantivy.schema import whole
from kb.search.engines.tantivy.scoring import scored
from kb.search.highlight import marker as marker_of
from kb.search.query import Clause, Has, Query, Sort, Titled, Words
from kb.search.ranking import Ranking, rank
from kb.search.results import FLIPPED, Facet, Hit, Results
from kb.search.units import View, terms_of

_EACH = 60  # further units in all that are read for the passages of a page
_COLUMNS = {Sort.NEWEST: "newest", Sort.OLDEST: "oldest", Sort.TITLE: "titles", Sort.RELEVANCE: "id"}


class _Ranked(NamedTuple):
    """A unit and what it is worth; those of a later `turn` come after, whatever they are worth.

    `sure`: its passage holds something to mark, so that nobody need look for it.
    """

    turn: int
    loss: float
    found: Found
    record: UnitRecord
    sure: bool


class Finding:
    """Answers one question."""

    def __init__(
        self,
        library: Library,
        analyzer: Analyzer,
        ranking: Ranking,
        query: Query,
    ) -> None:
        """`ranking` is that of the precision asked for."""
        self._library = library
        self._analyzer = analyzer
        self._ranking = ranking
        self._query = query
        self._deadline = Deadline(query.seconds)
        terms = self._shelf(())
        self._wanted = wanted(query.clause, analyzer, query.precision)
        self._matching = Matching(library, terms, analyzer, query.precision, ranking, self._deadline)
        self._scored = scored(library, terms, ranking, self._wanted)
        self._telling = _telling(query.clause, analyzer) if ranking.weight(View.LIGHT) else frozenset()

    def _shelf(self, found: Iterable[Found]) -> Likeliest:
        return Likeliest(self._library, found, self._ranking, self._analyzer)

    def results(self) -> Results:
        query, queries = self._query, self._library.queries
        audience = queries.terms("audience", sorted(query.audience))
        seen = queries.all_of([queries.documents, audience, self._matching.documents(query.clause)])
        met = self._narrowed(seen)
        total, facets = self._counted(seen, met)
        hits = tuple(self._hits(audience, met, total)) if total and query.limit > 0 else ()
        readings = tuple(
            other.reading
            for other in self._wanted.others
            if total and self._library.count(queries.all_of([met, self._matching.reading(other)]))
        )
        return Results(total, hits, facets, self._deadline.passed, readings)

    def _narrowed(self, seen: Native, but: str = "", field: str = "keywords") -> Native:
        """Return what passes filters and ranges, but those of one name, and is not excluded."""
        query = self._query
        within = [
            *(
                self._matching.carries(Has(name, values), field)
                for name, values in query.filters.items()
                if name != but
            ),
            *(self._matching.carries(between, field) for between in query.ranges if between.name != but),
        ]
        without = [self._matching.carries(Has(name, values), field) for name, values in query.excluded.items()]
        queries = self._library.queries
        return queries.but(queries.all_of([seen, *(queries.worth(each, 0.0) for each in within)]), *without)

    def _counted(self, seen: Native, met: Native) -> tuple[int, tuple[Facet, ...]]:
        """Return how many documents are met, and the facets; past the deadline none."""
        bound = {*self._query.filters, *(between.name for between in self._query.ranges)}
        free = [name for name in self._query.facets if name not in bound]
        total, counts = (0, {}) if self._deadline.check() else self._library.counted(met, free)
        for name in self._query.facets:
            if name in bound and not self._deadline.check():
                counts.update(self._library.values(self._narrowed(seen, name), [name]))
        return total, tuple(answer.counted(name, counts.get(name, {})) for name in self._query.facets)

    def _hits(self, audience: Native, met: Native, total: int) -> Iterator[Hit]:
        query, queries = self._query, self._library.queries
        units: list[_Ranked] = []
        seen = queries.all_of([*([self._scored] if self._scored else []), queries.worth(audience, 0.0)])
        asked = self._narrowed(seen, field="named") if self._scored else queries.nothing
        if query.sort is Sort.RELEVANCE:
            placing = Placing(self._library, asked, met, total, self._deadline)
            units = self._ranked(placing.head)
            placing.know({unit.found.document: unit.record.id for unit in units})
            placed = placing.place(self._best(units), query.offset + query.limit)[query.offset :]
            if not placing.whole:
                units += self._others(asked, placed, units)
            ids = placing.ids([each.number for each in placed])
        else:
            column = _COLUMNS[query.sort]
            ordered = self._library.ordered(met, column, query.offset + query.limit)[query.offset :]
            numbers = [found.document for found, _ in ordered]
            likely = self._library.best(queries.all_of([asked, self._these(numbers)]), HEAD)
            units = self._ranked(likely)
            best = self._best(units)
            placed = [Placed(number, best.get(number, 0.0)) for number in numbers]
            ids = self._library.ids(numbers)
        yield from self._filled(placed, ids, units)

    def _ranked(self, found: Sequence[Found]) -> list[_Ranked]:
        shelf = self._shelf(found)
        ranked = rank(self._ranking, shelf, self._wanted, np.ones(shelf.bound, bool), self._deadline)
        pairs = zip(ranked.units.tolist(), ranked.scores.tolist(), strict=True)
        sure = shelf.surely(self._telling).tolist()
        return [_Ranked(0, -score, shelf.found[unit], shelf.records[unit], sure[unit]) for unit, score in pairs]

    def _best(self, units: Sequence[_Ranked]) -> dict[int, float]:
        """Return the documents of the units with their scores."""
        best: dict[int, float] = {}
        for unit in units:
            best[unit.found.document] = max(-unit.loss, best.get(unit.found.document, 0.0))
        return best

    def _others(self, asked: Native, placed: Sequence[Placed], units: Sequence[_Ranked]) -> list[_Ranked]:
        """Return more units of the documents of a page of which there are fewer than are to be shown."""
        counts: dict[int, int] = defaultdict(int)
        for unit in units:
            counts[unit.found.document] += 1
        lacking = [each.number for each in placed if counts[each.number] < self._query.passages]
        if not lacking or self._deadline.check():
            return []
        known = {unit.found.number for unit in units}
        more = self._library.best(self._library.queries.all_of([asked, self._these(lacking)]), _EACH)
        rest = [found for found in more if found.number not in known]
        records = self._library.units(rest)
        sure = Records(records).surely(self._telling).tolist()
        each = zip(rest, records, sure, strict=True)
        return [_Ranked(1, -found.score, found, record, is_sure) for found, record, is_sure in each]

    def _these(self, numbers: Sequence[int]) -> Native:
        return self._library.queries.worth(self._library.queries.numbered(sorted(numbers)), 0.0)

    def _filled(
        self, placed: Sequence[Placed], ids: Mapping[int, DocumentId], units: Sequence[_Ranked]
    ) -> Iterator[Hit]:
        """Yield the hits with their best passages and labels."""
        of: dict[int, list[_Ranked]] = defaultdict(list)
        for unit in units:
            of[unit.found.document].append(unit)
        flipped = self._flipped([each.number for each in placed])
        marker = marker_of(self._query.clause, self._analyzer, self._query.precision)

        def finds(unit: _Ranked) -> bool:
            passage = None if unit.sure else unit.record.passage()
            return unit.sure or (passage is not None and marker.finds(passage.text, passage.language))

        for place, (number, score) in enumerate(placed):
            best = sorted(of[number], key=lambda unit: (unit.turn, unit.loss, unit.found.number))
            shown = answer.first(best, finds, lambda unit: unit.record.passage(), self._query, place)
            labels = (FLIPPED,) if number in flipped else ()
            yield Hit(ids[number], score, tuple(shown), labels)

    def _flipped(self, numbers: Sequence[int]) -> set[int]:
        """Return the documents that hold a number asked for, but from its other end alone."""
        flipped = {key for atom in self._wanted.keyed for key in atom.flipped}
        if not flipped:
            return set()
        straight = {key for atom in self._wanted.keyed for key in atom.keys}
        queries, field = self._library.queries, whole(View.KEYS)
        there = queries.but(queries.terms(field, sorted(flipped)), queries.terms(field, sorted(straight)))
        return set(
            self._library.numbers(queries.all_of([queries.documents, there, self._these(numbers)]), len(numbers))
        )


def _telling(clause: Clause, analyzer: Analyzer) -> frozenset[str]:
    """Return the light terms of which any marks a text that holds it; the words of phrases do so side by side alone."""
    said = (part.text for part in positive(clause) if isinstance(part, Words | Titled))
    return frozenset(term for text in said for word in words_of(text, analyzer) for term in terms_of(word, View.LIGHT))
