"""What stands in the fields of a form as it was typed, whether it came by post, from a draft or from a document."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Self

Pairs = Sequence[tuple[str, str]]

ROW: Final = "row"
"""The field that every row of a table has, so that an empty one is there too."""


class Typed:
    """The fields by name, in the order of the form. Rows of a table are `<table>.<number>.<column>`.

    Rows stand in the order in which they came; their numbers say nothing but which fields belong together.
    """

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self.pairs: Pairs = tuple(pairs)
        self._values: dict[str, list[str]] = {}
        self._rows: dict[str, dict[str, None]] = {}
        for name, value in self.pairs:
            self._values.setdefault(name, []).append(value)
            parts = name.split(".")
            for place, part in enumerate(parts[1:], start=1):
                if part.isdecimal():
                    self._rows.setdefault(".".join(parts[:place]), {})[part] = None

    def text(self, name: str) -> str:
        """Return a field as it was typed, "" where it is missing."""
        return self._values.get(name, [""])[0]

    def all(self, name: str) -> list[str]:
        return list(self._values.get(name, ()))

    def rows(self, table: str) -> list[str]:
        """Return what the names of each row's fields begin with, in order."""
        return [f"{table}.{number}" for number in self._rows.get(table, ())]

    def says(self, name: str) -> bool:
        """Tell whether anything is typed in this field, or in one of its parts."""
        return any(value.strip() for key, value in self.under(name) if not key.endswith(f".{ROW}"))

    def under(self, name: str) -> Iterator[tuple[str, str]]:
        """Yield this field and all that belongs to it."""
        return (pair for pair in self.pairs if pair[0] == name or pair[0].startswith(f"{name}."))

    def but(self, name: str, *values: str) -> Self:
        """Return the same with this field holding these values."""
        kept = [pair for pair in self.pairs if pair[0] != name]
        return type(self)([*kept, *((name, value) for value in values)])

    def without(self, name: str) -> Self:
        """Return the same without this field or row and all that belongs to it."""
        gone = set(self.under(name))
        return type(self)(pair for pair in self.pairs if pair not in gone)

    def taking(self, name: str, other: "Typed") -> Self:
        """Return the same with this field, and all that belongs to it, as the other has it."""
        return type(self)([*self.without(name).pairs, *other.under(name)])

    def with_row(self, table: str) -> Self:
        """Return the same with an empty row at the end of the table."""
        numbers = [int(number[:9]) for number in self._rows.get(table, ())]
        return type(self)([*self.pairs, (f"{table}.{max(numbers, default=-1) + 1}.{ROW}", "1")])

    def raised(self, row: str) -> Self:
        """Return the same with this row before the one that it followed."""
        rows = self.rows(row.rpartition(".")[0])
        place = rows.index(row) if row in rows else 0
        if place == 0:
            return self
        above, own = list(self.under(rows[place - 1])), list(self.under(row))
        moved = set(own)
        result: list[tuple[str, str]] = []
        for pair in self.pairs:
            if pair == above[0]:
                result += own
            if pair not in moved:
                result.append(pair)
        return type(self)(result)
