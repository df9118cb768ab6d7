"""Other words for those asked for, asked of every engine there is."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kb.core.text import DocumentId, Passage, Span
from kb.languages import PRODUCT
from kb.search.engine import Entry, SearchEngine
from kb.search.engines import ENGINES
from kb.search.highlight import marks
from kb.search.query import And, Not, Query, Reading, Widened, Words
from tests.contracts.engines import entry, ids, opened, put


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SearchEngine]:
    engine = opened(request.param, tmp_path)
    yield engine
    engine.close()


def reading(of: str, text: str, weight: float = 0.5, language: str = "ar") -> Reading:
    return Reading(of, text, language, weight, "thesaurus")


def widened(text: str, *readings: Reading) -> Widened:
    return Widened(Words(text), readings)


def test_a_passage_is_found_by_another_reading_and_ranks_below_the_words_themselves(engine: SearchEngine) -> None:
    put(engine, entry("a", "دليل", "الرشوة في الصفقات"), entry("b", "دليل", "الفساد في الصفقات"), entry("c", "دليل"))
    assert ids(engine, widened("الفساد", reading("الفساد", "الرشوة"))) == ["b", "a"]


def test_a_reading_of_several_words_needs_them_all_in_one_passage(engine: SearchEngine) -> None:
    put(engine, entry("a", "دليل", "تبسيط المساطر"), entry("b", "دليل", "تبسيط", "المساطر"))
    assert ids(engine, widened("simplification", reading("simplification", "تبسيط المساطر"))) == ["a"]


def test_of_the_readings_of_a_word_the_best_counts_and_not_their_sum(engine: SearchEngine) -> None:
    fillers = [entry(f"f{n}", "دليل", "الماء والغابات") for n in range(4)]
    put(engine, entry("both", "دليل", "اجازة رخصة"), entry("one", "دليل", "اجازة وصل"), *fillers)
    both = Query(widened("congé", reading("congé", "إجازة"), reading("congé", "رخصة", 0.1)))
    scores = {hit.id: hit.score for hit in engine.search(both).hits}
    assert scores[DocumentId("both")] == pytest.approx(scores[DocumentId("one")])


def test_a_word_that_is_there_itself_earns_nothing_by_its_readings(engine: SearchEngine) -> None:
    put(engine, entry("a", "دليل", "الفساد والرشوة"), entry("b", "دليل", "الماء"))
    plain = engine.search(Query(Words("الفساد"))).hits[0].score
    assert engine.search(Query(widened("الفساد", reading("الفساد", "الرشوة")))).hits[0].score == pytest.approx(plain)


def test_a_word_that_is_translated_is_not_taken_for_a_misspelt_one(engine: SearchEngine) -> None:
    text = "La formation des agents"
    french = Passage(text, Span(0, len(text)), file=1, page=1, language="fr")
    put(engine, Entry(DocumentId("a"), "Guide", (french,), language="fr"), entry("b", "دليل", "المعلومات"))
    assert ids(engine, "information") == ["a"]
    assert ids(engine, widened("information", reading("information", "معلومة"))) == ["b"]


def test_only_readings_that_a_found_document_holds_are_told(engine: SearchEngine) -> None:
    put(engine, entry("a", "دليل", "الرشوة", audience=frozenset({"staff"})), entry("b", "دليل", "الاختلاس"))
    there, hidden, nowhere = (reading("الفساد", text) for text in ("الاختلاس", "الرشوة", "المحسوبية"))
    assert engine.search(Query(widened("الفساد", there, hidden, nowhere))).readings == (there,)


def test_what_is_excluded_stays_out_whatever_reading_found_it(engine: SearchEngine) -> None:
    put(engine, entry("a", "دليل", "الرشوة في الصفقات"), entry("b", "دليل", "الرشوة"))
    clause = And((widened("الفساد", reading("الفساد", "الرشوة")), Not(Words("الصفقات", any=False))))
    assert ids(engine, clause) == ["b"]


def test_the_words_of_a_reading_are_marked_where_all_of_them_stand() -> None:
    clause = widened("simplification", reading("simplification", "تبسيط المساطر"))
    text = "تبسيط المساطر ثم المساطر"
    assert [text[span.start : span.end] for span in marks(text, clause, PRODUCT)] == ["تبسيط", "المساطر", "المساطر"]
    assert marks("المساطر وحدها", clause, PRODUCT) == ()


def test_a_french_reading_is_met_in_its_forms(engine: SearchEngine) -> None:
    text = "Les procédures sont simplifiées"
    french = Passage(text, Span(0, len(text)), file=1, page=1, language="fr")
    put(engine, Entry(DocumentId("a"), "Guide", (french,), language="fr"))
    assert ids(engine, widened("المسطرة", reading("المسطرة", "procédure", language="fr"))) == ["a"]
