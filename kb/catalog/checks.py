"""What a document still lacks before it is published: its type's required fields and checks, which are data."""

import calendar
import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from kb.catalog.check import Check
from kb.catalog.content_type import ContentType
from kb.catalog.fields import Label
from kb.catalog.tables import Document
from kb.catalog.translated import UNREVIEWED

CHECKED_ON: Final = "checked_on"
"""The field of every type that says when somebody last found the document still right."""


class Lack(NamedTuple):
    """`field` is a field of the type or of the document; what is `owed` keeps from publishing."""

    field: str
    label: Label
    owed: bool


def lacking(kind: ContentType, document: Document) -> list[Lack]:
    """Return what the document lacks, what it owes first."""
    found = [Lack(f.name, f.label, owed=True) for f in kind.fields if f.required and f.name not in document.data]
    missing = {lack.field for lack in found}
    found += [
        Lack(check.field, check.label, check.owed)
        for check in kind.checks
        if check.field not in missing and not _passes(check, document)
    ]
    return sorted(found, key=lambda lack: not lack.owed)


def owes(kind: ContentType, document: Document) -> list[Lack]:
    """Return what keeps the document from being published."""
    return [lack for lack in lacking(kind, document) if lack.owed]


def _passes(check: Check, document: Document) -> bool:
    said = _SAID.get(check.field)
    return said(document) if said else _has(document.data.get(check.field), check.columns)


_SAID: Final[Mapping[str, Callable[[Document], bool]]] = {
    "title": lambda one: any(said["text"] and said["state"] != UNREVIEWED for said in one.title.values()),
    "summary": lambda one: any(said["text"] for said in one.summary.values()),
    "date": lambda one: one.date_first is not None,
    "organisation": lambda one: bool(one.organisation_id or one.organisation_text),
    "themes": lambda one: bool(one.theme_codes),
    "language": lambda one: bool(one.language),
    "files": lambda one: bool(one.files),
}


def _has(value: Any, columns: tuple[str, ...]) -> bool:
    rows = value if isinstance(value, list) else [value]
    return any(row and (not columns or all(isinstance(row, Mapping) and row.get(c) for c in columns)) for row in rows)


def next_review(kind: ContentType, day: dt.date) -> dt.date | None:
    """Return the day to look again at a document that was found right on this one; None where its type asks none."""
    return months_after(day, kind.review_months) if kind.review_months else None


def months_after(day: dt.date, number: int) -> dt.date:
    """Return the same day so many months later, or before if negative; the last of a month that is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + number, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
