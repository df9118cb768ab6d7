"""Hits of a page with their places on its picture."""

import pytest

from kb.core.text import Box, Page, Span
from kb.services.spots import Rect, doubts, lines, spots

TEXT = "دليل تبسيط المساطر الإدارية في المرفق"
MARKS = (Span(5, 10), Span(11, 18))


def row(*words: int, top: int = 0, height: int = 100) -> list[Box]:
    """Words of one line, from right to left, each 400 wide with 50 between them."""
    return [Box(word, 5000 - 450 * n, top, 5400 - 450 * n, top + height) for n, word in enumerate(words)]


def test_a_phrase_on_one_line_is_one_box() -> None:
    [spot] = spots(Page(1, TEXT, boxes=tuple(row(0, 1, 2, 3, 4, 5))), MARKS)
    assert (spot.number, spot.text, spot.span) == (1, "تبسيط المساطر", Span(5, 18))
    assert spot.places == (Rect(4100, 0, 4950, 100),)


def test_a_phrase_over_two_lines_is_two_boxes_of_one_hit() -> None:
    boxes = (*row(0, 1), *row(2, 3, 4, 5, top=200))
    [spot] = spots(Page(1, TEXT, boxes=boxes), MARKS)
    assert spot.places == (Rect(4550, 0, 4950, 100), Rect(5000, 200, 5400, 300))


def test_cells_of_a_row_are_not_joined_and_boxes_of_unlike_height_are() -> None:
    assert len(lines([Box(0, 5000, 0, 5400, 100), Box(1, 1000, 0, 1400, 100)])) == 2
    assert lines([Box(0, 500, 0, 900, 100), Box(1, 100, 30, 450, 160)]) == (Rect(100, 0, 900, 160),)


def test_a_word_broken_at_the_end_of_a_line_has_two_boxes() -> None:
    page = Page(1, "capitalisation", boxes=(Box(0, 5000, 0, 5400, 100), Box(0, 500, 200, 900, 300)))
    [spot] = spots(page, (Span(0, 14),))
    assert len(spot.places) == 2


def test_a_mark_inside_a_word_marks_the_word_on_the_picture_and_itself_in_the_text() -> None:
    [spot] = spots(Page(1, "وبالمساطر", boxes=(Box(0, 100, 0, 500, 100),)), (Span(3, 9),))
    assert (spot.span, spot.text, spot.places) == (Span(3, 9), "وبالمساطر", (Rect(100, 0, 500, 100),))


def test_a_hit_without_a_box_is_a_hit_without_a_place() -> None:
    found = spots(Page(1, TEXT, boxes=tuple(row(0, 1, 2))), (*MARKS, Span(31, 37)))
    assert [bool(spot.places) for spot in found] == [True, False]


def test_nothing_marked_is_nothing_found() -> None:
    assert spots(Page(1, TEXT, boxes=tuple(row(0, 1))), ()) == ()


@pytest.mark.parametrize(("confidence", "doubtful"), [(100, 0), (60, 0), (59, 1), (0, 1)])
def test_words_that_ocr_was_not_sure_of_are_told_but_for_signs(confidence: int, doubtful: int) -> None:
    page = Page(1, "• دليل", boxes=(Box(0, 9, 0, 10, 5, 1), Box(1, 0, 0, 5, 5, confidence)))
    assert doubts(page) == (Span(2, 6),)[:doubtful]
