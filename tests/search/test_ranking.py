import math

import pytest

from kb.core.text import DocumentId, Passage, Span
from kb.languages import PRODUCT
from kb.search.asked import wanted
from kb.search.engine import Entry
from kb.search.engines.memory import MemoryEngine
from kb.search.parse import parse
from kb.search.query import Precision, Query, Words
from kb.search.ranking import LIGHT10_RANKING, PRODUCT_RANKING
from kb.search.units import LONGEST_WORD, View, holds_phrase, units


def unit(title: str, *texts: str) -> list[str]:
    passages = tuple(Passage(text, Span(0, len(text)), 1, 1) for text in texts)
    return [each.words for each in units(Entry(DocumentId("a"), title, passages), PRODUCT)]


def test_a_term_gains_as_the_formula_says() -> None:
    assert PRODUCT_RANKING.gain(10, 3) == pytest.approx(math.log(1 + 7.5 / 3.5) * 1.8)
    assert LIGHT10_RANKING.gain(10, 3) == pytest.approx(math.log(1 + 7.5 / 3.5) * 2.2)
    assert PRODUCT_RANKING.gain(3, 5) >= 0  # deleted units may be counted in the frequency


def test_a_unit_of_average_length_has_the_norm_k1() -> None:
    assert PRODUCT_RANKING.norms([10, 20, 30], 3) == pytest.approx([0.8 * 0.625, 0.8, 0.8 * 1.375])
    assert LIGHT10_RANKING.norms([], 0).tolist() == []
    assert PRODUCT_RANKING.norms([0, 0], 2) == pytest.approx([0.2, 0.2])


def test_an_index_keeps_the_views_that_are_ranked_by() -> None:
    assert set(PRODUCT_RANKING.views) == set(View)
    assert set(LIGHT10_RANKING.views) == {View.EXACT, View.LIGHT}


def test_a_unit_keeps_its_words_by_line_with_the_stop_words_told_apart() -> None:
    assert unit("دليل", "من أجل الماء", "الكهرباء") == ["دليل\n\n~من اجل الماء", "دليل\n\nالكهرباء"]
    assert unit("دليل الماء") == ["دليل الماء"]


def test_a_title_is_kept_by_itself_beside_the_whole() -> None:
    passage = Passage("ماء البئر", Span(0, 9), 1, 1)
    [made] = units(Entry(DocumentId("a"), "الماء", (passage,)), PRODUCT)
    assert made.counts[View.TITLE] == {"ماء": 1}
    assert made.counts[View.LIGHT] == {"ماء": 2, "بئر": 1}
    assert made.length(View.TITLE) == 1


def test_only_the_head_of_an_endless_word_is_kept() -> None:
    [made] = units(Entry(DocumentId("a"), "م" * 5000), PRODUCT)
    assert max(map(len, made.counts[View.EXACT])) == LONGEST_WORD
    assert made.counts[View.TRIGRAMS].total() <= LONGEST_WORD


@pytest.mark.parametrize(
    ("words", "phrase", "held"),
    [
        ("ا ب ج", ("ب", "ج"), True),
        ("ا ~من ج", ("ا", "من", "ج"), True),
        ("ا ب\nج", ("ب", "ج"), False),
        ("اب ج", ("ب", "ج"), False),
        ("ا ب ج", ("ا", "ج"), False),
    ],
)
def test_a_phrase_is_held_in_one_line_word_by_word(words: str, phrase: tuple[str, ...], held: bool) -> None:  # noqa: FBT001 (a table of cases)
    assert holds_phrase(words, phrase) is held


def test_what_is_wanted_leaves_out_what_is_excluded_and_the_stop_words() -> None:
    asked = wanted(parse('من الماء "دليل الماء" -الكهرباء'), PRODUCT)
    assert [word.exact for word in asked.words] == ["الماء", "دليل", "الماء"]
    assert [phrase.exact for phrase in asked.phrases] == [("دليل", "الماء")]


def test_the_views_that_a_word_is_met_in_follow_the_chain_and_the_precision() -> None:
    assert set(PRODUCT_RANKING.matching) == {View.LIGHT, View.EXACT, View.SKELETON}
    assert set(LIGHT10_RANKING.matching) == {View.LIGHT, View.EXACT}
    assert set(PRODUCT_RANKING.at(Precision.SAME).matching) == {View.LIGHT, View.EXACT}
    assert set(PRODUCT_RANKING.at(Precision.WRITTEN).matching) == {View.WRITTEN}


def test_words_that_stand_near_each_other_rank_higher() -> None:
    engine = MemoryEngine(PRODUCT)
    filler = " ".join(["نص", "آخر"] * 12)
    with engine.writing() as writer:
        for key, text in (("apart", f"تبسيط {filler} المساطر"), ("near", f"{filler} تبسيط المساطر")):
            passage = Passage(text, Span(0, len(text)), 1, 1)
            writer.put(Entry(DocumentId(key), "تقرير", (passage,)))
    hits = engine.search(Query(Words("تبسيط المساطر"))).hits
    assert [hit.id for hit in hits] == ["near", "apart"]


def test_a_long_document_neither_wins_nor_loses_by_its_length() -> None:
    engine = MemoryEngine(PRODUCT)
    pages = [f"صفحة عن الميزانية وعن المالية رقم {number}" for number in range(300)]
    pages[211] = "تبسيط مسطرة الرخصة في ثلاثة أيام"
    with engine.writing() as writer:
        passages = tuple(Passage(text, Span(0, len(text)), 1, page) for page, text in enumerate(pages, 1))
        writer.put(Entry(DocumentId("long"), "تقرير", passages))
        for key, text in (("short", "تبسيط مسطرة الرخصة في ثلاثة أيام"), ("other", "رخصة السياقة")):
            writer.put(Entry(DocumentId(key), "تقرير", (Passage(text, Span(0, len(text)), 1, 1),)))
    hits = {hit.id: hit for hit in engine.search(Query(Words("تبسيط مسطرة الرخصة"))).hits}
    assert hits[DocumentId("long")].score == pytest.approx(hits[DocumentId("short")].score)
    assert hits[DocumentId("long")].score > hits[DocumentId("other")].score
    assert [passage.page for passage in hits[DocumentId("long")].passages][:1] == [212]
