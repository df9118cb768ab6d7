"""Where two descriptions of one document differ, field by field, in words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from kb.catalog.content_type import ContentType
from kb.catalog.documents import Sheet
from kb.catalog.fields import Column, Kind
from kb.catalog.relations import Wanted
from kb.catalog.translated import wordings
from kb.catalog.vocabulary import Vocabulary, labelled
from kb.services.views import When
from kb.web import values
from kb.web.words import Tongue

MOST: Final = 400
"""Characters of a value that are shown of each side."""


@dataclass(frozen=True, slots=True)
class Difference:
    """`name` is that of the field in the form; "" stands for nothing on the one side or the other."""

    name: str
    label: str
    before: str
    after: str


def between(type: ContentType, before: Sheet, after: Sheet, vocabulary: Vocabulary, tongue: Tongue) -> list[Difference]:
    """Return the fields in which the descriptions differ, in the order of the form."""
    one, other = (dict(_told(type, sheet, vocabulary, tongue)) for sheet in (before, after))
    labels = dict(_labels(type, tongue))
    return [
        Difference(name, label, one.get(name, ""), other.get(name, ""))
        for name, label in labels.items()
        if one.get(name, "") != other.get(name, "")
    ]


def _labels(type: ContentType, tongue: Tongue) -> Iterator[tuple[str, str]]:
    for name in _COLUMNS:
        yield name, tongue.text(f"entry.column.{name}")
    for field in type.fields:
        yield f"data.{field.name}", labelled(field.label, tongue.code)[0]
    yield "relation", tongue.text("entry.column.relations")


_COLUMNS: Final = ("title", "summary", "language", "audience", "date", "organisation", "organisation_text", "themes")


def _told(type: ContentType, sheet: Sheet, vocabulary: Vocabulary, tongue: Tongue) -> Iterator[tuple[str, str]]:
    yield "title", _wordings(sheet.get("title", {}), tongue)
    yield "summary", _wordings(sheet.get("summary", {}), tongue)
    yield (
        "language",
        tongue.text(f"language.{code}", otherwise="language.other") if (code := sheet.get("language")) else "",
    )
    yield "audience", _audience(sheet.get("audience", ""), vocabulary, tongue)
    period = sheet.get("period")
    yield "date", tongue.when(When(period.first, period.last, period.precision)) + f" {period.text}" if period else ""
    body = sheet.get("organisation_id")
    yield "organisation", vocabulary.said(body, tongue.code)[0] if body else ""
    yield "organisation_text", sheet.get("organisation_text", "")
    yield (
        "themes",
        tongue.text("comma").join(
            labelled(vocabulary.themes[code].label, tongue.code)[0] if code in vocabulary.themes else code
            for code in sorted(sheet.get("themes", ()))
        ),
    )
    data = sheet.get("data", {})
    for field in type.fields:
        if field.name in data:
            yield f"data.{field.name}", _value(field.kind, _choices(field.choices, tongue), data[field.name], tongue)
    yield "relation", "\n".join(_link(link, vocabulary, tongue) for link in sheet.get("links", ()))


def _wordings(said: Mapping[str, Any], tongue: Tongue) -> str:
    """Return a line for each language; only what nobody has looked at says so."""
    lines = []
    for code, part in wordings(said).items():
        language = tongue.text(f"language.{code}", otherwise="language.other")
        state = "" if part["state"] == "reviewed" else f" ({tongue.text('wording.' + part['state'])})"
        lines.append(f"{language}{tongue.text('colon')}{part['text']}{state}")
    return "\n".join(lines)


def _audience(audience: str, vocabulary: Vocabulary, tongue: Tongue) -> str:
    body = audience.removeprefix("organisation:")
    return (
        vocabulary.said(body, tongue.code)[0]
        if body != audience
        else tongue.text(f"audience.{audience}")
        if audience
        else ""
    )


def _link(link: Wanted, vocabulary: Vocabulary, tongue: Tongue) -> str:
    kind = vocabulary.relations.get(link.kind)
    label = labelled(kind.label, tongue.code)[0] if kind else link.kind
    return " ".join(filter(None, (label, link.text or link.target, link.note, str(link.page or ""))))


def _choices(choices: Mapping[str, Mapping[str, str]] | None, tongue: Tongue) -> dict[str, str]:
    return {code: labelled(label, tongue.code)[0] for code, label in (choices or {}).items()}


def _value(kind: Kind, choices: Mapping[str, str], value: Any, tongue: Tongue) -> str:
    if kind.shape == "rows":
        return "\n".join(_row(kind.columns, row, tongue) for row in value)
    if kind.shape == "record":
        return _row(kind.columns, value, tongue)
    if kind.name.startswith("translated"):
        return _wordings(value, tongue)
    return values.said(kind.widget, value, choices, tongue)


def _row(columns: tuple[Column, ...], row: Mapping[str, Any], tongue: Tongue) -> str:
    return " · ".join(
        values.said(c.kind.widget, row[c.name], _choices(c.choices, tongue), tongue) for c in columns if c.name in row
    )
