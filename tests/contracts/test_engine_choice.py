"""What is shown of an answer: exclusion, ranges and pages of any depth, asked of every engine there is."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from kb.core.text import DocumentId
from kb.search.engine import SearchEngine
from kb.search.engines import ENGINES
from kb.search.query import All, Between, Clause, Query, Sort, Words
from kb.search.results import Bucket
from tests.contracts.engines import entry, ids, opened, put

DOCUMENTS = 330
SIZE = 20


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SearchEngine]:
    engine = opened(request.param, tmp_path)
    yield engine
    engine.close()


def keywords(type_: str, *years: str) -> dict[str, frozenset[str]]:
    return {"type": frozenset({type_}), "year": frozenset(years)}


def chosen(*values: str, name: str = "type") -> dict[str, frozenset[str]]:
    return {name: frozenset(values)}


@pytest.fixture
def laws(engine: SearchEngine) -> SearchEngine:
    put(
        engine,
        entry("a", "قانون", keywords=keywords("law", "2018")),
        entry("b", "تقرير", keywords=keywords("report", "2020", "2021")),
        entry("c", "دليل", keywords=keywords("guide", "2021")),
        entry("d", "بلا سنة"),
    )
    return engine


def test_what_has_an_excluded_value_is_left_out(laws: SearchEngine) -> None:
    assert ids(laws, All(), excluded=chosen("law")) == ["b", "c", "d"]
    assert ids(laws, All(), excluded=chosen("law", "guide")) == ["b", "d"]
    assert ids(laws, All(), excluded=chosen("law"), filters=chosen("2021", name="year")) == ["b", "c"]
    assert ids(laws, All(), excluded=chosen("law"), filters=chosen("law")) == []
    assert ids(laws, All(), excluded={"type": frozenset()}) == ["a", "b", "c", "d"]


def test_what_is_excluded_is_counted_nowhere(laws: SearchEngine) -> None:
    found = laws.search(Query(excluded=chosen("report"), facets=("type", "year")))
    assert found.total == 3
    assert found.facets[0].buckets == (Bucket("guide", 1), Bucket("law", 1))
    assert found.facets[1].buckets == (Bucket("2018", 1), Bucket("2021", 1))


def test_a_range_takes_both_its_ends_and_may_be_open(laws: SearchEngine) -> None:
    assert ids(laws, All(), ranges=(Between("year", 2018, 2020),)) == ["a", "b"]
    assert ids(laws, All(), ranges=(Between("year", 2021),)) == ["b", "c"]
    assert ids(laws, All(), ranges=(Between("year", None, 2018),)) == ["a"]
    assert ids(laws, All(), ranges=(Between("year", 2030, 2010),)) == []


def test_a_range_narrows_other_facets_and_not_its_own(laws: SearchEngine) -> None:
    found = laws.search(Query(ranges=(Between("year", 2018, 2019),), facets=("type", "year")))
    assert found.facets[0].buckets == (Bucket("law", 1),)
    assert [bucket.value for bucket in found.facets[1].buckets] == ["2021", "2018", "2020"]


@pytest.mark.parametrize("clause", [All(), Words("تقرير الميزانية")], ids=["everything", "words"])
def test_all_pages_together_are_the_whole_and_nothing_twice(engine: SearchEngine, clause: Clause) -> None:
    texts = ("تقرير عن الميزانية", "تقرير سنوي", "تقرير الميزانية والمالية")
    put(
        engine,
        *(
            entry(
                f"d{n * 7 % DOCUMENTS:03}",
                f"تقرير {n % 11}",
                *texts[: n % 4],
                date=dt.date(2000 + n % 9, 1, 1) if n % 5 else None,
                order=f"{n % 13}",
            )
            for n in range(DOCUMENTS)
        ),
    )
    whole = {f"d{n:03}" for n in range(DOCUMENTS)}
    for sort in Sort:
        seen: list[str] = []
        for offset in range(0, DOCUMENTS + SIZE, SIZE):
            results = engine.search(Query(clause, sort=sort, offset=offset, limit=SIZE, seconds=60))
            assert results.total == DOCUMENTS
            seen += [str(hit.id) for hit in results.hits]
        assert len(seen) == DOCUMENTS
        assert set(seen) == whole
        assert seen == [str(hit.id) for hit in engine.search(Query(clause, sort=sort, limit=DOCUMENTS)).hits]


FISCAL = "مالية الجماعات الترابية وميزانياتها وجباياتها المحلية"
WATER = "تدبير الماء الصالح للشرب في العالم القروي"
OFFICE = "الوزارة تنظم أشغال الإدارة"


def alike(engine: SearchEngine, key: str, *audience: str, limit: int = 5) -> list[str]:
    seen = frozenset(audience or ("public",))
    return [str(hit.id) for hit in engine.similar(DocumentId(key), seen, limit, 60)]


@pytest.fixture
def shelves(engine: SearchEngine) -> SearchEngine:
    fillers = [entry(f"f{n}", f"محضر {n}", f"{OFFICE} اجتماع {n}") for n in range(6)]
    put(
        engine,
        entry("tax", "دليل الجبايات المحلية", f"{FISCAL} {OFFICE}", "أحكام الجبايات"),
        entry("budget", "ميزانيات الجماعات", f"{FISCAL} في سنة واحدة {OFFICE}"),
        entry("secret", "جبايات الجماعات", FISCAL, audience=frozenset({"staff"})),
        entry("water", "برنامج الماء", WATER),
        entry("bare", "الماء الصالح للشرب"),
        *fillers,
    )
    return engine


def test_documents_with_the_same_telling_words_are_similar(shelves: SearchEngine) -> None:
    assert alike(shelves, "tax")[0] == "budget"
    assert alike(shelves, "budget")[0] == "tax"
    assert "water" not in alike(shelves, "tax")


def test_what_the_reader_may_not_see_is_similar_to_nothing(shelves: SearchEngine) -> None:
    assert "secret" not in alike(shelves, "tax")
    assert "secret" in alike(shelves, "tax", "public", "staff")
    assert alike(shelves, "secret") == alike(shelves, "nobody") == []
    assert alike(shelves, "secret", "staff") == []


def test_a_document_without_text_is_similar_by_its_title(shelves: SearchEngine) -> None:
    assert alike(shelves, "bare") == ["water"]
    assert alike(shelves, "water") == ["bare"]


def test_similar_documents_are_as_many_as_asked_at_most(shelves: SearchEngine) -> None:
    assert len(alike(shelves, "f0")) == 5
    assert alike(shelves, "f0", limit=2) == alike(shelves, "f0")[:2]
    assert "f0" not in alike(shelves, "f0", limit=20)


def test_deleted_documents_are_similar_to_nothing(shelves: SearchEngine) -> None:
    with shelves.writing() as writer:
        writer.drop(DocumentId("budget"))
        writer.drop(DocumentId("f0"))
    assert alike(shelves, "budget") == []
    assert not {"budget", "f0"} & {key for name in ("tax", "f1") for key in alike(shelves, name)}
