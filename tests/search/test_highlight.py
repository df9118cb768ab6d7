import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.core.text import Span
from kb.languages import PRODUCT
from kb.search.highlight import Marker, marks
from kb.search.hits import words_under
from kb.search.parse import parse
from kb.search.query import All, Not, Phrase, Precision, Words
from kb.search.snippet import snippet, without_leaders
from tests.growth import grows_in_proportion

TEXT = st.text(st.sampled_from("ابتثج حخدا لمُّ aé\n،.") | st.characters(), max_size=80)


def marked(text: str, typed: str, language: str = "") -> list[str]:
    return [text[span.start : span.end] for span in marks(text, parse(typed), PRODUCT, language)]


@pytest.mark.parametrize(
    ("text", "typed", "expected"),
    [
        ("تبسيط المساطرِ الإداريّة", "المساطر الادارية", ["المساطرِ", "الإداريّة"]),
        ("من أجل الحكامة في المرفق", "من الحكامة في", ["الحكامة"]),
        ("الحكومة المفتوحة، ثم الحكومة", '"الحكومة المفتوحة"', ["الحكومة", "المفتوحة"]),
        ("شراكة من أجل الماء", '"من أجل"', ["من", "أجل"]),
        ("شراكة من أجل الماء", "من", ["من"]),
        ("دليل الرخص", "دليل -رخصة", ["دليل"]),
        ("دليل الرخص", "", []),
        ("تدبير الحكامة الجيدة", "الحكاممة", ["الحكامة"]),
        ("تدبير الحكامة الجيدة", "الحاكمة", ["الحكامة"]),
        ("نص لا صلة له", "المساطر", []),
    ],
)
def test_what_is_marked(text: str, typed: str, expected: list[str]) -> None:
    assert marked(text, typed) == expected


def test_a_french_text_is_marked_by_its_forms() -> None:
    text = "Les procédures administratives de la commune"
    assert marked(text, "procédure administrative de", "fr") == ["procédures", "administratives"]


def test_a_word_that_is_there_keeps_its_likes_unmarked() -> None:
    assert marked("الحكامة والحكاممة", "الحكامة") == ["الحكامة"]


@pytest.mark.parametrize(
    ("text", "typed", "expected"),
    [
        ("تبسيط المساطر بكل بساطة", "تبسيط المساطر", ["تبسيط", "المساطر"]),
        ("المكتب يستقبل الكاتب", "مكتب", ["المكتب"]),
        ("حكم وأحكام، ومسطرة ومساطر", "مسطرة حكم", ["حكم", "أحكام", "مسطرة", "مساطر"]),
        ("دليل الأدلة", "دليل", ["دليل", "الأدلة"]),
    ],
)
def test_where_a_word_is_there_its_kin_in_another_pattern_are_not_marked(
    text: str, typed: str, expected: list[str]
) -> None:
    assert [word.removeprefix("و") for word in marked(text, typed)] == expected


def test_kin_are_marked_where_the_word_is_not_there() -> None:
    assert marked("مساطر مبسطة", "تبسيط المساطر") == ["مساطر", "مبسطة"]


@given(st.lists(TEXT, max_size=3), TEXT | st.just('"ا ب" تبسيط'))
def test_the_words_of_many_pages_are_those_that_are_marked(texts: list[str], typed: str) -> None:
    marker = Marker(parse(typed), PRODUCT)
    for text in (*texts, "ا ب، بساطة التبسيط ا  ب", "بَسَّط", "م" * 300):
        for language in ("ar", "fr"):
            assert marker.words(text, language) == words_under(text, marker.marks(text, language))


def test_the_marked_words_of_many_pages_are_counted_once_a_page() -> None:
    pages = [
        " ".join(f"{a}{b}{c}{page % 7}ا المساطر" for a in "بتجدرز" for b in "سشصض" for c in "عفقك")
        for page in range(200)
    ]
    marker = Marker(parse("تبسيط المساطر"), PRODUCT)
    assert {len(marker.words(page, "ar")) for page in pages} == {96}
    assert grows_in_proportion(lambda size: [marker.words(page, "ar") for page in pages[:size]], 50)


@given(TEXT, TEXT)
def test_marks_are_in_order_disjoint_and_inside(text: str, typed: str) -> None:
    spans = marks(text, parse(typed), PRODUCT)
    edges = [edge for span in spans for edge in (span.start, span.end)]
    assert edges == sorted(edges)
    assert all(0 <= span.start < span.end <= len(text) for span in spans)


@given(TEXT, TEXT)
def test_finding_agrees_with_marking(text: str, typed: str) -> None:
    marker = Marker(parse(typed), PRODUCT)
    assert marker.finds(text) == bool(marker.marks(text))


@pytest.mark.parametrize(
    ("text", "typed", "expected"),
    [
        ("نعم ثم نعم", '"نعم نعم"', []),
        ("نعم - نعم", '"نعم نعم"', ["نعم", "نعم"]),
        ("الماء، ثم الهواء", '"الماء" "الهواء"', ["الماء", "الهواء"]),
        ("ماء الهواء والماء", '"الماء"', []),
        ("الحكومة (المفتوحة)", '"الحكومة المفتوحة" نص', ["الحكومة", "المفتوحة"]),
        ("المساطر مبسطة، مساطر", "مسا*", ["المساطر", "مساطر"]),
    ],
)
def test_of_words_between_blanks_phrases_and_beginnings_are_marked_in_place(
    text: str, typed: str, expected: list[str]
) -> None:
    assert [word.removeprefix("و") for word in marked(text, typed)] == expected


TYPED = st.lists(
    st.sampled_from(["تبسيط", '"ا ب"', '"ا"', '"ا ا"', "ا*", "تبس*", "31.13", "أ", '"أ"', "-ب", "a1"]), max_size=4
)


@given(TEXT, TYPED, st.sampled_from(Precision))
def test_a_text_read_by_its_runs_is_marked_as_one_read_whole(text: str, typed: list[str], precision: Precision) -> None:
    by_runs, whole = (Marker(parse(" ".join(typed)), PRODUCT, precision) for _ in range(2))
    whole._markable._whole = True
    for each in (text, "ا ا - ا ب. تبسط، اللا مركزية", "اب ا"):
        assert by_runs.marks(each, "fr") == whole.marks(each, "fr")
        assert by_runs.finds(each, "fr") == whole.finds(each, "fr")
        assert list(by_runs.reasons(each, "fr")) == list(whole.reasons(each, "fr"))


@given(st.text(st.sampled_from("ابتثجح "), min_size=1).filter(str.strip))
def test_a_text_asked_for_itself_is_marked(text: str) -> None:
    assert marks(text, Words(text), PRODUCT)
    assert marks(text, Phrase(text), PRODUCT)


def test_nothing_is_marked_for_what_is_not_wanted() -> None:
    assert marks("دليل الرخص", Not(Words("دليل")), PRODUCT) == ()
    assert marks("دليل الرخص", All(), PRODUCT) == ()


def test_a_snippet_shows_most_different_marks_and_cuts_no_word() -> None:
    text = "ماء " * 30 + "ماء الحكامة " + "نص " * 5 + "الشفافية " + "نص " * 60
    start, end = snippet(text, marks(text, Words("ماء الحكامة الشفافية"), PRODUCT), words=10)
    shown = text[start:end].split()
    assert {"ماء", "الحكامة", "الشفافية"} <= set(shown)
    assert len(shown) == 10


def test_a_short_text_is_its_own_snippet() -> None:
    assert snippet("نص قصير", ()) == (0, len("نص قصير"))


@given(TEXT, st.integers(1, 12))
def test_a_snippet_starts_and_ends_at_words(text: str, words: int) -> None:
    start, end = snippet(text, (Span(0, 1),) if text else (), words)
    assert 0 <= start <= end <= len(text)
    assert len(text[start:end].split()) <= max(words, len(text.split()))
    assert set(text[start:end].split()) <= set(text.split())


@given(st.text(st.sampled_from("ابج  .")), st.integers(1, 9), st.sampled_from(["ا ب", "ا ب ج اب", '"ا ب"']))
def test_no_window_shows_more_of_the_question_and_none_as_much_earlier(text: str, words: int, typed: str) -> None:
    spans = marks(text, parse(typed), PRODUCT)
    start, end = snippet(text, spans, words)
    places = [found.span() for found in re.finditer(r"(?<!\S)\S*?[^\W_]\S*", text)]
    windows = [(places[n][0], places[n + words - 1][1]) for n in range(len(places) - words + 1)]

    def worth(window: tuple[int, int]) -> tuple[int, int]:
        inside = [text[span.start : span.end] for span in spans if window[0] <= span.start < window[1]]
        return len(set(inside)), len(inside)

    if len(places) > words:
        assert (start, end) == max(windows, key=worth)


def test_a_window_is_filled_with_words_not_with_bullets_and_dots() -> None:
    text = "• الباب .......... 4 " * 5 + "الحكامة • ....... • الجيدة الرقمية " + "نص " * 30
    start, end = snippet(text, marks(text, Words("الحكامة الجيدة الرقمية"), PRODUCT), words=3)
    assert text[start:end] == "الحكامة • ....... • الجيدة الرقمية"


def test_rows_of_dots_are_shortened_and_marks_stay_on_their_words() -> None:
    text = "الفهرس ......... 48 الحكامة . . . . . . 50 الشفافية - 12... نص"
    shown, spans = without_leaders(text, marks(text, Words("الفهرس الحكامة الشفافية"), PRODUCT))
    assert shown == "الفهرس … 48 الحكامة … 50 الشفافية - 12... نص"
    assert [shown[s.start : s.end] for s in spans] == ["الفهرس", "الحكامة", "الشفافية"]


@given(st.text(st.sampled_from("اب .-•")), st.text(st.sampled_from("اب "), min_size=1))
def test_shortening_keeps_every_marked_word(text: str, typed: str) -> None:
    before = marks(text, Words(typed), PRODUCT)
    shown, after = without_leaders(text, before)
    assert [shown[s.start : s.end] for s in after] == [text[s.start : s.end] for s in before]
    assert len(shown) <= len(text)
