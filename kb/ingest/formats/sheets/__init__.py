"""Workbooks of every office program (XLSX, XLS, ODS), read by calamine: a sheet is a page, a long one several."""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO

import python_calamine as calamine

from kb.core.text import Page
from kb.ingest import media, ole, package, paging, said
from kb.ingest.extraction import Damaged, Empty, Encrypted, Extraction, Limits, TooCostly
from kb.ingest.formats import opendocument
from kb.ingest.formats.sheets import cells
from kb.ingest.package import Parts
from kb.ingest.tidy import line

MAX_CELLS = 4_000_000
"""Of one sheet, counted as the rectangle around all that is filled: so much of it is in memory at once."""

_LABEL_CHARS = 40
_PANIC = "PanicException"  # how Rust fails; it is no Exception, and its class has no module
_CHUNK = 1024 * 1024
_OVERLAP = 4096  # the longest tag that is looked for
_CELL = re.compile(rb"""<(?:\w+:)?c\b[^>]*?\br\s*=\s*["']([^"'>]*)""")
_DIGITS = b"0123456789"
_FURTHEST = 3, 7  # letters of the last column, digits of the last row: the library counts longer ones wrongly
_ODS = re.compile(rb"<table:(table-row|table-cell)\b([^>]*)>")
_REPEATED = re.compile(rb'table:number-(?:rows|columns)-repeated="(\d{1,9})"')
_UNNAMED = re.compile(r"(sheet|feuil(?:le)?|tabelle|ورقة|الورقة)\s*\d*", re.IGNORECASE)


class Sheets:
    """The name of a sheet is a heading and the label of its pages, its rows a table. Hidden sheets are left out."""

    stamp = "sheets/1"
    media_types = frozenset({media.XLSX, media.XLS, media.ODS})

    def extract(self, path: Path, limits: Limits) -> Extraction:
        meta = _checked(path)
        sheets = _read(path)
        pages = _pages(sheets, limits)
        named = next((found for _, rows in sheets if (found := cells.title(rows))), "")
        known = next((name for name, _ in sheets if not _UNNAMED.fullmatch(name)), "")
        meta |= said.of(heading=named or line(known))
        return Extraction(pages=pages, meta=meta, outline=paging.outline(pages), by=self.stamp)


def _read(path: Path) -> list[tuple[str, list[Sequence[str]]]]:
    with _opened(path) as workbook:
        return list(_sheets(workbook))


def first_sheet(path: Path) -> list[tuple[int, list[str]]]:
    """Return the rows of the first sheet that is shown and holds something, each with its number there.

    Raises ExtractionError.
    """
    _checked(path)
    with _opened(path) as workbook:
        for sheet in _shown(workbook):
            first = (sheet.start or (0, 0))[0] + 1
            rows = [(first + n, [cells.written(value) for value in row]) for n, row in enumerate(sheet.iter_rows())]
            if any(cell.strip() for _, row in rows for cell in row):
                return rows
    raise Empty("no rows")


@contextmanager
def _opened(path: Path) -> Iterator[calamine.CalamineWorkbook]:
    try:
        with closing(calamine.load_workbook(str(path))) as workbook:
            yield workbook
    except calamine.PasswordError as error:
        raise Encrypted("protected by a password") from error
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise Damaged(f"no workbook: {error}") from error
    except BaseException as error:
        if type(error).__name__ != _PANIC:
            raise
        raise Damaged(f"no workbook: {error}") from error


def _checked(path: Path) -> dict[str, str]:
    """Return what the workbook says of itself. Raises for one that could fill the memory, before it is read."""
    with path.open("rb") as file:
        if file.read(len(ole.MAGIC)) == ole.MAGIC:
            return ole.properties(ole.Compound(path.read_bytes()))
    with package.opened(path, most_xml=package.MAX_UNPACKED_BYTES) as opened:
        parts = Parts(opened)
        names = opened.namelist()
        if "content.xml" in names:
            opendocument.check_manifest(parts)
            with opened.open("content.xml") as content:
                _check_repeated(_matches(content, _ODS))
            return opendocument.properties(parts)
        for name in names:
            if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                with opened.open(name) as sheet:
                    _check_reach(_matches(sheet, _CELL))
        return package.properties(parts)


def _check_reach(found: Iterable[re.Match[bytes]]) -> None:
    """Raise TooCostly where the cells that are named lie too far apart, Damaged where one lies in no sheet."""
    columns, rows = set[bytes](), set[bytes]()
    for match in found:
        column = match[1].rstrip(_DIGITS)
        columns.add(column.upper())
        rows.add(match[1][len(column) :])
    if not rows:
        return
    if not all(name.isalpha() and len(name) <= _FURTHEST[0] for name in columns):
        raise Damaged("a cell in no column")
    if not all(number and len(number) <= _FURTHEST[1] for number in rows):
        raise Damaged("a cell in no row")
    across, down = [_column(name) for name in columns], [int(number) for number in rows]
    _check_area((max(across) - min(across) + 1) * (max(down) - min(down) + 1))


def _check_repeated(found: Iterable[re.Match[bytes]]) -> None:
    """Raise TooCostly where cells that say something are repeated too often ("empty" ones have no content)."""
    times = total = 0
    for match in found:
        repeated = int(number[1]) if (number := _REPEATED.search(match[2])) else 1
        if match[1] == b"table-row":
            times = repeated
        elif not match[2].endswith(b"/"):
            total += times * repeated
            _check_area(total)


def _check_area(area: int) -> None:
    if area > MAX_CELLS:
        raise TooCostly(f"more than {MAX_CELLS} cells in a sheet")


def _column(name: bytes) -> int:
    number = 0
    for letter in name:
        number = number * 26 + letter - 64
    return number


def _matches(file: IO[bytes], pattern: re.Pattern[bytes]) -> Iterator[re.Match[bytes]]:
    """Yield the matches in a file that is read in pieces; a tag that two pieces share is found in the second."""
    rest = b""
    while chunk := file.read(_CHUNK):
        data = rest + chunk
        end = 0
        for match in pattern.finditer(data):
            yield match
            end = match.end()
        rest = data[max(end, len(data) - _OVERLAP) :]


def _sheets(workbook: calamine.CalamineWorkbook) -> Iterator[tuple[str, list[Sequence[str]]]]:
    """Yield the name and the rows of each sheet that is shown and holds something."""
    for sheet in _shown(workbook):
        rows = cells.filled([cells.written(value) for value in row] for row in sheet.iter_rows())
        if rows:
            yield sheet.name, rows


def _shown(workbook: calamine.CalamineWorkbook) -> Iterator[calamine.CalamineSheet]:
    for number, about in enumerate(workbook.sheets_metadata):
        if about.visible is calamine.SheetVisibleEnum.Visible and about.typ is calamine.SheetTypeEnum.WorkSheet:
            sheet = workbook.get_sheet_by_index(number)
            _check_area(sheet.height * sheet.width)
            yield sheet


def _pages(sheets: Iterable[tuple[str, Sequence[Sequence[str]]]], limits: Limits) -> tuple[Page, ...]:
    pages: list[Page] = []
    for name, rows in sheets:
        named = [] if _UNNAMED.fullmatch(name) else [paging.heading(line(name), 1)]
        left = replace(limits, pages=limits.pages - len(pages))
        for page in paging.pages([*named, paging.table(rows)], left):
            pages.append(replace(page, number=len(pages) + 1, label=line(name, _LABEL_CHARS)))
    if not pages:
        raise Empty("no text")
    return tuple(pages)
