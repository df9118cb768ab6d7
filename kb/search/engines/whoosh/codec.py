"""Postings of a segment, packed: of each term one value, which is read into arrays at once.

Whoosh's own codec keeps a pickled object for every few postings, and spends most of its time on writing and reading
these. Here it keeps a table from keys to bytes for us, as it does for its own terms.
"""

import struct
import zlib
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
import numpy.typing as npt
from whoosh.codec.whoosh3 import W3Codec
from whoosh.filedb.filetables import OrderedHashReader, OrderedHashWriter
from whoosh.writing import SegmentWriter

from kb.search.shelf import NOWHERE, Postings
from kb.search.units import View

_TERMS = ".trm"
_NUMBERS = {view: bytes([number]) for number, view in enumerate(View)}
_SIZES = (np.dtype("<u1"), np.dtype("<u2"), np.dtype("<u4"))
_ONE = struct.Struct("<BI")  # a term that one unit holds once: its mark and the unit
_HEAD = struct.Struct("<BBBI")  # mark, places in _SIZES of steps and of counts, how many units
_ALONE, _PLAIN, _SQUEEZED = 0, 1, 2
_WORTH_SQUEEZING = 256  # bytes

Keyed = tuple[bytes, Postings]


def key_of(view: View, term: str) -> bytes:
    return _NUMBERS[view] + term.encode()


def pack(postings: Postings) -> bytes:
    units, counts = postings
    if len(units) == 1 and counts[0] == 1:
        return _ONE.pack(_ALONE, int(units[0]))
    steps = units.copy()
    steps[1:] -= units[:-1]
    sizes = [_size(steps), _size(counts)]
    body = steps.astype(_SIZES[sizes[0]]).tobytes() + counts.astype(_SIZES[sizes[1]]).tobytes()
    if len(body) < _WORTH_SQUEEZING:
        return _HEAD.pack(_PLAIN, *sizes, len(units)) + body
    return _HEAD.pack(_SQUEEZED, *sizes, len(units)) + zlib.compress(body, 1)


def unpack(packed: bytes) -> Postings:
    if packed[0] == _ALONE:
        return Postings(np.array([_ONE.unpack(packed)[1]], np.int32), np.ones(1, np.int32))
    mark, step, count, length = _HEAD.unpack_from(packed)
    body = packed[_HEAD.size :]
    if mark == _SQUEEZED:
        body = zlib.decompress(body)
    steps = np.frombuffer(body, _SIZES[step], length)
    counts = np.frombuffer(body, _SIZES[count], length, length * _SIZES[step].itemsize)
    return Postings(np.cumsum(steps, dtype=np.int32), counts.astype(np.int32))


def _size(numbers: npt.NDArray[np.int32]) -> int:
    most = int(numbers.max())
    return 0 if most < 1 << 8 else 1 if most < 1 << 16 else 2


class Codec(W3Codec):  # type: ignore[misc]
    """Whoosh's own, but for the terms."""

    length_stats = False

    def field_writer(self, storage: Any, segment: Any) -> "_TermsWriter":
        return _TermsWriter(storage, segment)

    def terms_reader(self, storage: Any, segment: Any) -> "TermsReader":
        return TermsReader(storage, segment)


class _TermsWriter:
    """What Whoosh calls to have a segment's postings written, from Pool.iter_postings."""

    is_closed = False

    def __init__(self, storage: Any, segment: Any) -> None:
        self._table = OrderedHashWriter(segment.create_file(storage, _TERMS))

    def add_postings(self, _schema: Any, _lengths: Any, items: Iterable[Keyed]) -> None:
        for key, postings in items:
            self._table.add(key, pack(postings))

    def close(self) -> None:
        self._table.close()
        self.is_closed = True


class TermsReader:
    def __init__(self, storage: Any, segment: Any) -> None:
        name = segment.make_filename(_TERMS)
        self._table = OrderedHashReader(storage.open_file(name), storage.file_length(name))

    def postings(self, view: View, term: str) -> Postings:
        packed = self._table.get(key_of(view, term))
        return NOWHERE if packed is None else unpack(bytes(packed))

    def terms(self, view: View, prefix: str) -> Iterator[str]:
        """Yield the terms that begin so, in the order of their letters."""
        start = key_of(view, prefix)
        for key in self._table.keys_from(start):
            if not bytes(key).startswith(start):
                return
            yield bytes(key)[1:].decode()

    def all(self) -> Iterator[Keyed]:
        return ((bytes(key), unpack(bytes(packed))) for key, packed in self._table.items())

    def indexed_field_names(self) -> Sequence[str]:
        """Return none: all that Whoosh itself knows of are columns."""
        return ()

    def close(self) -> None:
        self._table.close()


class _Numbers(dict[str, int]):
    """Gives each new term the next number."""

    def __missing__(self, term: str) -> int:
        number = self[term] = len(self)
        return number


class _Gathered:
    """The postings of one view in the order they came, in three columns."""

    def __init__(self) -> None:
        self._numbers = _Numbers()
        self._terms, self._counts = array("I"), array("I")
        self._units, self._sizes = array("I"), array("I")

    def put(self, unit: int, counts: Counter[str]) -> None:
        self._terms.extend(map(self._numbers.__getitem__, counts))
        self._counts.extend(counts.values())
        self._units.append(unit)
        self._sizes.append(len(counts))

    def postings(self) -> Iterator[tuple[str, Postings]]:
        """Yield them term by term, in order."""
        terms = np.asarray(self._terms)
        order = np.argsort(terms, kind="stable")
        units = np.repeat(np.asarray(self._units), np.asarray(self._sizes))[order].astype(np.int32)
        counts = np.asarray(self._counts)[order].astype(np.int32)
        ends = np.cumsum(np.bincount(terms, minlength=len(self._numbers))).tolist()
        for term in sorted(self._numbers):
            number = self._numbers[term]
            start = ends[number - 1] if number else 0
            yield term, Postings(units[start : ends[number]], counts[start : ends[number]])


class Pool:
    """Gathers the postings of a segment that is being written."""

    def __init__(self) -> None:
        self._views = {view: _Gathered() for view in View}
        self._folded: list[tuple[TermsReader, npt.NDArray[np.int32]]] = []

    def add(self, item: object) -> None:
        """Refuse a term of Whoosh's own: columns have none."""
        raise AssertionError(item)

    def put(self, unit: int, counts: Mapping[View, Counter[str]]) -> None:
        """Add the terms of the next unit."""
        for view, counted in counts.items():
            self._views[view].put(unit, counted)

    def take(self, terms: TermsReader, numbers: npt.NDArray[np.int32]) -> None:
        """Add all postings of another segment; `numbers` are those of its units here, -1 for one that is left out."""
        self._folded.append((terms, numbers))

    def iter_postings(self) -> Iterator[Keyed]:
        sources = [self._own(), *(_renumbered(*each) for each in self._folded)]
        for key, found in groupby(merge(*sources, key=itemgetter(0)), itemgetter(0)):
            parts = [postings for _, postings in found]
            if len(parts) == 1:
                yield key, parts[0]
            else:
                units, counts = zip(*parts, strict=True)
                yield key, Postings(np.concatenate(units), np.concatenate(counts))

    def cleanup(self) -> None:
        for terms, _ in self._folded:
            with suppress(Exception):  # Whoosh refuses to close twice
                terms.close()

    def _own(self) -> Iterator[Keyed]:
        for view, gathered in self._views.items():
            for term, postings in gathered.postings():
                yield key_of(view, term), postings


def _renumbered(terms: TermsReader, numbers: npt.NDArray[np.int32]) -> Iterator[Keyed]:
    for key, postings in terms.all():
        units = numbers[postings.units]
        kept = units >= 0
        if kept.any():
            yield key, Postings(units[kept], postings.counts[kept])


class UnitWriter(SegmentWriter):  # type: ignore[misc]
    """Whoosh's writer of one commit, with our postings."""

    def __init__(self, index: Any, seconds: float) -> None:
        """Raise Whoosh's LockError when another writer holds the index for so many `seconds`."""
        super().__init__(index, timeout=seconds, codec=Codec())
        self.pool = Pool()

    def add_unit(self, columns: Mapping[str, bytes], counts: Mapping[View, Counter[str]]) -> None:
        self.pool.put(self.docnum, counts)
        self.add_document(**columns)

    def add_postings_to_pool(self, reader: Any, startdoc: int, docmap: Mapping[int, int] | None) -> None:
        """Take over the postings of a segment whose columns Whoosh has just copied."""
        size = reader.doc_count_all()
        if docmap is None:
            numbers = np.arange(startdoc, startdoc + size, dtype=np.int32)
        else:
            numbers = np.full(size, -1, np.int32)
            numbers[list(docmap.keys())] = list(docmap.values())
        self.pool.take(reader.codec().terms_reader(reader.storage(), reader.segment()), numbers)
