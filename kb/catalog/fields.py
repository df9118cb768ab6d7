"""Kinds of field. A kind knows how to read, judge, index and show one value; which fields exist is data."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from kb.catalog import markdown, period, values

Label = Mapping[str, str]  # language code -> text
Said = tuple[str, str]  # text and its language; "" where the value itself does not tell
Reader = Callable[[Any], Any]
Shape = Literal["one", "many", "rows", "record"]

ROWS: Final = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """`read` turns form, TOML or JSON input into the stored value, or raises ValueError(message key).

    `said` gives the value as text to search and quote. `widget` is the macro of web/templates/widgets.html.
    `personal` values never leave in passages, feeds, exports, meta tags or JSON. `coded` values are codes of a
    list of choices. A kind of rows or of a record has `columns`.
    """

    name: str
    read: Reader
    said: Callable[[Any], Iterator[Said]]
    widget: str
    personal: bool = False
    coded: bool = False
    columns: tuple["Column", ...] = ()
    shape: Shape = "one"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One cell of a row; `choices` (code -> label) closes the list of its values."""

    name: str
    kind: Kind
    label: Label
    required: bool = False
    choices: Mapping[str, Label] | None = None


def _plain(value: Any) -> Iterator[Said]:
    yield str(value), ""


def _each(value: Any) -> Iterator[Said]:
    for item in value:
        yield str(item), ""


def _in_languages(value: Any) -> Iterator[Said]:
    for language, part in value.items():
        yield part["text"], language


def _rich(value: Any) -> Iterator[Said]:
    for language, part in value.items():
        yield markdown.words(part["text"]), language


def _each_rich(value: Any) -> Iterator[Said]:
    for item in value:
        yield markdown.words(item), ""


def _as_written(value: Any) -> Iterator[Said]:
    if value["text"]:
        yield value["text"], ""
    yield value["first"][:4], ""
    if value["last"][:4] != value["first"][:4]:
        yield value["last"][:4], ""


def _amounts(value: Any) -> Iterator[Said]:
    yield f"{value['low']}", ""
    if value["high"] != value["low"]:
        yield f"{value['high']}", ""


def _nothing(_: Any) -> Iterator[Said]:
    yield from ()


def _kinds() -> Iterator[Kind]:
    yield Kind(name="line", read=values.line, said=_plain, widget="line")
    yield Kind(name="text", read=values.text, said=_plain, widget="text")
    yield Kind(name="translated_line", read=values.translated_line, said=_in_languages, widget="translated_line")
    yield Kind(name="translated_text", read=values.translated_text, said=_rich, widget="translated_text")
    yield Kind(name="lines", read=values.lines, said=_each, widget="lines", shape="many")
    yield Kind(name="texts", read=values.texts, said=_each_rich, widget="texts", shape="many")
    yield Kind(name="date", read=period.read, said=_as_written, widget="date")
    yield Kind(name="period", read=period.read, said=_as_written, widget="period")
    yield Kind(name="year", read=values.year, said=_plain, widget="year")
    yield Kind(name="number", read=values.number, said=_plain, widget="number")
    yield Kind(name="count", read=values.count, said=_plain, widget="count")
    yield Kind(name="percent", read=values.percent, said=_plain, widget="percent")
    yield Kind(name="score", read=values.score, said=_nothing, widget="score")
    yield Kind(name="money", read=values.money, said=_amounts, widget="money")
    yield Kind(name="flag", read=values.flag, said=_nothing, widget="flag")
    yield Kind(name="choice", read=values.code, said=_plain, widget="choice", coded=True)
    yield Kind(name="choices", read=values.codes, said=_each, widget="choices", coded=True, shape="many")
    yield Kind(name="organisation", read=values.line, said=_plain, widget="organisation")
    yield Kind(name="organisations", read=values.lines, said=_each, widget="organisations", shape="many")
    yield Kind(name="name", read=values.line, said=_plain, widget="line", personal=True)
    yield Kind(name="email", read=values.email, said=_plain, widget="email", personal=True)
    yield Kind(name="url", read=values.url, said=_plain, widget="url")


KINDS: Final[Mapping[str, Kind]] = {kind.name: kind for kind in _kinds()}


def rows(name: str, columns: tuple[Column, ...]) -> Kind:
    """A table whose rows have these columns; a row without any value is dropped."""

    def read(raw: Any) -> list[dict[str, Any]]:
        if not isinstance(raw, list | tuple) or any(not isinstance(row, dict) for row in raw):
            raise ValueError("malformed")
        if len(raw) > ROWS:
            raise ValueError("too-many")
        return [kept for kept in (read_row(columns, row) for row in raw) if kept]

    def said(value: Any) -> Iterator[Said]:
        for row in value:
            yield say_row(columns, row), ""

    return Kind(name=name, read=read, said=said, widget=name, columns=columns, shape="rows")


def record(name: str, columns: tuple[Column, ...]) -> Kind:
    """One row standing alone, as a contact; a bare text fills its first column."""

    def read(raw: Any) -> dict[str, Any]:
        return read_row(columns, raw if isinstance(raw, dict) else {columns[0].name: raw})

    def said(value: Any) -> Iterator[Said]:
        yield say_row(columns, value), ""

    return Kind(name=name, read=read, said=said, widget=name, columns=columns, shape="record")


def read_row(columns: tuple[Column, ...], raw: Mapping[str, Any]) -> dict[str, Any]:
    """Raise ValueError with the key of the first problem: a row is mended as a whole."""
    if raw.keys() - {column.name for column in columns}:
        raise ValueError("unknown-column")
    row = {column.name: chosen(column.kind, column.choices, raw.get(column.name)) for column in columns}
    kept = {name: value for name, value in row.items() if not blank(value)}
    if kept and any(column.required and column.name not in kept for column in columns):
        raise ValueError("incomplete-row")
    return kept


def say_row(columns: tuple[Column, ...], row: Mapping[str, Any]) -> str:
    """The row as one line of text, cells in the order of the columns, without personal ones."""
    cells = (
        text
        for column in columns
        if column.name in row and not column.kind.personal
        for text, _ in say(column.kind, column.choices, row[column.name])
    )
    return " · ".join(cells)


def chosen(kind: Kind, choices: Mapping[str, Label] | None, raw: Any) -> Any:
    """Read a value and hold it to its list of choices; None stays None."""
    if raw is None or raw == "":
        return None
    value = kind.read(raw)
    if choices is not None and any(code not in choices for code in _codes(kind, value)):
        raise ValueError("unknown-choice")
    return value


def say(kind: Kind, choices: Mapping[str, Label] | None, value: Any) -> Iterator[Said]:
    """The value as text; a code is said by its labels, in every language."""
    if choices is None or not kind.coded:
        yield from kind.said(value)
        return
    for code in _codes(kind, value):
        for language, label in choices.get(code, {"": code}).items():
            yield label, language


def blank(value: Any) -> bool:
    return value is None or value in ("", [], {})


def public(kind: Kind, value: Any) -> Any:
    """The value without personal data: None where nothing is left, rows without their personal cells."""
    if kind.personal:
        return None
    if kind.shape == "rows":
        return [kept for kept in (_public_row(kind.columns, row) for row in value) if kept] or None
    return (_public_row(kind.columns, value) or None) if kind.shape == "record" else value


def _public_row(columns: tuple[Column, ...], row: Mapping[str, Any]) -> dict[str, Any]:
    return {c.name: row[c.name] for c in columns if c.name in row and not c.kind.personal}


def _codes(kind: Kind, value: Any) -> list[str]:
    if not kind.coded:
        return []
    return list(value) if kind.shape == "many" else [value]
