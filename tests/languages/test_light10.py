"""The bar is Lucene's own: its stemmer, its list, its order of steps."""

import pytest

from kb.languages import LIGHT10
from kb.languages.analyzer import Terms


def terms(text: str) -> list[Terms]:
    return [token.terms for token in LIGHT10.tokens(text)]


@pytest.mark.parametrize(
    ("word", "stem"),
    [
        ("الحسن", "حسن"),
        ("والحسن", "حسن"),
        ("بالحسن", "حسن"),
        ("كالحسن", "حسن"),
        ("فالحسن", "حسن"),
        ("للاخر", "اخر"),
        ("وحسن", "حسن"),
        ("وزارة", "زار"),
        ("زوجها", "زوج"),
        ("ساهدان", "ساهد"),
        ("ساهدات", "ساهد"),
        ("ساهدون", "ساهد"),
        ("ساهدين", "ساهد"),
        ("ساهدية", "ساهد"),
        ("ساهدة", "ساهد"),
        ("ساهدي", "ساهد"),
        ("وساهدون", "ساهد"),
        ("ساهدهات", "ساهد"),
        ("الو", "الو"),
        ("ولد", "ولد"),
    ],
)
def test_stems_are_light10(word: str, stem: str) -> None:
    assert [found.light for found in terms(word)] == [(stem,)]


@pytest.mark.parametrize(
    ("text", "exact"),
    [
        ("31.13 و54-19", ["31.13", "و54", "19"]),
        ("l'administration", ["l'administration"]),
        ("snake_case", ["snake_case"]),
        ("الPDF", ["الpdf"]),
        ("٢٠١٣", ["2013"]),
        ("أحمد آل ـهـ", ["احمد", "ال", "ه"]),
        ("، ؟ .", []),
    ],
)
def test_words_are_cut_by_the_standard_tokenizer(text: str, exact: list[str]) -> None:
    assert [found.exact for found in terms(text)] == exact


def test_stop_words_go_before_marks_do() -> None:
    assert [found.stop for found in terms("من مِن إلى إلَى")] == [True, False, True, False]


def test_no_language_is_known_but_arabic() -> None:
    assert [found.light for found in terms("les administrations")] == [("les",), ("administrations",)]
