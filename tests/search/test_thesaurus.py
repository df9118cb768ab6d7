"""The thesaurus as data, and what a question names of it."""

from collections import Counter
from itertools import chain

import pytest

from kb.languages import PRODUCT
from kb.search.thesaurus import Thesaurus, load


@pytest.fixture(scope="module")
def thesaurus() -> Thesaurus:
    return Thesaurus(PRODUCT, load())


def named(thesaurus: Thesaurus, text: str) -> list[str]:
    tokens = [token for token in PRODUCT.tokens(text) if not token.terms.stop]
    return [found.concept.id for found in thesaurus.named(text, tokens)]


def test_there_are_enough_concepts_and_each_has_words_in_three_languages() -> None:
    assert len(load()) >= 300
    assert all(concept.words.keys() == {"ar", "fr", "en"} for concept in load())


def test_an_id_names_one_concept_and_links_lead_to_concepts() -> None:
    ids = Counter(concept.id for concept in load())
    assert set(ids.values()) == {1}
    assert set(chain.from_iterable(concept.related for concept in load())) <= ids.keys()
    assert {concept.broader for concept in load()} <= ids.keys() | {""}
    by_id = {concept.id: concept for concept in load()}
    assert all(concept.id in by_id[other].related for concept in load() for other in concept.related)


def test_no_concept_says_a_word_twice() -> None:
    for concept in load():
        said = [PRODUCT.fold(word) for words in concept.words.values() for word in set(words)]
        assert len(said) - len(set(said)) <= 2, concept.id  # a French word may be the English one too
        for words in concept.words.values():
            assert len(words) == len(set(words)), concept.id


def test_a_concept_says_where_it_was_seen_or_comes_from_the_first_list() -> None:
    unseen = [concept.id for concept in load() if concept.seen is None]
    assert len(unseen) <= 44
    for concept in load():
        if concept.seen:
            assert concept.seen.word in (*concept.words["ar"], *concept.words["fr"]), concept.id


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("تبسيط المساطر الادارية", ["simplification-of-administrative-procedures"]),
        ("لتبسيط مساطرها", ["simplification-of-administrative-procedures"]),
        ("simplifications des procédures", ["simplification-of-administrative-procedures"]),
        ("gouvernance", ["governance"]),
        ("le gouvernement", ["government"]),
        ("الأجراء", ["employee"]),
        ("الإجراءات", ["measure"]),
        ("SMIG", ["minimum-wage"]),
        ("smig", ["minimum-wage"]),
        ("CT", ["territorial-authorities"]),
        ("ct", []),
        ("صندوق تحديث الإدارة", ["public-administration-modernisation-fund"]),
        ("fomap", ["public-administration-modernisation-fund"]),
        ("appel d'offres et appel", ["call-for-tenders", "appeal"]),
        ("الماء والشجر", []),
        ("", []),
    ],
)
def test_what_a_question_names(thesaurus: Thesaurus, text: str, expected: list[str]) -> None:
    assert named(thesaurus, text) == expected
