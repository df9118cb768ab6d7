"""Words keep the reader's own spelling: marks, tatweel and invisible signs stay inside their span."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.arabic.words import words
from tests.growth import grows_in_proportion

TEXTS = st.text() | st.text(st.sampled_from("وزارةأإ َُّ\u0640\u200c\u200f\u00ad abéÉ2٣۴.,'’-_ﷺﹰﻻⵜ\u0301"))


def spelled(text: str) -> list[str]:
    return [word.group() for word in words(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("وِزَارَةُ الإدارةِ، والـوزارة؟", ["وِزَارَةُ", "الإدارةِ", "والـوزارة"]),
        ("«تبسيط المساطر»", ["تبسيط", "المساطر"]),
        ("القانون رقم 31.13", ["القانون", "رقم", "31", "13"]),
        ("مسؤول وجزء وهيئة", ["مسؤول", "وجزء", "وهيئة"]),
        ("الPDF والويب2", ["ال", "PDF", "والويب", "2"]),
        ("م٢", ["م", "٢"]),
        ("l'administration qu’il", ["l", "administration", "qu", "il"]),
        ("adminis\u00adtration", ["adminis\u00adtration"]),
        ("re\u0301forme", ["re\u0301forme"]),
        ("الإ\u200fدارة\u200f.", ["الإ\u200fدارة"]),
        ("snake_case", ["snake", "case"]),
        ("ⵜⴰⵎⴰⵣⵉⵖⵜ", ["ⵜⴰⵎⴰⵣⵉⵖⵜ"]),
        ("ـــ ، ؟ \u200f", []),
        ("", []),
    ],
)
def test_words_are_cut_where_a_reader_would(text: str, expected: list[str]) -> None:
    assert spelled(text) == expected


@given(TEXTS)
@settings(deadline=None)
def test_spans_are_disjoint_ordered_and_inside(text: str) -> None:
    edges = [edge for word in words(text) for edge in word.span()]
    assert edges == sorted(edges)
    assert all(start < end for start, end in zip(edges[::2], edges[1::2], strict=True))
    assert all(text[word.start() : word.end()] == word.group() for word in words(text))


@given(TEXTS)
@settings(deadline=None)
def test_a_word_alone_is_one_word(text: str) -> None:
    assert all(spelled(word) == [word] for word in spelled(text))


@given(TEXTS)
@settings(deadline=None)
def test_no_letter_or_digit_is_lost(text: str) -> None:
    plain = "وزارةأإabéÉ2٣۴ﻻⵜ"
    assert [c for word in spelled(text) for c in word if c in plain] == [c for c in text if c in plain]


@pytest.mark.parametrize("piece", ["ا\u064b", "\u064b", "a\u00ad", "ـ", "ا", "1\u200f", "ا\u200f1"])
def test_time_grows_with_length_only(piece: str) -> None:
    list(words(piece * 50_000))
    assert grows_in_proportion(lambda size: list(words(piece * size)), 2_000)
