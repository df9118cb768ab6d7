"""Which other words a question is searched by."""

from functools import cache

import pytest

from kb.catalog import vocabulary
from kb.languages import PRODUCT
from kb.search.query import And, Not, Or, Phrase, Reading, Widened, Words
from kb.search.widening import MOST
from kb.services.widening import widener

WIDENER = cache(lambda: widener(vocabulary.load(), PRODUCT))


def readings(text: str, *, translate_arabic: bool = True, without: frozenset[str] = frozenset()) -> list[Reading]:
    clause = WIDENER().widen(Words(text), translate_arabic=translate_arabic, without=without)
    return list(clause.readings) if isinstance(clause, Widened) else []


def texts(text: str, source: str = "", *, translate_arabic: bool = True) -> list[str]:
    found = readings(text, translate_arabic=translate_arabic)
    return [reading.text for reading in found if source in ("", reading.source)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("congé de maternité", "رخصة الولادة"),
        ("رخصة الولادة", "congé de maternité"),
        ("accès à l'information", "الحق في الحصول على المعلومات"),
        ("guichet unique", "الشباك الوحيد"),
        ("الحوكمة", "الحكامة"),
        ("SMIG", "salaire minimum"),
        ("open data", "المعطيات المفتوحة"),
    ],
)
def test_a_concept_is_searched_by_its_words_in_all_languages(text: str, expected: str) -> None:
    assert expected in texts(text, "thesaurus")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("montagnes", "جبل"),
        ("écoles", "مدرسة"),
        ("nationaux", "وطني"),
        ("القوانين", "loi"),
        ("بالمدرسة", "école"),
    ],
)
def test_other_words_are_translated_whatever_their_form(text: str, expected: str) -> None:
    assert expected in texts(text, "dictionary")


def test_function_words_and_numbers_are_not_translated() -> None:
    assert texts("dans le 31.13 de la avec") == []
    assert texts("من في على") == []


def test_words_of_a_concept_are_not_translated_one_by_one() -> None:
    assert texts("guichet unique", "dictionary") == []


def test_the_dictionary_stays_below_the_thesaurus_and_its_best_translation_comes_first() -> None:
    found = readings("montagne et guichet unique")
    by_dictionary = [reading.weight for reading in found if reading.source == "dictionary"]
    assert max(by_dictionary) < min(reading.weight for reading in found if reading.source == "thesaurus")
    assert by_dictionary == sorted(by_dictionary, reverse=True)


def test_an_arabic_question_that_finds_plenty_is_not_translated_word_by_word() -> None:
    assert texts("الجبل", translate_arabic=False) == []
    assert "congé de maternité" in texts("رخصة الولادة", translate_arabic=False)
    assert texts("montagne", translate_arabic=False) != []


def test_what_holds_the_words_asked_for_is_no_other_reading() -> None:
    assert "تبسيط المساطر الإدارية" not in texts("تبسيط المساطر")
    assert "simplification des procédures administratives" not in texts("simplification des procédures")


def test_a_reading_that_was_taken_away_stays_away_however_it_is_spelled() -> None:
    assert "الحكامة" in texts("gouvernance")
    assert "الحكامة" not in [r.text for r in readings("gouvernance", without=frozenset({"الحَكامه"}))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("وزارة الانتقال الرقمي وإصلاح الإدارة", "وزارة تحديث القطاعات العامة"),
        ("وزارة الانتقال الرقمي", "وزارة الوظيفة العمومية وتحديث الإدارة"),
        ("وزارة تحديث القطاعات العامة", "Ministère de la Réforme de l'administration et de la Fonction publique"),
        ("ministère de la Modernisation des secteurs publics", "وزارة الوظيفة العمومية وتحديث الإدارة"),
        ("MMSP", "وزارة إصلاح الإدارة والوظيفة العمومية"),
        ("MEFRA", "وزارة الانتقال الرقمي وإصلاح الإدارة"),
        ("المدرسة الوطنية العليا للإدارة", "École nationale d'administration"),
    ],
)
def test_a_body_is_searched_by_its_former_and_later_names(text: str, expected: str) -> None:
    assert expected in texts(text, "thesaurus")


def test_another_directorate_of_a_ministry_is_not_its_former_name() -> None:
    assert not {"وزارة الداخلية"} & set(texts("المديرية العامة للجماعات الترابية"))


def test_quoted_required_and_excluded_words_keep_to_themselves() -> None:
    clause = And((Or((Words("gouvernance"), Phrase("الحكامة"))), Not(Words("corruption", any=False))))
    widened = WIDENER().widen(clause, translate_arabic=True)
    assert isinstance(widened, And)
    either, excluded = widened.parts
    assert isinstance(either, Or)
    assert isinstance(either.parts[0], Widened)
    assert either.parts[1] == Phrase("الحكامة")
    assert excluded == clause.parts[1]


@pytest.mark.parametrize("text", ["", "؟؟", "a" * 5000, "😀", "\u202e", "'", "l'", "ال", "x" * 64 + " gouvernance"])
def test_no_text_breaks_it(text: str) -> None:
    readings(text)


def test_a_long_question_has_a_limited_number_of_readings() -> None:
    assert len(readings(" ".join(["congé", "loi", "travail", "juge", "eau", "montagne", "école", "impôt"] * 5))) <= MOST


def test_words_of_a_concept_are_translated_singly_only_where_asked() -> None:
    clause = Words("congé annuel")
    narrow = WIDENER().widen(clause, translate_arabic=True)
    wide = WIDENER().widen(clause, translate_arabic=True, every_word=True)
    assert isinstance(narrow, Widened)
    assert isinstance(wide, Widened)
    assert {reading.of for reading in narrow.readings} == {"congé annuel"}
    assert {reading.of for reading in wide.readings} == {"congé annuel", "congé", "annuel"}
    assert set(narrow.readings) < set(wide.readings)


@pytest.mark.parametrize("text", ["كانون الأول 2019", "فاتح يناير 2018", "القانون رقم 31.13", "loi numéro 31-13"])
def test_words_of_dates_and_numbers_of_texts_are_not_translated(text: str) -> None:
    words = {reading.of for reading in readings(text)}
    assert words.isdisjoint({"كانون", "الأول", "يناير", "رقم", "numéro"})
