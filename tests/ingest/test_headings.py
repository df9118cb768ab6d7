"""Which words can name a document."""

import pytest

from kb.ingest import headings


@pytest.mark.parametrize(
    "text",
    [
        "دليل تبسيط المساطر الإدارية",
        "قانون المسطرة المدنية",
        "القانون رقم 31.13",
        "حصيلة وزارة الاقتصاد 2019",
        "وزارة الداخلية: تقرير سنوي",
        "المملكة المغربية: دليل المستثمر",
        "Guide du Royaume",
        "Page blanche de la commune",
    ],
)
def test_the_name_of_one_document_can_name_it(text: str) -> None:
    assert headings.can_name(text)


@pytest.mark.parametrize(
    "text",
    [
        "المملكة المغربية",
        "المملكة المغربية - وزارة الداخلية",
        "وزارة الانتقال الرقمي وإصلاح الإدارة",
        "Royaume du Maroc",
        "بسم الله الرحمن الرحيم",
        "صفحة 3 من 12",
        "- 3 -",
        "Page 3 sur 12",
        "22 فبراير 2018",
        "الرباط، في 22 فبراير 2018",
        "www.example.ma",
        "contact@example.ma",
        "",
    ],
)
def test_what_stands_on_many_documents_names_none(text: str) -> None:
    assert not headings.can_name(text)
    assert headings.is_furniture(text) or not text


@pytest.mark.parametrize("text", ["تقرير", "2019"])
def test_one_word_is_no_name(text: str) -> None:
    assert not headings.can_name(text)
