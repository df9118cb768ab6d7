"""The records of a PowerPoint 97-2003 file, and where the latest version of each part of it is ([MS-PPT] 2.1.2)."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from kb.ingest.extraction import Damaged, Encrypted
from kb.ingest.ole import Compound

_HEADER = 8
_CONTAINER = 0xF
_ENCRYPTED = 0xF3D1C4DF
_EDIT, _DIRECTORY = 0x0FF5, 0x1772
_MOST_EDITS = 1000
_DEEPEST = 64


@dataclass(frozen=True, slots=True)
class Record:
    kind: int
    instance: int
    body: bytes
    is_container: bool

    def __iter__(self) -> Iterator["Record"]:
        """Yield the records in a container, none in an atom."""
        if self.is_container:
            yield from _records(self.body)

    def walk(self, depth: int = _DEEPEST) -> Iterator["Record"]:
        """Yield all the records below, those of a container after it. Raises Damaged past a depth."""
        if not depth:
            raise Damaged("records nested too deeply")
        for record in self:
            yield record
            yield from record.walk(depth - 1)

    def first(self, kind: int) -> "Record | None":
        return next((record for record in self if record.kind == kind), None)


class Presentation:
    """The parts of a presentation by the numbers under which they refer to each other."""

    def __init__(self, compound: Compound) -> None:
        """Follow the edits from the last one back. Raises Damaged, Encrypted."""
        self._data = compound.stream("PowerPoint Document")
        token, edit = struct.unpack_from("<II", compound.stream("Current User"), 12)
        if token == _ENCRYPTED:
            raise Encrypted("protected by a password")
        self._places: dict[int, int] = {}
        self._document = 0
        for _ in range(_MOST_EDITS):
            earlier, directory, document = struct.unpack_from("<III", self._record(edit, _EDIT).body, 8)
            self._document = self._document or document
            for number, place in _directory(self._record(directory, _DIRECTORY).body):
                self._places.setdefault(number, place)
            if not earlier:
                return
            edit = earlier
        raise Damaged("edits without end")

    @property
    def document(self) -> Record:
        return self.part(self._document)

    def part(self, number: int) -> Record:
        """Return the part of a number. Raises Damaged where there is none."""
        if number not in self._places:
            raise Damaged("a part is missing")
        return self._record(self._places[number])

    def _record(self, place: int, kind: int = 0) -> Record:
        found = next(_records(self._data, place), None)
        if found is None or (kind and found.kind != kind):
            raise Damaged("a record is missing")
        return found


def _records(data: bytes, place: int = 0) -> Iterator[Record]:
    """Yield the records of `data`; one that is longer than the rest is cut."""
    while place + _HEADER <= len(data):
        told, kind, length = struct.unpack_from("<HHI", data, place)
        start = place + _HEADER
        yield Record(kind, told >> 4, data[start : start + length], told & 0xF == _CONTAINER)
        place = start + length


def _directory(body: bytes) -> Iterator[tuple[int, int]]:
    at = 0
    while at + 4 <= len(body):
        (told,) = struct.unpack_from("<I", body, at)
        first, count = told & 0xFFFFF, told >> 20
        for number, place in enumerate(struct.unpack_from(f"<{count}I", body, at + 4)):
            yield first + number, place
        at += 4 + 4 * count
