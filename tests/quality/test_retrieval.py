"""The floors of retrieval. Lowering one needs a decision record; the hashes say what they were measured on."""

import hashlib
from functools import cache
from pathlib import Path

import pytest

from kb.services.evaluate import Chain, evaluate
from tests.shared import SHARED, needs_shared

SETS = SHARED / "data" / "retrieval"
HASHES = {
    "arcd": "def9259c275a8705",
    "mlqa": "cf2ad8470410cfd9",
}
# nDCG@10 as measured, less what a change of the vocabulary may cost.
FLOORS = {
    ("arcd", ""): 0.866,
    ("mlqa", ""): 0.796,
    ("mlqa", "typo"): 0.720,
    ("mlqa", "clitic"): 0.775,
}
ABOVE_LIGHT10 = 0.02
AGREEMENT = 0.002
EVERY = 4
"""Of the questions, the share both engines are asked: memory reads every document for each."""

pytestmark = [needs_shared, pytest.mark.slow]


@cache
def measured(name: str, variant: str = "", chain: Chain = "product") -> float:
    return evaluate(SETS / name, variant=variant, chain=chain).ndcg10


@pytest.mark.parametrize("name", HASHES)
def test_the_judged_sets_are_those_measured(name: str) -> None:
    assert digest(SETS / name) == HASHES[name]


@pytest.mark.parametrize(("name", "variant"), FLOORS)
def test_quality_stays_above_its_floor(name: str, variant: str) -> None:
    assert measured(name, variant=variant) >= FLOORS[name, variant]


@pytest.mark.parametrize("name", HASHES)
def test_quality_is_well_above_light10(name: str) -> None:
    assert measured(name) - measured(name, chain="light10") >= ABOVE_LIGHT10


def test_all_engines_rank_alike(tmp_path: Path) -> None:
    for name in ("corpus.jsonl", "qrels.tsv"):
        (tmp_path / name).symlink_to(SETS / "mlqa" / name)
    questions = (SETS / "mlqa" / "queries.tsv").read_text("utf-8").splitlines(keepends=True)
    (tmp_path / "queries.tsv").write_text("".join(questions[::EVERY]), "utf-8")
    memory, *others = (evaluate(tmp_path, engine=engine) for engine in ("memory", "whoosh", "tantivy"))
    assert memory.queries > len(questions) / EVERY - 1
    for other in others:
        assert other.queries == memory.queries
        assert other.ndcg10 == pytest.approx(memory.ndcg10, abs=AGREEMENT)


def digest(folder: Path) -> str:
    total = hashlib.sha256()
    for file in sorted(folder.glob("*")):
        total.update(file.read_bytes())
    return total.hexdigest()[:16]
