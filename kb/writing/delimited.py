"""Tables as CSV that a spreadsheet opens right with a double click: RFC 4180 in UTF-8 with its mark at the start."""

import csv
import io
from collections.abc import Iterator
from typing import Final

from kb.writing.table import Cell, Table, is_formula, written

MEDIA_TYPE: Final = "text/csv"
MARK: Final = "\ufeff"

# Excel divides by the list separator of the system: a semicolon where the decimal sign is a comma, as in Morocco.
_SEPARATORS: Final = {"ar": ";", "fr": ";"}


def write(table: Table) -> Iterator[str]:
    """Yield the file row by row; the mark of its encoding first."""
    yield MARK
    separator = _SEPARATORS.get(table.language, ",")
    yield _line(table.columns, separator)
    for row in table.rows:
        yield _line(row, separator)
    if table.note:
        yield _line((table.note,), separator)


def safe(cell: Cell) -> str:
    """Return the cell so that no spreadsheet computes it: an apostrophe stands before what it could take for a formula.

    What an author wrote with a line end or a tab in front is looked at as it was, before these became blanks.
    """
    text = written(cell)
    return f"'{text}" if is_formula(text) or (isinstance(cell, str) and is_formula(cell)) else text


def _line(cells: tuple[Cell, ...], separator: str) -> str:
    line = io.StringIO()
    csv.writer(line, delimiter=separator, lineterminator="\r\n").writerow([safe(cell) for cell in cells])
    return line.getvalue()
