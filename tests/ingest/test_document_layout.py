"""What only the pages of a document together tell: heads, feet, notes, headings, and the outline."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import pytest

from kb.ingest.formats.pdf import layout, margins
from kb.ingest.formats.pdf.layout import Laid
from kb.ingest.formats.pdf.page import Reading
from kb.ingest.formats.pdf.sheet import Rule
from kb.ingest.formats.pdf.written import Written

HEIGHT, WIDTH, BODY, PITCH = 800.0, 600.0, 12.0, 16.0
WORDS = "نص جار من كلمات كثيرة تملأ السطر كله من أوله إلى آخره في الصفحة"


def line(text: str, y: float, size: float = BODY, *, bold: bool = False, angle: int = 0, table: int = 0) -> Written:
    words = text.split()
    return Written(
        text=text,
        places=tuple(
            (10 * n, round(10 * (HEIGHT - y)) - 90, 10 * n + 9, round(10 * (HEIGHT - y))) for n in range(len(words))
        ),
        x0=60.0,
        x1=60.0 + 5 * len(text),
        y=y,
        size=size,
        rtl=True,
        bold=bold,
        letters=len(text.replace(" ", "")),
        angle=angle,
        table=table,
    )


def body(rows: int = 8, top: float = 700.0) -> list[Written]:
    return [line(f"{WORDS} {'ابتثجحخد'[n % 8]}{n}", top - PITCH * n) for n in range(rows)]


def reading(lines: Iterable[Written], rules: Sequence[Rule] = ()) -> Reading:
    return Reading(tuple(lines), WIDTH, HEIGHT, rules=tuple(rules))


def laid(pages: Sequence[Sequence[Written]]) -> list[Laid]:
    return list(layout.laid([reading(page) for page in pages]))


def test_a_line_at_one_height_of_three_pages_is_their_head() -> None:
    pages = laid([[line("تقرير نشاط الوزارة", 760), *body()] for _ in range(3)])
    assert [page.head for page in pages] == ["تقرير نشاط الوزارة"] * 3
    assert not any("تقرير" in page.text for page in pages)


def test_heads_of_left_and_right_pages_and_of_chapters_are_told() -> None:
    heads = ["الباب الأول" if n % 2 else "تقرير النشاط" for n in range(8)]
    assert [page.head for page in laid([[line(head, 760, 9), *body()] for head in heads])] == heads


def test_two_pages_are_too_few_for_a_head() -> None:
    pages = laid([[line("تقرير نشاط الوزارة", 760), *body()] for _ in range(2)])
    assert all(page.text.startswith("تقرير") and not page.head for page in pages)


def test_the_first_row_of_a_table_that_fills_every_page_stays() -> None:
    pages = laid([[line("الخدمة الأجل الكلفة", 760), *body(top=760 - PITCH)] for _ in range(4)])
    assert all(page.text.startswith("الخدمة") for page in pages)


def test_the_first_row_of_a_ruled_table_stays_and_a_ruled_box_above_the_text_is_a_head() -> None:
    rows = [line(f"{n}\tشهادة", 700 - 20 * n, table=1) for n in range(9)]
    heads = laid([[line("الرقم\tالمسطرة", 760, table=1), *rows] for _ in range(3)])
    boxes = laid([[line("الوزارة\tالمديرية", 760, table=1), *body()] for _ in range(3)])
    assert all(page.text.startswith("الرقم") and not page.head for page in heads)
    assert [page.head for page in boxes] == ["الوزارة\tالمديرية"] * 3


def test_the_large_title_of_a_form_on_every_page_stays() -> None:
    pages = laid([[line("استمارة طلب", 740, 20), *body()] for _ in range(4)])
    assert all(page.text.startswith("استمارة") for page in pages)


def test_headings_that_chance_put_at_one_height_of_far_pages_stay() -> None:
    pages = laid([[line("مقتضيات مشتركة" if n in (1, 9, 17) else f"{WORDS} {n}", 760), *body()] for n in range(20)])
    assert [n for n, page in enumerate(pages) if page.text.startswith("مقتضيات")] == [1, 9, 17]


def test_numbers_of_articles_at_the_top_of_pages_are_no_numbers_of_pages() -> None:
    pages = laid([[line(f"المادة {n * n + 3}", 760), *body()] for n in range(6)])
    assert all("المادة" in page.text and not page.head for page in pages)


@pytest.mark.parametrize("written", ["{}", "- {} -", "صفحة {} من 9", "[{}]", "{} | تقرير النشاط"])
def test_numbers_that_count_up_at_the_foot_are_labels(written: str) -> None:
    pages = laid([[*body(), line(written.format(n + 5), 40)] for n in range(4)])
    assert [page.label for page in pages] == ["5", "6", "7", "8"]
    assert [page.foot for page in pages] == [written.format(n + 5) for n in range(4)]
    assert all(page.text.endswith("د7") for page in pages)


def test_arabic_digits_and_roman_numerals_count_too() -> None:
    arabic = laid([[*body(), line("٧٨٩"[n], 40)] for n in range(3)])
    roman = laid([[*body(), line(("iii", "iv", "v", "vi")[n], 40)] for n in range(4)])
    assert [page.label for page in arabic] == ["7", "8", "9"]
    assert [page.label for page in roman] == ["iii", "iv", "v", "vi"]


def test_two_printed_pages_on_a_sheet_are_counted_by_two() -> None:
    pages = laid([[*body(), line(f"{2 * n + 10} {2 * n + 11}", 40)] for n in range(4)])
    assert [page.foot for page in pages] == ["10 11", "12 13", "14 15", "16 17"]


@pytest.mark.parametrize("numbers", [(12, 40, 7), (3, 3, 3)])
def test_numbers_that_do_not_count_the_pages_stay(numbers: tuple[int, ...]) -> None:
    pages = laid([[*body(), line(str(number), 40)] for number in numbers])
    assert [page.text.split()[-1] for page in pages] == [str(number) for number in numbers]


def test_nothing_inside_of_text_is_a_head() -> None:
    pages = laid([[line(f"{WORDS} {7 * n * n}", 770), line("سطر يتكرر", 750, 8), *body()] for n in range(4)])
    assert all("سطر يتكرر" in page.text for page in pages)


def test_a_slanted_word_on_every_page_is_kept_apart() -> None:
    pages = laid([[*body(), line("نسخة", 300, 60, angle=45)] for _ in range(3)])
    assert [page.head for page in pages] == ["نسخة"] * 3
    assert all("نسخة" in page.text for page in laid([[*body(), line("نسخة", 300, 60, angle=45)]] * 2))


def test_no_page_has_no_margins() -> None:
    assert margins.margins([]) == []
    assert [page.text for page in laid([[], []])] == ["", ""]


def regions(page: Laid) -> list[tuple[str, int, str]]:
    return [(region.kind, region.level, page.text[region.span.start : region.span.end]) for region in page.regions]


def test_small_lines_at_the_foot_that_begin_with_numbers_are_notes_at_the_end() -> None:
    foot = [line("1 الجريدة الرسمية عدد 5210", 90, 9), line("بتاريخ 6 ماي 2004", 79, 9), line("(2) نفسه", 68, 9)]
    (page,) = laid([[*foot, *body()]])
    assert regions(page) == [
        ("footnote", 0, "1 الجريدة الرسمية عدد 5210\nبتاريخ 6 ماي 2004"),
        ("footnote", 0, "(2) نفسه"),
    ]
    assert page.text.endswith("نفسه")
    assert [box.word for box in page.boxes] == list(range(len(page.text.split())))


def test_small_lines_without_a_sign_and_small_lines_above_text_are_no_notes() -> None:
    source = line("المصدر: المعهد الوطني", 90, 9)
    above = line("1 عنصر صغير", 720, 9)
    assert not any(kind == "footnote" for kind, *_ in regions(laid([[above, *body(), source]])[0]))


def test_what_stands_below_a_short_rule_is_a_note_though_it_is_as_large_as_the_text() -> None:
    page = reading([*body(), line("* تعدل هذا الفصل", 80)], [Rule(60, 96, 200, 96)])
    assert regions(next(layout.laid([page]))) == [("footnote", 0, "* تعدل هذا الفصل")]


def test_a_note_goes_on_below_the_rule_of_the_next_page() -> None:
    first = reading([*body(), line("1 أول الحاشية الطويلة", 60, 9)])
    second = reading([*body(), line("وبقيتها هنا", 60, 9)], [Rule(60, 70, 200, 70)])
    alone = reading([*body(), line("وبقيتها هنا", 60, 9)], [Rule(60, 70, 200, 70)])
    assert [kind for kind, *_ in regions(list(layout.laid([first, second]))[1])] == ["footnote"]
    assert regions(next(layout.laid([alone]))) == []


def test_larger_and_bold_lines_are_headings_of_their_levels() -> None:
    lines = [
        line("التقرير السنوي", 780, 20),
        line("أولا: الإطار القانوني", 730, 14),
        *body(3),
        line("الموارد", 620, bold=True),
        *body(3, 590),
        line("ثانيا: الحصيلة", 500, 14),
        *body(3, 470),
    ]
    assert regions(laid([lines])[0]) == [
        ("heading", 1, "التقرير السنوي"),
        ("heading", 2, "أولا: الإطار القانوني"),
        ("heading", 3, "الموارد"),
        ("heading", 2, "ثانيا: الحصيلة"),
    ]


def test_a_heading_of_two_lines_is_one() -> None:
    lines = [line("دليل المساطر والإجراءات", 780, 18), line("الخاصة بالإدارات", 758, 18), *body()]
    assert regions(laid([lines])[0]) == [("heading", 1, "دليل المساطر والإجراءات\nالخاصة بالإدارات")]


@pytest.mark.parametrize(
    "text",
    ["الباب الأول: أحكام عامة", "المادة 12", "الفصل الثاني", "الفرع الثالث", "Article 3", "Chapitre II : Du salaire",
     "Article premier", "المادة الأولى", "الفصل 41 مكرر", "(مادة 13 مكرر ا)(1) :"],
)  # fmt: skip
def test_parts_of_a_law_are_headings_though_they_look_like_text(text: str) -> None:
    lines = [*body(3), line(text, 700 - 3 * PITCH - 10), *body(3, 700 - 5 * PITCH)]
    assert [found for _, _, found in regions(laid([lines])[0])] == [text]


@pytest.mark.parametrize(
    "text", ["المادة 12 من هذا القانون على أن تسري الأحكام", "تنص المادة 12", "2023", "الباب مفتوح"]
)
def test_words_of_running_text_are_no_headings(text: str) -> None:
    lines = [*body(3), line(text, 700 - 3 * PITCH), *body(3, 700 - 4 * PITCH)]
    assert regions(laid([lines])[0]) == []


def test_bold_tells_nothing_where_all_is_bold() -> None:
    lines = [line(f"{WORDS} {n}", 700 - 30 * n, bold=True) for n in range(6)]
    assert regions(laid([lines])[0]) == []


def test_an_underlined_line_is_a_heading_where_all_is_bold() -> None:
    lines = [replace(each, bold=True) for each in body(8)]
    lines[4] = replace(line("20 - تداول المواد :", lines[4].y, bold=True), underlined=True)
    assert [found for _, _, found in regions(laid([lines])[0])] == ["20 - تداول المواد :"]


def test_bold_words_that_fill_a_line_of_a_paragraph_are_no_heading() -> None:
    lines = body(8)
    lines[4] = replace(lines[4], bold=True)
    assert regions(laid([lines])[0]) == []


def test_a_bold_sentence_and_cells_of_a_table_are_no_headings() -> None:
    lines = [line("هذه جملة غليظة.", 740, bold=True), *body(), line("الخدمة\tالأجل", 400, bold=True, table=1)]
    assert [kind for kind, *_ in regions(laid([lines])[0])] == ["table"]


def test_the_number_that_opens_an_article_is_its_heading() -> None:
    first = [line("الباب الأول: أحكام عامة", 700), line("المادة 1 : تطبق أحكام هذا القانون على الإدارات.", 680)]
    first += [line("المادة 2 : يقصد بالإدارة كل مرفق عمومي طبقا لما تنص عليه", 665), line("المادة 3 من الدستور.", 650)]
    second = [line("Article 3.- Les administrations sont tenues de répondre.", 700)]
    assert [(kind, level, text) for page in laid([first, second]) for kind, level, text in regions(page)] == [
        ("heading", 1, "الباب الأول: أحكام عامة"),
        ("heading", 2, "المادة 1"),
        ("heading", 2, "المادة 2"),
        ("heading", 2, "Article 3"),
    ]


def test_a_bold_line_that_opens_a_list_is_no_heading() -> None:
    assert not regions(laid([[*body(), line("يتكون الملف من :", 500, bold=True), *body(3, 480)]])[0])
