"""Words of texts are found by the stems of a question as each would be by itself."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from bench.made import Library
from kb.languages import PRODUCT
from kb.search import wordforms
from kb.search.wordforms import WordForms

PAGES = [set(PRODUCT.fold(page).split()) for made in Library().documents(60) for page in made.pages]


def one_by_one(terms: set[str], words: set[str]) -> set[str]:
    own = WordForms(PRODUCT)
    return {word for word in words if not terms.isdisjoint(own.stems(word))}


def asked(page: set[str]) -> set[str]:
    own = WordForms(PRODUCT)
    return {term for word in sorted(page)[::9] for term in own.stems(word)}


@pytest.mark.parametrize("most", [0, 50, 1 << 16])
def test_the_words_that_say_a_stem_are_those_that_have_it_however_many_are_remembered(
    most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wordforms, "_MOST", most)
    shared = WordForms(PRODUCT)
    terms = asked(PAGES[0])
    assert len(terms) > 5
    for page in PAGES[:12]:
        assert shared.saying(terms, page) == one_by_one(terms, page)


def test_many_threads_are_told_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wordforms, "_MOST", 200)
    shared = WordForms(PRODUCT)
    terms = asked(PAGES[0]) | asked(PAGES[1])
    expected = [one_by_one(terms, page) for page in PAGES[:20]]
    with ThreadPoolExecutor(8) as threads:
        for _ in range(4):
            assert list(threads.map(lambda page: shared.saying(terms, page), PAGES[:20])) == expected


def test_a_word_of_no_text_and_a_stem_of_no_word_say_nothing() -> None:
    shared = WordForms(PRODUCT)
    assert shared.saying({"لا-شيء"}, PAGES[0]) == set()
    assert shared.saying(asked(PAGES[0]), set()) == set()
