"""The floors of retrieval. Lowering one needs a decision record; the hashes say what they were measured on."""

import hashlib
from pathlib import Path

import pytest

from kb.services.evaluate import evaluate
from tests.shared import SHARED, needs_shared

SETS = SHARED / "data" / "retrieval"
HASHES = {
    "arcd": "def9259c275a8705",
    "mlqa": "cf2ad8470410cfd9",
}
# nDCG@10 as measured, less what a change of the vocabulary may cost.
FLOORS = {
    ("arcd", ""): 0.860,
    ("mlqa", ""): 0.790,
    ("mlqa", "typo"): 0.720,
    ("mlqa", "clitic"): 0.775,
}
ABOVE_LIGHT10 = 0.02
AGREEMENT = 0.002

pytestmark = [needs_shared, pytest.mark.slow]


def measured(name: str, **options: str) -> float:
    return evaluate(SETS / name, **options).ndcg10  # type: ignore[arg-type]


@pytest.mark.parametrize("name", HASHES)
def test_the_judged_sets_are_those_measured(name: str) -> None:
    assert digest(SETS / name) == HASHES[name]


@pytest.mark.parametrize(("name", "variant"), FLOORS)
def test_quality_stays_above_its_floor(name: str, variant: str) -> None:
    assert measured(name, variant=variant) >= FLOORS[name, variant]


@pytest.mark.parametrize("name", HASHES)
def test_quality_is_well_above_light10(name: str) -> None:
    assert measured(name) - measured(name, chain="light10") >= ABOVE_LIGHT10


def test_memory_and_whoosh_rank_alike() -> None:
    assert measured("mlqa", engine="memory") == pytest.approx(measured("mlqa", engine="whoosh"), abs=AGREEMENT)


def digest(folder: Path) -> str:
    total = hashlib.sha256()
    for file in sorted(folder.glob("*")):
        total.update(file.read_bytes())
    return total.hexdigest()[:16]
