"""The list of known words, and what it says of texts."""

import pytest

from kb.ingest import lexicon
from kb.ingest.lexicon import Rate

TEXT = "صدر قانون جديد يحدد شروط تسيير الجمعيات، وقد نشرته الجريدة الرسمية للبلاد في شهر يوليوز الماضي."


def test_words_of_a_good_text_are_known() -> None:
    assert lexicon.rate_arabic(TEXT) == Rate(15, 15)


def test_marks_and_tatweel_do_not_matter() -> None:
    assert lexicon.rate_arabic("القَانُونُ الأَسَاسِيُّ للعنـــاصر") == Rate(3, 3)


def test_particles_are_taken_off_a_word_that_is_not_listed() -> None:
    assert not lexicon.grade("وبالديداكتيك")
    assert lexicon.is_known("وبالتلميذة")


def test_words_of_the_administration_are_known() -> None:
    assert lexicon.rate_arabic("تلزم الإدارة بتبسيط المساطر لفائدة المرتفقين ورقمنة الشكايات والآجال") == Rate(9, 9)


def test_letters_out_of_place_make_words_unknown() -> None:
    assert lexicon.rate_arabic("أحكلام رقرم ذقه ممخفلت").share < 0.5


def test_a_letter_that_the_file_does_not_name_makes_its_word_unknown() -> None:
    assert lexicon.rate_arabic("ا\ufffd\ufffdزارة") == Rate(0, 1)


@pytest.mark.parametrize("text", ["", "12/2023 م. ص", "ⵜⴰⵎⴰⵣⵉⵖⵜ", "چگونه می‌توان پژوهش کرد", "پیښور ته لاړ شئ"])
def test_what_cannot_be_judged_is_not(text: str) -> None:
    assert lexicon.rate(text).judged <= 1
    assert lexicon.rate("").share == 1.0


def test_words_of_latin_letters_are_known_without_their_accents() -> None:
    assert lexicon.rate_latin("Décret relatif à l’ÉVALUATION, the OEUVRE and the cœur") == Rate(8, 8)
    assert lexicon.rate_latin("Gpdhb uhodwli") == Rate(0, 2)


def test_repair_learns_from_one_half_of_the_words_and_is_measured_by_the_other() -> None:
    words = TEXT.replace("،", "").replace(".", "").split()
    learnt = {word for word in words if lexicon.learnt_weight(word)}
    assert 3 < len(learnt) < len(words) - 3
    assert all(lexicon.is_learnt(word) for word in learnt)
    unlearnt = len([word for word in words if len(word) > 2 and not lexicon.is_learnt(word)])
    assert lexicon.rate_unlearnt(TEXT) == Rate(2 * unlearnt, 2 * unlearnt)
    assert lexicon.rate_unlearnt("أحكلام رقرم " + TEXT) == Rate(2 * unlearnt, 2 * unlearnt + 2)


def test_frequent_words_weigh_more() -> None:
    words = [word for word in ("في", "من", "على", "إلى", "هذا", "التي") if lexicon.learnt_weight(word)]
    rare = [word for word in ("القيرواني", "المستشرقين", "الاستقراء", "منمنمات") if lexicon.learnt_weight(word)]
    assert words
    assert rare
    assert min(map(lexicon.learnt_weight, words)) > max(map(lexicon.learnt_weight, rare))
