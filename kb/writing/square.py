"""A text as a square that cameras read (QR code). The only file that knows segno."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final

import segno

_QUIET: Final = 4  # light modules around it, as the standard asks


@dataclass(frozen=True, slots=True)
class Square:
    """`side` in modules, with the light ones around it; `path` draws the dark ones as an SVG path of strokes."""

    side: int
    path: str


def drawn(text: str) -> Square:
    rows = [list(row) for row in segno.make_qr(text, error="m").matrix_iter(border=_QUIET)]
    return Square(len(rows), "".join(_strokes(rows)))


def _strokes(rows: list[list[int]]) -> Iterator[str]:
    for y, row in enumerate(rows):
        for dark, run in groupby(range(len(row)), key=row.__getitem__):
            places = list(run)
            if dark:
                yield f"M{places[0]} {y}.5h{len(places)}"
