"""Which shapes of an embedded TrueType font are Arabic characters, by its own table.

OpenType, `cmap`, formats 4 and 12. Asked where the PDF itself does not say what a shape stands for.
"""

import struct
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

_CHARACTERS = (*range(0x0621, 0x06D4), *range(0x0750, 0x0780), *range(0xFB50, 0xFDFD), *range(0xFE70, 0xFEFD))
_UNICODE = {(0, number) for number in range(7)} | {(3, 1), (3, 10)}


class _Segment(NamedTuple):
    """Characters `first` to `last` are the shapes from `shape` on, or as the numbers at `listed` in the table say."""

    first: int
    last: int
    shape: int
    listed: int = 0


def arabic(font: bytes) -> dict[int, str]:
    """Return the character of each shape that has one of its own; nothing where the font cannot be followed."""
    found: dict[int, str] = {}
    try:
        for table in _tables(font):
            segments = sorted(_segments(table))
            ends = [segment.last for segment in segments]
            for code in _CHARACTERS:
                if shape := _shape(table, segments, ends, code):
                    found.setdefault(shape, chr(code))
    except (struct.error, IndexError):
        return {}
    return found


def _tables(font: bytes) -> Iterator[bytes]:
    (count,) = struct.unpack_from(">H", font, 4)
    for name, _, offset, length in (struct.unpack_from(">4sLLL", font, 12 + 16 * n) for n in range(count)):
        if name == b"cmap":
            whole = font[offset : offset + length]
            (own,) = struct.unpack_from(">H", whole, 2)
            for n in range(own):
                platform, encoding, start = struct.unpack_from(">HHL", whole, 4 + 8 * n)
                if (platform, encoding) in _UNICODE:
                    yield whole[start:]


def _segments(table: bytes) -> list[_Segment]:
    (form,) = struct.unpack_from(">H", table)
    if form == 12:
        (count,) = struct.unpack_from(">L", table, 12)
        return [_Segment(*struct.unpack_from(">LLL", table, 16 + 12 * n)) for n in range(min(count, len(table) // 12))]
    if form != 4:
        return []
    (count,) = struct.unpack_from(">H", table, 6)
    count //= 2
    lasts, firsts, deltas, offsets = (
        struct.unpack_from(f">{count}H", table, 14 + 2 * count * n + (2 if n else 0)) for n in range(4)
    )
    place = 16 + 6 * count
    return [
        _Segment(first, last, first + delta if not offset else delta, place + 2 * n + offset if offset else 0)
        for n, (first, last, delta, offset) in enumerate(zip(firsts, lasts, deltas, offsets, strict=True))
    ]


def _shape(table: bytes, segments: Sequence[_Segment], ends: Sequence[int], code: int) -> int:
    place = bisect_left(ends, code)
    if place == len(segments) or segments[place].first > code:
        return 0
    first, _, shape, listed = segments[place]
    if not listed:
        return (shape + code - first) & 0xFFFF
    (number,) = struct.unpack_from(">H", table, listed + 2 * (code - first))
    return (number + shape) & 0xFFFF if number else 0
