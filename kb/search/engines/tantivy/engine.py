"""The engine for large libraries: an index in a folder, by a library of compiled code."""

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tantivy import Index, IndexWriter
from tantivy import Query as Native

from kb.core.errors import Unavailable
from kb.core.text import DocumentId
from kb.languages.analyzer import Analyzer
from kb.search.deadline import Deadline
from kb.search.engine import Can, Entry, Writer
from kb.search.engines.tantivy.finding import Finding
from kb.search.engines.tantivy.library import Library, commit_of, guarded, open_index, sweep
from kb.search.engines.tantivy.likeliest import Likeliest
from kb.search.engines.tantivy.schema import Rows, schema, whole
from kb.search.query import Query
from kb.search.ranking import PRODUCT_RANKING, Ranking
from kb.search.results import Hit, Results
from kb.search.similar import Holders, Telling, nearest, rarity, telling
from kb.search.stamp import sync_folder
from kb.search.units import View

WAIT_SECONDS = 10.0
"""How long a second writer waits for the first."""

_POLL_SECONDS = 0.05
_HEAP_BYTES = 256 * 1024**2  # of words held before they are written as a segment
_ALIKE = 200
"""Documents compared with one that others are to be like, the likeliest."""


class _Draft:
    """Changes of one batch, given to tantivy at once; it shows nothing of them before the commit."""

    def __init__(self, raw: IndexWriter, rows: Rows, number: int) -> None:
        """Number new documents from `number`."""
        self._raw = raw
        self._rows = rows
        self._number = number

    def put(self, entry: Entry) -> None:
        self.drop(entry.id)
        for row in self._rows.of(entry, self._number):
            self._raw.add_document(row)
        self._number += 1

    def drop(self, id: DocumentId) -> None:
        self._raw.delete_documents_by_term("owner", id)

    def clear(self) -> None:
        # delete_all_documents would spare what this batch has put.
        self._raw.delete_documents_by_query(Native.all_query())


class TantivyEngine:
    """An index in a folder of its own: one writer at a time among all processes, any number of readers."""

    can = Can.PHRASE | Can.RANK | Can.DURABLE | Can.STREAM

    def __init__(self, folder: Path, analyzer: Analyzer, ranking: Ranking = PRODUCT_RANKING) -> None:
        """Open the index of an existing folder. Raises NoIndex when it cannot be read."""
        self._folder = folder
        self._analyzer = analyzer
        self._ranking = ranking
        self._lock = threading.Lock()
        self._library: tuple[tuple[int, int, int], Library] | None = None
        self._current()

    @staticmethod
    def create(folder: Path) -> None:
        """Make the folder, readable by its owner alone, with an empty index."""
        folder.mkdir(mode=0o700, parents=True)
        with guarded():
            Index(schema(), str(folder))

    @property
    def size(self) -> int:
        return self._current().size

    @contextmanager
    def writing(self) -> Iterator[Writer]:
        index = open_index(self._folder)
        raw = _writer(index)
        try:
            with guarded():
                sweep(self._folder)
                index.reload()  # what was committed while we waited has numbers too
                number = Library(index, self._ranking).next_number
            yield _Draft(raw, Rows(self._analyzer, self._ranking.views), number)
            with guarded():
                raw.commit()
                sync_folder(self._folder)  # tantivy syncs files, and names before it renames, but not the new name
                raw.garbage_collect_files()
        except BaseException:
            raw.rollback()
            raise
        finally:
            with guarded():
                raw.wait_merging_threads()
                sync_folder(self._folder)

    def search(self, query: Query) -> Results:
        ranking = self._ranking.at(query.precision)
        return Finding(self._current(), self._analyzer, ranking, query).results()

    def similar(self, id: DocumentId, audience: frozenset[str], limit: int, seconds: float) -> tuple[Hit, ...]:
        library, deadline = self._current(), Deadline(seconds)
        queries = library.queries
        visible = queries.all_of([queries.documents, queries.terms("audience", sorted(audience))])
        here = library.numbers(queries.all_of([visible, queries.term("owner", id)]))
        if not here:
            return ()
        own = Likeliest(library, library.units_of(here[0]), self._ranking, self._analyzer)
        others = queries.but(visible, queries.term("owner", id))
        terms = telling(own, self._analyzer, range(len(own.found)), deadline)

        def holders(asked: Sequence[Telling]) -> Iterator[Holders]:
            return _holders(library, others, asked)

        return nearest(terms, holders, library.documents, limit, deadline)

    def revisions(self) -> Mapping[DocumentId, int]:
        library = self._current()
        told = library.ordered(library.queries.documents, "revision", library.documents)
        pairs = (text.rsplit("\0", 1) for _, text in told)
        return {DocumentId(id): int(revision) for id, revision in pairs}

    def tidy(self) -> None:
        """Do nothing: tantivy folds its segments as it writes."""

    def close(self) -> None:
        with self._lock:
            self._library = None

    def _current(self) -> Library:
        """Return the last commit, read anew when there is a newer one."""
        with self._lock:
            commit = commit_of(self._folder)
            if self._library is None or self._library[0] != commit:
                self._library = commit, Library(open_index(self._folder), self._ranking)
            return self._library[1]


def _writer(index: Index) -> IndexWriter:
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            return index.writer(_HEAP_BYTES, 1)
        except ValueError as error:
            if "LockBusy" not in str(error):
                raise Unavailable("the index cannot be written") from error
            if time.monotonic() >= deadline:
                raise Unavailable("the index is being written") from error
            time.sleep(_POLL_SECONDS)


def _holders(library: Library, others: Native, asked: Sequence[Telling]) -> Iterator[Holders]:
    """Yield the documents that hold each term, counted in those that by all terms are the likeliest."""
    queries, field = library.queries, whole(View.LIGHT)
    held = [queries.all_of([others, queries.term(field, term.text)]) for term in asked]
    numbers = [library.count(query) for query in held]
    worth = [
        queries.worth(queries.term(field, term.text), (term.weight * rarity(library.documents, number)) ** 2)
        for term, number in zip(asked, numbers, strict=True)
    ]
    best = library.best(queries.all_of([queries.worth(others, 0.0), queries.any_of(worth)]), _ALIKE)
    sheets = library.sheets(best)
    ids = library.ids([each.document for each in best])
    owners = [(ids[each.document], sheet.units) for each, sheet in zip(best, sheets, strict=True)]
    for term, number in zip(asked, numbers, strict=True):
        counts = {
            owner: sheet.light[term.text]
            for owner, sheet in zip(owners, sheets, strict=True)
            if term.text in sheet.light
        }
        yield Holders(number, counts)
