"""Compound files ([MS-CFB]), in which Office kept its documents until 2007 and keeps protected ones today.

Ours, because a stranger's chains of sectors may run in circles: no stream is longer than the file.
"""

import mmap
import struct
from collections.abc import Mapping
from dataclasses import dataclass

from kb.ingest import said
from kb.ingest.extraction import Damaged

MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
_END = 0xFFFFFFFE
_LAST = 0xFFFFFFFA  # sector numbers above it are signs
_ENTRY = 128
_MOST_ENTRIES = 4096
_SUMMARY = "\x05SummaryInformation"
_TITLE, _AUTHOR, _KEYWORDS, _CREATED, _CODE_PAGE = 2, 4, 5, 12, 1
_EPOCH_1601 = 11_644_473_600  # seconds from there to 1970
_FILE_TIME, _ANSI, _WIDE = 64, 30, 31


@dataclass(frozen=True, slots=True)
class _Entry:
    kind: int
    start: int
    size: int


class Compound:
    """The streams of a compound file by their names; of streams in different folders with one name, the first."""

    def __init__(self, data: bytes | mmap.mmap) -> None:
        """Read the table of sectors and the directory. Raises Damaged."""
        if len(data) < 512 or data[: len(MAGIC)] != MAGIC:
            raise Damaged("no compound file")
        self._data = data
        shift, mini_shift = struct.unpack_from("<HH", data, 30)
        if shift not in (9, 12) or mini_shift != 6:
            raise Damaged("sectors of no known size")
        self._size, self._mini_size = 1 << shift, 1 << mini_shift
        directory, self._cutoff, mini_table = struct.unpack_from("<I4xII", data, 48)
        self._table = self._sectors()
        entries = self._entries(self._chain(directory))
        root = next((entry for entry in entries.values() if entry.kind == 5), None)
        if root is None:
            raise Damaged("no root in the compound file")
        self._entry = {name: entry for name, entry in entries.items() if entry.kind == 2}
        self._mini = self._chain(root.start)[: root.size] if root.size else b""
        self._mini_table = _numbers(self._chain(mini_table)) if mini_table <= _LAST else ()

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self._entry)

    def stream(self, name: str) -> bytes:
        """Return the bytes of a stream. Raises Damaged where there is none or less than it says."""
        entry = self._entry.get(name)
        if entry is None:
            raise Damaged(f"no {name.strip()} in the compound file")
        small = entry.size < self._cutoff
        found = (self._mini_chain(entry.start) if small else self._chain(entry.start))[: entry.size]
        if len(found) < entry.size:
            raise Damaged("a stream is cut short")
        return found

    def _sectors(self) -> tuple[int, ...]:
        """Return the table that names the next sector of each: its own sectors are listed in the header and beyond."""
        listed = [*struct.unpack_from("<109I", self._data, 76)]
        more, count = struct.unpack_from("<II", self._data, 68)
        while more <= _LAST and count > 0 and len(listed) * self._size <= len(self._data) + 110 * self._size:
            numbers = _numbers(self._sector(more))
            listed += numbers[:-1]
            more, count = numbers[-1] if numbers else _END, count - 1
        used = [number for number in listed if number <= _LAST]
        if len(used) * self._size > len(self._data):
            raise Damaged("more sectors are listed than there are")
        return _numbers(b"".join(map(self._sector, used)))

    def _sector(self, number: int) -> bytes:
        return self._data[(number + 1) * self._size : (number + 2) * self._size]

    def _chain(self, start: int) -> bytes:
        return b"".join(map(self._sector, _follow(self._table, start)))

    def _mini_chain(self, start: int) -> bytes:
        size = self._mini_size
        return b"".join(self._mini[number * size : (number + 1) * size] for number in _follow(self._mini_table, start))

    def _entries(self, directory: bytes) -> dict[str, _Entry]:
        found: dict[str, _Entry] = {}
        for place in range(0, min(len(directory), _MOST_ENTRIES * _ENTRY) - _ENTRY + 1, _ENTRY):
            length, kind = struct.unpack_from("<HB", directory, place + 64)
            start, size = struct.unpack_from("<II", directory, place + 116)
            if kind in (2, 5) and 2 <= length <= 64:
                name = directory[place : place + length - 2].decode("utf-16-le", "replace")
                found.setdefault(name, _Entry(kind, start, size))
        return found


def properties(compound: Compound) -> dict[str, str]:
    """Return what the file says of itself, in the form of `said`; nothing where that cannot be read ([MS-OLEPS])."""
    if _SUMMARY not in compound.names:
        return {}
    try:
        values = _values(compound.stream(_SUMMARY))
    except (Damaged, struct.error):
        return {}
    return said.of(
        title=values.get(_TITLE, ""),
        author=values.get(_AUTHOR, ""),
        created=values.get(_CREATED, ""),
        keywords=values.get(_KEYWORDS, ""),
    )


def _values(data: bytes) -> Mapping[int, str]:
    (start,) = struct.unpack_from("<I", data, 44)
    _, count = struct.unpack_from("<II", data, start)
    places = dict(struct.unpack_from("<II", data, start + 8 + 8 * one) for one in range(min(count, 64)))
    page = 1252
    if _CODE_PAGE in places:
        (page,) = struct.unpack_from("<H", data, start + places[_CODE_PAGE] + 4)
    encoding = {65001: "utf-8", 1200: "utf-16-le"}.get(page, f"cp{page}")
    found = {}
    for name, place in places.items():
        kind, length = struct.unpack_from("<II", data, start + place)
        at = start + place + 8
        if kind == _ANSI:
            found[name] = _decoded(data[at : at + length], encoding)
        elif kind == _WIDE:
            found[name] = _decoded(data[at : at + 2 * length], "utf-16-le")
        elif kind == _FILE_TIME:
            found[name] = said.day((struct.unpack_from("<Q", data, at - 4)[0]) / 10_000_000 - _EPOCH_1601)
    return found


def _decoded(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding, "replace").rstrip("\0")
    except LookupError:
        return data.decode("cp1252", "replace").rstrip("\0")


def _numbers(data: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4])


def _follow(table: tuple[int, ...], start: int) -> list[int]:
    """Return the sectors of a chain. Raises Damaged for one that leaves the table or runs in a circle."""
    chain: list[int] = []
    while start <= _LAST:
        if start >= len(table) or len(chain) > len(table):
            raise Damaged("a chain of sectors is broken")
        chain.append(start)
        start = table[start]
    return chain
