"""The text of a Word 97-2003 document as its table of pieces gives it ([MS-DOC] 2.4.1), story after story."""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from kb.ingest.extraction import Damaged, Encrypted, TooCostly, Unsupported
from kb.ingest.ole import Compound

_WORD_97 = 193
_ENCRYPTED, _TABLE_1 = 0x0100, 0x0200
_COMPRESSED = 0x40000000
_COUNTS = 76  # where the lengths of the stories stand
_TABLES = 154  # where the places of the tables stand, 8 bytes each
_CLX = 33
_MOST_CHARS = 50_000_000
_ENDS = re.compile("[\r\x07\x0c]")


@dataclass(frozen=True, slots=True)
class Piece:
    """`start` is the place in the text, `byte` that in the stream; a character has `width` bytes there."""

    start: int
    text: str
    byte: int
    width: int


class Word:
    """The streams of a document, opened: its pieces and the lengths of its stories, in characters."""

    def __init__(self, compound: Compound) -> None:
        self.main = compound.stream("WordDocument")
        if len(self.main) < _TABLES + 8 * (_CLX + 1):
            raise Damaged("the header is cut short")
        (version,) = struct.unpack_from("<H", self.main, 2)
        (flags,) = struct.unpack_from("<H", self.main, 10)
        if flags & _ENCRYPTED:
            raise Encrypted("protected by a password")
        if version < _WORD_97:
            raise Unsupported("a Word document from before Word 97: save it as DOCX")
        self._tables = compound.stream("1Table" if flags & _TABLE_1 else "0Table")
        self.text_chars, self.note_chars, self.edge_chars, _, self.comment_chars, self.endnote_chars, self.box_chars = (
            struct.unpack_from("<7I", self.main, _COUNTS)
        )
        self.pieces = tuple(self._pieces())

    def table(self, number: int) -> bytes:
        """Return one of the tables that the header places, "" for one that is not there."""
        place, length = struct.unpack_from("<II", self.main, _TABLES + 8 * number)
        return self._tables[place : place + length]

    def ends(self) -> Iterator[tuple[int, int]]:
        """Yield (place in the text, place in the stream) of each sign that ends a paragraph."""
        for piece in self.pieces:
            for match in _ENDS.finditer(piece.text):
                yield piece.start + match.start(), piece.byte + match.start() * piece.width

    def _pieces(self) -> Iterator[Piece]:
        places, described = self._described()
        if sorted(places) != list(places) or places[-1] > _MOST_CHARS:
            raise TooCostly("more text than a document can have")
        for number, (start, end) in enumerate(pairwise(places)):
            (told,) = struct.unpack_from("<I", described, 8 * number + 2)
            packed = bool(told & _COMPRESSED)
            byte = (told & ~_COMPRESSED) // 2 if packed else told
            width = 1 if packed else 2
            data = self.main[byte : byte + (end - start) * width]
            if len(data) < (end - start) * width:
                raise Damaged("text is missing")
            text = data.decode("cp1252" if packed else "utf-16-le", "replace")
            yield Piece(start, text if len(text) == end - start else _units(data), byte, width)

    def _described(self) -> tuple[tuple[int, ...], bytes]:
        """Return the places of the pieces and their descriptions, behind the changes that pieces share."""
        clx = self.table(_CLX)
        at = 0
        while at + 3 <= len(clx) and clx[at] == 1:
            at += 3 + int(struct.unpack_from("<H", clx, at + 1)[0])
        if at + 5 > len(clx) or clx[at] != 2:
            raise Damaged("no table of pieces")
        (length,) = struct.unpack_from("<I", clx, at + 1)
        count = (length - 4) // 12
        if count < 1 or at + 5 + length > len(clx):
            raise Damaged("no table of pieces")
        places = struct.unpack_from(f"<{count + 1}I", clx, at + 5)
        return places, clx[at + 5 + 4 * (count + 1) :]


def _units(data: bytes) -> str:
    """Return UTF-16 as its halves, for the places of a text count these; `whole` joins them again."""
    return "".join(map(chr, struct.unpack(f"<{len(data) // 2}H", data)))


def whole(text: str) -> str:
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
