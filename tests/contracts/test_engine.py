"""The meaning of search, asked of every engine there is."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kb.core.text import DocumentId, Passage, Span
from kb.languages import PRODUCT
from kb.search.engine import Can, Entry, SearchEngine
from kb.search.engines import ENGINES
from kb.search.highlight import marks
from kb.search.parse import parse
from kb.search.query import All, And, Not, Or, Phrase, Query, Sort, Words
from kb.search.results import Bucket
from tests.contracts.engines import entry, ids, opened, put


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SearchEngine]:
    engine = opened(request.param, tmp_path)
    yield engine
    engine.close()


def needs(engine: SearchEngine, ability: Can) -> None:
    if not engine.can & ability:
        pytest.skip(f"engine declares no {ability.name}")


@pytest.mark.parametrize("asked", ["شفافية", "الشفافيه", "وَالشَّفَافِيَّةُ", "اداره", "إدارة", "للإدارة"])
def test_spelling_variants_meet(engine: SearchEngine, asked: str) -> None:
    put(engine, entry("a", "دليل الإدارة المفتوحة", "الشَّفافيّة مبدأ أساسي"), entry("b", "رخص البناء"))
    assert ids(engine, asked) == ["a"]


def test_latin_words_meet_in_french_and_english(engine: SearchEngine) -> None:
    text = "Les procédures administratives sont simplifiées"
    french = Passage(text, Span(0, len(text)), file=1, page=1, language="fr")
    put(engine, Entry(DocumentId("a"), "Guide", (french,), language="fr"), entry("b", "دليل"))
    assert ids(engine, "procedure") == ids(engine, "Procédures") == ids(engine, "simplifiée") == ["a"]


def test_put_replaces(engine: SearchEngine) -> None:
    put(engine, entry("a", "ميزانية المواطن"))
    put(engine, entry("a", "رخص البناء", revision=2))
    assert ids(engine, "ميزانية") == []
    assert ids(engine, "رخص") == ["a"]
    assert engine.revisions() == {"a": 2}


def test_last_put_of_a_batch_wins(engine: SearchEngine) -> None:
    put(engine, entry("a", "ميزانية المواطن"), entry("a", "رخص البناء", revision=2))
    assert ids(engine, All()) == ["a"]
    assert engine.revisions() == {"a": 2}


def test_drop_forgets_and_is_silent_about_strangers(engine: SearchEngine) -> None:
    put(engine, entry("a", "ميزانية المواطن", "الصفحة الأولى", "الصفحة الثانية"), entry("b", "رخص البناء"))
    with engine.writing() as writer:
        writer.drop(DocumentId("a"))
        writer.drop(DocumentId("nobody"))
    assert ids(engine, All()) == ["b"]
    assert ids(engine, "الصفحة") == []
    assert engine.revisions() == {"b": 1}


def test_what_is_put_after_clear_stays(engine: SearchEngine) -> None:
    put(engine, entry("a", "ميزانية المواطن"))
    with engine.writing() as writer:
        writer.put(entry("b", "رخص البناء"))
        writer.clear()
        writer.put(entry("c", "دليل المساطر"))
    assert engine.revisions() == {"c": 1}


def test_failed_batch_leaves_no_trace(engine: SearchEngine) -> None:
    put(engine, entry("a", "باق"))

    def fail() -> None:
        with engine.writing() as writer:
            writer.put(entry("b", "زائل"))
            writer.drop(DocumentId("a"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert ids(engine, All()) == ["a"]
    put(engine, entry("c", "بعد الفشل"))
    assert ids(engine, All()) == ["a", "c"]


def test_audience_hides_from_hits_total_and_facets(engine: SearchEngine) -> None:
    law = {"type": frozenset({"law"})}
    put(engine, entry("a", "عام", keywords=law), entry("b", "خاص", keywords=law, audience=frozenset({"staff"})))
    seen = engine.search(Query(facets=("type",)))
    assert (seen.total, [hit.id for hit in seen.hits], seen.facets[0].buckets) == (1, ["a"], (Bucket("law", 1),))
    both = engine.search(Query(facets=("type",), audience=frozenset({"public", "staff"})))
    assert (both.total, both.facets[0].buckets) == (2, (Bucket("law", 2),))
    assert engine.search(Query(audience=frozenset())).total == 0


def test_boolean_algebra(engine: SearchEngine) -> None:
    put(engine, entry("a", "ميزانية الدولة"), entry("b", "ميزانية المواطن"), entry("c", "حق الحصول"))
    budget, citizen = Words("ميزانية"), Words("مواطن")
    assert ids(engine, And((budget, Not(citizen)))) == ["a"]
    assert sorted(ids(engine, Or((citizen, Words("الحصول"))))) == ["b", "c"]
    assert ids(engine, Not(budget)) == ["c"]
    assert sorted(ids(engine, Not(Not(budget)))) == ["a", "b"]
    assert sorted(ids(engine, And(()))) == ["a", "b", "c"]
    assert ids(engine, Or(())) == []


def test_clauses_combine_over_the_whole_document(engine: SearchEngine) -> None:
    put(engine, entry("a", "تقرير", "عن الماء", "عن الكهرباء"), entry("b", "تقرير", "عن الماء"))
    assert ids(engine, And((Words("الماء"), Words("الكهرباء")))) == ["a"]
    assert ids(engine, And((Words("الماء"), Not(Words("الكهرباء"))))) == ["b"]


def test_every_word_means_in_one_passage(engine: SearchEngine) -> None:
    put(engine, entry("apart", "تقرير", "عن الماء", "عن الكهرباء"), entry("together", "تقرير", "الماء والكهرباء"))
    assert ids(engine, Words("الماء الكهرباء", any=False)) == ["together"]
    assert sorted(ids(engine, Words("الماء الكهرباء"))) == ["apart", "together"]


def test_excluding_a_word_spares_those_that_only_look_related(engine: SearchEngine) -> None:
    put(engine, entry("a", "كتاب المالية"), entry("b", "مكتب المالية"))
    assert ids(engine, parse("المالية -كتاب")) == ["b"]


@pytest.mark.parametrize("asked", [" ", "؟!", "\N{ARABIC TATWEEL}", "😀", "__"])
def test_signs_without_a_word_match_nothing(engine: SearchEngine, asked: str) -> None:
    put(engine, entry("a", "نص"))
    assert engine.search(Query(Words(asked))).total == 0
    assert engine.search(Query(Phrase(asked))).total == 0


def test_stop_words_alone_are_looked_up_as_written(engine: SearchEngine) -> None:
    put(engine, entry("a", "تقرير", "من المغرب"), entry("b", "تقرير", "المغرب"))
    assert ids(engine, "من") == ["a"]
    assert sorted(ids(engine, "من المغرب")) == ["a", "b"]


def test_a_misspelt_word_finds_what_was_meant(engine: SearchEngine) -> None:
    put(engine, entry("a", "تبسيط المساطر"), entry("b", "التشغيل والتكوين"), entry("c", "الحكامة الجيدة"))
    assert ids(engine, "الحكاممة")[0] == "c"
    assert ids(engine, "ططططط") == []


def test_pages_of_an_answer_do_not_overlap(engine: SearchEngine) -> None:
    put(engine, *(entry(f"d{n}", "تقرير سنوي", date=dt.date(2000 + n, 1, 1)) for n in range(5)))
    slices = [ids(engine, All(), sort=Sort.NEWEST, offset=start, limit=2) for start in (0, 2, 4, 6)]
    assert slices == [["d4", "d3"], ["d2", "d1"], ["d0"], []]


def test_equals_are_ordered_by_id(engine: SearchEngine) -> None:
    put(engine, *(entry(key, "تقرير سنوي") for key in "cab"))
    for sort in Sort:
        assert ids(engine, "تقرير", sort=sort) == ["a", "b", "c"]


def test_sorts(engine: SearchEngine) -> None:
    put(
        engine,
        entry("a", "تقرير", date=dt.date(2019, 5, 1), order="ج"),
        entry("b", "تقرير", date=dt.date(2021, 5, 1), order="ا"),
        entry("c", "تقرير", order="ب"),
    )
    assert ids(engine, All(), sort=Sort.NEWEST) == ["b", "a", "c"]
    assert ids(engine, All(), sort=Sort.OLDEST) == ["a", "b", "c"]
    assert ids(engine, All(), sort=Sort.TITLE) == ["b", "c", "a"]


def test_a_facet_ignores_its_own_filter_only(engine: SearchEngine) -> None:
    def keywords(type_: str, *years: str) -> dict[str, frozenset[str]]:
        return {"type": frozenset({type_}), "year": frozenset(years)}

    put(
        engine,
        entry("a", "قانون", keywords=keywords("law", "2020")),
        entry("b", "قانون", keywords=keywords("law", "2021")),
        entry("c", "تقرير", keywords=keywords("report", "2020", "2021")),
    )
    filters = {"type": frozenset({"law"}), "year": frozenset({"2020"})}
    found = engine.search(Query(filters=filters, facets=("type", "year", "theme")))
    assert [hit.id for hit in found.hits] == ["a"]
    assert [facet.buckets for facet in found.facets] == [
        (Bucket("law", 1), Bucket("report", 1)),
        (Bucket("2020", 1), Bucket("2021", 1)),
        (),
    ]
    either = {"year": frozenset({"2020", "2021"})}
    assert engine.search(Query(filters=either)).total == 3


def test_phrase_means_side_by_side_as_written(engine: SearchEngine) -> None:
    needs(engine, Can.PHRASE)
    put(
        engine,
        entry("a", "الحكومة المفتوحة"),
        entry("b", "المفتوحة أمام الحكومة"),
        entry("c", "حكومة مفتوحة"),
        entry("d", "تقرير الحكومة", "المفتوحة لكل المواطنين"),
        entry("e", "شراكة من أجل الحكومة", "الحكومة\nالمفتوحة"),
    )
    assert sorted(ids(engine, Phrase("الحكومه المفتوحة"))) == ["a", "e"]
    assert ids(engine, Phrase("من أجل")) == ["e"]
    assert ids(engine, Phrase("أجل الحكوم")) == []


def test_words_beside_a_phrase_rank_but_do_not_choose(engine: SearchEngine) -> None:
    needs(engine, Can.PHRASE | Can.RANK)
    put(
        engine,
        entry("a", "تقرير", "تبسيط المساطر في الميدان"),
        entry("b", "تقرير", "تبسيط المساطر في الاقتصاد"),
        entry("c", "تقرير", "الاقتصاد وحده"),
    )
    assert ids(engine, parse('"تبسيط المساطر" اقتصاد')) == ["b", "a"]
    assert ids(engine, parse('اقتصاد "تبسيط المساطر" كلمةغائبة')) == ["b", "a"]
    assert ids(engine, parse('"تبسيط المساطر" تقرير -ميدان')) == ["b"]
    assert sorted(ids(engine, parse("اقتصاد -ميدان"))) == ["b", "c"]


def test_the_passage_with_the_phrase_comes_first(engine: SearchEngine) -> None:
    needs(engine, Can.PHRASE | Can.RANK)
    scattered = "الحكومة والمفتوحة، المفتوحة والحكومة، الحكومة"
    put(engine, entry("a", "تقرير", *[scattered] * 30, "نص طويل يذكر مبادئ الحكومة المفتوحة مرة واحدة فقط"))
    [hit] = engine.search(Query(Phrase("الحكومة المفتوحة"))).hits
    assert [passage.page for passage in hit.passages] == [31]


def test_title_outranks_body(engine: SearchEngine) -> None:
    needs(engine, Can.RANK)
    put(engine, entry("body", "تقرير", "عن الماء"), entry("title", "الماء", "عن شيء آخر"))
    assert ids(engine, "الماء") == ["title", "body"]


def test_rare_words_and_many_of_them_rank_higher(engine: SearchEngine) -> None:
    needs(engine, Can.RANK)
    put(engine, *(entry(f"d{n}", "مذكرة", "تقرير عن المرافق العمومية") for n in range(5)))
    put(engine, entry("one", "مذكرة", "تقرير عن اللاتمركز الإداري"), entry("two", "مذكرة", "تقرير اللاتمركز المرافق"))
    assert ids(engine, "اللاتمركز المرافق")[:2] == ["two", "one"]


def test_a_title_without_text_is_found(engine: SearchEngine) -> None:
    put(engine, entry("a", "مخطط الإصلاح"))
    [hit] = engine.search(Query(Words("الإصلاح"))).hits
    assert (hit.id, hit.passages) == ("a", ())


def test_of_all_but_the_first_hit_no_more_passages_come_than_pages_are_enough(engine: SearchEngine) -> None:
    pages = [f"الميزانية {word}" for word in ("أولا", "ثانيا", "ثالثا", "رابعا")]
    said = Passage("الميزانية ملخص", Span(0, 14), field="summary")
    one, other = (entry(key, "تقرير", *pages) for key in "ab")
    put(engine, replace(one, passages=(said, *one.passages)), replace(other, passages=(said, *other.passages)))
    first, second = engine.search(Query(Words("الميزانية"), passages=5, enough=2)).hits
    assert len(first.passages) == 5
    assert [bool(passage.page) for passage in second.passages].count(True) == 2
    alone = engine.search(Query(Words("الميزانية"), passages=5, enough=2, offset=1)).hits[0]
    assert alone.passages == second.passages
    whole = engine.search(Query(Words("الميزانية"), passages=5)).hits[1]
    assert whole.passages[: len(second.passages)] == second.passages


def test_passages_come_best_first_and_only_where_they_answer(engine: SearchEngine) -> None:
    put(engine, entry("a", "تقرير الميزانية", "مقدمة عامة", "ذكر الميزانية مرة في نص أطول", "الميزانية ثم الميزانية"))
    [hit] = engine.search(Query(Words("الميزانية"))).hits
    assert [passage.page for passage in hit.passages] == [3, 2]
    [hit] = engine.search(Query(Words("الميزانية"), passages=1)).hits
    assert [passage.page for passage in hit.passages] == [3]
    [hit] = engine.search(Query(Words("تقرير"))).hits
    assert hit.passages == ()
    [hit] = engine.search(Query()).hits
    assert hit.passages == ()


def test_a_hit_gives_the_passage_as_it_was_put_and_marks_read_as_written(engine: SearchEngine) -> None:
    text = "تبسيط المساطرِ الإداريّة"
    passage = Passage(text, Span(7, 7 + len(text)), file=2, page=9, heading="الباب الأول", language="ar")
    field = Passage("حصيلة البرنامج", Span(0, 14), field="results")
    put(engine, Entry(DocumentId("a"), "تقرير", (field, passage)))
    [hit] = engine.search(Query(Words("إدارية"))).hits
    assert hit.passages == (passage,)
    assert [text[m.start : m.end] for m in marks(text, Words("إدارية"), PRODUCT)] == ["الإداريّة"]


def test_headings_are_searched_with_their_passage(engine: SearchEngine) -> None:
    passage = Passage("نص عام", Span(0, 6), file=1, page=1, heading="الموارد البشرية")
    put(engine, Entry(DocumentId("a"), "تقرير", (passage,)))
    assert ids(engine, "الموارد") == ["a"]


def test_an_empty_index_answers(engine: SearchEngine) -> None:
    found = engine.search(Query(parse("تبسيط المساطر -رخص"), facets=("type",)))
    assert (found.total, found.hits, found.facets[0].buckets, found.partial) == (0, (), (), False)
    assert engine.search(Query()).total == 0
    assert engine.revisions() == {}


def test_past_its_time_a_search_says_that_it_is_partial(engine: SearchEngine) -> None:
    put(engine, *(entry(f"d{n}", "تقرير سنوي", "نص عن المساطر") for n in range(20)))
    found = engine.search(Query(And((Words("المساطر"), Not(Words("سنوي")))), seconds=0.0))
    assert found.partial
    assert found.hits == ()
    assert not engine.search(Query(Words("المساطر"))).partial


@pytest.mark.parametrize("word", ["م" * 10_000, "a" * 10_000, "7" * 10_000])
def test_a_word_of_ten_thousand_letters_is_found_by_itself(engine: SearchEngine, word: str) -> None:
    put(engine, entry("a", f"تقرير {word}", f"نص {word} نص"), entry("b", "دليل"))
    assert ids(engine, word) == ["a"]
    assert ids(engine, Phrase(f"نص {word}")) == ["a"]


def test_characters_of_every_plane_are_indexed_and_asked(engine: SearchEngine) -> None:
    strange = " ".join(chr(plane << 16 | low) for plane in range(17) for low in (0x41, 0x301, 0xFFFD, 0x1F600 & 0xFFFF))
    put(engine, entry("a", f"المساطر {strange}", strange + "\0\x1b[31m\N{RIGHT-TO-LEFT OVERRIDE}المساطر"))
    assert ids(engine, f"المساطر {strange}") == ["a"]
    assert ids(engine, parse(f'"{strange}" المساطر {strange}')) in ([], ["a"])
