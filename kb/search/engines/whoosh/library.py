"""One commit of a Whoosh index as ranking and matching read it: numbers, postings, columns."""

import threading
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt

from kb.core.errors import NoIndex
from kb.core.text import Passage
from kb.search.engines.whoosh.codec import TermsReader
from kb.search.engines.whoosh.schema import StoredSheet, read_lengths, read_passage, read_sheet
from kb.search.ranking import Ranking
from kb.search.register import Register
from kb.search.shelf import MOST_BEGUN, NOWHERE, Floats, Postings, Whole
from kb.search.units import View

_MOST_BYTES = 64 * 1024 * 1024
"""Of postings that a library remembers; reading those of a common word again takes a millisecond."""


@contextmanager
def guarded() -> Iterator[None]:
    """Turn what Whoosh raises over damaged files, which may be anything, into Unavailable."""
    try:
        yield
    except Exception as error:
        raise NoIndex("the index cannot be read") from error


class _Memory:
    """The postings read last, up to so many bytes."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[View, str], Postings] = OrderedDict()
        self._held = 0
        self._lock = threading.Lock()

    def get(self, key: tuple[View, str]) -> Postings | None:
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None:
                self._kept.move_to_end(key)
            return kept

    def keep(self, key: tuple[View, str], postings: Postings) -> None:
        with self._lock:
            if key in self._kept:
                return
            self._kept[key] = postings
            self._held += _bytes(postings)
            while self._held > _MOST_BYTES:
                _, oldest = self._kept.popitem(last=False)
                self._held -= _bytes(oldest)


def _bytes(postings: Postings) -> int:
    """Return about how much memory they take; an array by itself takes a hundred bytes."""
    return postings.units.nbytes + postings.counts.nbytes + 400


class Leaf:
    """One segment. It never changes but for deletes, so a leaf serves every later commit that still has it.

    Deletes are the library's business: a leaf still shows what was deleted.
    """

    def __init__(self, reader: Any) -> None:
        self._terms: TermsReader = reader.codec().terms_reader(reader.storage(), reader.segment())
        self._lock = threading.Lock()  # a file that is not mapped has one place where it is read
        self.size: int = reader.doc_count_all()
        self._columns = {name: reader.column_reader(name) for name in ("sheet", "words", "passage", "lengths")}
        self.sheets = [
            (unit, read_sheet(bytes(packed))) for unit, packed in enumerate(self._columns["sheet"]) if packed
        ]
        self.lengths = read_lengths(b"".join(map(bytes, self._columns["lengths"])))

    def column(self, name: str, unit: int) -> bytes:
        with guarded(), self._lock:
            return bytes(self._columns[name][unit])

    def terms(self, view: View, prefix: str) -> list[str]:
        """Return the terms that begin so, MOST_BEGUN at most."""
        with guarded(), self._lock:
            return list(islice(self._terms.terms(view, prefix), MOST_BEGUN))

    def postings(self, view: View, term: str) -> Postings:
        with guarded(), self._lock:
            return self._terms.postings(view, term)


class Library:
    """All leaves of one commit, their units numbered through; a ranking.Shelf. It never changes."""

    def __init__(self, leaves: Sequence[tuple[Leaf, frozenset[int]]], ranking: Ranking) -> None:
        """Join the leaves, each with the units that are deleted from it."""
        self._leaves = leaves
        self._memory = _Memory()
        self._bases: list[int] = []
        self.sheets: list[StoredSheet] = []
        self.bound = sum(leaf.size for leaf, _ in leaves)
        firsts: list[int] = []
        for leaf, deleted in leaves:
            base = self._bases[-1] + self._leaves[len(self._bases) - 1][0].size if self._bases else 0
            self._bases.append(base)
            for first, sheet in leaf.sheets:
                if first not in deleted:
                    firsts.append(base + first)
                    self.sheets.append(sheet)
        self._firsts = np.array(firsts, np.int32)
        sizes = np.array([sheet.units for sheet in self.sheets], np.int32)
        self.size = int(sizes.sum())
        # Of each unit the place of its document in `sheets`; where it was deleted one past the last.
        self.owners = np.full(self.bound, len(self.sheets), np.int32)
        for place, (first, count) in enumerate(zip(firsts, sizes.tolist(), strict=True)):
            self.owners[first : first + count] = place
        self._live = self.owners < len(self.sheets)
        self._whole = self.size == self.bound
        self._norms = {view: ranking.norms(self._lengths(view), self.size) for view in ranking.views}
        self.register = Register(self.sheets)
        self.places = {sheet.id: place for place, sheet in enumerate(self.sheets)}

    def extent(self, _: Whole, found: int) -> int:
        return found

    def norms(self, view: View) -> Floats:
        return self._norms[view]

    def frequency(self, view: View, term: str) -> int:
        return len(self.postings(view, term).units)

    def postings(self, view: View, term: str) -> Postings:
        kept = self._memory.get((view, term))
        if kept is None:
            kept = self._join(view, term)
            self._memory.keep((view, term), kept)
        return kept

    def sheet_of(self, unit: int) -> StoredSheet:
        return self.sheets[int(self.owners[unit])]

    def units_of(self, document: int) -> range:
        """Return the units of the document at this place in `sheets`."""
        first = int(self._firsts[document])
        return range(first, first + self.sheets[document].units)

    def terms(self, view: View, prefix: str) -> Sequence[str]:
        found = {term for leaf, _ in self._leaves for term in leaf.terms(view, prefix)}
        return sorted(found)[:MOST_BEGUN]

    def texts(self, unit: int) -> Sequence[tuple[str, str]]:
        sheet, passage = self.sheet_of(unit), self.passage(unit)
        title = [(sheet.title, sheet.language)]
        return [*title, *((text, passage.language) for text in (passage.heading, passage.text))] if passage else title

    def words(self, unit: int) -> str:
        leaf, local = self._place(unit)
        return leaf.column("words", local).decode()

    def passage(self, unit: int) -> Passage | None:
        leaf, local = self._place(unit)
        packed = leaf.column("passage", local)
        return read_passage(packed) if packed else None

    def _join(self, view: View, term: str) -> Postings:
        if self._whole and len(self._leaves) == 1:
            return self._leaves[0][0].postings(view, term)
        units, counts = [], []
        for base, (leaf, _) in zip(self._bases, self._leaves, strict=True):
            read = leaf.postings(view, term)
            if len(read.units):
                live = self._live[read.units + base]
                units.append(read.units[live] + base)
                counts.append(read.counts[live])
        return Postings(np.concatenate(units), np.concatenate(counts)) if units else NOWHERE

    def _lengths(self, view: View) -> npt.NDArray[np.uint32]:
        if not self._leaves:
            return np.empty(0, np.uint32)
        return np.where(self._live, np.concatenate([leaf.lengths[view] for leaf, _ in self._leaves]), 0)

    def _place(self, unit: int) -> tuple[Leaf, int]:
        at = bisect_right(self._bases, unit) - 1
        return self._leaves[at][0], unit - self._bases[at]


def open_library(index: Any, ranking: Ranking, known: Mapping[str, Leaf]) -> tuple[Library, dict[str, Leaf]]:
    """Read the last commit of a Whoosh index; leaves are those `known` by the name of their segment, where they are."""
    with guarded():
        reader = index.reader()
        leaves: dict[str, Leaf] = {}
        deleted: list[frozenset[int]] = []
        for each, _ in reader.leaf_readers() if reader.doc_count_all() else ():
            name = str(each.segment().segment_id())
            deleted.append(frozenset(each.deleted_docs_set))
            if name in known:
                each.close()
            leaves[name] = known[name] if name in known else Leaf(each)
        return Library(list(zip(leaves.values(), deleted, strict=True)), ranking), leaves
