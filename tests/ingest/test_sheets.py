"""Workbooks and rows of text: numbers, dates and rows as people read them, within bounds."""

import datetime as dt
import struct
from pathlib import Path

import pytest

from kb.ingest import media, sandbox
from kb.ingest.extraction import Damaged, Empty, Extraction, Limits, TooCostly
from kb.ingest.formats import FORMATS, choose
from kb.ingest.formats.sheets import MAX_CELLS, cells
from kb.ingest.sniff import sniff
from tests.ingest.packages import change, good

ROWS = (
    "دليل تبسيط المساطر الإدارية\nالخدمة\tالأجل بالأيام\tتاريخ النشر\tنسبة الرضى\n"
    "شهادة السُّكنى\t3\t2020-03-06\t0.875\nرخصة البناء\t30\t2021-04-01 09:30\t1"
)
SHEET = "xl/worksheets/sheet1.xml"


def read(path: Path, limits: Limits | None = None) -> Extraction:
    return choose(sniff(path)).extract(path, limits or Limits())


@pytest.mark.parametrize("name", ["xlsx", "xls", "ods"])
def test_a_sheet_is_a_page_with_its_name_and_its_rows_a_table(name: str) -> None:
    first, second = read(good(name)).pages
    assert (first.label, second.label) == ("الآجال", "الشكايات")
    assert first.text == f"الآجال\n\n{ROWS}"
    assert [(region.kind, region.level) for region in first.regions] == [("heading", 1), ("table", 0)]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (3.0, "3"),
        (1250, "1250"),
        (0.1 + 0.2, "0.3"),
        (1e300, "1e+300"),
        (True, "TRUE"),
        (dt.datetime(2020, 3, 6), "2020-03-06"),  # noqa: DTZ001 - a sheet knows no zone
        (dt.datetime(2020, 3, 6, 9, 30, 15), "2020-03-06 09:30:15"),  # noqa: DTZ001 - as above
        (dt.date(2020, 3, 6), "2020-03-06"),
        (dt.time(9, 30), "09:30:00"),
        (dt.timedelta(hours=36), "1 day, 12:00:00"),
        ("نص", "نص"),
    ],
)
def test_a_cell_is_written_as_people_read_it(value: cells.Value, expected: str) -> None:
    assert cells.written(value) == expected


def sheet(tmp_path: Path, rows: str) -> Path:
    data = f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData>'
    return change(good("xlsx"), tmp_path / "a.xlsx", {SHEET: lambda _: f"{data}</worksheet>".encode()})


def cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def test_a_long_sheet_is_cut_into_pages_of_its_name(tmp_path: Path) -> None:
    rows = "".join(f'<row r="{n}">{cell(f"A{n}", f"صف {n}")}{cell(f"B{n}", "قيمة " * 10)}</row>' for n in range(1, 200))
    pages = read(sheet(tmp_path, rows)).pages
    assert len(pages) > 3
    assert {page.label for page in pages[:-1]} == {"الآجال"}
    assert [page.number for page in pages] == list(range(1, len(pages) + 1))
    assert all(len(page.text) <= 3000 for page in pages)
    text = "\n".join(page.text for page in pages)
    assert all(f"صف {n}\t" in text for n in range(1, 200))


@pytest.mark.parametrize("place", ["XFD1048576", "A1048576 XFD1"])
def test_two_cells_at_the_ends_of_a_huge_sheet_fill_no_memory(tmp_path: Path, place: str) -> None:
    far = "".join(f'<row r="{one.strip("AXFD")}">{cell(one, "بعيد")}</row>' for one in place.split())
    path = sheet(tmp_path, f'<row r="1">{cell("A1", "قريب")}</row>{far}')
    with pytest.raises(TooCostly, match="cells"):
        read(path)


@pytest.mark.parametrize("place", ["A5555555555555555", "A99999999", "AAAAAA1", "A", "1"])
def test_a_cell_in_no_place_of_a_sheet_is_damage(tmp_path: Path, place: str) -> None:
    with pytest.raises(Damaged, match="in no"):
        read(sheet(tmp_path, f'<row r="1">{cell("A1", "أول")}{cell(place, "آخر")}</row>'))


@pytest.mark.parametrize("written", ["r='XFD1048576'", 'r = "XFD1048576"', 'r="xfd1048576"'])
def test_a_place_is_seen_however_it_is_written(tmp_path: Path, written: str) -> None:
    far = cell("A2", "آخر").replace('r="A2"', written)
    with pytest.raises(TooCostly, match="cells"):
        read(sheet(tmp_path, f'<row r="1">{cell("A1", "أول")}{far}</row>'))


def test_a_sheet_is_read_up_to_its_limit_of_cells_and_not_beyond(tmp_path: Path) -> None:
    for row, readable in ((MAX_CELLS // 4, True), (MAX_CELLS // 4 + 1, False)):
        path = sheet(tmp_path, f'<row r="1">{cell("A1", "أول")}</row><row r="{row}">{cell(f"D{row}", "آخر")}</row>')
        if readable:
            assert read(path).pages[0].text == "الآجال\n\nأول\nآخر"
        else:
            with pytest.raises(TooCostly):
                read(path)


def test_cells_that_name_no_place_are_bounded_by_the_memory_of_the_child(tmp_path: Path) -> None:
    path = sheet(tmp_path, "<row><c><v>1</v></c></row>" * 1000)
    assert sandbox.extract(choose(sniff(path)), path, Limits()).pages[0].text.count("1") == 1000


def test_a_cell_that_is_repeated_without_end_is_too_costly(tmp_path: Path) -> None:
    row = (
        '<table:table-row table:number-rows-repeated="1048576"><table:table-cell '
        'table:number-columns-repeated="16384" office:value-type="string"><text:p>قنبلة</text:p></table:table-cell>'
        "</table:table-row></table:table>"
    )
    path = change(
        good("ods"), tmp_path / "a", {"content.xml": lambda data: data.replace(b"</table:table>", row.encode(), 1)}
    )
    with pytest.raises(TooCostly, match="cells"):
        read(path)


def test_empty_cells_may_be_repeated_to_the_end_of_the_sheet(tmp_path: Path) -> None:
    row = (
        b'<table:table-row table:number-rows-repeated="1048000"><table:table-cell '
        b'table:number-columns-repeated="16384"/></table:table-row></table:table>'
    )
    path = change(good("ods"), tmp_path / "a", {"content.xml": lambda data: data.replace(b"</table:table>", row, 1)})
    assert sandbox.extract(choose(sniff(path)), path, Limits()).pages[0].text == f"الآجال\n\n{ROWS}"


def test_a_hidden_sheet_is_not_read(tmp_path: Path) -> None:
    def hide(data: bytes) -> bytes:
        before, _, after = data.rpartition(b'state="visible"')
        return before + b'state="hidden"' + after

    [page] = read(change(good("xlsx"), tmp_path / "a", {"xl/workbook.xml": hide})).pages
    assert page.label == "الآجال"


def test_a_workbook_without_a_filled_cell_is_empty(tmp_path: Path) -> None:
    path = change(
        good("xlsx"),
        tmp_path / "a",
        {SHEET: lambda _: b"<worksheet/>", SHEET.replace("1", "2"): lambda _: b"<worksheet/>"},
    )
    with pytest.raises((Empty, Damaged)):
        read(path)


CSV = "الخدمة{0}الأجل{0}الرسم\nشهادة{0}3 أيام{0}0\nرخصة{0}30 يوما{0}100\n"


@pytest.mark.parametrize("sign", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1256"])
def test_rows_of_text_are_divided_by_whichever_sign_they_use(tmp_path: Path, sign: str, encoding: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(CSV.format(sign).encode(encoding))
    [page] = read(path).pages
    assert page.text == "الخدمة\tالأجل\tالرسم\nشهادة\t3 أيام\t0\nرخصة\t30 يوما\t100"
    assert [region.kind for region in page.regions] == ["table"]


def test_a_decimal_comma_divides_no_row_and_quotes_hold_signs_and_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('sep=;\r\nجهة;نسبة\r\n"طنجة; تطوان\nالحسيمة";"87,5 ""تقريبا"""\r\nفاس;91,2\r\n', "utf-8")
    assert read(path).pages[0].text == 'جهة\tنسبة\nطنجة; تطوان الحسيمة\t87,5 "تقريبا"\nفاس\t91,2'


def test_the_title_of_a_table_stands_alone_in_a_row() -> None:
    assert cells.title([["", "2021"], ["", "آجال المساطر", ""], ["أ", "ب"]]) == "آجال المساطر"
    assert cells.title([["الخدمة", "الأجل"], ["شهادة السكنى", "3"]]) == ""


def test_a_quote_that_never_ends_is_a_named_failure(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('a;b\n"' + "x;\n" * 400_000, "utf-8")
    with pytest.raises(TooCostly):
        read(path)


def test_a_workbook_that_its_reader_panics_over_is_damaged(tmp_path: Path) -> None:
    data = bytearray(good("xls").read_bytes())
    directory = (struct.unpack_from("<I", data, 48)[0] + 1) * 512
    struct.pack_into("<H", data, 30, 12)
    path = tmp_path / "a.xls"
    for length in (directory + 80, len(data)):
        path.write_bytes(data[:length])
        with pytest.raises(Damaged):
            FORMATS[media.XLS].extract(path, Limits())
