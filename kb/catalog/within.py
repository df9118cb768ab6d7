"""Tables within a document (indicators, steps, a contact) as columns of a table of documents.

A cell of them has a column of its own, by code `indicators.2.after`, or as people write it: «المؤشرات 2: بعد». Rows are
numbered from 1; one without a filled cell is none, and those after it move up. A card, as a contact, has no number.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from kb.catalog import fields
from kb.catalog.content_type import ContentType, Field

OFFERED: Final = 2
"""Rows of each table that a template has columns for; more are written by their numbers."""

_NUMBER: Final = re.compile(r"\d+")
_ANY: Final = "#"
_LONGEST: Final = 500
"""Characters of a heading."""

Fold = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Cell:
    """`row` is 0 in the columns of a type, which are alike for all rows."""

    field: Field
    column: fields.Column
    row: int = 0

    @property
    def code(self) -> str:
        return f"{self.field.name}.{self.column.name}" if self._is_alone else f"{self._numbered}.{self.column.name}"

    def heading(self, language: str) -> str:
        label = _label(self.field.label, language, self.field.name)
        above = label if self._is_alone else f"{label} {self.row}"
        return f"{above}: {_label(self.column.label, language, self.column.name)}"

    @property
    def _is_alone(self) -> bool:
        return self.field.kind.shape == "record"

    @property
    def _numbered(self) -> str:
        return f"{self.field.name}.{self.row}"


def offered(kind: ContentType) -> Iterator[Cell]:
    """Yield the cells that a template of the type has columns for."""
    for field in kind.fields:
        if field.kind.shape in {"rows", "record"}:
            for row in range(1, OFFERED + 1 if field.kind.shape == "rows" else 2):
                yield from (Cell(field, column, row) for column in field.kind.columns)


class Columns:
    """Finds the cell that a heading stands for; `fold` makes spellings of a heading one."""

    def __init__(self, kind: ContentType, languages: Sequence[str], fold: Fold) -> None:
        self._fold = fold
        self._known: dict[str, Cell] = {}
        for cell in offered(kind):
            if cell.row == 1:
                headed = [cell.heading(language) for language in languages]
                for text in (cell.code, *headed, *(f"{text} ({cell.code})" for text in headed)):
                    self._known.setdefault(_NUMBER.sub(_ANY, fold(text), count=1), Cell(cell.field, cell.column))

    def find(self, heading: str) -> Cell | None:
        """Return the cell, None for a heading that is not one of these."""
        if len(heading) > _LONGEST:
            return None
        folded = self._fold(heading)
        for number in (*_NUMBER.finditer(folded), None):
            spelled = folded[: number.start()] + _ANY + folded[number.end() :] if number else folded
            cell = self._known.get(spelled)
            if cell is not None:
                row = int(number[0]) if number else 1
                return Cell(cell.field, cell.column, row) if 0 < row <= fields.ROWS else None
        return None


def table(field: Field, said: Mapping[int, Mapping[str, tuple[str, Any]]]) -> tuple[Any, dict[str, str]]:
    """Return the value of a field from its cells, and what is wrong with them by their headings.

    `said` has (heading, value) by row and column.
    """
    wrong: dict[str, str] = {}
    found = []
    for number, cells in sorted(said.items()):
        for column in field.kind.columns:
            heading, value = cells.get(column.name, (Cell(field, column, number).code, None))
            try:
                if fields.blank(fields.chosen(column.kind, column.choices, value)) and column.required:
                    wrong[heading] = "required"
            except ValueError as error:
                coded = str(error) == "malformed" and column.kind.coded
                wrong[heading] = "unknown-choice" if coded else str(error)
        found.append({name: value for name, (_, value) in cells.items()})
    return (found[0] if field.kind.shape == "record" else found), wrong


def _label(labels: fields.Label, language: str, otherwise: str) -> str:
    return labels.get(language) or otherwise
