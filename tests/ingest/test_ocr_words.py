"""Which of several readings of a line is believed, and which of Tesseract's errors are put right."""

import numpy as np
import pytest

from kb.ingest.ocr import layout, reading, spelling
from kb.ingest.ocr.layout import Place
from kb.ingest.ocr.tesseract import Seen


def line(*words: tuple[str, float], width: int = 100) -> list[Seen]:
    """Return words that stand side by side from the right, each with its confidence."""
    return [
        Seen(text, 1000 - width * (place + 1), 0, 990 - width * place, 40, sure)
        for place, (text, sure) in enumerate(words)
    ]


def texts(words: list[Seen]) -> list[str]:
    return [word.text for word in words]


def test_a_known_word_goes_before_an_unknown_one_in_its_place() -> None:
    first, second = line(("الوزارة", 90), ("شبدت", 69)), line(("الوزارة", 90), ("شهدت", 60))
    assert texts(reading.ordered(reading.merged(first, second), rtl=True)) == ["الوزارة", "شهدت"]


def test_what_a_second_reading_sees_where_there_was_nothing_is_hardly_believed() -> None:
    assert texts(reading.merged(line(("الوزارة", 90)), line(("الوزارة", 90), ("؛", 11)))) == ["الوزارة"]


def test_numbers_are_taken_from_the_latin_model_where_it_is_sure() -> None:
    arabic, latin = line(("سوسة", 91), ("768.1", 46)), line(("gu", 20), ("762.281", 97))
    assert texts(reading.ordered(reading.with_latin(arabic, latin), rtl=True)) == ["سوسة", "762.281"]


def test_arabic_words_are_never_taken_for_latin_that_is_not_sure() -> None:
    arabic, latin = line(("تنظيم", 21), ("الأمر", 45)), line(("ae", 25), ("JL", 56))
    assert texts(reading.with_latin(arabic, latin)) == texts(reading.ordered(arabic, rtl=True))[::-1]


def test_latin_words_in_an_arabic_line_are_read_from_left_to_right() -> None:
    words = line(("الدليل", 90), ("9001", 90), ("ISO", 90), ("بالصفحة", 90))
    assert texts(reading.ordered(words, rtl=True)) == ["الدليل", "ISO", "9001", "بالصفحة"]


@pytest.mark.parametrize(
    ("read", "written"),
    [
        ("المشاریع", "المشاريع"),
        ("کتاب", "كتاب"),
        ("أڭادير", "أڭادير"),
        ("٢٠2٣", "٢٠٢٣"),
        ("۲۰۱۵", "٢٠١٥"),
        ("المشاريع»", "المشاريع،"),
        ("جهوياء", "جهويا،"),
        ("بناء", "بناء"),
    ],
)
def test_letters_and_digits_are_those_of_arabic(read: str, written: str) -> None:
    assert texts(spelling.put_right(line((read, 90)))) == [written]


@pytest.mark.parametrize(
    ("read", "written"),
    [
        ("سنة 5102", "سنة 2015"),
        ("مارس 8102", "مارس 2018"),
        ("سنة ٥١٠٢", "سنة ٢٠١٥"),
        ("سنة 2015", "سنة 2015"),
        ("رقم 5102", "رقم 5102"),
        ("سنة 2002", "سنة 2002"),
        ("سنة 7351", "سنة 7351"),
    ],
)
def test_a_year_that_was_read_backwards_is_turned_only_where_a_word_says_it_is_one(read: str, written: str) -> None:
    assert " ".join(texts(spelling.put_right(line(*((word, 90) for word in read.split()))))) == written


def test_traces_of_a_frame_go_and_a_dot_before_a_line_is_a_bullet() -> None:
    assert texts(spelling.put_right(line(("|", 50), ("الأولوية", 90), ("]", 40)))) == ["الأولوية"]
    assert texts(spelling.put_right(line(("٠", 50), ("الأولوية", 90)))) == ["•", "الأولوية"]


def page(*blocks: Place, width: int = 1000, height: int = 1000) -> "layout.Ink":
    ink = np.zeros((height, width), dtype=np.bool_)
    for x0, y0, x1, y1 in blocks:
        ink[y0:y1, x0:x1] = True
    return ink


def test_columns_are_found_below_a_heading_over_both() -> None:
    rows = range(200, 900, 60)
    text = [Place(x, y, x + 400, y + 30) for y in rows for x in (50, 550)]
    found = layout.columns(page(Place(300, 50, 700, 90), *text), rtl=True)
    assert [(column.x0, column.y0) for column in found] == [(300, 50), (550, 200), (50, 200)]
    assert layout.columns(page(*text), rtl=False)[0].x0 == 50


def test_the_columns_of_a_table_are_no_columns_of_text() -> None:
    cells = [Place(x, y, x + 80, y + 30) for y in range(200, 900, 60) for x in (50, 350, 650)]
    assert len(layout.columns(page(*cells), rtl=True)) == 1


def test_marks_belong_to_the_line_that_they_are_near() -> None:
    ink = page(Place(100, 100, 900, 140), Place(300, 84, 320, 92), Place(100, 200, 900, 240), Place(400, 248, 420, 254))
    assert layout.lines(ink, Place(0, 0, 1000, 1000)) == [Place(100, 84, 900, 140), Place(100, 200, 900, 254)]


def test_lines_that_touch_are_cut_where_the_ink_is_least() -> None:
    lines = [Place(100, 100 + 100 * n, 900, 150 + 100 * n) for n in range(4)]
    ink = page(*lines, *(Place(500, 150 + 100 * n, 504, 200 + 100 * n) for n in range(3)))
    assert len(layout.lines(ink, Place(0, 0, 1000, 1000))) == 4


def test_a_line_falls_apart_at_wide_gaps_and_at_rules() -> None:
    ink = page(Place(100, 100, 300, 140), Place(330, 100, 500, 140), Place(700, 100, 900, 140))
    rules = page(Place(315, 90, 318, 150))
    line = Place(100, 100, 900, 140)
    assert [piece.x0 for piece in layout.pieces(ink, page(), line)] == [100, 700]
    assert [piece.x0 for piece in layout.pieces(ink, rules, line)] == [100, 330, 700]
