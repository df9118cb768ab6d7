"""Word documents of 1997 to 2003 (DOC), from their binary form: no program outside is needed."""

import re
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from kb.ingest import headings, media, ole, paging, said
from kb.ingest.extraction import Damaged, Extraction, Limits
from kb.ingest.formats.word97 import formatting
from kb.ingest.formats.word97.formatting import GONE, Paragraph
from kb.ingest.formats.word97.pieces import Word, whole
from kb.ingest.paging import Block
from kb.ingest.tidy import tidy

_EDGES = 11  # table of the header that places headers and footers
_HEADERS = (0, 1, 4)  # of the six of a section: even, odd, first; the others are footers
_FIELD = re.compile("([\x13\x14\x15])")
# Pictures, references to notes and comments, separators; an optional hyphen.
_SIGNS = re.compile(f"[{GONE}\x01-\x06\x08\x1f]")
_PLAIN = str.maketrans({"\x0b": "\n", "\x0e": "\n", "\x1e": "-"})
_PART = re.compile("[^\r\x07\x0c]*[\r\x07\x0c]?")


class Word97:
    """As DOCX is read: pages end at written page breaks, tables and headings are regions, notes follow the text.

    Hidden and deleted text is left out, and so are comments. Word before 97 is Unsupported.
    """

    stamp = "word97/1"
    media_types = frozenset({media.DOC})

    def extract(self, path: Path, limits: Limits) -> Extraction:
        compound = ole.Compound(path.read_bytes())
        try:
            word = Word(compound)
            text = formatting.seen(word)
            main, notes, edges, _, endnotes, boxes = _stories(word, text)
            blocks = [
                *_blocks(main, formatting.paragraphs(word)),
                *_plain(boxes),
                paging.BREAK,
                *map(paging.note, _plain(notes)),
                *map(paging.note, _plain(endnotes)),
            ]
            head, foot = _apart(word.table(_EDGES), edges)
        except (struct.error, IndexError) as error:
            raise Damaged(f"no Word document: {error}") from error
        pages = tuple(replace(page, head=head, foot=foot) for page in paging.pages(blocks, limits))
        meta = ole.properties(compound) | said.of(heading=headings.first(pages))
        return Extraction(pages=pages, meta=meta, outline=paging.outline(pages), by=self.stamp)


def _stories(word: Word, text: str) -> list[str]:
    """Return main text, footnotes, headers, comments, endnotes and text boxes ([MS-DOC] 2.3)."""
    counts = (word.text_chars, word.note_chars, word.edge_chars, word.comment_chars, word.endnote_chars, word.box_chars)
    stories, start = [], 0
    for count in counts:
        stories.append(text[start : start + count])
        start += count
    if len(text) < word.text_chars:
        raise Damaged("text is missing")
    return stories


def _blocks(text: str, ends: Mapping[int, Paragraph]) -> Iterator[str | Block]:
    """Yield paragraphs, and tables when their last row is over."""
    rows: list[list[str]] = []
    cells: list[str] = []
    cell: list[str] = []
    for match in _PART.finditer(_without_fields(text)):
        written, sign = match[0].rstrip("\r\x07\x0c"), match[0][-1:]
        told = ends.get(match.end() - 1, Paragraph())
        if sign == "\x07" or told.in_table:
            if told.ends_row:
                rows, cells = [*rows, cells], []
            else:
                cell.append(_clean(written))
            if sign == "\x07" and not told.ends_row:
                cells, cell = [*cells, " ".join(cell)], []
            continue
        if rows:
            yield paging.table(rows)
            rows, cells, cell = [], [], []
        if told.begins_page:
            yield paging.BREAK
        shown = _clean(written)
        yield paging.heading(" ".join(shown.split()), told.level) if told.level and shown.strip() else shown
        if sign == "\x0c":
            yield paging.BREAK
    if rows or cells:
        yield paging.table([*rows, cells])


def _without_fields(text: str) -> str:
    """Take out what fields ask for and keep what they show; places in the text stay as they are."""
    pieces, asking = [], 0
    open_fields: list[bool] = []  # whether each is still asking
    for piece in _FIELD.split(text):
        if piece == "\x13":
            open_fields.append(True)
            asking += 1
        elif piece in ("\x14", "\x15") and open_fields:
            asking -= open_fields[-1]
            open_fields[-1] = False
            if piece == "\x15":
                open_fields.pop()
        elif piece not in ("\x14", "\x15"):
            pieces.append(re.sub("[^\r\x07\x0c]", GONE, piece) if asking else piece)
            continue
        pieces.append(GONE)
    return "".join(pieces)


def _clean(text: str) -> str:
    return whole(_SIGNS.sub("", text).translate(_PLAIN))


def _plain(story: str) -> Iterator[str]:
    return (_clean(part) for part in re.split("[\r\x07\x0c]", _without_fields(story)))


def _apart(table: bytes, story: str) -> tuple[str, str]:
    """Return the header and footer that all sections share; numbers of pages are no part of them."""
    places: Sequence[int] = struct.unpack(f"<{len(table) // 4}I", table[: len(table) // 4 * 4])
    found: tuple[set[str], set[str]] = (set(), set())
    for number, (start, end) in enumerate(pairwise(places)):
        lines = [tidy(each) for each in _plain(story[start:end])]
        text = "\n".join(each for each in lines if any(char.isalpha() for char in each))
        if text:
            found[number % 6 not in _HEADERS].add(text)
    head, foot = (each.pop() if len(each) == 1 else "" for each in found)
    return head, foot
