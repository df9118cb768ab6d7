"""What the types' TOML asks of a document before it is published, beside the fields it requires."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from kb.catalog.fields import Kind, Label

OF_DOCUMENT: Final = frozenset({"title", "summary", "date", "organisation", "themes", "language", "files"})
"""What is said of every document beside the fields of its type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What is looked for before a document is published, beside its required fields.

    `field` is one of the type's, or title, summary, date, organisation, themes, language or files of the document. Of
    a table one row must have all `columns`. What is lacking keeps from publishing where it is `owed`, else it is told.
    """

    field: str
    label: Label
    columns: tuple[str, ...] = ()
    owed: bool = False


class Named(Protocol):
    """A field of a type."""

    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> Kind: ...


def read(row: Mapping[str, Any], fields: Iterable[Named]) -> Check:
    """Return the check of a row of TOML. Raises ValueError where the type has nothing of the kind."""
    check = Check(**{**row, "columns": tuple(row.get("columns", ()))})
    columns = {field.name: {column.name for column in field.kind.columns} for field in fields}
    if check.field not in columns.keys() | OF_DOCUMENT or not columns.get(check.field, set()).issuperset(check.columns):
        raise ValueError(f"nothing to check: {check.field} {' '.join(check.columns)}")
    return check
