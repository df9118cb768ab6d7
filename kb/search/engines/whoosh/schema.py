"""Units as Whoosh documents: a field for each view, filled with counted terms, and columns for the rest."""

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from whoosh import columns, fields, formats

from kb.core.text import DocumentId, Passage, Span
from kb.search.engine import Entry
from kb.search.units import Unit, View

VERSION = "whoosh/2"
"""Of the layout below; changing it forces a rebuild."""


class _Counted(fields.FieldType):  # type: ignore[misc]
    """A field given as a Counter. A posting's weight is the count; nothing else is kept of it."""

    scorable = stored = unique = False
    multitoken_query = "default"

    def __init__(self) -> None:
        self.format = formats.Existence()
        self.analyzer = None
        self.vector = None
        self.column_type = None

    def index(self, value: Counter[str], **_: object) -> Iterator[tuple[bytes, int, float, bytes]]:
        for term, count in value.items():
            yield term.encode(), count, float(count), b""

    def clean(self) -> None:
        """Nothing is cached."""


def _column() -> Any:
    return fields.COLUMN(columns.VarBytesColumn())


def schema() -> Any:
    """Return the fields of a unit; `sheet` and `id` are those of its document, kept with its first unit."""
    return fields.Schema(
        id=fields.ID(),
        sheet=_column(),
        words=_column(),
        passage=_column(),
        lengths=_column(),
        **{view.value: _Counted() for view in View},
    )


@dataclass(frozen=True, slots=True)
class StoredSheet:
    """What the index keeps of a document without its text; an answer.Sheet. `units` follow each other."""

    id: DocumentId
    keywords: Mapping[str, frozenset[str]]
    audience: frozenset[str]
    date: dt.date | None
    order: str
    revision: int
    units: int
    title: str
    language: str


def rows(entry: Entry, units: list[Unit], views: tuple[View, ...]) -> Iterator[dict[str, Any]]:
    """Yield the Whoosh documents of an entry, in order."""
    for number, unit in enumerate(units):
        row: dict[str, Any] = {view.value: unit.counts[view] for view in views}
        row["id"] = str(entry.id)
        row["words"] = unit.words.encode()
        row["lengths"] = json.dumps([unit.length(view) for view in View]).encode()
        if number == 0:
            row["sheet"] = _packed_sheet(entry, len(units))
        if entry.passages:
            row["passage"] = json.dumps(asdict(entry.passages[number]), ensure_ascii=False).encode()
        yield row


def read_sheet(packed: bytes) -> StoredSheet:
    raw = json.loads(packed)
    return StoredSheet(
        id=DocumentId(raw["id"]),
        keywords={name: frozenset(values) for name, values in raw["keywords"].items()},
        audience=frozenset(raw["audience"]),
        date=dt.date.fromisoformat(raw["date"]) if raw["date"] else None,
        order=raw["order"],
        revision=raw["revision"],
        units=raw["units"],
        title=raw["title"],
        language=raw["language"],
    )


def read_passage(packed: bytes) -> Passage:
    raw = json.loads(packed)
    return Passage(**{**raw, "span": Span(**raw["span"])})


def _packed_sheet(entry: Entry, units: int) -> bytes:
    raw = {
        "id": entry.id,
        "keywords": {name: sorted(values) for name, values in entry.keywords.items()},
        "audience": sorted(entry.audience),
        "date": entry.date.isoformat() if entry.date else "",
        "order": entry.order,
        "revision": entry.revision,
        "units": units,
        "title": entry.title,
        "language": entry.language,
    }
    return json.dumps(raw, ensure_ascii=False).encode()
