"""What is kept of a unit or document beside its terms, and how the records of many units are read at once.

The terms that a folded spelling does not tell by itself are kept as numbers, 32 bits of each, as often as they occur:
two terms that share a number may lend a passage a count in one of some twenty thousand questions.
"""

import json
import struct
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from itertools import accumulate, islice
from typing import Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from kb.core.text import DocumentId, Passage, Span
from kb.languages.analyzer import trigrams
from kb.search.engine import Entry
from kb.search.units import STOP, Unit, View

NUMBERED = (View.LIGHT, View.SKELETON, View.TITLE)
"""The views whose terms are kept as numbers."""

_ENDS = struct.Struct("<3I")  # where the numbers of each end
_NUMBER = np.dtype("<u4")
_LETTER = np.dtype("<u2")
_PART, _UNIT = b"\x1e", b"\x1d"  # between the parts of a record, and before and after its words; no word holds them
_FIELDS = fields(Passage)
_MOST = 1 << 18
"""Words or terms remembered with what was made of them."""

T = TypeVar("T")

Counts = npt.NDArray[np.int64]
_encoded = json.JSONEncoder(ensure_ascii=False).encode  # json.dumps makes an encoder at every call


class _Known(dict[str, T]):
    """Makes of a word or term what is asked for, once; a dictionary for it is asked a hundred times a passage."""

    def __init__(self, make: Callable[[str], T]) -> None:
        self._make = make

    def __missing__(self, key: str) -> T:
        if len(self) >= _MOST:
            self.clear()
        made = self[key] = self._make(key)
        return made


def _number(term: str) -> bytes:
    return zlib.crc32(term.encode()).to_bytes(_NUMBER.itemsize, "little")


def _grams(word: str) -> str:
    return "" if word.startswith(STOP) else " ".join(trigrams(word))


_number_of = _Known(_number).__getitem__
grams_of = _Known(_grams).__getitem__
"""Gives the trigrams of a word as Unit.words has it, divided by blanks; none of a stop word."""


def occurrences(counts: Counter[str]) -> list[str]:
    """Return the terms as often as they occur; several times as fast as Counter.elements."""
    return [*counts, *(term for term, count in counts.items() if count > 1 for _ in range(count - 1))]


class UnitRecord(NamedTuple):
    """What is kept of a unit, as it lies there: of hundreds that are read few are looked into.

    `numbers` are of NUMBERED.
    """

    numbers: tuple[bytes, bytes, bytes]
    owner: bytes
    languages: bytes
    said: bytes
    rest: bytes

    @property
    def id(self) -> DocumentId:
        """Return that of its document."""
        return DocumentId(self.owner.decode())

    @property
    def words(self) -> str:
        """Return Unit.words."""
        return self.said.decode()

    def passage(self) -> Passage | None:
        raw = json.loads(self.rest)["passage"]
        return Passage(**{**raw, "span": Span(*raw["span"])}) if raw else None

    def texts(self) -> list[tuple[str, str]]:
        """Return title, heading and passage, each with its language."""
        title, passage = json.loads(self.rest)["title"], self.passage()
        said = [title, passage.heading, passage.text] if passage else [title]
        return list(zip(said, self.languages.decode().split(","), strict=True))


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """What is kept of a document beside its columns; `light` are the commonest of its terms with their counts."""

    title: str
    language: str
    units: int
    light: Mapping[str, int]


def pack_unit(unit: Unit, entry: Entry, passage: Passage | None) -> bytes:
    languages = (entry.language, *(2 * (passage.language,) if passage else ()))
    numbers = [b"".join(map(_number_of, occurrences(unit.counts[view]))) for view in NUMBERED]
    rest = _encoded({"title": entry.title, "passage": _packed(passage) if passage else None})
    ends = accumulate(map(len, numbers), initial=_ENDS.size)
    parts = _PART.join((entry.id.encode(), ",".join(languages).encode(), unit.words.encode(), rest.encode()))
    return b"".join((_ENDS.pack(*islice(ends, 1, None)), *numbers, parts))


def read_unit(packed: bytes) -> UnitRecord:
    one, two, three = _ENDS.unpack_from(packed)
    return UnitRecord((packed[_ENDS.size : one], packed[one:two], packed[two:three]), *packed[three:].split(_PART, 3))


def pack_document(record: DocumentRecord) -> bytes:
    kept: dict[str, Any] = {field.name: getattr(record, field.name) for field in fields(DocumentRecord)}
    return _encoded(kept).encode()


def read_document(packed: bytes) -> DocumentRecord:
    return DocumentRecord(**json.loads(packed))


class Records:
    """The records of some units as arrays in which the terms of all are counted at once."""

    def __init__(self, records: Sequence[UnitRecord]) -> None:
        self._records = records
        self._columns: dict[View, tuple[npt.NDArray[np.uint32], npt.NDArray[np.int64]]] = {}
        self._masks: dict[int, npt.NDArray[np.bool_]] = {}

    def numbered(self, view: View, term: str) -> Counts:
        """Return how often each unit holds a term of a view that is NUMBERED."""
        if view not in self._columns:
            place = NUMBERED.index(view)
            parts = [record.numbers[place] for record in self._records]
            sizes = np.fromiter(map(len, parts), np.int64, len(parts)) // _NUMBER.itemsize
            self._columns[view] = np.frombuffer(b"".join(parts), _NUMBER), np.repeat(np.arange(len(parts)), sizes)
        numbers, units = self._columns[view]
        return self._counted(units[numbers == int.from_bytes(_number(term), "little")])

    def written(self, exact: str) -> Counts:
        """Return how often each unit holds a folded word."""
        return self._counted(self._units_at(self._found(f" {exact} "))) + self._counted(
            self._units_at(self._found(f" {STOP}{exact} "))
        )

    def holding(self, gram: str) -> Counts:
        """Return how often each unit holds a trigram; stop words have none."""
        places = self._found(gram.replace("^", " ").replace("$", " "))
        letters = self._letters
        words = self._blanks[np.searchsorted(self._blanks, places, "right") - 1] + 1
        return self._counted(self._units_at(places[letters[words] != ord(STOP)]))

    def surely(self, terms: Iterable[str]) -> npt.NDArray[np.bool_]:
        """Tell of each unit whether its passage, not only the title, holds one of the light terms for sure.

        One with a heading may have it from there.
        """
        held = np.zeros(len(self._records), bool)
        for term in terms:
            held |= self.numbered(View.LIGHT, term) > self.numbered(View.TITLE, term)
        headless = [b"\n\n" in record.said for record in self._records]
        held &= np.array(headless, bool)
        return held

    def _counted(self, units: npt.NDArray[np.int64]) -> Counts:
        return np.bincount(units, minlength=len(self._records))

    def _units_at(self, places: npt.NDArray[np.intp]) -> npt.NDArray[np.int64]:
        return np.searchsorted(self._ends, places)

    @cached_property
    def _letters(self) -> npt.NDArray[np.uint16]:
        """Return all words, blanks around each; a letter beyond the plane of the alphabets is two."""
        said = b" %b " % _UNIT
        said = said.join([b"", *(record.said for record in self._records), b""]).replace(b"\n", b" ")
        return np.frombuffer(said.decode().encode("utf-16-le"), _LETTER)

    @cached_property
    def _ends(self) -> npt.NDArray[np.intp]:
        """Return where each unit ends: the first mark stands before all of them."""
        return np.flatnonzero(self._letters == _UNIT[0])[1:]

    @cached_property
    def _blanks(self) -> npt.NDArray[np.intp]:
        return np.flatnonzero(self._letters == ord(" "))

    def _found(self, needle: str) -> npt.NDArray[np.intp]:
        """Return where it stands among the letters."""
        size = len(self._letters)
        sought = np.frombuffer(needle.encode("utf-16-le"), _LETTER).tolist()
        if len(sought) > size:
            return np.empty(0, np.intp)
        there = self._mask(sought[0])[: size - len(sought) + 1]
        for place, letter in enumerate(sought[1:], 1):
            there = there & self._mask(letter)[place : size - len(sought) + 1 + place]
        return np.flatnonzero(there)

    def _mask(self, letter: int) -> npt.NDArray[np.bool_]:
        mask = self._masks.get(letter)
        if mask is None:
            mask = self._masks[letter] = self._letters == letter
        return mask


def _packed(passage: Passage) -> dict[str, object]:
    """Return the passage as JSON has it; dataclasses.asdict would cost as much as tantivy does."""
    raw: dict[str, object] = {field.name: getattr(passage, field.name) for field in _FIELDS}
    return {**raw, "span": [passage.span.start, passage.span.end]}
