"""The keyboard of the other script, in both Latin layouts and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.arabic.keyboard import retyped


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("hg'vr", "الطرق"),
        ("jfsd'", "تبسيط"),
        ("hghsjrfhg", "الاستقبال"),
        ("qkfdg", "ضنبيل"),
        ("bjphp", "لاتحاح"),
        ("اخعقى", "hourn"),
        ("لعهيث", "guide"),
        ("بخىؤفهخى", "fonction"),
        ("لاشىضعث", "banque"),
    ],
)
def test_the_same_keys_in_the_other_script(typed: str, meant: str) -> None:
    assert meant in retyped(typed)


def test_a_french_keyboard_has_its_own_places() -> None:
    assert "تبسيط" in retyped("jfsdù")
    assert retyped("hgùshùv") == ("الطساطر",), "where that keyboard has its ط"


@pytest.mark.parametrize("text", ["", "31.13", "؟ !", "loi القانون", "ⴰⵣⵓⵍ", "procédure", "façade"])
def test_what_has_both_scripts_or_neither_or_letters_without_a_key_is_left(text: str) -> None:
    assert retyped(text) == ()


@given(st.text())
def test_nothing_is_an_error(text: str) -> None:
    for other in retyped(text):
        assert isinstance(other, str)
