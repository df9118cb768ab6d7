"""Whatever is asked of whatever library, the engines give one answer: memory by its plain reading, Whoosh by sets."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.core.text import DocumentId, Passage, Span
from kb.search.engine import Entry, SearchEngine
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
    Sort,
    Titled,
    Words,
)
from kb.search.results import Results
from tests.contracts.engines import opened

WORDS = st.sampled_from(
    ["المساطر", "مسطرة", "تبسيط", "من", "في", "الحكامة", "حكامه", "المُحكمة", "الماء", "report", "31.13", "13-31"]
) | st.sampled_from(["غشت 2019", "آب 2019"])
TEXTS = st.lists(WORDS, max_size=6).map(" ".join)
FIELDS = st.dictionaries(st.sampled_from(["type", "year"]), st.frozensets(st.sampled_from("xy12")), max_size=2)
BETWEEN = st.builds(Between, st.just("year"), st.none() | st.integers(1, 3), st.none() | st.integers(1, 3))
CLAUSES: st.SearchStrategy[Clause] = st.recursive(
    st.builds(Words, TEXTS | st.just("الحكاممة"), st.booleans())
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
        Passage(text, Span(0, len(text)), 1, page) for page, text in enumerate(draw(st.lists(TEXTS, max_size=3)), 1)
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
    return results.total, hits, results.facets, results.partial


def fill(engine: SearchEngine, batches: list[list[Entry | str]]) -> None:
    for batch in batches:
        with engine.writing() as writer:
            for change in batch:
                if isinstance(change, str):
                    writer.drop(DocumentId(change))
                else:
                    writer.put(change)


@pytest.mark.slow
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.lists(entries() | st.sampled_from("abc"), max_size=4), min_size=1, max_size=3),
    st.lists(QUERIES, min_size=1, max_size=8),
)
def test_engines_agree(batches: list[list[Entry | str]], queries: list[Query]) -> None:
    with TemporaryDirectory() as folder:
        memory, whoosh = (opened(name, Path(folder)) for name in ("memory", "whoosh"))
        fill(memory, batches)
        fill(whoosh, batches)
        assert memory.revisions() == whoosh.revisions()
        for query in queries:
            assert rounded(memory.search(query)) == rounded(whoosh.search(query)), query
        for id in map(DocumentId, "abcdef"):
            seen = frozenset({"public"})
            assert memory.similar(id, seen, 5, 60) == whoosh.similar(id, seen, 5, 60)
        whoosh.close()
