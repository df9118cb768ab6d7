"""The promises that every analyser keeps, whatever the text."""

import sys
import threading

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kb.languages import LIGHT10, PRODUCT
from kb.languages.analyzer import Analyzer
from tests.growth import grows_in_proportion

ANALYZERS = pytest.mark.parametrize("analyzer", [PRODUCT, LIGHT10], ids=lambda analyzer: analyzer.stamp)
TEXTS = st.text() | st.text(st.sampled_from("والوزارةإأَُّّ\u0640\u200c\u200f\u00ad lawLoié2٣۴.,'’-_ﷺﹰﻻⵜ\u0301"))


@ANALYZERS
@given(text=TEXTS, latin=st.sampled_from(["", "fr", "en", "ar", "xx"]))
@example(text="ﹰ ﷺ ـ \u200f", latin="")
@settings(deadline=None)
def test_spans_are_disjoint_ordered_and_inside(analyzer: Analyzer, text: str, latin: str) -> None:
    tokens = list(analyzer.tokens(text, latin))
    edges = [edge for token in tokens for edge in (token.start, token.end)]
    assert edges == sorted(edges)
    assert all(0 <= token.start < token.end <= len(text) for token in tokens)
    assert [token.position for token in tokens] == list(range(len(tokens)))
    assert all(token.terms.exact for token in tokens)


@ANALYZERS
@given(text=TEXTS)
@settings(deadline=None)
def test_a_word_is_found_by_its_own_spelling(analyzer: Analyzer, text: str) -> None:
    for token in analyzer.tokens(text):
        alone = list(analyzer.tokens(text[token.start : token.end]))
        assert [found.terms for found in alone] == [token.terms]


@given(text=TEXTS, latin=st.sampled_from(["fr", "en", "ar"]))
@settings(deadline=None)
def test_a_question_finds_the_words_of_a_passage_in_any_language(text: str, latin: str) -> None:
    for passage, question in zip(PRODUCT.tokens(text, latin), PRODUCT.tokens(text), strict=True):
        assert question.terms.exact == passage.terms.exact
        if not question.terms.stop:
            assert set(passage.terms.light) <= set(question.terms.light)


@ANALYZERS
@given(text=TEXTS)
@settings(deadline=None)
def test_the_terms_of_a_folded_text_are_those_of_the_text(analyzer: Analyzer, text: str) -> None:
    assert analyzer.fold(analyzer.fold(text)) == analyzer.fold(text)


@ANALYZERS
def test_no_character_makes_it_fail_or_hides_its_neighbours(analyzer: Analyzer) -> None:
    for code in (*range(0, 0x3000, 3), 0xD800, 0xFDFA, 0xFE70, 0x1F600, 0xE0001):
        text = f"قبل {chr(code)} بعد"
        found = [text[token.start : token.end] for token in analyzer.tokens(text)]
        assert (found[0], found[-1]) == ("قبل", "بعد"), hex(code)


@ANALYZERS
@pytest.mark.parametrize("piece", ["و", "ال", "e\u0301", "\u064b", "كم", "هما", "1,", "a'"])
def test_a_word_without_end_costs_no_more_than_a_page(analyzer: Analyzer, piece: str) -> None:
    tokens = list(analyzer.tokens(piece * 30_000))
    assert grows_in_proportion(lambda size: list(analyzer.tokens(piece * size)), 2_000)
    assert max((len(term) for token in tokens for term in (token.terms.exact, *token.terms.light)), default=0) <= 255


@ANALYZERS
def test_threads_see_the_same_terms(analyzer: Analyzer) -> None:
    text = " ".join(
        f"وزارة{number} administrations{chr(97 + number % 26)} simplifications الإدارات" for number in range(300)
    )
    expected = list(analyzer.tokens(text, "fr"))
    seen: list[bool] = []
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        threads = [
            threading.Thread(target=lambda: seen.append(list(analyzer.tokens(text, "fr")) == expected))
            for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(before)
    assert seen == [True] * 8
