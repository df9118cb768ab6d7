"""Tables as XLSX. The only file that knows XlsxWriter."""

import datetime as dt
import io
from typing import Any, Final

import xlsxwriter

from kb.writing.citation import Dated
from kb.writing.table import Cell, Link, Table, written

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_CELL_CHARS: Final = 32_000  # Excel refuses a file with a cell of more than 32,767
_WIDTHS: Final = (10, 60)
_DATES: Final = {"day": "yyyy-mm-dd", "month": "yyyy-mm"}
_RIGHT_TO_LEFT: Final = frozenset({"ar"})


def write(table: Table) -> bytes:
    """Return a workbook of one sheet, from right to left in Arabic. Text is text: nothing in it is computed.

    A day or a month is a date of the spreadsheet, a year a number; a span of time is text.
    """
    kept = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(kept, options) as book:
        book.set_properties({"title": written(table.title)})
        sheet = book.add_worksheet()
        if table.language in _RIGHT_TO_LEFT:
            sheet.right_to_left()
        _fill(book, sheet, table)
    return kept.getvalue()


def _fill(book: Any, sheet: Any, table: Table) -> None:
    head = book.add_format({"bold": True, "bg_color": "#E8F3ED", "bottom": 1, "valign": "top"})
    body = book.add_format({"text_wrap": True, "valign": "top"})
    link = book.add_format({"font_color": "#0E5C46", "underline": 1, "valign": "top"})
    dates = {name: book.add_format({"num_format": code, "valign": "top"}) for name, code in _DATES.items()}
    widths = [len(name) for name in table.columns]
    sheet.write_row(0, 0, table.columns, head)
    number = 0
    for number, row in enumerate(table.rows, start=1):
        for place, cell in enumerate(row):
            widths[place] = max(widths[place], min(len(written(cell)), _WIDTHS[1]))
            _put(sheet, number, place, cell, {"body": body, "link": link, **dates})
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, number, len(table.columns) - 1)
    for place, width in enumerate(widths):
        sheet.set_column(place, place, max(_WIDTHS[0], width))
    if table.note:
        sheet.write_string(number + 1, 0, written(table.note), head)


def _put(sheet: Any, row: int, column: int, cell: Cell, formats: dict[str, Any]) -> None:
    match cell:
        case Link(address):
            sheet.write_url(row, column, address, formats["link"], address)
        case int():
            sheet.write_number(row, column, cell, formats["body"])
        case Dated() if len(cell.points()) == 1 and cell.last is not None:
            _put_date(sheet, row, column, cell, formats)
        case _:
            sheet.write_string(row, column, written(cell)[:_CELL_CHARS], formats["body"])


def _put_date(sheet: Any, row: int, column: int, dated: Dated, formats: dict[str, Any]) -> None:
    if dated.precision == "year":
        sheet.write_number(row, column, dated.first.year, formats["body"])
    elif dated.first < dt.date(1900, 3, 1):  # before that, Excel counts a day that never was
        sheet.write_string(row, column, written(dated), formats["body"])
    else:
        sheet.write_datetime(row, column, dated.first, formats[dated.precision])
