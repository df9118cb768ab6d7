"""Titles are listed as a reader looks for them: by their first word, whatever its article, marks and hamza."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.arabic.sort import sort_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("الوزارة", "وزارة"),
        ("الإدارة العمومية", "إدارة عموميّة"),
        ("مسؤولية", "مسوولية"),
        ("«المساطر»", "مساطر"),
        ("Écoles", "ecoles"),
        ("القانون رقم 31.13", "قانون رقم ٣١-١٣"),
    ],
)
def test_what_is_ignored_makes_no_difference(one: str, other: str) -> None:
    assert sort_key(one) == sort_key(other)


def test_titles_follow_the_alphabet_and_numbers_their_value() -> None:
    titles = [
        "الورش 2",
        "الورش 10",
        "أثر",
        "الباب",
        "التزام",
        "ثقة",
        "Zone",
        "administration",
        "12",
        "9",
        "يناير",
        "الهيئة",
    ]
    expected = [
        "9",
        "12",
        "administration",
        "Zone",
        "أثر",
        "التزام",
        "الباب",
        "ثقة",
        "الهيئة",
        "الورش 2",
        "الورش 10",
        "يناير",
    ]
    assert sorted(titles, key=sort_key) == expected


def test_a_title_of_signs_keeps_a_key() -> None:
    assert sort_key(" *** ") == "***"


@given(st.text())
@settings(deadline=None)
def test_every_text_has_a_key(text: str) -> None:
    assert bool(sort_key(text)) == bool(text.strip()) or not text.isprintable()
