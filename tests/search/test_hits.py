"""Marked words put together to what a reader steps through."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.core.text import Span
from kb.search.hits import runs, word_spans, words_under


def hits(text: str, *marked: int) -> list[str]:
    words = text.split()
    return [" ".join(words[run.start : run.stop]) for run in runs(words, marked)]


@pytest.mark.parametrize(
    ("text", "marked", "expected"),
    [
        ("دليل تبسيط المساطر الإدارية", (1, 2, 3), ["تبسيط المساطر الإدارية"]),
        ("تبسيط المساطر ثم المساطر", (0, 1, 3), ["تبسيط المساطر", "المساطر"]),
        ("تبسيط المساطر. المساطر الإدارية", (0, 1, 2, 3), ["تبسيط المساطر.", "المساطر الإدارية"]),
        ("تبسيط المساطر\nتبسيط المساطر ليس", (0, 1, 2, 3), ["تبسيط المساطر", "تبسيط المساطر"]),
        ("المساطر، المساطر", (0, 1), ["المساطر،", "المساطر"]),
        ("دليل", (), []),
    ],
)
def test_words_side_by_side_are_one_hit(text: str, marked: tuple[int, ...], expected: list[str]) -> None:
    assert hits(text, *marked) == expected


def test_a_mark_inside_a_word_marks_the_word_and_one_over_two_marks_both() -> None:
    text = "وبالمساطر كت اب دليل"
    assert words_under(text, [Span(3, 9), Span(10, 15)]) == [0, 1, 2]


@given(st.text(st.sampled_from("اب .:\n\x1c\u00a0\u200f") | st.characters(), max_size=60))
def test_words_are_those_of_split(text: str) -> None:
    assert [text[span.start : span.end] for span in word_spans(text)] == text.split()


@given(st.lists(st.sampled_from(["ا", "ب.", "ج"]), max_size=20), st.sets(st.integers(0, 19)))
def test_each_marked_word_is_in_one_hit(words: list[str], numbers: set[int]) -> None:
    marked = sorted(number for number in numbers if number < len(words))
    assert [number for run in runs(words, marked) for number in run] == marked
