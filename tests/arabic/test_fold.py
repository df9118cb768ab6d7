"""Folding: what one reader takes for one word is one string, whatever its marks, seats, digits and case."""

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyarabic import araby

from kb.arabic.fold import bare, fold, written
from kb.arabic.letters import ARABIC_LETTERS, COMBINING, INVISIBLE, MARKS, vocalized_like

ARABIC = st.text(st.sampled_from("ابتثجحخدذرزسشصضطظعغفقكلمنهوي" + "أإآٱىةؤئءگڭݣپچڤ" + "َُِّْٰـ ،؟٠٩۴0")) | st.text()


@given(st.text() | ARABIC)
@example("ﷺﳲﹰ")
@example("İıǅẞŉ")
@example("ᄀ\u200dᅡ")
@example("か\u00ad\u3099")
@settings(deadline=None)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(ARABIC)
@settings(deadline=None)
def test_composed_and_decomposed_spellings_fold_alike(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))


@given(st.text(st.sampled_from("كتابمدرسةأإآىؤئء" + araby.TASHKEEL_STRING)))
@settings(deadline=None)
def test_vowel_marks_go_as_pyarabic_takes_them_off(text: str) -> None:
    assert fold(text) == fold(araby.strip_tashkeel(text))


@given(st.text(st.sampled_from("كتابمدرسة" + araby.TATWEEL)))
@settings(deadline=None)
def test_tatweel_goes_as_pyarabic_takes_it_off(text: str) -> None:
    assert fold(text) == fold(araby.strip_tatweel(text))


@given(st.text(st.sampled_from("ﻻﻷﻹﻵلاكتب ")))
@settings(deadline=None)
def test_lam_alef_ligatures_open_as_pyarabic_opens_them(text: str) -> None:
    assert fold(text) == fold(araby.normalize_ligature(text))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("إدارة", "ادارة"),
        ("الآداب", "الاداب"),
        ("مصطفى", "مصطفي"),
        ("وِزَارَةٌ", "وزارة"),
        ("الـــوزارة", "الوزارة"),
        ("ﺍﻟﻮﺯﺍﺭﺓ", "الوزارة"),
        ("ﻷﺟﻞ", "لأجل"),
        ("أڭادير", "أكادير"),
        ("أݣادير", "أگادير"),
        ("وزارة", "وزاره"),
        ("٢٠١٣", "2013"),
        ("۲۰۱۳", "2013"),
        ("\u2067قانون\u2069", "قانون"),
        ("الإدارة\u200c", "الإدارة"),
        ("Réforme", "reforme"),
        ("Re\u0301forme", "réforme"),
        ("ŒUVRE", "œuvre"),
        ("cœur", "coeur"),
        ("FINANCIÈRE", "financière"),
        ("ﬁnances", "finances"),
    ],
)
def test_spellings_of_one_word_meet(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("سؤال", "سوال"), ("بيئة", "بية"), ("علم", "عالم"), ("ضل", "ظل")])
def test_different_words_stay_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_hamza_on_alef_is_not_written_as_pyarabic_writes_it() -> None:
    assert fold("إسلام") == "اسلام" != araby.normalize_hamza("إسلام")


def test_no_mark_and_no_invisible_sign_is_left() -> None:
    everything = MARKS + INVISIBLE + COMBINING
    assert fold(everything) == ""


def test_letters_are_never_folded_away() -> None:
    assert [letter for letter in ARABIC_LETTERS if not fold(letter).strip()] == []


def test_the_written_form_keeps_letters_and_vowels_and_drops_what_nobody_types() -> None:
    assert written("الأدَاء") == "الأدَاء"
    assert written("مـدرّسة\N{RIGHT-TO-LEFT MARK}") == "مدرّسة"
    assert written("École ٢٠") == "école 20"
    assert bare(written("مُدَرِّسة")) == "مدرسة"


def test_marks_are_alike_unless_one_contradicts_another() -> None:
    assert vocalized_like("مُدَرسة", "مدرِّسة")
    assert vocalized_like("مدرسة", "مَدرسة")
    assert not vocalized_like("مُدَرسة", "مَدرسة")
