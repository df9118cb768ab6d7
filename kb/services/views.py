"""What the services hand to the edges: plain values, chosen for one reader's language, nothing to query further."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kb.core.text import DocumentId, Heading, Span


@dataclass(frozen=True, slots=True)
class Said:
    """A text with the language it is in (ISO 639-1, "" when it has none, as a number) and spans to mark."""

    text: str
    language: str = ""
    marks: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class When:
    """A period: `precision` is day, month or year; `text` is the date as written in the source, if any."""

    first: dt.date
    last: dt.date
    precision: str = "day"
    text: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """A document in a list."""

    id: DocumentId
    type: str
    type_label: str
    title: Said
    summary: Said | None = None
    organisation: Said | None = None
    when: When | None = None
    languages: tuple[str, ...] = ()
    pages: int = 0
    file_name: str = ""
    state: str = "published"


@dataclass(frozen=True, slots=True)
class FacetValue:
    value: str
    label: str
    count: int
    selected: bool = False
    excluded: bool = False


@dataclass(frozen=True, slots=True)
class FieldShown:
    """One field of a sheet; `kind` names the macro of widgets.html that shows `value`.

    `said` is a translated value in the language chosen. `choices` gives the labels of codes, `columns` the cells of a
    table or record: (name, label, kind, choices). `personal` values are shown to readers and never exported.
    `place`, `sourced` and `group_box` are those of kb.catalog.content_type.
    """

    name: str
    label: str
    kind: str
    value: Any
    said: Said | None = None
    group: str = ""
    group_label: str = ""
    group_icon: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    columns: tuple[tuple[str, str, str, Mapping[str, str]], ...] = ()
    personal: bool = False
    place: str = ""
    sourced: bool = False
    group_box: bool = False


@dataclass(frozen=True, slots=True)
class FileShown:
    """`state` is waiting, read or failed; `failure` and `warnings` are message keys, `unread` pages wait for OCR.

    A file that was read and has a `failure` could not be read again: what is shown is its earlier text.
    """

    number: int
    name: str
    media_type: str
    size: int
    role: str
    language: str
    state: str
    failure: str = ""
    warnings: tuple[str, ...] = ()
    pages: int = 0
    digest: str = ""
    pictured: bool = False  # whether its pages can be shown as they look
    covered: bool = False  # whether its first page can be
    unread: int = 0
    being_read: bool = False  # whether OCR, which those pages wait for, is there
    outline: tuple[Heading, ...] = ()


@dataclass(frozen=True, slots=True)
class RelationShown:
    """`label` is the relation read from this side, the target's if `inverse`; `card` is None while the other end is
    not in the library.
    """

    label: str
    card: Card | None
    text: str = ""
    note: str = ""
    page: int = 0
    kind: str = ""
    inverse: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """A document's own page, without the text of its files."""

    card: Card
    fields: tuple[FieldShown, ...]
    files: tuple[FileShown, ...]
    relations: tuple[RelationShown, ...]
    themes: tuple[FacetValue, ...]
    audience: str
    revision: int
    changed: dt.datetime
    versions: tuple[tuple[int, dt.datetime], ...] = ()


@dataclass(frozen=True, slots=True)
class Original:
    """A stored file, ready to be sent as an attachment under `name`."""

    path: Path
    name: str
    media_type: str
    size: int
