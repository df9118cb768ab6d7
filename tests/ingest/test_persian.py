"""Arabic in Persian letters becomes Arabic again; Persian stays Persian."""

import pytest

from kb.ingest.persian import Folded, folded


def test_an_arabic_text_gets_its_letters_back() -> None:
    assert folded("صدر فی الجریدة الرسمیة کتاب علی ذلك") == Folded("صدر في الجريدة الرسمية كتاب على ذلك", "ک ی")


def test_a_vowel_mark_after_the_last_letter_does_not_matter() -> None:
    assert folded("إلیَ البیتِ").text == "إلىَ البيتِ"


@pytest.mark.parametrize("text", ["", "كتاب في المدينة", "décret 12", "این کتاب چگونه نوشته شد و پژوهش دانشگاهی است"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert folded(text) == Folded(text, "")


def test_one_foreign_name_does_not_make_a_text_persian() -> None:
    text = (
        "زار الوزیر مدینة أگادیر ووقف علی سیر الأشغال الجاریة بها وعلی تقدم البرنامج الوطنی لإصلاح الإدارة العمومیة" * 2
    )
    assert "الوزير" in folded(text).text
