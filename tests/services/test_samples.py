"""Words of a file that a reader might ask for, chosen from its own text."""

import pytest

from kb.core.text import Page
from kb.languages import PRODUCT
from kb.services.samples import Sample, samples

FIRST = "تلتزم الإدارة بتبسيط المساطر الإدارية، وتحدد آجالا معقولة للرد على طلبات المرتفقين سنة 2021."
SECOND = "Le guide décrit la simplification des procédures administratives devant le guichet unique."
THIRD = "يعد مركز الاستقبال تقريرا سنويا حول جودة الخدمات العمومية وانتظارات المواطنين."


def pages(*texts: str) -> list[Page]:
    return [Page(number, text, language="fr" if "guide" in text else "ar") for number, text in enumerate(texts, 1)]


def test_samples_stand_in_the_text_as_they_are() -> None:
    given = pages(FIRST, SECOND, THIRD)
    found = samples(given, PRODUCT)
    assert all(sample.text in given[sample.page - 1].text for sample in found)
    assert all(2 <= len(sample.text.split()) <= 3 for sample in found)


def test_the_first_three_are_of_different_pages() -> None:
    found = samples(pages(FIRST, SECOND, THIRD), PRODUCT)
    assert {sample.page for sample in found[:3]} == {1, 2, 3}


def test_a_file_of_one_page_gives_several() -> None:
    assert len(samples(pages(f"{FIRST} {THIRD}"), PRODUCT)) >= 3


def test_no_sample_holds_a_stop_word_a_figure_or_a_sign() -> None:
    found = samples(pages(FIRST, SECOND, THIRD), PRODUCT)
    assert found
    for sample in found:
        assert not any(token.terms.stop for token in PRODUCT.tokens(sample.text))
        assert all(word.isalpha() for word in sample.text.split())


def test_the_same_text_gives_the_same_samples() -> None:
    assert samples(pages(FIRST, THIRD), PRODUCT) == samples(pages(FIRST, THIRD), PRODUCT)


def test_the_words_of_a_long_file_are_of_its_end_too() -> None:
    long = pages(*[FIRST] * 400, *[THIRD] * 100)
    assert max(sample.page for sample in samples(long, PRODUCT)) > 400


@pytest.mark.parametrize("text", ["", "2021 2022 2023", "من في على", "كلمة", "• • •"])
def test_a_text_without_words_to_ask_for_gives_none(text: str) -> None:
    assert samples([Page(1, text)], PRODUCT) == []


def test_known_words_go_before_misread_ones() -> None:
    misread = "بصثقغف ضصثقكم خحهعغ"
    [best, *_] = samples([Page(1, f"{misread}. تبسيط المساطر الإدارية.", language="ar")], PRODUCT)
    assert best == Sample("تبسيط المساطر الإدارية", 1)
