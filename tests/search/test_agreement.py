"""Whatever is asked of whatever library, all engines give the answer that memory gives by its plain reading."""

import datetime as dt
import random
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.core.text import DocumentId, Passage, Span
from kb.search.engine import Entry, SearchEngine
from kb.search.engines import ENGINES
from kb.search.query import (
    All,
    And,
    Between,
    Clause,
    Has,
    Not,
    Or,
    Phrase,
    Precision,
    Prefix,
    Query,
    Reading,
    Sort,
    Titled,
    Widened,
    Words,
)
from kb.search.results import Results
from tests.contracts.engines import opened

WORDS = st.sampled_from(
    [
        "المساطر",
        "مسطرة",
        "تبسيط",
        "من",
        "في",
        "الحكامة",
        "حكامه",
        "المُحكمة",
        "الماء",
        "report",
        "31.13",
        "13-31",
        "آلية",
        "إليه",
    ]
) | st.sampled_from(["غشت 2019", "آب 2019"])
TEXTS = st.lists(WORDS, max_size=6).map(" ".join)
FIELDS = st.dictionaries(st.sampled_from(["type", "year"]), st.frozensets(st.sampled_from("xy12")), max_size=2)
READINGS = st.builds(
    Reading, WORDS, TEXTS, st.sampled_from(["ar", "fr"]), st.sampled_from([0.3, 0.8]), st.just("thesaurus")
)
BETWEEN = st.builds(Between, st.just("year"), st.none() | st.integers(1, 3), st.none() | st.integers(1, 3))
CLAUSES: st.SearchStrategy[Clause] = st.recursive(
    st.builds(Words, TEXTS | st.just("الحكاممة"), st.booleans())
    | st.builds(Widened, st.builds(Words, TEXTS), st.lists(READINGS, max_size=3).map(tuple))
    | st.builds(Phrase, TEXTS)
    | st.builds(Titled, TEXTS, st.booleans())
    | st.builds(Prefix, st.sampled_from(["مس", "ح", "", "REP", "3"]))
    | st.builds(Has, st.just("type"), st.frozensets(st.sampled_from("xy")))
    | BETWEEN
    | st.just(All()),
    lambda inner: (
        st.builds(And, st.lists(inner, max_size=3).map(tuple))
        | st.builds(Or, st.lists(inner, max_size=3).map(tuple))
        | st.builds(Not, inner)
    ),
    max_leaves=4,
)
AUDIENCES = st.frozensets(st.sampled_from(["public", "staff"]), max_size=2)


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    passages = tuple(
        Passage(text, Span(0, len(text)), 1, page, language=draw(st.sampled_from(["ar", "fr"])))
        for page, text in enumerate(draw(st.lists(TEXTS, max_size=3)), 1)
    )
    return Entry(
        DocumentId(draw(st.sampled_from("abcdef"))),
        draw(TEXTS),
        passages,
        draw(FIELDS),
        draw(AUDIENCES),
        draw(st.none() | st.dates()),
        draw(st.sampled_from("اب")),
    )


QUERIES = st.builds(
    Query,
    CLAUSES,
    FIELDS,
    st.lists(BETWEEN, max_size=1).map(tuple),
    FIELDS,
    AUDIENCES,
    st.just(("type", "year")),
    st.sampled_from(Sort),
    st.sampled_from(Precision),
    st.integers(0, 2),
    st.integers(0, 5),
)


def rounded(results: Results) -> tuple[object, ...]:
    hits = [(hit.id, round(hit.score, 9), hit.passages) for hit in results.hits]
    return results.total, hits, results.facets, results.partial, results.readings


def fill(engine: SearchEngine, batches: list[list[Entry | str]]) -> None:
    for batch in batches:
        with engine.writing() as writer:
            for change in batch:
                if isinstance(change, str):
                    writer.drop(DocumentId(change))
                else:
                    writer.put(change)


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in ENGINES if name != "memory"])
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.lists(entries() | st.sampled_from("abc"), max_size=4), min_size=1, max_size=3),
    st.lists(QUERIES, min_size=1, max_size=8),
)
def test_engines_agree(name: str, batches: list[list[Entry | str]], queries: list[Query]) -> None:
    with TemporaryDirectory() as folder:
        memory, other = (opened(each, Path(folder)) for each in ("memory", name))
        fill(memory, batches)
        fill(other, batches)
        assert memory.revisions() == other.revisions()
        for query in queries:
            ours, theirs = memory.search(query), other.search(query)
            assert rounded(ours) == rounded(theirs), query
        for id in map(DocumentId, "abcdef"):
            seen = frozenset({"public"})
            assert memory.similar(id, seen, 5, 60) == other.similar(id, seen, 5, 60)
        other.close()


MANY = 500
DATES = [None, *(dt.date(year, 1, 1) for year in range(2010, 2020))]


def library(chance: random.Random) -> list[Entry]:
    """Return documents of so many passages that no engine ranks all that answer one by one."""
    words = ["المساطر", "تبسيط", "الحكامة", "الماء", "report", "الرخص", "البناء", "مواطن", "إدارة", "قانون", "مالية"]
    shares = [2**-n for n in range(len(words))]

    def text(most: int) -> str:
        return " ".join(chance.choices(words, shares, k=chance.randint(1, most)))

    return [
        Entry(
            DocumentId(f"d{number:04}"),
            text(3),
            tuple(Passage(said := text(30), Span(0, len(said)), 1, page) for page in range(chance.randint(0, 4))),
            {"type": frozenset(chance.choices("xyz", k=1)), "year": frozenset(chance.choices("123456", k=2))},
            frozenset({chance.choice(["public", "public", "staff"])}),
            chance.choice(DATES),
            chance.choice("ابت"),
        )
        for number in range(MANY)
    ]


SEEN = frozenset({"public"})
LARGE: dict[str, Query] = {
    "one word": Query(Words("الحكامة")),
    "two words": Query(Words("المساطر البناء")),
    "every word": Query(Words("المساطر الماء", any=False)),
    "a filter": Query(Words("المساطر الماء"), filters={"type": frozenset("x"), "year": frozenset("12")}),
    "a range": Query(Words("تبسيط"), ranges=(Between("year", 2, 4),), excluded={"type": frozenset("z")}),
    "not": Query(And((Words("المساطر تبسيط"), Not(Words("الرخص"))))),
    "a phrase": Query(Phrase("المساطر تبسيط")),
    "a slip": Query(Words("الحكاممة")),
    "a beginning": Query(Prefix("ال")),
    "a title": Query(Titled("المساطر")),
    "as written": Query(Words("الرخص إدارة"), precision=Precision.WRITTEN),
    "by date": Query(Words("المساطر"), sort=Sort.NEWEST),
    "by title": Query(Words("المساطر قانون"), sort=Sort.TITLE),
    "nothing said": Query(Or((Words("مالية"), Has("type", frozenset("y"))))),
    "everything": Query(),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in ENGINES if name != "memory"])
def test_engines_agree_on_more_than_they_rank(name: str, tmp_path: Path) -> None:
    entries = library(random.Random(3))
    memory, other = (opened(each, tmp_path) for each in ("memory", name))
    fill(memory, [list(entries)])
    fill(other, [list(entries)])
    for what, query in LARGE.items():
        asked = replace(query, audience=SEEN, facets=("type", "year"), limit=MANY, seconds=60)
        ours, theirs = memory.search(asked), other.search(asked)
        assert (ours.total, ours.facets) == (theirs.total, theirs.facets), what
        assert {hit.id for hit in ours.hits} == {hit.id for hit in theirs.hits}, what
        first = [[hit.id for hit in found.hits[:10]] for found in (ours, theirs)]
        if query.sort is Sort.RELEVANCE:
            scores = [hit.score for hit in theirs.hits]
            assert scores == sorted(scores, reverse=True), what
            assert len(set(first[0]) & set(first[1])) >= 9, what
        else:
            assert first[0] == first[1], what
        pages = [other.search(replace(asked, offset=at, limit=60)).hits for at in range(0, MANY, 60)]
        assert [hit.id for page in pages for hit in page] == [hit.id for hit in theirs.hits], what
