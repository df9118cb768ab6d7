"""Each word is analysed by its script, a Latin word by the language around it, in a question by both."""

from pathlib import Path

import pytest

from kb.arabic.lists import fingerprint
from kb.languages import LANGUAGES, PRODUCT
from kb.languages.analyzer import Terms, trigrams


def terms(text: str, latin: str = "") -> list[Terms]:
    return [token.terms for token in PRODUCT.tokens(text, latin)]


def lights(text: str, latin: str = "") -> list[tuple[str, ...]]:
    return [found.light for found in terms(text, latin)]


def share(one: str, other: str, latin: str = "fr") -> bool:
    return set(lights(one, latin)) == set(lights(other, latin)) != {()}


def test_the_spelling_is_the_readers_and_the_term_is_folded() -> None:
    text = "تَبْسِيط الـمساطر"
    found = list(PRODUCT.tokens(text))
    assert [text[token.start : token.end] for token in found] == ["تَبْسِيط", "الـمساطر"]
    assert [token.terms.exact for token in found] == ["تبسيط", "المساطر"]


def test_scripts_meet_in_one_text() -> None:
    assert [found.exact for found in terms("المنصة e-Tamkeen بالـPDF ⵜⴰⵎⴰⵣⵉⵖⵜ ٢٠٢١")] == [
        "المنصه", "e", "tamkeen", "بال", "pdf", "ⵜⴰⵎⴰⵣⵉⵖⵜ", "2021",
    ]  # fmt: skip


@pytest.mark.parametrize("word", ["من", "في", "إلى", "الى", "على", "وعليه", "هذه", "التي", "أنّ", "لِأنّه", "متى", "كَيْفَ"])
def test_arabic_stop_words_keep_their_spelling_only(word: str) -> None:
    (found,) = terms(word)
    assert found.stop
    assert found.exact == PRODUCT.fold(word)
    assert found.skeleton == ()


@pytest.mark.parametrize("word", ["آلية", "الوالي", "والي", "إذن", "إمام", "أم القرى"])
def test_nouns_that_look_like_stop_words_are_found(word: str) -> None:
    assert not terms(word)[-1].stop


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("sécurité", "securite"),
        ("l’administration", "administrations"),
        ("qu'administrative", "administratif"),
        ("RÉFORME", "réformes"),
        ("premières", "premiere"),
        ("financier", "financières"),
        ("œuvres", "oeuvre"),
        ("moderniser", "modernisation"),
    ],
)
def test_french_forms_meet_with_and_without_accents(one: str, other: str) -> None:
    assert set(lights(one, "fr")) - {()} == set(lights(other, "fr"))


@pytest.mark.parametrize(
    ("one", "other"), [("policies", "policy"), ("ministry's", "ministry"), ("reforming", "reforms")]
)
def test_english_forms_meet(one: str, other: str) -> None:
    assert set(lights(one, "en")) - {()} == set(lights(other, "en"))


@pytest.mark.parametrize(("passage", "latin"), [("administratives", "fr"), ("policies", "en"), ("publiques", "ar")])
def test_a_question_tries_both_languages(passage: str, latin: str) -> None:
    (asked,) = lights(passage)
    (printed,) = lights(passage, latin)
    assert set(printed) <= set(asked)


@pytest.mark.parametrize("question", ["quelle est la", "what is the", "qu'est-ce que l'", "how to"])
def test_question_words_of_both_languages_are_stop_words_of_a_question(question: str) -> None:
    assert set(lights(question)) == {()}


@pytest.mark.parametrize(("question", "noun"), [("car insurance", "car"), ("le but", "but")])
def test_a_noun_that_is_a_function_word_elsewhere_is_asked_for(question: str, noun: str) -> None:
    assert (noun,) in lights(question)


def test_latin_words_of_an_arabic_passage_are_read_as_french() -> None:
    assert lights("régionalisations", "ar") == lights("régionalisations", "fr")


def test_only_arabic_has_a_skeleton() -> None:
    assert [bool(found.skeleton) for found in terms("وزارة ministère law ⵜⴰⵎⴰⵣⵉⵖⵜ 2021", "fr")] == [True] + [False] * 4


def test_tifinagh_is_found_as_it_is_written() -> None:
    assert terms("ⵜⴰⵎⴰⵣⵉⵖⵜ") == [Terms("ⵜⴰⵎⴰⵣⵉⵖⵜ", ("ⵜⴰⵎⴰⵣⵉⵖⵜ",))]


def test_trigrams_mark_the_edges_of_a_word() -> None:
    assert trigrams("كتب") == ("^كت", "كتب", "تب$")
    assert trigrams("") == ("^$",)


def test_both_languages_of_the_pages_are_listed() -> None:
    assert {"arabic", "fr", "en"} <= set(LANGUAGES)
    assert share("وزارة", "الوزارة")


def test_another_word_in_a_list_is_another_stamp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "lists_of_this_test"
    package.mkdir()
    (package / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    (package / "words.txt").write_text("وزارة", "utf-8")
    before = fingerprint(package.name)
    (package / "words.txt").write_text("وزارة وكالة", "utf-8")
    fingerprint.cache_clear()
    assert fingerprint(package.name) != before
    assert PRODUCT.stamp.startswith("product/")
    assert PRODUCT.stamp.endswith(fingerprint("kb.arabic", "kb.languages"))
