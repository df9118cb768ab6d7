"""How much the words that a name of a shape makes speak for the name: log odds against words made by chance."""

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TypeVar

from kb.ingest import lexicon

SPACE = " "
# Measured on 30,000 words of a law, by their length from 0 to 9 and more: the share of words with a wrong letter that
# are in the half by chance; how many times more often than those with a wrong letter, or with one letter less, the
# words themselves are in it, for weights below .5, below .75 and above.
_BY_CHANCE = (0.30, 0.30, 0.32, 0.17, 0.11, 0.057, 0.038, 0.026, 0.016, 0.012)
_THAN_WRONG = (
    *((0.3, 0.5, 2.5),) * 3,
    (0.3, 0.5, 6.3),
    (0.3, 1.3, 14.0),
    (1.0, 5.6, 24.0),
    (2.2, 12.0, 37.0),
    (4.3, 15.0, 51.0),
    (8.4, 31.0, 57.0),
    (18.0, 31.0, 110.0),
)
_THAN_SHORTENED = (
    *((0.2, 0.3, 1.0),) * 3,
    (0.2, 0.3, 2.1),
    (0.2, 0.5, 3.2),
    (0.3, 1.3, 3.4),
    (0.6, 1.9, 4.0),
    (0.8, 2.7, 4.0),
    (1.2, 3.6, 5.7),
    (2.1, 4.4, 6.3),
)
_MISSED = 0.55  # of words that are right, as often as not in the half


def made(frames: Sequence[tuple[str, ...]], name: str) -> float:
    """Return how much the words that a name makes speak for it, in log odds, against words made by chance."""
    texts = [name.join(frame) for frame in frames]
    return sum(
        _ratio(text, own, shortened=not name) if (own := learnt_weight(text)) else math.log(_MISSED) for text in texts
    )


def stems(frames: Sequence[tuple[str, ...]], name: str) -> set[str]:
    """Return the words, without their particles, that a name makes."""
    texts = (name.join(frame) for frame in frames)
    return {lexicon.without_particles(text) for text in texts if weight(text)}


def given_up(frames: Sequence[tuple[str, ...]], name: str) -> float:
    """Return how much the words that the present name makes speak for it, in log odds; unknown ones are left out."""
    texts = {name.join(frame) for frame in frames}
    return sum(max(0.0, _ratio(text, own, shortened=not name)) for text in texts if (own := weight(text)))


def _ratio(text: str, own: float, *, shortened: bool) -> float:
    ratios = _row(_THAN_SHORTENED if shortened else _THAN_WRONG, len(text))
    return math.log(ratios[(own >= 0.5) + (own >= 0.75)])


def by_chance(length: int) -> float:
    """Return the share of words of a length with one wrong letter that are known by chance, 0 to 1."""
    return 2 * _row(_BY_CHANCE, length)


_Row = TypeVar("_Row")


def _row(table: Sequence[_Row], length: int) -> _Row:
    return table[min(length, len(table) - 1)]


@lru_cache(maxsize=1 << 18)
def learnt_weight(text: str) -> float:
    return lexicon.learnt_weight(text) if SPACE not in text else _mean(text, lexicon.learnt_weight)


@lru_cache(maxsize=1 << 16)
def weight(text: str) -> float:
    return lexicon.weight(text) if SPACE not in text else _mean(text, lexicon.weight)


def _mean(text: str, weight: Callable[[str], float]) -> float:
    """Return the weight of several words, 0 where one is none."""
    pieces = text.split()
    weights = list(map(weight, pieces))
    return (
        sum(len(piece) * own for piece, own in zip(pieces, weights, strict=True)) / len(text) if all(weights) else 0.0
    )
