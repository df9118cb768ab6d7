"""Rows to be written as a table, whatever the format."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from kb.writing.citation import Dated
from kb.writing.plain import plain

_FORMULA: Final = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")


@dataclass(frozen=True, slots=True)
class Link:
    """An absolute address of ours."""

    address: str


Cell = str | int | Dated | Link | None


@dataclass(frozen=True, slots=True)
class Table:
    """`language` is the reader's: it decides the direction of the sheet. `note` stands below the last row."""

    title: str
    language: str
    columns: tuple[str, ...]
    rows: Iterable[tuple[Cell, ...]]
    note: str = ""


def is_formula(text: str) -> bool:
    """Whether a spreadsheet may take the text for something to compute."""
    return _FORMULA.match(text) is not None


def written(cell: Cell) -> str:
    """Return the cell as plain text: dates as ISO 8601, to the precision that is known."""
    match cell:
        case None:
            return ""
        case Link(address):
            return address
        case Dated():
            points = cell.points()
            ends = ["-".join(f"{part:02d}" for part in point) for point in points]
            return "/".join(ends) if cell.last is not None else f"{ends[0]}/.."
        case _:
            return plain(str(cell))
