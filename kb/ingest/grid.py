"""The cells of a CSV file or a workbook, read in the sandbox: what somebody filled in to describe documents."""

import json
from pathlib import Path

from kb.ingest import media, sandbox
from kb.ingest.extraction import Damaged, Limits, TooCostly, Unsupported

Row = tuple[int, list[str]]
"""The number of a row in its file, and its cells."""

_WORKBOOKS = frozenset({media.XLSX, media.XLS, media.ODS})
_SUFFIXES = frozenset({".csv", ".tsv", ".txt"})
_READERS = ("kb.ingest.formats.sheets", "kb.ingest.formats.sheets.delimited")


def rows(path: Path, limits: Limits, most: int, name: str = "") -> list[Row]:
    """Return the rows that hold something, at most `most`. Raises ExtractionError: TooCostly above that."""
    kind = sandbox.sniff(path, name or path.name)
    text = kind in {media.CSV, media.TEXT} or Path(name or path.name).suffix.lower() in _SUFFIXES
    if kind not in _WORKBOOKS and not text:
        raise Unsupported("no table")
    answer = sandbox.call(told, path, limits, {"workbook": kind in _WORKBOOKS, "most": most}, _READERS)
    try:
        return [(int(number), [str(cell) for cell in cells]) for number, cells in json.loads(answer)]
    except (ValueError, TypeError, RecursionError) as error:
        raise Damaged("the reader's answer makes no sense") from error


def told(path: Path, _limits: Limits, *, workbook: bool, most: int) -> bytes:
    """Read the rows: the child's side."""
    from kb.ingest.formats import sheets  # noqa: PLC0415 - the parent has no use for what it loads
    from kb.ingest.formats.sheets import delimited  # noqa: PLC0415 - as above

    numbered = sheets.first_sheet(path) if workbook else list(enumerate(delimited.read(path.read_bytes())[0], 1))
    filled = [(number, cells) for number, cells in numbered if any(cell.strip() for cell in cells)]
    if len(filled) > most:
        raise TooCostly(f"more than {most} rows")
    return json.dumps(filled).encode()
