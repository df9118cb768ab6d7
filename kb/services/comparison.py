"""Two rankings of the same judged questions: is one better, or was it luck?"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kb.core.errors import Invalid, NotFound
from kb.core.text import DocumentId

ROUNDS = 10_000
"""Of the randomisation test; the least p that can come of it is one above them."""

_SEED = 20  # any: that the same two runs give the same p
_ALIKE = 1e-9


@dataclass(frozen=True, slots=True)
class Comparison:
    """`delta` is the mean of the differences of nDCG@10, new less old, over the `queries` that both were asked.

    `p` is two-sided: how often chance alone, which gives each pair of figures to either run, makes as large a
    difference (Smucker, Allan and Carterette, CIKM 2007).
    """

    queries: int
    delta: float
    p: float
    wins: int
    losses: int


def compare(new: Mapping[str, float], old: Mapping[str, float]) -> Comparison:
    """Compare figures by question; there is at least one that is in both."""
    differences = [new[key] - old[key] for key in sorted(new.keys() & old.keys())]
    return Comparison(
        queries=len(differences),
        delta=sum(differences) / len(differences),
        p=_chance(differences),
        wins=sum(difference > _ALIKE for difference in differences),
        losses=sum(difference < -_ALIKE for difference in differences),
    )


def _chance(differences: Sequence[float]) -> float:
    apart = [difference for difference in differences if abs(difference) > _ALIKE]
    seen = abs(sum(apart))
    dice = random.Random(_SEED)  # noqa: S311 (a test of significance, no secret)
    met = 0
    for _ in range(ROUNDS):
        signs = dice.getrandbits(len(apart)) if apart else 0
        total = sum(d if signs >> n & 1 else -d for n, d in enumerate(apart))
        met += abs(total) >= seen - _ALIKE
    return (met + 1) / (ROUNDS + 1)


def read_run(path: Path) -> dict[str, list[tuple[DocumentId, float]]]:
    """Read a TREC run in its order of scores. Raises NotFound, and Invalid naming the line that is none."""
    if not path.is_file():
        raise NotFound(str(path))
    run: dict[str, list[tuple[DocumentId, float]]] = {}
    for number, line in enumerate(path.read_text("utf-8", errors="replace").splitlines(), 1):
        columns = line.split()
        if not columns:
            continue
        try:
            key, _, document, _, score, _ = columns
            run.setdefault(key, []).append((DocumentId(document), float(score)))
        except ValueError as error:
            raise Invalid({f"{path.name}:{number}": "not-a-run"}) from error
    return {key: sorted(found, key=lambda item: (-item[1], item[0])) for key, found in run.items()}
