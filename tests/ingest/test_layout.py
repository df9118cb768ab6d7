"""From places on paper to the order of reading, on lines whose answer is known."""

import re
from dataclasses import replace

import pytest
from bidi import get_display
from hypothesis import given
from hypothesis import strategies as st

from kb.ingest.formats.pdf import (
    assembly,
    bidi,
    clusters,
    direction,
    hyphens,
    lines,
    marks,
    order,
    page,
    rules,
    spelling,
)
from kb.ingest.formats.pdf.sheet import Glyph, Rule, Sheet

SIZE = 10.0


def drawn(text: str, x: float = 0, y: float = 0, width: float = 5.0, size: float = SIZE) -> list[Glyph]:
    """Return the glyphs of a line as it stands on paper, from left to right."""
    return [
        Glyph(
            char, x + place * width, x + (place + 1) * width, y, size, 0, place + int(x) - int(y) * 1000, 0, ord(char)
        )
        for place, char in enumerate(text)
    ]


def sheet(*rows: list[Glyph]) -> Sheet:
    return Sheet(600, 800, [glyph for row in rows for glyph in row])


def logical(line: str, *, rtl: bool = True) -> str:
    """Draw a line by an independent bidirectional algorithm, which keeps the characters of brackets; read it back."""
    return bidi.logical(list(get_display(line, base_dir="R" if rtl else "L")), rtl=rtl, mirror=False)


@pytest.mark.parametrize(
    "line",
    [
        "القانون رقم 55.19 المتعلق بتبسيط المساطر",
        "في 31/12/2025 على الساعة 10:30",
        "الهاتف 71-560-840 والفاكس",
        "نسبة الرضى 87,5% من المرتفقين",
        "بلغت ١٢٣٫٤ مليون و٢٥٪",
        "(المرحلة الأولى) والمادة [12] و«الجودة»",
        "معيار ISO 9001:2015 للجودة",
        "منصة e-TAMKEEN للتكوين",
        "البريد contact@mmsp.gov.ma والموقع www.mmsp.gov.ma",
        "برنامج (PAMT II) الجديد",
        "من ١٥ إلى ٢٠",
    ],
)
def test_an_arabic_line_is_read_as_it_was_written(line: str) -> None:
    assert logical(line) == line


@pytest.mark.parametrize("line", ["Le mot «دليل المساطر» est arabe", "Article 12 (إصلاح الإدارة)", "La loi n° 55-19"])
def test_a_french_line_is_read_as_it_was_written(line: str) -> None:
    assert logical(line, rtl=False) == line


@pytest.mark.parametrize("cell", ["2010-2011", "12/05/2023", "87,5%", "+212 5 37", "1.075.306"])
def test_a_cell_of_numbers_alone_keeps_its_order(cell: str) -> None:
    assert logical(cell) == cell


WORDS = st.text(alphabet="ابتثجحخدذرزسشصضطظعغفقكلمنهوية", min_size=1, max_size=8)
NUMBERS = st.from_regex(r"[0-9]{1,4}([.,/][0-9]{1,3})?", fullmatch=True)
LATIN = st.text(alphabet="abcdefgh", min_size=1, max_size=6)


@given(st.lists(st.one_of(WORDS, WORDS, WORDS.map(lambda word: f"({word})")), min_size=1, max_size=8))
def test_lines_of_arabic_words_come_back_whole(words: list[str]) -> None:
    line = " ".join(words)
    assert logical(line) == line


@given(WORDS, st.lists(st.tuples(st.one_of(NUMBERS, LATIN), WORDS), max_size=4))
def test_numbers_and_latin_words_between_arabic_words_come_back_whole(first: str, rest: list[tuple[str, str]]) -> None:
    line = " ".join([first, *(word for pair in rest for word in pair)])
    assert logical(line) == line


@given(st.text(alphabet="ابا12 .,-()[]«»abc%/:", max_size=40), st.booleans(), st.booleans())
def test_no_sign_is_lost_or_added(line: str, rtl: bool, mirror: bool) -> None:  # noqa: FBT001 - drawn by hypothesis
    turned = bidi.logical(list(line), rtl=rtl, mirror=mirror)
    plain = str.maketrans(")]»", "([«")
    assert sorted(turned.translate(plain)) == sorted(line.translate(plain))


@pytest.mark.parametrize(("shapes", "mirror"), [("(أ) [1]", True), (")أ( ]1[", False)])
def test_brackets_are_read_by_either_convention(shapes: str, mirror: bool) -> None:  # noqa: FBT001 - a parameter
    assert bidi.logical(list(shapes), rtl=True, mirror=mirror) == "[1] (أ)"


def test_the_convention_of_brackets_is_that_which_closes_what_it_opens() -> None:
    assert page.read(sheet(drawn(")ىلوأ( ةلحرم"))).text == "مرحلة (أولى)"
    assert page.read(sheet(drawn("(ىلوأ) ةلحرم"))).text == "مرحلة (أولى)"


def test_a_ligature_keeps_the_order_of_its_letters() -> None:
    assert bidi.logical(["م", "لا", "س"], rtl=True, mirror=True) == "سلام"


@pytest.mark.parametrize(
    ("mapped", "expected"),
    [
        ("ﻼ", ("لا", False)),
        ("ال", ("لا", False)),
        ("\x00", ("\ufffd", True)),
        ("\ue001", ("\ufffd", True)),
        ("", ("", False)),
    ],
)
def test_a_glyph_is_spelled_in_plain_letters(mapped: str, expected: tuple[str, bool]) -> None:
    assert spelling.of_glyph(mapped) == expected


def test_text_drawn_in_the_order_of_reading_is_not_turned() -> None:
    text = "وزارة الداخلية مديرية الموارد"
    assert page.read(sheet(drawn(text))).text == text
    assert page.read(sheet(drawn(text[::-1]))).text == text


def joined(*texts: str) -> list[Glyph]:
    """Return a line of glyphs that may hold several letters each, 5 points wide."""
    return [Glyph(text, 5.0 * place, 5.0 * place + 5, 0, SIZE, 0, place, 0, 0) for place, text in enumerate(texts)]


def test_a_ligature_made_of_text_turned_round_has_its_letters_turned_back() -> None:
    assert page.read(sheet(joined(*"وزارة ", "لا", *"داخلية"))).text == "وزارة الداخلية"


def test_a_ligature_made_before_its_line_was_drawn_from_the_left_is_kept() -> None:
    line = joined(*"الس", "لا", *"مة في ا", "لإ", *"دارة وا", "لأ", *"عمال والثقافة")
    assert page.read(sheet(line)).text == "السلامة في الإدارة والأعمال والثقافة"


def test_marks_stay_with_their_letters_when_a_ligature_is_turned() -> None:
    assert page.read(sheet(joined(*"وزارة ", "لَا", *"داخلية العامة"))).text == "وزارة الَداخلية العامة"


def test_words_of_another_glyph_are_taken_from_a_shape_of_both_scripts() -> None:
    line = joined("حبيبي h", *"abibi", "", "", "حبيبي ")
    assert page.read(sheet(line)).text == "حبيبي habibi"


def test_letters_of_both_scripts_in_one_shape_stay_where_no_other_glyph_has_them() -> None:
    assert [glyph.text for glyph in clusters.settle(joined("حبيبي h", "a"))] == ["حبيبي h", "a"]


@pytest.mark.parametrize("text", ["محمد", "باب سلس", "درج", "", "abc"])
def test_words_that_read_alike_both_ways_decide_nothing(text: str) -> None:
    assert not direction.is_mirrored(text)
    assert not direction.is_mirrored(text[::-1])


def mark(text: str, x: float, index: int) -> Glyph:
    return Glyph(text, x, x, 0, SIZE, 0, index, 0, 0)


def test_a_mark_belongs_to_the_letter_after_it_where_the_stream_runs_from_left_to_right() -> None:
    left, right = Glyph("ب", 0, 5, 0, SIZE, 0, 2, 0, 0), Glyph("ك", 5, 10, 0, SIZE, 0, 4, 0, 0)
    marks.attach([mark("\u0650", 5.5, 1), mark("\u064e", 9, 3)], [[left, right]])
    assert (left.text, right.text) == ("بِ", "كَ")


def test_a_mark_belongs_to_the_letter_before_it_where_the_stream_is_in_the_order_of_reading() -> None:
    right, left = Glyph("ك", 5, 10, 0, SIZE, 0, 1, 0, 0), Glyph("ب", 0, 5, 0, SIZE, 0, 3, 0, 0)
    marks.attach([mark("\u064e", 9, 2), mark("\u0650", 5.5, 4)], [[right, left]])
    assert (left.text, right.text) == ("بِ", "كَ")


@pytest.mark.parametrize(("vowel", "expected"), [("\u064e", "لَا"), ("\u064b", "لاً")])
def test_a_vowel_over_lam_alef_is_on_the_lam_and_tanwin_on_the_alef(vowel: str, expected: str) -> None:
    host = Glyph("لا", 0, 6, 0, SIZE, 0, 2, 0, 0)
    marks.attach([mark(vowel, 2, 1)], [[host]])
    assert host.text == expected


def test_the_text_of_a_cluster_goes_from_its_vowel_to_the_letters_that_have_none() -> None:
    unknown = [Glyph("\ufffd", x, x + 5, 0, SIZE, 0, 2 + int(x), 0, 0, unmapped=True) for x in (0, 5)]
    settled = clusters.settle([mark("لأَ", 1, 1), *unknown])
    assert [(glyph.text, glyph.unmapped) for glyph in settled] == [("لأَ", False), ("", False)]


def test_the_dots_of_a_shape_of_several_letters_tell_which_these_are() -> None:
    glyphs = [*drawn("نب", width=10.0)]
    dots = [Glyph("ن", 3.0, 3.0, 2.0, SIZE, 0, -2, 0, 900), Glyph("ي", 8.0, 8.0, -2.0, SIZE, 0, -1, 0, 901)]
    assert [glyph.text for glyph in clusters.settle([*dots, *glyphs])] == ["ين", "ب"]


def test_a_dot_named_like_the_letter_it_is_on_is_read_once() -> None:
    dot = Glyph("ي", 3.0, 3.0, -2.0, SIZE, 0, -1, 0, 901)
    assert [glyph.text for glyph in clusters.settle([dot, *drawn("ير")])] == ["ي", "ر"]


def test_an_alef_without_width_that_follows_its_lam_is_read() -> None:
    alef = Glyph("ا", 3.0, 3.0, 0.0, SIZE, 0, -1, 0, 901)
    assert "".join(glyph.text for glyph in clusters.settle([alef, *drawn("لب")])) == "الب"


def test_a_vowel_named_like_a_cluster_is_a_vowel_on_any_other_letter() -> None:
    vowel = Glyph("إِ", 3.0, 3.0, -2.0, SIZE, 0, -1, 0, 901)
    assert [glyph.text for glyph in clusters.settle([vowel, *drawn("ب")])] == ["ِ", "ب"]


def test_a_shape_without_a_text_is_the_letter_its_font_says_unless_the_cluster_beside_it_holds_it() -> None:
    letters = {(0, ord("x")): "إ"}
    for beside, read in (("ِ", "إ"), ("إِ", "")):
        glyphs = [Glyph(beside, 3.0, 3.0, -2.0, SIZE, 0, 0, 0, 901), Glyph("", 0.0, 5.0, 0.0, SIZE, 0, 1, 0, ord("x"))]
        clusters.name(glyphs, letters)
        assert glyphs[1].text == read


def test_the_text_of_a_cluster_given_twice_is_read_once() -> None:
    settled = clusters.settle([mark("سَ", 1, 1), Glyph("سَ", 0, 5, 0, SIZE, 0, 2, 0, 0)])
    assert [glyph.text for glyph in settled] == ["سَ"]


@pytest.mark.parametrize(
    ("drawn_line", "read"),
    [
        ("لخاد Portail national (PNRC) ةباوبلا", "البوابة Portail national (PNRC) داخل"),
        ("مقر (Law) نوناقلا", "القانون (Law) رقم"),
    ],
)
def test_a_bracket_that_latin_words_open_is_closed_after_them(drawn_line: str, read: str) -> None:
    assert bidi.logical(list(drawn_line), rtl=True, mirror=True) == read


def test_a_telephone_number_that_ends_an_arabic_sentence_on_its_own_line_is_read_from_its_start() -> None:
    assert bidi.logical(list(".00-99-68-0537"), rtl=True, mirror=True) == "0537-68-99-00."
    assert bidi.logical(list("0537-68-99-00"), rtl=True, mirror=True) == "0537-68-99-00"


@pytest.mark.parametrize("atoms", ["ةنس 87,5%", "ةنس %87,5"])
def test_a_percentage_that_begins_an_arabic_line_is_read_from_its_number(atoms: str) -> None:
    assert bidi.logical(list(atoms), rtl=True, mirror=True) == "87,5% سنة"


def test_latin_words_that_end_an_arabic_sentence_on_their_own_line_come_before_its_point() -> None:
    rows = [drawn("ىلإ ةبوتكملا تابلطلا لسرت"), drawn(".contact@example.ma", y=-14)]
    assert page.read(sheet(*rows)).text.split("\n")[1] == "contact@example.ma."


def test_a_french_line_of_an_arabic_page_keeps_its_points() -> None:
    rows = [drawn("ىلإ ةبوتكملا تابلطلا لسرت"), drawn("Les demandes sont écrites...", y=-14)]
    assert page.read(sheet(*rows)).text.split("\n")[1] == "Les demandes sont écrites..."


@pytest.mark.parametrize("brackets", ["()", ")("])
def test_an_arabic_law_and_its_number_in_brackets_within_french_are_read_in_order(brackets: str) -> None:
    line = f"La loi {brackets[0]}31.13 نوناقلا{brackets[1]} est en vigueur"
    arabic = [drawn("تابلطلا لسرت ةيرادإلا", y=14 * place) for place in (1, 2, 3)]
    text = page.read(sheet(*(arabic if brackets == ")(" else []), drawn(line))).text.split("\n")[-1]
    if brackets == "()":
        assert text == "La loi (القانون 31.13) est en vigueur"
    else:
        assert text == "est en vigueur (القانون 31.13) La loi"


def test_the_number_of_a_note_follows_the_number_it_is_raised_beside() -> None:
    line = drawn("31.13 نوناقلا", y=0)
    note = Glyph("1", 25, 28, 3, SIZE * 0.6, 0, 99, 0, 0)
    moved = [Glyph(g.text, g.x0 + 4 * (g.x0 >= 25), g.x1 + 4 * (g.x0 >= 25), 0, SIZE, 0, g.index, 0, 0) for g in line]
    assert page.read(sheet([*moved, note])).text.split() == ["القانون", "31.13", "1"]


def test_the_text_of_a_cluster_with_two_vowels_given_to_each_is_read_once() -> None:
    settled = clusters.settle([mark("مَٰ", 2, 1), mark("مَٰ", 1, 2), Glyph("مَٰ", 0, 5, 0, SIZE, 0, 3, 0, 0)])
    assert [glyph.text for glyph in settled] == ["مَٰ"]


def column(x: float, words: list[str]) -> list[list[Glyph]]:
    return [drawn(word[::-1], x, 700 - 14 * place) for place, word in enumerate(words)]


RIGHT = [f"سطر من العمود الأيمن رقم {name}" for name in ("أول", "ثان", "ثالث", "رابع")]
LEFT = [f"سطر من العمود الأيسر رقم {name}" for name in ("أول", "ثان", "ثالث", "رابع")]


def test_columns_of_text_are_read_one_after_the_other_from_the_right() -> None:
    text = page.read(sheet(*column(300, RIGHT), *column(60, LEFT))).text
    assert re.split(r"\n+", text) == RIGHT + LEFT


def test_rows_of_a_table_stay_together() -> None:
    names, days = ["الخدمة", "شهادة", "رخصة"], ["الأجل", "يوم", "شهر"]
    text = page.read(sheet(*column(300, names), *column(60, days))).text
    assert re.split(r"\n+", text) == [f"{name}\t{day}" for name, day in zip(names, days, strict=True)]


def test_columns_closer_than_a_wide_gap_are_told_by_the_white_strip_between_them() -> None:
    rows = [
        [*drawn(left[::-1], 212 - 5 * len(left), y), *drawn(right[::-1], 222, y)]
        for y, left, right in zip((700, 686, 672, 658), LEFT, RIGHT, strict=True)
    ]
    assert re.split(r"\n+", page.read(sheet(*rows)).text) == RIGHT + LEFT


@pytest.mark.parametrize("sign", ["•", ".1", ".12", "-3"])
def test_the_sign_of_an_item_is_a_word_of_its_own_however_near_it_stands(sign: str) -> None:
    text = page.read(sheet(drawn("ةيلمعلا" + sign), drawn("ةيلمعلا" + "2", y=-14))).text
    assert text.splitlines() == [f"{sign[::-1] if sign != '.12' else '12.'} العملية", "2العملية"]


def test_lines_of_one_cell_make_one_row_in_a_table_without_rules() -> None:
    cells = [("1", 0, 300), ("شهادة", 0, 150), ("يوم", 0, 0), ("2", -30, 300), ("رخصة", -24, 150), ("البناء", -36, 150)]
    cells += [("شهر", -30, 0), ("3", -60, 300), ("جواز", -60, 150), ("4", -90, 300), ("سنة", -90, 0)]
    own = page.read(sheet(*(drawn(text[::-1], x=x, y=y) for text, y, x in cells)))
    whole = assembly.assemble([assembly.Part(own.lines)])
    assert whole.text.splitlines() == ["1\tشهادة\tيوم", "2\tرخصة البناء\tشهر", "3\tجواز", "4\t\tسنة"]
    assert [region.kind for region in whole.regions] == ["table"]


def test_years_in_a_narrow_cell_keep_their_order() -> None:
    rows = [[*drawn("2010-2011", 60, y), *drawn("موي", 113, y)] for y in (700, 686, 672, 658)]
    assert page.read(sheet(*rows)).text.split("\n") == ["يوم\t2010-2011"] * 4


def test_wide_word_spaces_of_justified_lines_are_no_columns() -> None:
    rows = [
        [*drawn("ثلاث"[::-1], 60, y), *drawn("اثنان"[::-1], 90, y), *drawn("واحد"[::-1], 125, y)] for y in (70, 56, 42)
    ]
    assert page.read(sheet(*rows)).text == "\n".join(["واحد اثنان ثلاث"] * 3)


def test_columns_whose_baselines_differ_under_a_title_are_read_one_after_the_other() -> None:
    title = drawn("عنوان عريض يمتد فوق العمودين معا ويملأ عرض الصفحة كلها"[::-1], 70, 760, width=8)
    left = [drawn(text[::-1], 60, 693 - 14 * place) for place, text in enumerate(LEFT)]
    text = page.read(sheet(title, *column(300, RIGHT), *left)).text
    assert re.split(r"\n+", text)[1:] == RIGHT + LEFT


def test_a_word_space_as_wide_as_the_space_of_columns_hides_none() -> None:
    whole = [drawn(letter * 40, x=x, y=y) for y in range(100, 172, 12) for letter, x in (("ا", 300), ("ب", 85))]
    spread = [drawn(letter * 10, x=x - 62 * n, y=88) for letter, x in (("ا", 450), ("ب", 235)) for n in range(3)]
    below = [drawn(letter * 40, x=x, y=y) for letter, x, y in (("ا", 300, 76), ("ب", 85, 70))]
    assert not any({"ا", "ب"} <= set(line) for line in page.read(sheet(*whole, *spread, *below)).text.splitlines())


def test_a_title_above_two_columns_is_read_first() -> None:
    title = drawn("عنوان عريض يمتد فوق العمودين معا ويملأ عرض الصفحة كلها"[::-1], 70, 760, width=8)
    text = page.read(sheet(title, *column(300, RIGHT), *column(60, LEFT))).text
    assert re.split(r"\n+", text)[1:] == RIGHT + LEFT


def test_a_wider_distance_begins_a_paragraph() -> None:
    rows = [drawn("سطر", 0, y) for y in (700, 686, 672, 640, 626)]
    assert [part.count("\n") for part in page.read(sheet(*rows)).text.split("\n\n")] == [2, 1]


def test_words_are_parted_by_gaps_where_no_space_is_drawn() -> None:
    glyphs = [*drawn("ون", 0), *drawn("اق", 14)]
    assert lines.atoms(lines.lines(glyphs)[0]).texts == ["و", "ن", " ", "ا", "ق"]


def test_each_word_keeps_the_place_of_its_glyphs_from_the_upper_left_corner() -> None:
    reading = page.read(sheet(drawn("ab c", 72, 700), drawn("باتك لوأ", 72, 680)))
    assert [(each.text, each.places) for each in reading.lines] == [
        ("ab c", ((720, 910, 820, 1030), (870, 910, 920, 1030))),
        ("أول كتاب", ((970, 1110, 1120, 1230), (720, 1110, 920, 1230))),
    ]


def turned(glyphs: list[Glyph], angle: int) -> list[Glyph]:
    return [replace(glyph, angle=angle) for glyph in glyphs]


@pytest.mark.parametrize(
    ("angle", "x", "y", "place"),
    [
        (90, 72, -100, (910, 7080, 1030, 7280)),
        (180, -528, -700, (5080, 970, 5280, 1090)),
        (270, -92, 700, (6970, 7080, 7090, 7280)),
    ],
)
def test_words_of_turned_text_have_their_place_on_the_page_as_shown(
    angle: int, x: float, y: float, place: tuple[int, ...]
) -> None:
    glyphs = [replace(glyph, angle=angle) for glyph in drawn("abcd", x, y)]
    assert [line.places for line in page.read(Sheet(800, 800, glyphs)).lines] == [(place,)]


def test_a_cluster_of_several_words_shares_its_place_among_them() -> None:
    glyph = Glyph("صلى الله عليه وسلم", 100, 140, 700, SIZE, 0, 0, 0, -1)
    (line,) = page.read(sheet([glyph])).lines
    assert [(x0, x1) for x0, _, x1, _ in line.places] == [(1300, 1400), (1200, 1300), (1100, 1200), (1000, 1100)]


GRID = [
    *(Rule(50, y, 350, y) for y in (720, 690, 660, 630)),
    *(Rule(x, 630, x, 720) for x in (50, 150, 350)),
]


def test_rows_of_a_ruled_table_are_lines_with_the_lines_of_a_cell_put_together() -> None:
    cells = [
        *drawn("ةمدخلا", 200, 708),
        *drawn("لجألا", 60, 708),
        *drawn("ةداهش", 200, 678),
        *drawn("ىنكسلا", 200, 665),
        *drawn("ناموي", 60, 672),
        *drawn("ةصخر", 200, 648),
        *drawn("نارهش", 60, 648),
    ]
    drawn_page = Sheet(600, 800, [*cells, *drawn("ةمتاخ", 200, 600)], rules=GRID)
    assert page.read(drawn_page).text == "الخدمة\tالأجل\nشهادة السكنى\tيومان\nرخصة\tشهران\n\nخاتمة"
    whole = assembly.assemble([assembly.Part(page.read(drawn_page).lines)])
    assert [(region.kind, whole.text[: region.span.end].count("\n")) for region in whole.regions] == [("table", 2)]
    assert [box.word for box in whole.boxes] == list(range(len(whole.text.split())))


def test_a_cell_that_spans_rows_or_columns_is_written_once() -> None:
    rules = [rule for rule in GRID if rule != Rule(150, 630, 150, 720)] + [Rule(150, 630, 150, 690)]
    cells = [*drawn("ناونع", 140, 700), *drawn("ب", 200, 670), *drawn("أ", 60, 670)]
    assert page.read(Sheet(600, 800, cells, rules=rules)).text == "عنوان\nب\tأ"


def test_boxes_of_running_text_are_no_table() -> None:
    rules = [*(Rule(50, y, 550, y) for y in (720, 400)), *(Rule(x, 400, x, 720) for x in (50, 300, 550))]
    left, right = "نص طويل في الخانة اليسرى"[::-1], "نص طويل في الخانة اليمنى"[::-1]
    rows = [[*drawn(left, 60, 700 - 14 * n), *drawn(right, 310, 700 - 14 * n)] for n in range(20)]
    reading = page.read(Sheet(600, 800, [glyph for row in rows for glyph in row], rules=rules))
    assert reading.text.split("\n")[19:21] == [right[::-1], ""]
    assert not assembly.assemble([assembly.Part(reading.lines)]).regions


def test_a_word_cut_at_the_end_of_a_line_is_one_word_of_two_places() -> None:
    reading = page.read(sheet(drawn("la nouvelle adminis-", 60, 700), drawn("tration publique", 60, 686)))
    whole = assembly.assemble([assembly.Part(reading.lines)])
    assert whole.text == "la nouvelle administration publique"
    assert [box.word for box in whole.boxes] == [0, 1, 2, 2, 3]


@pytest.mark.parametrize(
    ("last", "first", "whole"),
    [
        ("adminis-", "tration,", "administration,"),
        ("«adminis‐", "tration", "«administration"),
        ("peut-", "être", "peut-être"),
        ("sous-", "directeur.", "sous-directeur."),
        ("c'est-à-", "dire", "c'est-à-dire"),
        ("Saint-", "Denis", "Saint-Denis"),
        ("ADMINIS-", "TRATION", "ADMINISTRATION"),
        ("dé-", "matérialisations", "dématérialisations"),
        ("2010-", "2011", ""),
        ("-", "suite", ""),
        ("الإدارة-", "العامة", ""),
        ("mot", "suivant", ""),
    ],
)
def test_halves_of_a_word_are_told_from_words_with_a_hyphen(last: str, first: str, whole: str) -> None:
    assert hyphens.joined(last, first) == whole


def test_the_order_of_no_lines_is_none() -> None:
    assert order.order([], rtl=True) == []


UPRIGHT = (1, 0, 0, 1, 0, 0)


def box(x0: float, y0: float, x1: float, y1: float) -> list[tuple[object, ...]]:
    return [("m", x0, y0), ("l", x1, y0), ("l", x1, y1), ("l", x0, y1), ("h",)]


def test_the_sides_of_a_stroked_box_and_a_thin_filled_one_are_rules() -> None:
    sides = rules.of_path(box(10, 20, 110, 60), UPRIGHT, stroke=True)
    assert sides == [Rule(10, 20, 110, 20), Rule(110, 20, 110, 60), Rule(10, 60, 110, 60), Rule(10, 20, 10, 60)]
    assert rules.of_path(box(10, 20, 110, 21), UPRIGHT, stroke=False) == [Rule(10, 20.5, 110, 20.5)]


@pytest.mark.parametrize(
    "path",
    [
        box(10, 20, 110, 60),
        [("m", 0, 0), ("l", 50, 50)],
        [("m", 0, 0), ("c", 1, 1, 2, 2, 90, 0)],
        [("m", float("inf"), 0), ("l", 0, 0)],
        [],
    ],
)
def test_what_fills_a_surface_or_is_curved_or_slanted_is_no_rule(path: list[tuple[object, ...]]) -> None:
    assert rules.of_path(path, UPRIGHT, stroke=False) == []


@pytest.mark.parametrize(
    ("drawn_rules", "under"),
    [
        ([Rule(60, 97, 160, 97)], True),
        ([Rule(60, 97, 100, 97), Rule(105, 97, 160, 97)], True),
        ([Rule(60, 97, 90, 97)], False),
        ([Rule(20, 97, 500, 97)], False),
        ([Rule(60, 80, 160, 80)], False),
        ([], False),
    ],
)
def test_a_line_is_underlined_by_rules_right_below_it(drawn_rules: list[Rule], *, under: bool) -> None:
    assert rules.Underlines(drawn_rules).are_under(60, 160, 100, 12) is under
