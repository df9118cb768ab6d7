"""What can be asked beyond words, and how near a word must come, of every engine there is."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kb.search.engine import SearchEngine
from kb.search.engines import ENGINES
from kb.search.query import And, Between, Clause, Has, Not, Or, Phrase, Precision, Prefix, Query, Titled, Words
from kb.search.results import FLIPPED, Bucket
from tests.contracts.engines import entry, ids, opened, put

WRITTEN, SAME, NEAR = Precision.WRITTEN, Precision.SAME, Precision.NEAR


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SearchEngine]:
    engine = opened(request.param, tmp_path)
    yield engine
    engine.close()


def found(engine: SearchEngine, clause: Clause | str, precision: Precision = NEAR) -> set[str]:
    return set(ids(engine, clause, precision=precision))


def labels(engine: SearchEngine, text: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(str(hit.id), hit.labels) for hit in engine.search(Query(Words(text))).hits]


def test_a_prefix_finds_all_words_that_begin_so_with_and_without_the_article(engine: SearchEngine) -> None:
    put(
        engine,
        entry("a", "حكامة"),
        entry("b", "الحكومة"),
        entry("c", "بالحكومي"),
        entry("d", "محكمة"),
        entry("e", "حك"),
    )
    assert found(engine, Prefix("حكو")) == {"b", "c"}
    assert found(engine, Prefix("حك")) == {"a", "b", "c", "e"}
    assert found(engine, Prefix("Gouv")) == set()


def test_a_prefix_is_folded_as_words_are(engine: SearchEngine) -> None:
    put(engine, entry("a", "الإدارة"), entry("b", "Écoles"))
    assert found(engine, Prefix("ادا")) == found(engine, Prefix("إِدا")) == {"a"}
    assert found(engine, Prefix("ecol")) == found(engine, Prefix("ÉCO")) == {"b"}


def test_a_prefix_and_a_word_are_alternatives_where_the_clause_says_so(engine: SearchEngine) -> None:
    put(engine, entry("a", "رخصة"), entry("b", "حكامة"), entry("c", "تكوين"))
    assert found(engine, Or((Words("تكوين"), Prefix("رخ")))) == {"a", "c"}
    assert found(engine, And((Words("حكامة تكوين"), Not(Prefix("حك"))))) == {"c"}


def test_keywords_are_clauses_like_others(engine: SearchEngine) -> None:
    put(
        engine,
        entry("a", "قانون", keywords={"type": frozenset({"law"}), "year": frozenset({"2011"})}),
        entry("b", "تقرير", keywords={"type": frozenset({"report"}), "year": frozenset({"2012", "2013"})}),
        entry("c", "دليل"),
    )
    assert found(engine, Has("type", frozenset({"law"}))) == {"a"}
    assert found(engine, Not(Has("type", frozenset({"law"})))) == {"b", "c"}
    assert found(engine, Has("type", frozenset())) == set()
    assert found(engine, Between("year", 2012, 2015)) == {"b"}
    assert found(engine, Between("year", last=2011)) == {"a"}
    assert found(engine, Between("year", first=2013)) == {"b"}
    assert found(engine, Between("year")) == {"a", "b"}
    assert found(engine, And((Words("قانون تقرير"), Has("type", frozenset({"report"}))))) == {"b"}


def test_words_of_the_title_are_asked_for_by_themselves(engine: SearchEngine) -> None:
    put(
        engine,
        entry("a", "دليل تبسيط المساطر", "نص عن الرخص"),
        entry("b", "دليل الرخص", "نص عن تبسيط المساطر"),
        entry("c", "تبسيط كل المساطر"),
    )
    assert found(engine, Titled("مسطرة تبسيط")) == {"a", "c"}
    assert found(engine, Titled("تبسيط المساطر", phrase=True)) == {"a"}
    assert found(engine, Titled("الرخص")) == {"b"}
    assert found(engine, Not(Titled("دليل"))) == {"c"}
    assert found(engine, Titled("؟")) == set()


def test_a_number_of_a_text_is_one_however_it_is_written(engine: SearchEngine) -> None:
    put(
        engine,
        entry("dot", "قانون", "القانون رقم 31.13 المتعلق بالحق"),
        entry("dash", "loi", "la loi 31-13 relative"),
        entry("arabic", "قانون", "القانون رقم ٣١ - ١٣ المتعلق بالحق"),
        entry("other", "قانون", "المواد 31 و 13 من القانون"),
        *(entry(f"more{n}", "قانون", "من المواد الأخرى") for n in range(20)),
    )
    for asked in ("31.13", "31-13", "القانون رقم 31.13", "loi 31-13", "loi n° 31-13", "٣١.١٣"):
        first = ids(engine, asked)
        assert set(first[:3]) == {"dot", "dash", "arabic"}, asked
        assert first[3] == "other" or asked.startswith("loi")


def test_a_flipped_number_is_found_below_an_exact_one_and_labelled(engine: SearchEngine) -> None:
    put(
        engine,
        entry("straight", "نص", "القانون 31.13 المتعلق بالحق في الحصول على المعلومات كما وقع تغييره وتتميمه"),
        entry("flipped", "نص", "القانون 13.31"),
        entry("both", "نص", "القانون 13.31 أو القانون 31.13"),
        entry("decree", "نص", "المرسوم رقم 2.20.660"),
    )
    assert labels(engine, "31.13")[-1] == ("flipped", (FLIPPED,))
    assert [said for _, said in labels(engine, "31.13")] == [(), (), (FLIPPED,)]
    assert labels(engine, "660-20-2") == [("decree", (FLIPPED,))]
    assert labels(engine, "2-20-660") == [("decree", ())]


def test_years_and_days_are_no_numbers_of_texts(engine: SearchEngine) -> None:
    put(engine, entry("a", "حصيلة 2018-2019"), entry("b", "حصيلة 2019-2018"), entry("c", "يوم 12-05-2019"))
    assert all(said == () for text in ("2018-2019", "12-05-2019", "2019-05-12") for _, said in labels(engine, text))


@pytest.mark.parametrize("asked", ["غشت 2019", "أغسطس 2019", "آب 2019", "août 2019", "AOUT 2019", "٠٨/٢٠١٩"])
def test_months_of_all_names_meet(engine: SearchEngine, asked: str) -> None:
    put(
        engine,
        entry("morocco", "محضر", "في شهر غشت 2019"),
        entry("levant", "محضر", "يوم 3 آب 2019"),
        entry("france", "pv", "le 3 août 2019"),
        entry("digits", "محضر", "بتاريخ 03/08/2019"),
        entry("else", "محضر", "غشت من كل سنة، ثم تقرير سنة 2019"),
    )
    assert set(ids(engine, asked)[:4]) == {"morocco", "levant", "france", "digits"}


def test_a_day_is_asked_for_more_exactly_than_its_month(engine: SearchEngine) -> None:
    put(engine, entry("day", "محضر", "le 12 mai 2019"), entry("month", "محضر", "في ماي 2019"))
    assert ids(engine, "12 ماي 2019")[0] == "day"
    put(engine, entry("hijri", "ظهير", "في 12 من رمضان 1440"), entry("other", "ظهير", "12 رمضان وسنة 1440"))
    assert ids(engine, "12 رمضان 1440")[0] == "hijri"


def test_every_word_may_be_there_as_a_number_or_date(engine: SearchEngine) -> None:
    put(engine, entry("a", "محضر", "اجتماع 3 آب 2019"), entry("b", "محضر", "اجتماع 2019"))
    assert found(engine, Words("اجتماع غشت 2019", any=False)) == {"a"}
    assert found(engine, And((Words("اجتماع"), Not(Words("أغسطس 2019", any=False))))) == {"b"}


def test_as_written_honours_the_letters(engine: SearchEngine) -> None:
    put(engine, entry("hamza", "الأداء"), entry("bare", "الاداء"), entry("stem", "أداء"), entry("latin", "école"))
    assert found(engine, "الأداء", WRITTEN) == {"hamza"}
    assert found(engine, "الاداء", WRITTEN) == {"bare"}
    assert found(engine, "الأداء", SAME) == {"hamza", "bare", "stem"}
    assert found(engine, "ÉCOLE", WRITTEN) == {"latin"}
    assert found(engine, "ecole", WRITTEN) == set()


def test_as_written_honours_the_marks_that_were_typed(engine: SearchEngine) -> None:
    put(
        engine, entry("teacher", "مدرِّسة"), entry("school", "مَدرسة"), entry("bare", "مدرسة"), entry("tatweel", "مــدرسة")
    )
    assert found(engine, "مُدَرسة", WRITTEN) == {"teacher", "bare", "tatweel"}
    assert found(engine, "مدرسة", WRITTEN) == {"teacher", "school", "bare", "tatweel"}
    assert found(engine, "مُدَرسة", SAME) == found(engine, "مُدَرسة") == {"teacher", "school", "bare", "tatweel"}


def test_phrases_and_titles_are_as_written_too(engine: SearchEngine) -> None:
    put(
        engine,
        entry("hamza", "تقرير الأداء", "تقرير الأداء الإداري"),
        entry("bare", "تقرير الاداء", "تقرير الاداء الاداري"),
    )
    assert found(engine, Phrase("الأداء الإداري"), WRITTEN) == {"hamza"}
    assert found(engine, Phrase("الأداء الإداري"), SAME) == {"hamza", "bare"}
    assert found(engine, Titled("الأداء"), WRITTEN) == {"hamza"}
    assert found(engine, Titled("تقرير الأداء", phrase=True), WRITTEN) == {"hamza"}
    assert found(engine, Titled("الأداء", phrase=True), NEAR) == {"hamza", "bare"}


def test_the_same_word_is_less_than_near_words(engine: SearchEngine) -> None:
    put(engine, entry("word", "المكتبات"), entry("kin", "كتب"), entry("slip", "التشغيل"))
    assert found(engine, "مكتبة", SAME) == {"word"}
    assert found(engine, "مكتبة") == {"word", "kin"}
    assert found(engine, "التشغييل", SAME) == set()
    assert found(engine, "التشغييل") == {"slip"}


def test_precision_changes_totals_and_facets_alike(engine: SearchEngine) -> None:
    law, report = ({"type": frozenset({name})} for name in ("law", "report"))
    put(
        engine,
        entry("a", "أداء", keywords=law),
        entry("b", "اداء", keywords=report),
        entry("c", "أداء", keywords=report),
    )
    answer = engine.search(Query(Words("أداء"), facets=("type",), precision=WRITTEN))
    assert (answer.total, answer.facets[0].buckets) == (2, (Bucket("law", 1), Bucket("report", 1)))
    assert engine.search(Query(Words("أداء"), facets=("type",))).total == 3


def test_marked_spellings_survive_a_second_commit(engine: SearchEngine) -> None:
    put(engine, entry("a", "مدرِّسة"), entry("b", "مَدرسة"))
    put(engine, entry("a", "مَدرسة", revision=2), entry("c", "مُدرّسة"))
    assert found(engine, "مُدَرسة", WRITTEN) == {"c"}
    assert found(engine, Prefix("مدر")) == {"a", "b", "c"}


def test_what_a_reader_finds_may_be_shorter_than_a_word_that_only_others_may_read(engine: SearchEngine) -> None:
    hidden = entry("b", "Internationalisation du droit", audience=frozenset({"administration"}))
    put(engine, entry("a", "Decret", audience=frozenset({"public"})), hidden)
    found = engine.search(Query(Words("decret internationalisation"), audience=frozenset({"public"})))
    assert {hit.id for hit in found.hits} <= {"a"}
