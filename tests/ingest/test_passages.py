"""Passages: exact places, sizes a reader can scan, and nothing of the page lost."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.core.text import Page
from kb.ingest.passages import field_passages, passages

WORDS = ["الإدارة", "العمومية", "تبسيط", "المساطر،", "المواطن.", "2023", "le", "service", "«الجودة»", "—", "؟", "(أ)"]
GAPS = [" ", " ", " ", "\n", "\n\n", "  "]
TEXTS = st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(GAPS)), max_size=400).map(
    lambda parts: "".join(word + gap for word, gap in parts)
)


def count(text: str) -> int:
    return sum(bool(re.search(r"\w", chunk)) for chunk in text.split())


@settings(deadline=None, max_examples=60)
@given(st.lists(TEXTS, max_size=3))
def test_spans_are_the_text_and_no_word_is_lost(texts: list[str]) -> None:
    pages = [Page(number, text) for number, text in enumerate(texts, 1)]
    cut = passages(pages)
    for passage in cut:
        assert pages[passage.page - 1].text[passage.span.start : passage.span.end] == passage.text
        assert passage.text == passage.text.strip()
    for page in pages:
        if count(page.text):
            written = "".join(passage.text for passage in cut if passage.page == page.number)
            assert re.sub(r"\s", "", written) == re.sub(r"\s", "", page.text)


@settings(deadline=None, max_examples=60)
@given(TEXTS)
def test_a_passage_has_60_to_120_words_unless_it_is_the_whole_page(text: str) -> None:
    sizes = [count(passage.text) for passage in passages([Page(1, text)])]
    if len(sizes) == 1:
        assert sizes[0] <= 120
    else:
        assert all(60 <= size <= 120 for size in sizes)


def test_a_cut_prefers_the_end_of_a_paragraph_to_the_end_of_a_sentence() -> None:
    first = "كلمة " * 79 + "خاتمة."
    text = "بداية. " + first + "\n\n" + "كلمة " * 9 + "أخيرة. " + "كلمة " * 100
    assert passages([Page(1, text)])[0].text.endswith("خاتمة.")


def test_a_cut_prefers_the_end_of_a_sentence_to_the_middle_of_it() -> None:
    text = "كلمة " * 74 + "انتهت. " + "كلمة " * 100
    assert passages([Page(1, text)])[0].text.endswith("انتهت.")


def test_a_passage_does_not_cross_a_page() -> None:
    cut = passages([Page(1, "الصفحة الأولى"), Page(2, ""), Page(3, "الصفحة الثالثة")], file=2)
    assert [(p.file, p.page, p.text) for p in cut] == [(2, 1, "الصفحة الأولى"), (2, 3, "الصفحة الثالثة")]


@pytest.mark.parametrize("text", ["", " \n\n ", "— … —"])
def test_a_page_without_words_gives_no_passage(text: str) -> None:
    assert passages([Page(1, text)]) == []


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("تبسيط المساطر الإدارية", "ar"),
        ("منصة e-TAMKEEN للتكوين عن بعد", "ar"),
        ("La simplification des procédures administratives", "fr"),
        ("The simplification of administrative procedures", "en"),
        ("2021 - 2022", "fr"),
        ("Casablanca", "fr"),
    ],
)
def test_the_language_of_a_passage_is_read_from_it_or_else_given(text: str, language: str) -> None:
    assert field_passages("summary", text, "fr")[0].language == language


def test_a_field_passage_names_its_field_and_no_page() -> None:
    passage = field_passages("results", "تقليص آجال معالجة الطلبات إلى ثلاثة أيام")[0]
    assert (passage.field, passage.file, passage.page) == ("results", 0, 0)
