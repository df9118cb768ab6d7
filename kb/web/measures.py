"""Indicators as bars: what was before, what is after, what was aimed at, on one scale."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from kb.catalog import values

FULL: Final = 1000
"""Width of the longest bar, in units of the drawing."""

POINTS: Final = ("before", "after", "target")
_SHARE: Final = frozenset({"%", "٪"})
_THOUSANDS: Final = re.compile(r"(?<=\d)[,٬](?=\d{3}(?:\D|$))")


@dataclass(frozen=True, slots=True)
class Bar:
    """`name` is the column that the value stands in, `width` runs up to FULL."""

    name: str
    text: str
    width: int


def figure(text: str) -> float | None:
    """The number that a cell is, as «41», «2,40» or «62 %»; None where it is words, a range or below zero."""
    bare = _THOUSANDS.sub("", text).strip("%٪ \u00a0\u202f")
    try:
        found = values.number(bare)
    except ValueError:
        return None
    return found if found >= 0 else None


def bars(row: Mapping[str, Any], most: float = 0) -> list[Bar]:
    """The bars of one indicator; empty unless every value it has is a number and there are two to compare.

    `most` is what the longest bar stands for where several indicators share a scale.
    """
    texts = {name: str(row[name]) for name in POINTS if row.get(name) not in (None, "")}
    numbers = {name: number for name, text in texts.items() if (number := figure(text)) is not None}
    if len(numbers) < max(2, len(texts)):
        return []
    top = max(most, scale([row]))
    return [Bar(name, texts[name], round(number / top * FULL) if top else 0) for name, number in numbers.items()]


def scale(rows: Iterable[Mapping[str, Any]]) -> float:
    """What the longest bar of these indicators stands for: the highest value, or the whole where all are shares."""
    kept = list(rows)
    found = [figure(str(row[name])) for row in kept for name in POINTS if row.get(name) not in (None, "")]
    highest = max((number for number in found if number is not None), default=0.0)
    shares = bool(kept) and all(str(row.get("unit", "")).strip() in _SHARE for row in kept)
    return max(highest, 100.0) if shares else highest
