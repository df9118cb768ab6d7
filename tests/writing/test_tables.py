"""Tables for spreadsheets: nothing is computed, dates are dates, Arabic runs from right to left."""

import csv
import datetime as dt
import io
import zipfile
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from kb.writing import delimited, workbook
from kb.writing.citation import Dated
from kb.writing.table import Cell, Link, Table

DAY = Dated(dt.date(2019, 3, 6), dt.date(2019, 3, 6))
MONTH = Dated(dt.date(2020, 5, 1), dt.date(2020, 5, 31), "month")
YEAR = Dated(dt.date(2020, 1, 1), dt.date(2020, 12, 31), "year")
YEARS = Dated(dt.date(2018, 1, 1), dt.date(2019, 12, 31), "year")
SINCE = Dated(dt.date(2021, 1, 1), None, "year")


def table(*rows: tuple[Cell, ...], language: str = "ar", note: str = "") -> Table:
    return Table("لائحة", language, tuple(f"عمود {n}" for n in range(len(rows[0]))), rows, note)


def read_csv(given: Table, delimiter: str = ";") -> list[list[str]]:
    text = "".join(delimited.write(given))
    assert text.startswith("\ufeff")
    assert text.count("\ufeff") == 1
    return list(csv.reader(io.StringIO(text[1:]), delimiter=delimiter))


def read_xlsx(given: Table) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(workbook.write(given))).get_sheet_by_index(0).to_python()


@pytest.mark.parametrize("head", ["=", "+", "-", "@", "\t", "\r", "\n", " =", "\u200f=", "\uff1d", "\u202b+"])
def test_no_cell_of_csv_is_a_formula(head: str) -> None:
    cell = read_csv(table((f"{head}HYPERLINK(1)", "2")))[1][0]
    assert cell.startswith("'")
    assert cell.endswith("HYPERLINK(1)")


@given(st.text(max_size=40))
def test_every_text_comes_back_as_one_cell_that_computes_nothing(text: str) -> None:
    rows = read_csv(table((text, "آخر")))
    assert [len(row) for row in rows] == [2, 2]
    assert rows[1][1] == "آخر"
    assert rows[1][0][:1] not in set("=+-@\t\r\n")


def test_marks_of_direction_are_no_data() -> None:
    assert read_csv(table(("\u202bدليل\u202c \u200eA\u200f\u2067", "")))[1][0] == "دليل A"


@pytest.mark.parametrize(("language", "separator"), [("ar", ";"), ("fr", ";"), ("en", ",")])
def test_the_separator_is_that_of_the_reader_s_spreadsheet(language: str, separator: str) -> None:
    assert read_csv(table(("a;b", "c,d"), language=language), separator)[1] == ["a;b", "c,d"]


@pytest.mark.parametrize(
    ("dated", "text"),
    [(DAY, "2019-03-06"), (MONTH, "2020-05"), (YEAR, "2020"), (YEARS, "2018/2019"), (SINCE, "2021/..")],
)
def test_a_date_is_written_to_the_precision_that_is_known(dated: Dated, text: str) -> None:
    assert read_csv(table((dated, "")))[1][0] == text


def test_a_note_stands_below_the_rows() -> None:
    assert read_csv(table(("a", "b"), note="ليس هنا كل شيء"))[-1] == ["ليس هنا كل شيء"]
    assert read_xlsx(table(("a", "b"), note="ليس هنا كل شيء"))[-1][0] == "ليس هنا كل شيء"


def test_dates_of_a_workbook_are_dates_and_years_numbers() -> None:
    row = read_xlsx(table((DAY, MONTH, YEAR, YEARS, 48, None, Link("https://library.example/d/abcdefghij"))))[1]
    assert row == [
        *(dt.date(2019, 3, 6), dt.date(2020, 5, 1), 2020.0, "2018/2019", 48.0, ""),
        "https://library.example/d/abcdefghij",
    ]


@pytest.mark.parametrize("text", ["=1+1", "{=1}", "https://example.org/", "007", "mailto:a@b.example", "a\x00\x0bb"])
def test_text_of_a_workbook_stays_text(text: str) -> None:
    given = table((text, ""))
    assert read_xlsx(given)[1][0] == text.replace("\x00\x0b", " ")
    sheet = zipfile.ZipFile(io.BytesIO(workbook.write(given))).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet


@pytest.mark.parametrize(("language", "turned"), [("ar", True), ("fr", False)])
def test_a_sheet_runs_as_its_language_does(language: str, turned: bool) -> None:  # noqa: FBT001 -- a column of a table
    sheet = zipfile.ZipFile(io.BytesIO(workbook.write(table(("a",), language=language)))).read(
        "xl/worksheets/sheet1.xml"
    )
    assert (b'rightToLeft="1"' in sheet) is turned


def test_a_very_long_cell_is_cut_where_excel_would_refuse_the_file() -> None:
    assert len(read_xlsx(table(("ا" * 40_000,)))[1][0]) == 32_000
