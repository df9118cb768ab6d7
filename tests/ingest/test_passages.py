"""Passages: exact places, sizes a reader can scan, and nothing of the page lost."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.core.text import Page, Region, Span
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


def page(number: int, *parts: tuple[str, str, int]) -> Page:
    """Return a page of parts: text, kind ("" for running text) and level."""
    text, regions = "", []
    for part, kind, level in parts:
        start = len(text) + 2 * bool(text)
        text = f"{text}\n\n{part}" if text else part
        if kind:
            regions.append(Region(kind, Span(start, len(text)), level))
    return Page(number, text, regions=tuple(regions))


TEXT = "كلمة " * 69 + "خاتمة."


def test_a_passage_knows_the_heading_above_it_on_the_pages_before_too() -> None:
    first = page(1, ("الباب الأول", "heading", 1), (TEXT, "", 0), ("المادة 1", "heading", 2), (TEXT, "", 0))
    second = page(2, (TEXT, "", 0), ("الباب الثاني", "heading", 1), (TEXT, "", 0), (TEXT, "", 0))
    assert [(p.page, p.text[:10].strip(), p.heading) for p in passages([first, second])] == [
        (1, "الباب الأو", ""),
        (1, "المادة 1", "الباب الأول"),
        (2, "كلمة كلمة", "المادة 1"),
        (2, "الباب الثا", ""),
        (2, "كلمة كلمة", "الباب الثاني"),
    ]


def test_no_passage_ends_with_a_heading() -> None:
    long = page(1, ("كلمة " * 88, "", 0), ("عنوان من كلمات", "heading", 1), (TEXT, "", 0))
    assert [p.text.split()[0] for p in passages([long])] == ["كلمة", "عنوان"]


def test_notes_are_cut_by_themselves() -> None:
    noted = page(1, (TEXT, "", 0), ("1 حاشية أولى", "footnote", 0), ("2 حاشية ثانية", "footnote", 0))
    assert [p.text for p in passages([noted])] == [TEXT, "1 حاشية أولى\n\n2 حاشية ثانية"]


@settings(deadline=None, max_examples=60)
@given(TEXTS, st.lists(st.integers(0, 2000), max_size=12))
def test_regions_lose_no_word_and_keep_the_sizes(text: str, places: list[int]) -> None:
    ends = sorted({place for place in places if place <= len(text)})
    regions = [Region("heading", Span(a, b), 1 + a % 3) for a, b in zip(ends[::2], ends[1::2], strict=False)]
    cut = passages([Page(1, text, regions=tuple(regions))])
    assert "".join("".join(p.text for p in cut).split()) == ("".join(text.split()) if count(text) else "")
    assert len(cut) < 2 or all(60 <= count(p.text) <= 120 for p in cut)


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
