"""Values of fields in words, for paper: what widgets.html is for pages."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from kb.catalog import markdown
from kb.services.views import FieldShown
from kb.web.sheet import as_when
from kb.web.words import Tongue
from kb.writing.pdf import Block, Facts, Grid, Points, Words

Choices = Mapping[str, str]

_MANY: Final = frozenset({"lines", "texts", "organisations", "choices"})


def blocks(field: FieldShown, tongue: Tongue) -> list[Block]:
    """The field with its label, as a list, a table, facts or words."""
    named = Words(field.label, "label")
    if field.columns and isinstance(field.value, Mapping):
        return [named, Facts(_facts(field, tongue))]
    if field.columns:
        return [named, _grid(field, tongue)]
    if field.kind in _MANY:
        return [named, Points(tuple(_items(field.kind, field.value, field.choices, tongue)))]
    return [Facts(((field.label, said(field.kind, field.value, field.choices, tongue)),))]


def said(kind: str, value: Any, choices: Choices, tongue: Tongue) -> str:
    """One value in words; several of one field are parted as the language does."""
    if kind in _MANY:
        return tongue.text("comma").join(_items(kind, value, choices, tongue))
    write = _WRITTEN.get(kind)
    return write(value, choices, tongue) if write else str(value)


def _items(kind: str, value: Any, choices: Choices, _: Tongue) -> list[str]:
    if kind == "texts":
        return [markdown.words(item) for item in value]
    return [choices.get(str(item), str(item)) if kind == "choices" else str(item) for item in value]


def _translated(value: Mapping[str, Any], _: Choices, tongue: Tongue) -> str:
    given = {code: str(part["text"]) for code, part in value.items() if part.get("text")}
    return given.get(tongue.code) or "\n".join(given.values())


def _rich(value: Mapping[str, Any], choices: Choices, tongue: Tongue) -> str:
    return markdown.words(_translated(value, choices, tongue))


def _money(value: Mapping[str, Any], _: Choices, tongue: Tongue) -> str:
    low, high = tongue.figure(value["low"]), tongue.figure(value["high"])
    amount = low if low == high else f"{low} – {high}"
    currency = tongue.text(f"currency.{value['currency']}")
    return f"{amount} {currency}"


_WRITTEN: Final[Mapping[str, Callable[[Any, Choices, Tongue], str]]] = {
    "translated_line": _translated,
    "translated_text": _rich,
    "date": lambda value, _, tongue: tongue.when(as_when(value)),
    "period": lambda value, _, tongue: tongue.when(as_when(value)),
    "number": lambda value, _, tongue: tongue.figure(value),
    "count": lambda value, _, tongue: tongue.figure(value),
    "percent": lambda value, _, tongue: f"{tongue.figure(value)}%",
    "score": lambda value, _, tongue: tongue.text("score.of", score=value),
    "money": _money,
    "flag": lambda value, _, tongue: tongue.text("yes") if value else tongue.text("no"),
    "choice": lambda value, choices, _: choices.get(value, str(value)),
}


def _facts(field: FieldShown, tongue: Tongue) -> tuple[tuple[str, str], ...]:
    return tuple(
        (label, said(kind, field.value[name], choices, tongue))
        for name, label, kind, choices in field.columns
        if name in field.value
    )


def _grid(field: FieldShown, tongue: Tongue) -> Grid:
    """A table of the columns that any row uses."""
    used = [column for column in field.columns if any(column[0] in row for row in field.value)]
    rows = (
        tuple(said(kind, row[name], choices, tongue) if name in row else "" for name, _, kind, choices in used)
        for row in field.value
    )
    return Grid(tuple(label for _, label, *_ in used), tuple(rows))
