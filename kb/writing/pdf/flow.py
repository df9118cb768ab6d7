"""Blocks flow down pages: lines are broken, tables are set, every page gets its foot."""

from dataclasses import dataclass
from typing import Final

from kb.writing.pdf import canvas
from kb.writing.pdf.canvas import BOLD, FAINT, GREEN, HEIGHT, INK, LINE, MARGIN, REGULAR, WIDTH, Pen
from kb.writing.pdf.lines import broken
from kb.writing.pdf.paper import Block, Facts, Grid, Heading, Look, Paper, Points, Words
from kb.writing.pdf.shaping import runs_right_to_left
from kb.writing.plain import paragraphs, plain

_BOTTOM: Final = 74.0
_TOP: Final = HEIGHT - MARGIN
_INDENT: Final = 14.0
_LEADING: Final = 1.62
"""Height of a line by the size of its letters: Naskh needs room for marks above and below."""


@dataclass(frozen=True, slots=True)
class Type:
    font: str
    size: float
    colour: str
    after: float


_LOOKS: Final[dict[Look, Type]] = {
    "title": Type(BOLD, 21, GREEN, 6),
    "lead": Type(REGULAR, 13.5, INK, 6),
    "name": Type(BOLD, 13, GREEN, 1),
    "body": Type(REGULAR, 12, INK, 4),
    "label": Type(BOLD, 10.5, FAINT, 0),
    "small": Type(REGULAR, 10, FAINT, 3),
    "address": Type(REGULAR, 9, GREEN, 10),
}
_KEPT: Final = 90.0
"""Room below a heading or a label for the first of what it announces."""
_LABELS: Final = 130.0
"""Width of the column of labels."""
_SHORT: Final = 120
"""Letters of a value that stands beside its label; a longer one stands below."""
_WITH_NEXT: Final = frozenset({"name", "label"})
_HEADING: Final = Type(BOLD, 15, INK, 3)
_POINT: Final = Type(REGULAR, 12, INK, 0)
_CELL: Final = Type(REGULAR, 10.5, INK, 0)
_HEAD: Final = Type(BOLD, 10.5, GREEN, 0)
_FOOT: Final = Type(REGULAR, 9, FAINT, 0)


def write(paper: Paper) -> bytes:
    """Return the paper as PDF. It is laid out twice: only then is it known how many pages there are."""
    pages = _Flow(paper, 0).run()[1]
    return _Flow(paper, pages).run()[0]


class _Flow:
    """`_y` is the upper edge of what comes next."""

    def __init__(self, paper: Paper, pages: int) -> None:
        self._paper = paper
        self._pages = pages
        self._page = 1
        self._pen = Pen(paper, dry=not pages)
        self._y = _TOP

    def run(self) -> tuple[bytes, int]:
        for block in self._paper.blocks:
            self._put(block)
        self._foot()
        self._pen.turn()
        return self._pen.done(), self._page

    def _put(self, block: Block) -> None:
        match block:
            case Heading(text):
                self._heading(plain(text))
            case Words(text, look, address):
                if look in _WITH_NEXT:
                    self._need(_KEPT)
                    self._y -= 3
                for part in paragraphs(text):
                    self._words(part, _LOOKS[look], address=address)
            case Points(texts):
                for text in texts:
                    self._point(plain(text))
                self._y -= _LOOKS["body"].after
            case Facts(pairs):
                for label, value in pairs:
                    self._fact(plain(label), value)
            case Grid():
                self._grid(block)

    def _heading(self, text: str) -> None:
        self._need(_HEADING.size * _LEADING + _KEPT)
        self._y -= 10
        self._pen.rule(MARGIN, self._y, WIDTH - 2 * MARGIN, LINE)
        self._y -= 4
        self._pen.mark(text, self._y)
        self._words(text, _HEADING)

    def _words(self, text: str, type: Type, *, indent: float = 0.0, address: str = "") -> None:
        """Write a paragraph; `indent` is from the edge where text begins."""
        right = runs_right_to_left(text, otherwise=self._paper.right_to_left)
        room = WIDTH - 2 * MARGIN - indent
        for line in broken(text, room, lambda word: canvas.width(word, type.font, type.size)):
            self._need(type.size * _LEADING)
            self._y -= type.size * _LEADING
            x, length = self._at(line, type, MARGIN, WIDTH - 2 * MARGIN, indent)
            baseline = self._y + type.size * 0.45
            self._pen.line(line, x, baseline, type.font, type.size, type.colour, right_to_left=right)
            if address:
                self._pen.link(address, x, self._y, length, type.size * _LEADING)
        self._y -= type.after

    def _at(self, line: str, type: Type, left: float, room: float, indent: float = 0.0) -> tuple[float, float]:
        """Return where a line begins, from the left, and how long it is: it stands at the edge its paper begins at."""
        length = canvas.width(line, type.font, type.size)
        return (left + room - indent - length if self._paper.right_to_left else left + indent), length

    def _point(self, text: str) -> None:
        type = _POINT
        self._need(type.size * _LEADING)
        x, _ = self._at("•", type, MARGIN, WIDTH - 2 * MARGIN)
        self._pen.line("•", x, self._y - type.size * 1.17, type.font, type.size, GREEN, right_to_left=False)
        self._words(text, type, indent=_INDENT)

    def _fact(self, label: str, value: str) -> None:
        """Write a label and its value; beside each other where the value is short."""
        parts, named, body = paragraphs(value), _LOOKS["label"], _LOOKS["body"]
        if not parts:
            return
        if len(parts) > 1 or len(value) > _SHORT:
            self._need(_KEPT)
            self._words(label, named)
            for part in parts:
                self._words(part, body)
            return
        lines = broken(label, _LABELS - 10, lambda word: canvas.width(word, named.font, named.size))
        self._need(body.size * _LEADING * max(len(lines), 2))
        for number, line in enumerate(lines):
            x, _ = self._at(line, named, MARGIN, WIDTH - 2 * MARGIN)
            y = self._y - body.size * (_LEADING * (number + 1) - 0.45)
            right = self._paper.right_to_left
            self._pen.line(line, x, y, named.font, named.size, named.colour, right_to_left=right)
        below = self._y - body.size * _LEADING * len(lines) - body.after
        page = self._page
        self._words(parts[0], body, indent=_LABELS)
        self._y = self._y if self._page != page else min(self._y, below)

    def _need(self, height: float) -> None:
        """Go on to the next page where this one has no room."""
        if self._y - height < _BOTTOM:
            self._foot()
            self._pen.turn()
            self._page += 1
            self._y = _TOP

    def _foot(self) -> None:
        """Write the address, for a foot is torn off a page last, then what the paper says of itself and the folio."""
        paper, room = self._paper, WIDTH - 2 * MARGIN
        self._pen.rule(MARGIN, 58, room, GREEN, 0.8)
        length = canvas.width(paper.address, _FOOT.font, _FOOT.size)
        if length <= room:
            self._pen.line(paper.address, MARGIN, 44, _FOOT.font, _FOOT.size, _FOOT.colour, right_to_left=False)
            self._pen.link(paper.address, MARGIN, 40, length, 14)
        folio = paper.folio.format(page=self._page, pages=self._pages)
        for text, is_first in ((paper.foot, True), (folio, False)):
            x = MARGIN
            if is_first == paper.right_to_left:
                x = WIDTH - MARGIN - canvas.width(text, _FOOT.font, _FOOT.size)
            right = paper.right_to_left
            self._pen.line(text, x, 28, _FOOT.font, _FOOT.size, _FOOT.colour, right_to_left=right)

    def _grid(self, grid: Grid) -> None:
        room = WIDTH - 2 * MARGIN
        widths = _widths(grid, room)
        head = self._cells(grid.columns, widths, _HEAD)
        self._need(_height(head) + 2 * _CELL.size * _LEADING)
        self._row(head, widths, _HEAD)
        for row in grid.rows:
            cells = self._cells(row, widths, _CELL)
            if _height(cells) > _TOP - _BOTTOM - _height(head):
                self._put(Facts(tuple(zip(grid.columns, row, strict=True))))
                continue
            page = self._page
            self._need(_height(cells))
            if self._page != page:
                self._row(head, widths, _HEAD)
            self._row(cells, widths, _CELL)
        self._y -= 6

    def _cells(self, row: tuple[str, ...], widths: list[float], type: Type) -> list["_Cell"]:
        def measure(word: str) -> float:
            return canvas.width(word, type.font, type.size)

        return [
            _Cell(
                runs_right_to_left(text, otherwise=self._paper.right_to_left),
                [line for part in paragraphs(text) or [""] for line in broken(part, width - 8, measure)],
            )
            for text, width in zip(row, widths, strict=True)
        ]

    def _row(self, cells: list["_Cell"], widths: list[float], type: Type) -> None:
        left = MARGIN
        order = list(zip(cells, widths, strict=True))
        for cell, width in reversed(order) if self._paper.right_to_left else order:
            for number, line in enumerate(cell.lines, start=1):
                right = cell.right_to_left
                x, _ = self._at(line, type, left + 4, width - 8)
                y = self._y - number * type.size * _LEADING + type.size * 0.4
                self._pen.line(line, x, y, type.font, type.size, type.colour, right_to_left=right)
            left += width
        self._y -= _height(cells)
        self._pen.rule(MARGIN, self._y, WIDTH - 2 * MARGIN, GREEN if type is _HEAD else LINE)


@dataclass(frozen=True, slots=True)
class _Cell:
    right_to_left: bool
    lines: list[str]


def _height(cells: list[_Cell]) -> float:
    return max(len(cell.lines) for cell in cells) * _CELL.size * _LEADING + 3


def _widths(grid: Grid, room: float) -> list[float]:
    """Share the room by what stands in each column, none less than half of an equal share."""
    texts = [[column, *(row[place] for row in grid.rows)] for place, column in enumerate(grid.columns)]
    wanted = [
        min(max(canvas.width(plain(text)[:_SHORT], _CELL.font, _CELL.size) for text in column), room)
        for column in texts
    ]
    least = room / len(wanted) / 2
    spare = room - least * len(wanted)
    return [least + spare * one / (sum(wanted) or 1) for one in wanted]
