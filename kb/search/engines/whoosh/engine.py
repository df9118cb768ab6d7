"""The embedded engine that keeps its index in a folder and needs nothing else."""

import threading
from collections import defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import contextmanager
from math import log
from pathlib import Path
from typing import Any

import numpy as np
from whoosh import index as whoosh_index
from whoosh.reading import SegmentReader
from whoosh.writing import CLEAR, LockError

from kb.core.errors import Unavailable
from kb.core.text import DocumentId
from kb.languages.analyzer import Analyzer
from kb.search import answer
from kb.search.asked import wanted
from kb.search.deadline import Deadline
from kb.search.engine import Can, Entry, Writer
from kb.search.engines.whoosh.codec import UnitWriter
from kb.search.engines.whoosh.library import Leaf, Library, guarded, open_library
from kb.search.engines.whoosh.matching import Matching
from kb.search.engines.whoosh.schema import rows, schema
from kb.search.engines.whoosh.storage import SyncedStorage
from kb.search.highlight import marker as marker_of
from kb.search.query import Query
from kb.search.ranking import PRODUCT_RANKING, Ranked, Ranking, met_readings, only_flipped, rank
from kb.search.results import FLIPPED, Hit, Results
from kb.search.shelf import Mask
from kb.search.similar import similar
from kb.search.units import units

WAIT_SECONDS = 10.0
"""How long a second writer waits for the first."""

_FOLD = 8  # segments of about one size are kept until there are so many


class _Draft:
    """Changes of one batch, the last for each id; nothing reaches Whoosh before the end."""

    def __init__(self) -> None:
        self.cleared = False
        self.changes: dict[DocumentId, Entry | None] = {}

    def put(self, entry: Entry) -> None:
        self.changes[entry.id] = entry

    def drop(self, id: DocumentId) -> None:
        self.changes[id] = None

    def clear(self) -> None:
        self.cleared = True
        self.changes.clear()


class WhooshEngine:
    """An index in a folder of its own: one writer at a time among all processes, any number of readers."""

    can = Can.PHRASE | Can.RANK | Can.DURABLE

    def __init__(self, folder: Path, analyzer: Analyzer, ranking: Ranking = PRODUCT_RANKING) -> None:
        """Open the index of an existing folder. Raises Unavailable when it cannot be read."""
        self._analyzer = analyzer
        self._ranking = ranking
        self._lock = threading.Lock()
        self._leaves: dict[str, Leaf] = {}
        self._library: tuple[int, Library] | None = None
        with guarded():
            # With our schema at hand Whoosh does not unpickle the one in the folder.
            self._index: Any = whoosh_index.FileIndex(SyncedStorage(folder), schema=schema())
        self._current()

    @staticmethod
    def create(folder: Path) -> None:
        """Make the folder, readable by its owner alone, with an empty index."""
        folder.mkdir(mode=0o700, parents=True)
        whoosh_index.FileIndex.create(SyncedStorage(folder), schema(), "MAIN").close()

    @property
    def size(self) -> int:
        return self._current().size

    @contextmanager
    def writing(self) -> Iterator[Writer]:
        draft = _Draft()
        raw = self._writer()
        try:
            yield draft
            self._write(raw, draft)
        except BaseException:
            raw.cancel()
            raise
        raw.commit(mergetype=CLEAR if draft.cleared else _fold)

    def search(self, query: Query) -> Results:
        library, deadline, ranking = self._current(), Deadline(query.seconds), self._ranking.at(query.precision)
        register = library.register
        matching = Matching(library, self._analyzer, query.precision, ranking, deadline)
        met = matching.documents(query.clause) & register.seen_by(query.audience)
        found = met & register.admits(query)
        asked = wanted(query.clause, self._analyzer, query.precision)
        among = np.append(found, False)[library.owners]
        hits: tuple[Hit, ...] = ()
        if query.limit:
            ranked = rank(ranking, library, asked, among, deadline)
            hits = tuple(self._hits(library, query, found, ranked, only_flipped(library, asked, library.owners.item)))
        facets = (register.facet(name, met & register.admits(query, name)) for name in query.facets)
        readings = met_readings(library, asked.others, among, deadline)
        total = int(np.count_nonzero(found))
        return Results(total, hits, tuple(facets), deadline.passed, readings)

    def _hits(
        self, library: Library, query: Query, found: Mask, ranked: Ranked, flipped: Container[object]
    ) -> Iterator[Hit]:
        """Yield the slice that was asked for. A document is worth as much as its best passage; see answer.give."""
        units, worth = ranked
        scores = np.zeros(len(library.sheets) + 1)
        np.maximum.at(scores, library.owners[units], worth)
        marker = marker_of(query.clause, self._analyzer, query.precision)
        ordered = library.register.first(query.offset + query.limit, found, query.sort, scores)
        for number, place in enumerate(ordered[query.offset :].tolist()):
            own = library.units_of(place)
            start, end = np.searchsorted(units, (own.start, own.stop))
            best = units[start:end][np.argsort(-worth[start:end], kind="stable")]
            texts = (text for unit in best.tolist() if (text := library.passage(unit)))
            labels = (FLIPPED,) if place in flipped else ()
            shown = answer.shown(texts, marker, query, number)
            yield Hit(library.sheets[place].id, float(scores[place]), shown, labels)

    def similar(self, id: DocumentId, audience: frozenset[str], limit: int, seconds: float) -> tuple[Hit, ...]:
        library = self._current()
        sheets = library.sheets
        here = library.places.get(id)
        if here is None or audience.isdisjoint(sheets[here].audience):
            return ()

        def other(unit: int) -> tuple[DocumentId, int] | None:
            sheet = library.sheet_of(unit)
            return (sheet.id, sheet.units) if sheet.id != id and not audience.isdisjoint(sheet.audience) else None

        return similar(library, self._analyzer, library.units_of(here), other, len(sheets), limit, Deadline(seconds))

    def revisions(self) -> Mapping[DocumentId, int]:
        return {sheet.id: sheet.revision for sheet in self._current().sheets}

    def tidy(self) -> None:
        """Fold all segments into one, without what was deleted."""
        raw = self._writer()
        if len(raw.segments) > 1 or raw.has_deletions():
            raw.commit(mergetype=_fold_all)
        else:
            raw.cancel()

    def _writer(self) -> UnitWriter:
        try:
            return UnitWriter(self._index, WAIT_SECONDS)
        except LockError as error:
            raise Unavailable("the index is being written") from error

    def close(self) -> None:
        with self._lock:
            self._library, self._leaves = None, {}
            self._index.close()

    def _current(self) -> Library:
        """Return the last commit, read anew when there is a newer one."""
        with self._lock:
            with guarded():
                generation = self._index.latest_generation()
            if self._library is None or self._library[0] != generation:
                library, self._leaves = open_library(self._index, self._ranking, self._leaves)
                self._library = (generation, library)
            return self._library[1]

    def _write(self, raw: UnitWriter, draft: _Draft) -> None:
        library = self._current()  # nobody else writes now: units have the numbers that Whoosh gives them
        for key, entry in draft.changes.items():
            if key in library.places and not draft.cleared:
                for number in library.units_of(library.places[key]):
                    raw.delete_document(number)
            if entry:
                made = units(entry, self._analyzer)
                for unit, columns in zip(made, rows(entry, made), strict=True):
                    raw.add_unit(columns, {view: unit.counts[view] for view in self._ranking.views})


def _fold(writer: Any, segments: list[Any]) -> list[Any]:
    """Choose what a commit rewrites: segments mostly deleted, and many of about one size. Whoosh's merge policy."""
    sizes: dict[int, list[Any]] = defaultdict(list)
    folded: list[Any] = []
    kept: list[Any] = []
    for segment in segments:
        live = segment.doc_count_all() - segment.deleted_count()
        if live * 2 < segment.doc_count_all():
            folded.append(segment)
        else:
            sizes[int(log(live, _FOLD))].append(segment)
    for alike in sizes.values():
        (folded if len(alike) >= _FOLD else kept).extend(alike)
    _take_in(writer, folded)
    return [segment for segment in segments if segment in kept]


def _fold_all(writer: Any, segments: list[Any]) -> list[Any]:
    _take_in(writer, segments)
    return []


def _take_in(writer: Any, segments: Sequence[Any]) -> None:
    for segment in segments:
        if segment.doc_count_all() > segment.deleted_count():
            writer.add_reader(SegmentReader(writer.storage, writer.schema, segment))
