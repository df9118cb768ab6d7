"""Rows of text divided by commas, semicolons or tabs (CSV), whichever the file uses."""

import csv
import io
from pathlib import Path

from kb.core.text import Finding
from kb.ingest import encoding, media, paging, said
from kb.ingest.extraction import Damaged, Empty, Extraction, Limits, TooCostly
from kb.ingest.formats.sheets import cells

_SIGNS = (";", ",", "\t", "|")
_SAMPLE_ROWS = 50
_SAMPLE_CHARS = 64 * 1024
_DECLARED = "sep="  # as the first line, for Excel
_MAX_FIELD_CHARS = 1_000_000


class Delimited:
    """The sign that divides is the one that gives the most rows of one length. A row is a line, the whole a table."""

    stamp = "delimited/1"
    media_types = frozenset({media.CSV})

    def extract(self, path: Path, limits: Limits) -> Extraction:
        lines, lost = read(path.read_bytes())
        rows = cells.filled(lines)
        pages = paging.pages([paging.table(rows)], limits)
        return Extraction(
            pages=pages,
            meta=said.of(heading=cells.title(rows)),
            findings=(Finding("encoding-errors"),) if lost else (),
            by=self.stamp,
        )


def read(data: bytes) -> tuple[list[list[str]], bool]:
    """Return all rows, empty ones too, and whether some bytes fitted no character. Raises ExtractionError."""
    if not data.strip():
        raise Empty("no bytes but white space")
    decoded = encoding.decode(data)
    if decoded is None:
        raise Damaged("not text")
    text, sign = decoded.text, ""
    if text[: len(_DECLARED)].lower() == _DECLARED:
        first, _, text = text.partition("\n")
        sign = first.strip("\r")[len(_DECLARED) :][:1]
    csv.field_size_limit(_MAX_FIELD_CHARS)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=sign or _sign(text))), decoded.lost
    except csv.Error as error:
        raise TooCostly(f"no rows: {error}") from error


def _sign(text: str) -> str:
    """Return the sign that divides: that of the most rows alike, and of those the one that makes more columns."""
    sample = text[:_SAMPLE_CHARS]

    def alike(sign: str) -> tuple[int, int]:
        rows: list[int] = []
        try:
            for row in csv.reader(io.StringIO(sample, newline=""), delimiter=sign):
                if len(row) > 1 and len(rows) < _SAMPLE_ROWS:
                    rows.append(len(row))
        except csv.Error:
            return 0, 0
        usual = max(set(rows), key=rows.count, default=0)
        return rows.count(usual), usual

    return max(_SIGNS, key=alike)
