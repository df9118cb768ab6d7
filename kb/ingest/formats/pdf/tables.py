"""Ruled tables among the lines of a page: their cells are lines of their own, their rows are written as one line."""

import statistics
from collections.abc import Collection, Iterable, Sequence
from itertools import groupby

from kb.ingest.formats.pdf import grids, lines, order
from kb.ingest.formats.pdf.lines import Line
from kb.ingest.formats.pdf.sheet import Cell, Glyph, Rule
from kb.ingest.formats.pdf.written import Frame, Written

_RTL_SHARE = 0.6
_LONG_CELL = 400  # characters above which a cell holds running text
_CELL_LETTERS = 120


class Table(Line):
    """All of a table as one line at its top, so that it finds its place among the others; `inside` are its lines."""

    __slots__ = ("inside",)
    inside: list[Line]


def found(glyphs: Sequence[Glyph], rules: Sequence[Rule]) -> tuple[list[Glyph], list[Table]]:
    """Return the glyphs outside of tables, and the tables."""
    drawn = grids.grids(rules) if rules else []
    if not drawn:
        return list(glyphs), []
    outside: list[Glyph] = []
    held: dict[int, dict[tuple[int, int], list[Glyph]]] = {}
    for glyph in glyphs:
        for number, grid in enumerate(drawn):
            if cell := grid.cell(glyph):
                held.setdefault(number, {}).setdefault(cell, []).append(glyph)
                break
        else:
            outside.append(glyph)
    tables = [table for number, cells in held.items() if (table := _table(number + 1, cells, drawn[number]))]
    return outside, tables


def as_seen(rules: Sequence[Rule], seen: Frame) -> Sequence[Rule]:
    """Return the rules as text of this angle sees them."""
    if seen.cos == 1.0:
        return rules
    turned = []
    for x0, y0, x1, y1 in rules:
        xs = sorted(x * seen.cos + y * seen.sin for x, y in ((x0, y0), (x1, y1)))
        ys = sorted(y * seen.cos - x * seen.sin for x, y in ((x0, y0), (x1, y1)))
        turned.append(Rule(xs[0], ys[0], xs[1], ys[1]))
    return turned


def expanded(ordered: Iterable[Line]) -> list[Line]:
    """Return the lines with each table's own in its place."""
    return [inner for line in ordered for inner in (line.inside if isinstance(line, Table) else [line])]


def in_rows(written: Sequence[Written], cells: Sequence[Cell | None]) -> list[Written]:
    """Return the lines with each row of a table as one; a table whose cells hold running text stays as it is."""
    result: list[Written] = []
    numbered = zip(written, cells, strict=True)
    for table, of_table in groupby(numbered, key=lambda each: each[1][0] if each[1] else 0):
        own = list(of_table)
        if not table or _is_running(own):
            result += [line for line, _ in own]
            continue
        used = {cell.column for _, cell in own if cell}
        for _, of_row in groupby(own, key=lambda each: each[1][1] if each[1] else 0):
            result.append(_row(table, list(of_row), used))
    return result


def _table(number: int, cells: dict[tuple[int, int], list[Glyph]], grid: grids.Grid) -> Table | None:
    placed: dict[tuple[int, int], list[Line]] = {}
    for place, glyphs in cells.items():
        placed[place] = lines.lines(glyphs)
        for line in placed[place]:
            line.cell = Cell(number, *place, grid.last_column(place))
    every = [line for own in placed.values() for line in own]
    if not every:
        return None
    rtl = sum(line.rtl for line in every) > _RTL_SHARE * sum(line.latin for line in every)
    in_order = sorted(placed, key=lambda place: (place[0], -place[1] if rtl else place[1]))
    inside = [line for place in in_order for block in order.order(placed[place], rtl=rtl) for line in block]
    size = statistics.median(line.size for line in every)
    table = Table(
        glyphs=[glyph for line in inside for glyph in line.glyphs],
        x0=grid.xs[0],
        x1=grid.xs[-1],
        y=grid.ys[0] - size,
        size=size,
        rtl=sum(line.rtl for line in every),
        latin=sum(line.latin for line in every),
    )
    table.inside = inside
    return table


def _is_running(own: Sequence[tuple[Written, Cell | None]]) -> bool:
    """Return whether the cells are boxes of running text rather than those of a table."""
    lengths: dict[Cell | None, int] = {}
    for line, cell in own:
        lengths[cell] = lengths.get(cell, 0) + len(line.text)
    return len(lengths) < 2 or max(lengths.values()) > _LONG_CELL or statistics.median(lengths.values()) > _CELL_LETTERS


def _row(table: int, own: Sequence[tuple[Written, Cell | None]], used: Collection[int]) -> Written:
    """Return the cells of a row as one line; `used` are the columns in which the table has something."""
    lines = [line for line, _ in own]
    texts: dict[Cell, list[str]] = {}
    for line, cell in own:
        if cell:
            texts.setdefault(cell, []).append(line.text)
    order = list(texts)
    rtl = lines[0].rtl if len(order) == 1 else order[0].column > order[-1].column
    columns = [number for number in sorted(used, reverse=rtl) if not any(c.column < number <= c.last for c in order)]
    by_column = {cell.column: " ".join(filter(None, found)) for cell, found in texts.items()}
    first = lines[0]
    return Written(
        text="\t".join(by_column.get(number, "") for number in columns).rstrip("\t"),
        places=tuple(place for line in lines for place in line.places),
        x0=min(line.x0 for line in lines),
        x1=max(line.x1 for line in lines),
        y=max(line.y for line in lines),
        size=statistics.median(line.size for line in lines),
        rtl=first.rtl,
        bold=all(line.bold for line in lines),
        letters=sum(line.letters for line in lines),
        angle=first.angle,
        table=table,
    )
