"""Lines become the text of a page, with the place of each word and the regions of headings, notes and tables."""

import statistics
from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise
from typing import NamedTuple

from kb.core.text import Box, Region, Span
from kb.ingest.formats.pdf import hyphens
from kb.ingest.formats.pdf.written import Written

_PARAGRAPH_GAP = 1.35
"""A distance of baselines this many times the usual one begins a paragraph."""

_ONE_ROW = 0.4  # of the size: the distance of baselines within a row
_USUAL_PITCH = 1.2
_CELL, _LINE, _PARAGRAPH = "\t", "\n", "\n\n"
_TABLE_ROWS = 2
_ROW_GAP = 4.0  # of the size: rows of a table without rules stand nearer than this


class Part(NamedTuple):
    """Lines that belong together; `kind` and `level` are those of the region they make, "" for none."""

    lines: Sequence[Written]
    kind: str = ""
    level: int = 0


class Assembled(NamedTuple):
    text: str
    boxes: tuple[Box, ...]
    regions: tuple[Region, ...]


def assemble(parts: Iterable[Part]) -> Assembled:
    """Join cells of a row by a tab, lines by a line feed, paragraphs by a blank line, halves of a word by nothing."""
    page = _Page()
    kept = [Part([line for line in part.lines if line.text], part.kind, part.level) for part in parts]
    pitches = [_pitch(above, below) for part in kept for above, below in pairwise(part.lines)]
    usual = statistics.median([pitch for pitch in pitches if pitch > 0.5] or [_USUAL_PITCH])
    for part in kept:
        if not part.lines:
            continue
        start = page.begin()
        page.add(_rows(part.lines, usual), tables=not part.kind)
        if part.kind:
            noted = part.lines[-1].noted if part.kind == "heading" else 0
            page.regions.append(Region(part.kind, Span(start, page.length - noted), part.level))
    return Assembled(page.text, tuple(page.boxes), tuple(page.regions))


class _Row(NamedTuple):
    """Lines on one baseline; `gap` is what parts them from the row before."""

    lines: list[Written]
    gap: str

    @property
    def table(self) -> int | None:
        """The number of a ruled table, 0 for cells without rules, None for a line."""
        return self.lines[0].table or (0 if len(self.lines) > 1 else None)


def _rows(lines: Sequence[Written], usual: float) -> list[_Row]:
    rows = [_Row([lines[0]], "")]
    for above, below in pairwise(lines):
        pitch = _pitch(above, below)
        if above.table or below.table:
            rows.append(_Row([below], _LINE if above.table == below.table else _PARAGRAPH))
        elif abs(pitch) < _ONE_ROW:
            rows[-1].lines.append(below)
        else:
            rows.append(_Row([below], _PARAGRAPH if pitch < 0 or pitch > _PARAGRAPH_GAP * usual else _LINE))
    for number, (above_row, row) in enumerate(pairwise(rows), 1):
        if above_row.table == row.table == 0 and 0 < _pitch(above_row.lines[0], row.lines[0]) < _ROW_GAP:
            rows[number] = _Row(row.lines, _LINE)
    return rows


def _pitch(above: Written, below: Written) -> float:
    """Return the distance of the baselines in sizes of the line below; negative where it stands higher or slanted."""
    if above.angle != below.angle:
        return -1.0
    return (above.y - below.y) / (below.size or 1.0)


class _Page:
    """A text that grows row by row."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._words = 0
        self.length = 0
        self.boxes: list[Box] = []
        self.regions: list[Region] = []

    @property
    def text(self) -> str:
        return "".join(self._pieces)

    def begin(self) -> int:
        """Begin a paragraph and return where it starts."""
        if self._pieces:
            self._write(_PARAGRAPH)
        return self.length

    def add(self, rows: Sequence[_Row], *, tables: bool) -> None:
        """Add rows that follow each other; where `tables` may be, rows of cells among them become some."""
        spans: list[tuple[int | None, int, int]] = []
        above: _Row | None = None
        for row in rows:
            if not (above and self._join(above, row)):
                self._write(row.gap)
                start = self.length
                for number, cell in enumerate(row.lines):
                    self._write(_CELL if number else "")
                    self._add(cell, cell.text)
                spans.append((row.table, start, self.length))
            above = row
        for table, of_table in groupby(spans if tables else [], key=lambda span: span[0]):
            own = list(of_table)
            if table or (table == 0 and len(own) >= _TABLE_ROWS):
                self.regions.append(Region("table", Span(own[0][1], own[-1][2])))

    def _join(self, above: _Row, row: _Row) -> bool:
        """Add a row whose first word is the second half of the last, and say so; leave any other."""
        if row.gap != _LINE or above.table is not None or row.table is not None:
            return False
        last, (first, _, rest) = above.lines[0].text.rpartition(" ")[2], row.lines[0].text.partition(" ")
        whole = hyphens.joined(last, first)
        if not whole:
            return False
        self._pieces[-1] = self._pieces[-1].removesuffix(last)
        self.length -= len(last)
        self._words -= 1
        self._add(row.lines[0], f"{whole} {rest}" if rest else whole)
        return True

    def _add(self, line: Written, text: str) -> None:
        self.boxes += [Box(word, *place) for word, place in enumerate(line.places, self._words)]
        self._words += len(line.places)
        self._write(text)

    def _write(self, text: str) -> None:
        self._pieces.append(text)
        self.length += len(text)
