"""One commit of a tantivy index: what it counts, and what is kept of what it finds."""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, TypeVar
from weakref import WeakMethod

from tantivy import DocAddress, Index, Order, Query, Searcher

from kb.core.errors import NoIndex
from kb.core.text import DocumentId
from kb.languages.analyzer import Terms
from kb.search.engines.tantivy.queries import Queries
from kb.search.engines.tantivy.record import DocumentRecord, UnitRecord, read_document, read_unit
from kb.search.engines.tantivy.schema import DOCUMENT, PLACES, length, schema
from kb.search.ranking import Ranking
from kb.search.shelf import MOST_BEGUN, AnyOf, AskedPhrase, Together, Whole
from kb.search.units import View, terms_of

_SEGMENT = 32  # letters of the name of one
_REMEMBERED = 1 << 16
_MOST_VALUES = 65_000  # of one keyword; tantivy's own limit on what it counts

_ALL = ""  # which is the name of no keyword

T = TypeVar("T")


@contextmanager
def guarded() -> Iterator[None]:
    """Turn what tantivy raises over damaged files, panics of Rust too, into NoIndex."""
    try:
        yield
    except BaseException as error:
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            raise NoIndex("the index cannot be read") from error
        raise


def _weakly(method: Callable[..., T]) -> Callable[..., T]:
    """Return a call of the method that does not keep its object: what goes in circles is freed late, or never."""
    reference = WeakMethod(method)

    def call(*asked: object) -> T:
        bound = reference()
        assert bound is not None, "whoever calls it holds the object"
        return bound(*asked)

    return call


class Found(NamedTuple):
    """A unit or document: its number, where it is, what it is worth to tantivy."""

    number: int
    address: DocAddress
    score: float

    @property
    def document(self) -> int:
        return self.number >> PLACES


class Library:
    """What one commit holds. It never changes; any number of threads may ask."""

    def __init__(self, index: Index, ranking: Ranking) -> None:
        self._searcher: Searcher = index.searcher()
        self.queries = Queries(index.schema)
        self._views = ranking.views
        with guarded():
            sums = self._searcher.aggregate(Query.all_query(), _sums(self._views))
            self.documents = self.count(self.queries.documents)
            # What tantivy keeps of a term counts what was deleted too, until segments are folded.
            self._pure = self._searcher.doc_freq("kind", DOCUMENT) == self.documents
        self.size = int(sums["units"]["value"])
        self.averages: Mapping[View, float] = {
            view: sums[view.value]["value"] / max(1, self.size) or 1.0 for view in self._views
        }
        self._remembered = lru_cache(_REMEMBERED)(_weakly(self._look_up))
        self._begun = lru_cache(_REMEMBERED)(_weakly(self._list))
        self._values = lru_cache(64)(_weakly(self._all_values))

    def count(self, query: Query) -> int:
        with guarded():
            found: Any = self._searcher.search(self.queries.worth(query, 0.0), 1)  # nothing is scored
        return int(found.count)

    def best(self, query: Query, limit: int) -> list[Found]:
        """Return units by what they are worth, ties by their place in the index."""
        with guarded():
            hits = self._searcher.search(query, limit, count=False).hits
        return self._numbered([(address, score) for score, address in hits])

    def ordered(self, query: Query, column: str, limit: int) -> list[tuple[Found, str]]:
        """Return documents in the order of a column of texts, with these."""
        if limit < 1:
            return []
        with guarded():
            hits = self._searcher.search(query, limit, count=False, order_by_field=column, order=Order.Asc).hits
        found = self._numbered([(address, 0.0) for _, address in hits])
        return list(zip(found, (text for text, _ in hits), strict=True))

    def ids(self, numbers: Collection[int]) -> dict[int, DocumentId]:
        """Return the ids of the documents with these numbers."""
        asked = self.queries.all_of([self.queries.documents, self.queries.numbered(sorted(numbers))])
        return {each.document: DocumentId(id) for each, id in self.ordered(asked, "id", len(numbers))}

    def numbers(self, query: Query, most: int | None = None) -> list[int]:
        """Return the numbers of the documents of all units, or documents, that answer, `most` at most; in order."""
        limit = self.count(query) if most is None else most
        if not limit:
            return []
        with guarded():
            hits = self._searcher.search(query, limit, count=False, order_by_field="unit", order=Order.Asc).hits
        return list(dict.fromkeys(unit >> PLACES for unit, _ in hits))

    def units_of(self, document: int) -> list[Found]:
        """Return the units of a document, in order."""
        there = self.queries.but(self.queries.numbered([document]), self.queries.documents)
        return sorted(self.best(there, max(1, self.count(there))), key=lambda each: each.number)

    @property
    def next_number(self) -> int:
        """Return a number above those of all documents."""
        with guarded():
            last = self._searcher.search(self.queries.documents, 1, count=False, order_by_field="unit").hits
        return (last[0][0] >> PLACES) + 1 if last else 1

    def values(self, query: Query, names: Sequence[str]) -> dict[str, dict[str, int]]:
        """Return for each keyword its values in the documents that answer, each with the number of these."""
        return self.counted(query, names)[1] if names else {}

    def counted(self, query: Query, names: Sequence[str]) -> tuple[int, dict[str, dict[str, int]]]:
        """Return how many documents answer, and their values; of these both in one go."""
        if not names:
            return self.count(query), {}
        asked = {name: {"terms": {"field": f"keywords.{name}", "size": _MOST_VALUES}} for name in names}
        with guarded():
            told = self._searcher.aggregate(query, {**asked, _ALL: {"value_count": {"field": "unit"}}})
        values = {name: {b["key"][1:]: b["doc_count"] for b in told[name]["buckets"]} for name in names}
        return int(told[_ALL]["value"]), values

    def known_values(self, name: str) -> Sequence[str]:
        return self._values(name)

    def lengths(self, view: View, found: Sequence[Found]) -> list[int]:
        """Return the numbers of terms that the units have in a view."""
        with guarded():
            lengths: list[Any] = self._searcher.fast_field_values(length(view), [each.address for each in found])
        return [int(number or 0) for number in lengths]

    def units(self, found: Iterable[Found]) -> list[UnitRecord]:
        return [read_unit(packed) for packed in self._records(found)]

    def sheets(self, found: Iterable[Found]) -> list[DocumentRecord]:
        return [read_document(packed) for packed in self._records(found)]

    def frequency(self, view: View, term: str) -> int:
        if not self._pure:
            return self._remembered(self._term, view, term)
        with guarded():
            return int(self._searcher.doc_freq(view.value, term))

    def terms(self, view: View, prefix: str) -> Sequence[str]:
        return self._begun(view, prefix)

    def extent(self, asked: Whole) -> int:
        return self._remembered(self._whole, asked)

    def whole(self, asked: Whole) -> Query:
        """Return the query of the units that hold it."""
        match asked:
            case AskedPhrase(exact):
                return self.queries.phrase(View.EXACT.value, exact)
            case AnyOf(view, terms):
                return self.queries.terms(view.value, terms)
            case Together(words):
                return self.together(words, View.LIGHT.value)

    def together(self, words: Sequence[Terms], field: str) -> Query:
        """Match what holds a light form of each word in a field of such terms."""
        return self.queries.all_of(self.queries.terms(field, terms_of(word, View.LIGHT)) for word in words)

    def _whole(self, asked: Whole) -> Query:
        return self.whole(asked)

    def _term(self, view: View, term: str) -> Query:
        return self.queries.term(view.value, term)

    def _look_up(self, make: Callable[..., Query], *asked: object) -> int:
        return self.count(make(*asked))

    def _list(self, view: View, prefix: str) -> Sequence[str]:
        with guarded():
            found = self._searcher.terms_with_prefix(view.value, prefix)
        return sorted(term for term, _ in found)[:MOST_BEGUN]

    def _all_values(self, name: str) -> Sequence[str]:
        return tuple(self.values(self.queries.documents, [name])[name])

    def _numbered(self, hits: Sequence[tuple[DocAddress, float]]) -> list[Found]:
        with guarded():
            numbers: list[Any] = self._searcher.fast_field_values("unit", [address for address, _ in hits])
        return [Found(number, *hit) for number, hit in zip(numbers, hits, strict=True)]

    def _records(self, found: Iterable[Found]) -> Iterator[bytes]:
        with guarded():
            for each in found:
                kept: Any = self._searcher.doc(each.address).get_first("record")
                yield bytes(kept)


def _sums(views: Iterable[View]) -> dict[str, Any]:
    sums = {view.value: {"sum": {"field": length(view)}} for view in views}
    return {**sums, "units": {"value_count": {"field": length(View.EXACT)}}}


def commit_of(folder: Path) -> tuple[int, int, int]:
    """Return what tells one commit from another. Raises NoIndex when there is none."""
    try:
        told = (folder / "meta.json").stat()
    except OSError as error:
        raise NoIndex("the index cannot be read") from error
    return told.st_ino, told.st_mtime_ns, told.st_size


def open_index(folder: Path) -> Index:
    with guarded():
        json.loads((folder / "meta.json").read_bytes())  # tantivy's own complaint about it is a panic
        index = Index(schema(), str(folder))
        index.config_reader("manual")
        return index


def sweep(folder: Path) -> None:
    """Remove what a writer that was killed has left and tantivy does not know of. For who may write alone."""
    segments = json.loads((folder / "meta.json").read_bytes())["segments"]
    used = {segment["segment_id"].replace("-", "") for segment in segments}
    try:
        managed = set(json.loads((folder / ".managed.json").read_bytes()))
    except FileNotFoundError:  # of what it does not name nothing would ever be removed
        managed = set()
    for file in folder.iterdir():
        segment = file.name.partition(".")[0]
        orphaned = len(segment) == _SEGMENT and segment not in used and file.name not in managed
        if orphaned or file.name.startswith(".tmp"):
            file.unlink(missing_ok=True)
