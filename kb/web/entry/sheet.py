"""A document as the fields of its form, and the fields of a form as what the catalog keeps of a document."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from kb.catalog import fields, translated, values
from kb.catalog.access import is_audience
from kb.catalog.content_type import ContentType, Field
from kb.catalog.documents import Sheet
from kb.catalog.period import Period
from kb.catalog.relations import Wanted
from kb.catalog.vocabulary import Vocabulary
from kb.core.errors import Invalid
from kb.services.editing import Opened
from kb.web.entry import shapes
from kb.web.entry.typed import ROW, Typed

OWN: Final = "own"
"""The audience of the body that the document belongs to."""

DATA: Final = "data"
RELATION: Final = "relation"
PERIOD: Final = "date"
_FOCUS: Final[Mapping[str, str]] = {"title": ".ar", "summary": ".ar", PERIOD: ".y1"}
_RELATIONS: Final = 200
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}")
_BODY: Final = "organisation:"


@dataclass(frozen=True, slots=True)
class Entry:
    """What a form says of a document, ready for the catalog; `rows` are the names of its links' rows."""

    sheet: Sheet
    rows: tuple[str, ...]

    def told(self, problems: Mapping[str, str]) -> dict[str, str]:
        """Return problems as the catalog tells them, links by their place, by the names of fields of the form."""
        return {
            f"{self.rows[int(name)]}.text" if name.isdecimal() else name + _FOCUS.get(name, ""): code
            for name, code in problems.items()
        }


def typed_of(opened: Opened, type: ContentType, language: str) -> Typed:
    """Write the document into the fields of its form; names of bodies are in the language of the reader."""
    return Typed(_pairs(opened, type, language))


def _pairs(opened: Opened, type: ContentType, language: str) -> Iterator[tuple[str, str]]:
    sheet = opened.sheet
    for name, wordings in (("title", sheet["title"]), ("summary", sheet["summary"])):
        for code, wording in translated.wordings(wordings).items():
            yield f"{name}.{code}", wording["text"]
            yield f"{name}.{code}.{shapes.STATE}", wording["state"]
    yield "language", sheet["language"]
    yield "audience", _audience(sheet)
    if period := sheet["period"]:
        yield from shapes.spread_period(PERIOD, period)
    yield "organisation", opened.body_name(language)
    yield "organisation_text", sheet["organisation_text"]
    yield from (("themes", code) for code in sorted(sheet["themes"]))
    for field in type.fields:
        if field.name in sheet["data"]:
            shape = shapes.of(field.kind)
            yield from shape.spread(field.kind, f"{DATA}.{field.name}", sheet["data"][field.name])
    for number, link in enumerate(sheet["links"]):
        yield from _link(f"{RELATION}.{number}", link)


def _audience(sheet: Sheet) -> str:
    own = sheet["organisation_id"] and f"{_BODY}{sheet['organisation_id']}"
    return OWN if own and sheet["audience"] == own else sheet["audience"]


def _link(row: str, link: Wanted) -> Iterator[tuple[str, str]]:
    yield f"{row}.{ROW}", "1"
    for part in ("kind", "target", "text", "note"):
        yield f"{row}.{part}", getattr(link, part)
    for part, number in (("file", link.file), ("page", link.page), ("id", link.row)):
        if number:
            yield f"{row}.{part}", str(number)


def read(typed: Typed, type: ContentType, vocabulary: Vocabulary, *, whole: bool = True) -> Entry:
    """Return what is typed. Raises Invalid with every problem at once, each by the name of a field of the form.

    What is not `whole` yet may lack required fields.
    """
    reading = _Reading(typed, vocabulary)
    language = reading.one("language", _language(vocabulary), "")
    body = reading.one("organisation", _body(vocabulary), None)
    sheet = Sheet(
        title=reading.wordings("title", values.translated_line),
        summary=reading.wordings("summary", values.translated_text),
        language=language,
        organisation_id=body,
        organisation_text=reading.one("organisation_text", values.line, ""),
        audience=reading.one("audience", lambda text: audience(text, body), "public"),
        period=reading.period(),
        themes=reading.themes(),
        data=reading.data(type, language or "fr", whole=whole),
    )
    found = list(reading.links())
    sheet["links"] = [link for _, link in found]
    if not sheet["title"]:
        reading.problems.setdefault("title.ar", "required")
    if reading.problems:
        raise Invalid(reading.problems)
    return Entry(sheet, tuple(row for row, _ in found))


def audience(text: str, body: str | None) -> str:
    """Return the audience as it is stored. Raises ValueError for one that cannot be chosen."""
    chosen = (f"{_BODY}{body}" if body else "") if text == OWN else text
    if not chosen:
        raise ValueError("no-body")
    if not is_audience(chosen):
        raise ValueError("unknown")
    return chosen


def _language(vocabulary: Vocabulary) -> Callable[[str], str]:
    def language(text: str) -> str:
        if text not in vocabulary.languages and not _LANGUAGE.fullmatch(text):
            raise ValueError("unknown")
        return text

    return language


def _body(vocabulary: Vocabulary) -> Callable[[str], str | None]:
    def body(text: str) -> str | None:
        found = vocabulary.find_organisation(values.line(text))
        if found is None:
            raise ValueError("unknown-body")
        return found

    return body


class _Reading:
    """Reads one field after the other and keeps what is wrong with each."""

    def __init__(self, typed: Typed, vocabulary: Vocabulary) -> None:
        self._typed = typed
        self._vocabulary = vocabulary
        self.problems: dict[str, str] = {}

    def one(self, name: str, reader: Callable[[str], Any], otherwise: Any) -> Any:
        text = self._typed.text(name)
        return self._tried(name, lambda: reader(text), otherwise) if text.strip() else otherwise

    def _tried(self, name: str, read: Callable[[], Any], otherwise: Any) -> Any:
        try:
            return read()
        except ValueError as error:
            self.problems[name] = str(error)
            return otherwise

    def wordings(self, name: str, reader: Callable[[Any], Any]) -> Mapping[str, Mapping[str, str]]:
        found: dict[str, Mapping[str, str]] = {}
        for language, part in shapes.wordings(name, self._typed).items():
            found |= self._tried(f"{name}.{language}", partial(reader, {language: part}), {})
        return found

    def period(self) -> Period | None:
        raw = shapes.gather_period(PERIOD, self._typed)
        found: Period | None = self._tried(f"{PERIOD}.y1", lambda: Period.read(raw), None) if raw else None
        return found

    def themes(self) -> list[str]:
        given = [code for code in self._typed.all("themes") if code]
        if any(code not in self._vocabulary.themes for code in given):
            self.problems["themes"] = "unknown"
        return list(dict.fromkeys(given))

    def data(self, type: ContentType, language: str, *, whole: bool) -> dict[str, Any]:
        raw: dict[str, Any] = {}
        for field in type.fields:
            name = f"{DATA}.{field.name}"
            given = shapes.of(field.kind).gather(field.kind, name, self._typed)
            if not fields.blank(given):
                raw[field.name] = given
            if field.kind.columns:
                self._cells(field, name)
        try:
            return type.clean(raw, language, whole=whole)
        except Invalid as error:
            told = {
                problem.partition(".")[0] + "." + problem.split(".")[1] for problem in self.problems if "." in problem
            }
            for field in type.fields:
                if field.name in error.problems and f"{DATA}.{field.name}" not in told:
                    self.problems[first_field(field)] = error.problems[field.name]
            return {}

    def _cells(self, field: Field, name: str) -> None:
        """Find which cell it is that is wrong: the kind judges a row as a whole."""
        for row in self._typed.rows(name) if field.kind.shape == "rows" else [name]:
            given = shapes.row_typed(field.kind.columns, row, self._typed)
            for column in field.kind.columns:
                if column.name in given:
                    read = partial(fields.chosen, column.kind, column.choices, given[column.name])
                    self._tried(f"{row}.{column.name}", read, None)
                elif given and column.required:
                    self.problems[f"{row}.{column.name}"] = "required"

    def links(self) -> Iterator[tuple[str, Wanted]]:
        rows = self._typed.rows(RELATION)
        if len(rows) > _RELATIONS:
            self.problems[f"{rows[0]}.kind"] = "too-many"
            return
        for row in rows:
            target, text = self._typed.text(f"{row}.target").strip(), self.one(f"{row}.text", values.line, "")
            kept = self._number(f"{row}.id")
            if not (target or text or kept):
                continue
            kind = self._typed.text(f"{row}.kind")
            if kind not in self._vocabulary.relations:
                self.problems[f"{row}.kind"] = "unknown"
            yield (
                row,
                Wanted(
                    kind=kind,
                    target=target[:100],
                    text=text,
                    note=self.one(f"{row}.note", values.line, ""),
                    file=self._number(f"{row}.file"),
                    page=self._number(f"{row}.page"),
                    row=kept,
                ),
            )

    def _number(self, name: str) -> int:
        return int(self.one(name, _small, 0))


def _small(text: str) -> int:
    number = values.count(text)
    if number > 10**9:
        raise ValueError("out-of-range")
    return number


def first_field(field: Field) -> str:
    """Return the name of the first field of the form that belongs to a field of the type."""
    name = f"{DATA}.{field.name}"
    if field.kind.shape == "rows":
        return f"{name}.0.{field.kind.columns[0].name}"
    if field.kind.shape == "record":
        return f"{name}.{field.kind.columns[0].name}"
    return f"{name}{shapes.of(field.kind).focus}"


def focus(type: ContentType, name: str) -> str:
    """Return the name of the first field of the form for a field of the type, or for what all documents have."""
    field = type.field(name)
    return first_field(field) if field else name + _FOCUS.get(name, "")
