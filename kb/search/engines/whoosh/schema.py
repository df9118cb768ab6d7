"""Units as Whoosh documents: columns of bytes. Their terms are the codec's business."""

import datetime as dt
import json
import struct
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from whoosh import columns, fields

from kb.core.text import DocumentId, Passage, Span
from kb.search.engine import Entry
from kb.search.units import Unit, View

VERSION = "whoosh/3"
"""Of the layout below; changing it forces a rebuild."""


def _column() -> Any:
    return fields.COLUMN(columns.VarBytesColumn())


def schema() -> Any:
    """Return the columns of a unit; `sheet` is that of its document, kept with its first unit."""
    return fields.Schema(sheet=_column(), words=_column(), passage=_column(), lengths=_column())


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


_LENGTHS = struct.Struct(f"<{len(View)}I")


def rows(entry: Entry, units: list[Unit]) -> Iterator[dict[str, bytes]]:
    """Yield the columns of the units of an entry, in order."""
    for number, unit in enumerate(units):
        row = {"words": unit.words.encode(), "lengths": _LENGTHS.pack(*(unit.length(view) for view in View))}
        if number == 0:
            row["sheet"] = _packed_sheet(entry, len(units))
        if entry.passages:
            row["passage"] = json.dumps(asdict(entry.passages[number]), ensure_ascii=False).encode()
        yield row


def read_lengths(packed: bytes) -> Mapping[View, npt.NDArray[np.uint32]]:
    """Return the lengths of all units, given the columns of all in one."""
    return dict(zip(View, np.frombuffer(packed, "<u4").reshape(-1, len(View)).T, strict=True))


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
