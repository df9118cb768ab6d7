"""A whole engine in dicts: for tests and small libraries, and the reference of meaning for the others."""

import threading
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from itertools import takewhile

import numpy as np

from kb.core.errors import Unavailable
from kb.core.text import DocumentId
from kb.languages.analyzer import Analyzer, Terms
from kb.search import answer
from kb.search.asked import TitleAsked, atoms, likeness, read_phrase, wanted
from kb.search.deadline import Deadline
from kb.search.engine import Can, Entry, Writer
from kb.search.highlight import Marker
from kb.search.query import (
    All,
    And,
    Between,
    Clause,
    Has,
    Not,
    Or,
    Phrase,
    Precision,
    Prefix,
    Query,
    Titled,
    Widened,
    Words,
)
from kb.search.ranking import PRODUCT_RANKING, Form, Ranking, forms, is_known, met_readings, only_flipped, rank
from kb.search.results import Hit, Results
from kb.search.shelf import MOST_BEGUN, NOWHERE, Atom, Floats, Postings, Whole, begun
from kb.search.similar import similar
from kb.search.units import Unit, View, holds_phrase, terms_of, texts, units

WAIT_SECONDS = 10.0
"""How long a second writer waits for the first."""


@dataclass(frozen=True, slots=True)
class _Kept:
    entry: Entry
    units: tuple[Unit, ...]


class _Draft:
    def __init__(self, kept: dict[DocumentId, _Kept], analyzer: Analyzer, ranking: Ranking) -> None:
        self.kept = kept
        self._analyzer = analyzer
        self._ranking = ranking

    def put(self, entry: Entry) -> None:
        self.kept[entry.id] = _Kept(entry, tuple(units(entry, self._analyzer)))

    def drop(self, id: DocumentId) -> None:
        self.kept.pop(id, None)

    def clear(self) -> None:
        self.kept.clear()


class _Library:
    """What is searched: made whole at each commit and never changed. It is a ranking.Shelf."""

    def __init__(self, kept: Mapping[DocumentId, _Kept], ranking: Ranking) -> None:
        self.kept = kept
        self.ranking = ranking
        self.units = [unit for each in kept.values() for unit in each.units]
        self.owners = [each.entry.id for each in kept.values() for _ in each.units]
        self.passages = [passage for each in kept.values() for passage in each.entry.passages or (None,)]
        self.size = len(self.units)
        postings: dict[tuple[View, str], tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
        for number, unit in enumerate(self.units):
            for view in ranking.views:
                for term, count in unit.counts[view].items():
                    numbers, counts = postings[view, term]
                    numbers.append(number)
                    counts.append(count)
        self._postings = {
            key: Postings(np.array(numbers, np.int32), np.array(counts, np.int32))
            for key, (numbers, counts) in postings.items()
        }
        self._sorted = cache(self._all_terms)
        self._firsts: dict[DocumentId, int] = {}
        for number, owner in enumerate(self.owners):
            self._firsts.setdefault(owner, number)
        self._norms = {v: ranking.norms([u.length(v) for u in self.units], self.size) for v in ranking.views}

    def postings(self, view: View, term: str) -> Postings:
        return self._postings.get((view, term), NOWHERE)

    def frequency(self, view: View, term: str) -> int:
        return len(self.postings(view, term).units)

    def extent(self, _: Whole, found: int) -> int:
        return found

    @property
    def bound(self) -> int:
        return self.size

    def norms(self, view: View) -> Floats:
        return self._norms[view]

    def terms(self, view: View, prefix: str) -> Sequence[str]:
        terms = self._sorted(view)
        start = bisect_left(terms, prefix)
        return list(takewhile(lambda term: term.startswith(prefix), terms[start : start + MOST_BEGUN]))

    def words(self, unit: int) -> str:
        return self.units[unit].words

    def texts(self, unit: int) -> Sequence[tuple[str, str]]:
        return texts(self.kept[self.owners[unit]].entry, unit - self._firsts[self.owners[unit]])

    def _all_terms(self, view: View) -> list[str]:
        return sorted(term for of, term in self._postings if of is view)


class _Reading:
    """Decides of one document after another whether it answers. Past the deadline none does."""

    def __init__(
        self, library: _Library, analyzer: Analyzer, precision: Precision, ranking: Ranking, deadline: Deadline
    ) -> None:
        self._library = library
        self._ranking = ranking
        self._deadline = deadline
        # Of each text its words, of each word its forms: the same for every document.
        self._atoms = cache(lambda text: atoms(text, analyzer))
        self._phrase = cache(lambda text: read_phrase(text, analyzer, precision))
        self._title = cache(lambda clause: TitleAsked(clause, analyzer, ranking))
        self._begun = cache(lambda text: begun(library, analyzer.fold(text)))
        self._others = cache(lambda clause: wanted(clause, analyzer).others)
        self._sought = cache(self._look_up)

    def holds(self, clause: Clause, kept: _Kept, *, strict: bool = False) -> bool:
        """Tell whether a document answers; `strict` inside a Not."""
        met = False
        match clause:
            case _ if self._deadline.check():
                pass
            case All():
                met = True
            case Has() | Between():
                met = answer.carries(kept.entry, clause)
            case And(parts):
                met = all(self.holds(part, kept, strict=strict) for part in parts)
            case Or(parts):
                met = any(self.holds(part, kept, strict=strict) for part in parts)
            case Not(part):
                met = not self.holds(part, kept, strict=True) and not self._deadline.passed
            case Titled():
                met = self._title(clause).holds(kept.entry.title, kept.entry.language)
            case Words() | Phrase() | Prefix() | Widened():
                met = any(self._said(clause, kept, number, strict) for number in range(len(kept.units)))
        return met

    def _said(self, clause: Words | Phrase | Prefix | Widened, kept: _Kept, number: int, strict: bool) -> bool:  # noqa: FBT001
        unit = kept.units[number]
        match clause:
            case Words(text, any=loose):
                asked = self._atoms(text)
                every = any if loose else all
                return bool(asked) and every(self._answers(unit, atom, every, strict) for atom in asked)
            case Phrase(text):
                phrase = self._phrase(text)
                side_by_side = bool(phrase.exact) and holds_phrase(unit.words, phrase.exact)
                return side_by_side and (phrase.fits is None or phrase.fits(texts(kept.entry, number)))
            case Prefix(text):
                return not unit.counts[View.EXACT].keys().isdisjoint(self._begun(text))
            case Widened():
                return self._holds_widened(clause, unit)

    def _holds_widened(self, clause: Widened, unit: Unit) -> bool:
        others = self._others(clause)
        translated = {word for other in others for word in other.of}
        return any(
            self._answers(unit, atom, any, False)
            for atom in self._atoms(clause.part.text)
            if translated.isdisjoint(atom.words) or any(is_known(self._ranking, self._library, w) for w in atom.words)
        ) or any(
            all(any(term in unit.counts[View.LIGHT] for term in terms_of(word, View.LIGHT)) for word in other.words)
            for other in others
        )

    def _answers(self, unit: Unit, atom: Atom, every: Callable[[Iterable[bool]], bool], strict: bool) -> bool:  # noqa: FBT001
        keyed = any(key in unit.counts[View.KEYS] for key in (*atom.keys, *atom.flipped))
        return keyed or every(self._has(unit, word, strict) for word in atom.words)

    def _has(self, unit: Unit, word: Terms, strict: bool) -> bool:  # noqa: FBT001 (twice a document and word)
        sought, enough = self._sought(word, strict)
        return sum(term in unit.counts[view] for view, term in sought) >= enough

    def _look_up(self, word: Terms, strict: bool) -> tuple[Sequence[Form], int]:  # noqa: FBT001 (a cached key)
        """Return the terms that mean the word, and how many of them must be there."""
        if strict or is_known(self._ranking, self._library, word):
            return forms(word, self._ranking, self._library, strict=strict), 1
        trigrams, enough = likeness(word, self._ranking)
        return [(View.TRIGRAMS, trigram) for trigram in trigrams], enough


class MemoryEngine:
    """Holds everything in the process; nothing outlives it."""

    can = Can.PHRASE | Can.RANK

    def __init__(self, analyzer: Analyzer, ranking: Ranking = PRODUCT_RANKING) -> None:
        self._analyzer = analyzer
        self._ranking = ranking
        self._library = _Library({}, ranking)
        self._lock = threading.Lock()

    @property
    def size(self) -> int:
        return self._library.size

    @contextmanager
    def writing(self) -> Iterator[Writer]:
        if not self._lock.acquire(timeout=WAIT_SECONDS):
            raise Unavailable("the index is being written")
        try:
            draft = _Draft(dict(self._library.kept), self._analyzer, self._ranking)
            yield draft
            self._library = _Library(draft.kept, self._ranking)
        finally:
            self._lock.release()

    def search(self, query: Query) -> Results:
        library, deadline, ranking = self._library, Deadline(query.seconds), self._ranking.at(query.precision)
        reading = _Reading(library, self._analyzer, query.precision, ranking, deadline)
        met = [
            each.entry
            for each in library.kept.values()
            if query.audience & each.entry.audience and reading.holds(query.clause, each)
        ]
        found = {entry.id for entry in met if answer.admits(entry, query)}
        asked = wanted(query.clause, self._analyzer, query.precision)
        among = np.array([owner in found for owner in library.owners], bool)
        units, scores = rank(ranking, library, asked, among, deadline)
        findings = (
            answer.Finding(library.owners[unit], unit, score)
            for unit, score in zip(units.tolist(), scores.tolist(), strict=True)
        )
        marker = Marker(query.clause, self._analyzer, query.precision)
        flipped = only_flipped(library, asked, library.owners.__getitem__)
        given = answer.give(query, met, findings, library.passages.__getitem__, marker, flipped)
        readings = met_readings(library, asked.others, among, deadline)
        return replace(given, partial=deadline.passed, readings=readings)

    def similar(self, id: DocumentId, audience: frozenset[str], limit: int, seconds: float) -> tuple[Hit, ...]:
        library = self._library
        seen = {key for key, each in library.kept.items() if audience & each.entry.audience}
        if id not in seen:
            return ()
        first = library.owners.index(id)
        own = range(first, first + len(library.kept[id].units))

        def other(unit: int) -> tuple[DocumentId, int] | None:
            owner = library.owners[unit]
            return (owner, len(library.kept[owner].units)) if owner in seen and owner != id else None

        return similar(library, self._analyzer, own, other, len(library.kept), limit, Deadline(seconds))

    def revisions(self) -> Mapping[DocumentId, int]:
        return {key: each.entry.revision for key, each in self._library.kept.items()}

    def tidy(self) -> None:
        """Do nothing: each commit is made whole."""

    def close(self) -> None:
        self._library = _Library({}, self._ranking)
