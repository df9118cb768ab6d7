"""Tesseract: the one file that knows its library, which is not to be had everywhere."""

import importlib
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from kb.ingest.ocr.engine import LIBRARY, MODELS

Grey = npt.NDArray[np.uint8]
"""A picture: rows of pixels, 0 black to 255 white."""

_FIELDS, _WORD = 12, "5"
_DIRECTION = dict.fromkeys((*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF, 0x61C))


class Seen(NamedTuple):
    """A word and its place in pixels of the picture; `confidence` is 0 to 100."""

    text: str
    x0: int
    y0: int
    x1: int
    y1: int
    confidence: float

    def moved(self, x: int, y: int) -> "Seen":
        return self._replace(x0=self.x0 + x, x1=self.x1 + x, y0=self.y0 + y, y1=self.y1 + y)


class Reader:
    """Tesseract with the models of some languages, as "ara+fra". Loading one takes 0.1 to 0.4 s of processor time."""

    def __init__(self, languages: str) -> None:
        self._library: Any = importlib.import_module(LIBRARY)
        self._api = self._library.PyTessBaseAPI(
            path=str(MODELS), lang=languages, psm=self._library.PSM.SINGLE_COLUMN, oem=self._library.OEM.LSTM_ONLY
        )
        # The library asks for /dev/null, which a child may not open for writing: without it Tesseract crashes.
        self._api.SetVariable("debug_file", "")

    def column(self, image: Grey, dpi: float) -> list[list[Seen]]:
        """Return the lines of a page or column, words in the order of reading; Tesseract finds the lines."""
        lines: dict[tuple[str, ...], list[Seen]] = {}
        for line, seen in self._read(image, dpi, self._library.PSM.SINGLE_COLUMN):
            lines.setdefault(line, []).append(seen)
        return list(lines.values())

    def line(self, image: Grey, dpi: float) -> list[Seen]:
        """Return the words of one line, in the order of reading."""
        return [seen for _, seen in self._read(image, dpi, self._library.PSM.RAW_LINE)]

    def _read(self, image: Grey, dpi: float, mode: int) -> Iterator[tuple[tuple[str, ...], Seen]]:
        """Yield from Tesseract's table of words: level, page, block, paragraph, line, word, left, top, width, height,
        confidence, text. Its iterator would give the letters of a word from left to right.
        """
        height, width = image.shape
        self._api.SetPageSegMode(mode)
        self._api.SetImageBytes(np.ascontiguousarray(image).tobytes(), width, height, 1, width)
        self._api.SetSourceResolution(round(dpi))
        for row in self._api.GetTSVText(0).split("\n"):
            fields = row.split("\t")
            if len(fields) != _FIELDS or fields[0] != _WORD or not (text := fields[-1].translate(_DIRECTION).strip()):
                continue
            left, top, across, down = map(int, fields[6:10])
            seen = Seen("".join(text.split()), left, top, left + across, top + down, float(fields[10]))
            yield tuple(fields[2:5]), seen
