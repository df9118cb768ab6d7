"""Numbers of texts and dates are read from running text as one term each."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.languages import PRODUCT
from kb.languages.keys import number


def keys(text: str) -> list[tuple[str, str]]:
    """Return each key with what it was read from."""
    found = PRODUCT.keys(text, list(PRODUCT.tokens(text)))
    return [(key.term, text[key.start : key.end]) for key in found]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("القانون رقم 31.13", "31.13"),
        ("القانون ٣١-١٣", "٣١-١٣"),
        ("loi n° 31 - 13", "31 - 13"),
        ("رقم: 31 . 13", "31 . 13"),
        ("قانون 31/13", "31/13"),
        ("قانون 031‑13", "031‑13"),
    ],
)
def test_a_number_of_a_text_is_one_term(text: str, read: str) -> None:
    assert keys(text) == [("#31-13", read)]


def test_the_flipped_reading_is_told_unless_it_is_the_same() -> None:
    assert number("31.13") == ("#31-13", "#13-31")
    assert number("2.20.660") == ("#2-20-660", "#660-20-2")
    assert number("13-13") == ("#13-13", "")
    assert number("31") == number("المادة 31.13") == number("1.2.3.4") == number("") == ("", "")


@pytest.mark.parametrize(
    "text", ["2018-2019", "31 - 13", "31، 13", "192.168.1.1", "05.22.33.44", "123456-7", "مارس الرياضة 2019", "مارس 19"]
)
def test_these_are_no_numbers_of_texts_and_no_dates(text: str) -> None:
    assert keys(text) == []


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("12-05-2019", {"@2019-05-12", "@2019-05"}),
        ("2019/05/12", {"@2019-05-12", "@2019-05"}),
        ("بغشت 2019", {"@2019-08"}),
        ("كانون الثاني من سنة 2020", {"@2020-01"}),
        ("في ١٢ ماي ٢٠١٩", {"@2019-05-12", "@2019-05"}),
        ("1er août 2019", {"@2019-08-01", "@2019-08"}),
        ("August 3, 2019", {"@2019-08-03", "@2019-08"}),
        ("05/2019", {"@2019-05", "#5-2019"}),
        ("17 من رجب 1442", {"@2021-03-01h"}),
        ("ذو القعدة الحرام 1440", {"@2019-07-04hm"}),
    ],
)
def test_a_date_is_one_term_and_lies_in_its_month(text: str, terms: set[str]) -> None:
    assert {term for term, _ in keys(text)} == terms


@given(st.text(st.sampled_from("0123456789.-/ ماي رقم août,") | st.characters(), max_size=80))
def test_keys_lie_in_the_text_in_order(text: str) -> None:
    found = PRODUCT.keys(text, list(PRODUCT.tokens(text)))
    assert [key.start for key in found] == sorted(key.start for key in found)
    assert all(0 <= key.start < key.end <= len(text) for key in found)
