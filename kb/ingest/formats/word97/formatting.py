"""What Word 97-2003 keeps about stretches of its text: which are hidden or deleted, which paragraphs are headings or
end a row of a table ([MS-DOC] 2.6, 2.9.32, 2.9.175).
"""

import struct
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kb.ingest.formats.word97.pieces import Piece, Word

_STYLES, _CHARACTERS, _PARAGRAPHS = 1, 12, 13  # tables of the header
_PAGE = 512
_DELETED, _HIDDEN = 0x0800, 0x083C
_BEGINS_PAGE, _IN_TABLE, _ROW_END, _OUTLINE = 0x2407, 0x2416, 0x2417, 0x2640
_OPERANDS = {0: 1, 1: 1, 2: 2, 3: 4, 4: 2, 5: 2, 7: 3}
_LONG = {0xD608: 2}  # the length of this one's operand has two bytes
_TITLE = 62
_DEEPEST = 6
GONE = "\0"
"""Stands for a character that is hidden or deleted."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """`level` is 1 to 6 for a heading, else 0."""

    level: int = 0
    begins_page: bool = False
    in_table: bool = False
    ends_row: bool = False


def seen(word: Word) -> str:
    """Return the text with GONE in the place of each character that no reader sees."""
    runs = [(start, end) for start, end, data in _described(word, _CHARACTERS, 1) if _is_unseen(data)]
    runs.sort()
    return "".join(_without(piece, runs) for piece in word.pieces)


def paragraphs(word: Word) -> dict[int, Paragraph]:
    """Return {place of the sign that ends it in the text: paragraph}."""
    styles = _levels(word.table(_STYLES))
    found = sorted((start, end, data) for start, end, data in _described(word, _PARAGRAPHS, 13))
    starts = [start for start, _, _ in found]
    ends = {}
    for place, byte in word.ends():
        number = bisect_right(starts, byte) - 1
        if number >= 0 and byte < found[number][1]:
            ends[place] = _paragraph(found[number][2], styles)
    return ends


def _without(piece: Piece, runs: list[tuple[int, int]]) -> str:
    text = piece.text
    end = piece.byte + len(text) * piece.width
    for first, last in runs[max(0, bisect_right(runs, (piece.byte, 0)) - 1) :]:
        if first >= end:
            break
        left = max(0, (first - piece.byte) // piece.width)
        right = min(len(text), (last - piece.byte) // piece.width)
        if left < right:
            text = text[:left] + GONE * (right - left) + text[right:]
    return text


def _described(word: Word, table: int, width: int) -> Iterator[tuple[int, int, bytes]]:
    """Yield (first byte, last byte, properties) of each stretch; `width` is of the rows that place the properties."""
    plc = word.table(table)
    count = (len(plc) - 4) // 8
    for number in range(count):
        (page,) = struct.unpack_from("<I", plc, 4 * (count + 1) + 4 * number)
        place = (page & 0x3FFFFF) * _PAGE
        yield from _of_page(word.main[place : place + _PAGE], width)


def _of_page(page: bytes, width: int) -> Iterator[tuple[int, int, bytes]]:
    if len(page) < _PAGE:
        return
    runs = page[_PAGE - 1]
    if 4 * (runs + 1) + width * runs > _PAGE:
        return
    bounds = struct.unpack_from(f"<{runs + 1}I", page)
    for number in range(runs):
        at = 2 * page[4 * (runs + 1) + width * number]
        yield bounds[number], bounds[number + 1], _properties(page, at, is_paragraph=width > 1) if at else b""


def _properties(page: bytes, at: int, *, is_paragraph: bool) -> bytes:
    length = page[at]
    if not is_paragraph:
        return page[at + 1 : at + 1 + length]
    if length:
        return page[at + 1 : at + 2 * length]
    return page[at + 2 : at + 2 + 2 * page[at + 1]] if at + 1 < _PAGE else b""


def _changes(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield (name, operand) of each property ([MS-DOC] 2.2.5)."""
    at = 0
    while at + 3 <= len(data):
        (name,) = struct.unpack_from("<H", data, at)
        at += 2
        length = _OPERANDS.get(name >> 13, 0)
        if not length:
            size = _LONG.get(name, 1)
            length = int.from_bytes(data[at : at + size], "little") - (size - 1)
            at += size
        yield name, data[at : at + length]
        at += max(1, length)


def _is_unseen(data: bytes) -> bool:
    return any(name in (_DELETED, _HIDDEN) and operand[:1] == b"\1" for name, operand in _changes(data))


def _paragraph(data: bytes, styles: Mapping[int, int]) -> Paragraph:
    if len(data) < 2:
        return Paragraph()
    told = {name: operand[:1] for name, operand in _changes(data[2:])}
    level = styles.get(int.from_bytes(data[:2], "little"), 0)
    if _OUTLINE in told:
        outline = int.from_bytes(told[_OUTLINE], "little")
        level = outline + 1 if outline < _DEEPEST else 0
    return Paragraph(level, *(told.get(name) == b"\1" for name in (_BEGINS_PAGE, _IN_TABLE, _ROW_END)))


def _levels(sheet: bytes) -> dict[int, int]:
    """Return the level of each style that makes a heading: those that Word itself brings ([MS-DOC] 2.9.271)."""
    levels: dict[int, int] = {}
    if len(sheet) < 4:
        return levels
    header, count = struct.unpack_from("<HH", sheet)
    at = 2 + header
    for number in range(count):
        if at + 4 > len(sheet):
            break
        length, name = struct.unpack_from("<HH", sheet, at)
        kind = name & 0x0FFF
        if length and (1 <= kind <= 9 or kind == _TITLE):
            levels[number] = 1 if kind == _TITLE else min(kind, _DEEPEST)
        at += 2 + length + length % 2
    return levels
