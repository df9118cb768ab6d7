"""A misspelt question is mended by what texts write, in their own spelling, and never one that is right."""

import pytest

from kb.languages import PRODUCT
from kb.search.spelling import corrected, without_each

TEXTS = [
    ("يهدف الدليل إلى تبسيط المساطر الإدارية وتحسين الاستقبال. المساطر الإدارية كثيرة.", "ar"),
    ("Le guide de simplification des procédures administratives.", "fr"),
]


def mended(typed: str, *known: str) -> str | None:
    return corrected(typed, TEXTS, PRODUCT, lambda word: word in known)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("تبسيط المساظر", "تبسيط المساطر"),
        ("الادراية", "الإدارية"),
        ("simplificaton", "simplification"),
        ("guide de simplifcation", "guide de simplification"),
        ("تحسين الإستقبالل", "تحسين الاستقبال"),
        ("«المساظر» الإدارية", "«المساطر» الإدارية"),
    ],
)
def test_a_slip_is_mended_in_the_spelling_of_the_texts(typed: str, meant: str) -> None:
    assert mended(typed) == meant


def test_words_that_only_share_a_stem_misspelt_are_not_taken_for_each_other() -> None:
    texts = [("La réunion est annulée.", "fr")]
    assert corrected("congé annuel", texts, PRODUCT, lambda _: False) is None


def test_the_likest_word_is_taken_wherever_it_stands() -> None:
    texts = [("Contenu de démonstration.", "fr"), ("Un guide pour l'administration.", "fr")]
    assert corrected("adminstration", texts, PRODUCT, lambda _: False) == "administration"
    assert corrected("adminstration", texts[:1], PRODUCT, lambda _: False) is None


@pytest.mark.parametrize(
    "typed", ["تبسيط المساطر", "المسطرة", "مساطر", "وللمساطر", "ساكنة بعيدة", "31.13", "من في", "", "؟", "zz"]
)
def test_what_is_right_or_like_nothing_is_left(typed: str) -> None:
    assert mended(typed) is None


def test_a_word_that_other_documents_hold_is_left() -> None:
    assert mended("المساظر", "المساظر") is None


@pytest.mark.parametrize("typed", ["المسا*", "مسا*", "simplif*", "تبس* المسا*"])
def test_a_beginning_of_a_word_that_is_there_is_no_slip(typed: str) -> None:
    assert mended(typed) is None


def test_each_word_is_left_out_in_turn() -> None:
    assert without_each(["أ", "ب", "ج"]) == [("أ", "ب ج"), ("ب", "أ ج"), ("ج", "أ ب")]
    assert without_each(["أ"]) == without_each([]) == []
