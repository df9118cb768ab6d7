"""Tells Arabic from its mirror image: some programs draw it from left to right in the order of reading."""

import math
import re
from collections.abc import Mapping
from functools import cache
from importlib import resources
from itertools import pairwise

_WORD = re.compile("[\u0621-\u063a\u0641-\u064a]{3,}")
_MARKS = re.compile("[\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed]")
_SURE_PER_PAIR = 0.35
_SURE_IN_ALL = 15.0
_UNSEEN = 0.5


def is_mirrored(text: str) -> bool:
    """Return whether the Arabic words of `text` look more like words when read backwards.

    The measure is the log likelihood of their letter pairs. It must be clear per pair, so that the many words of a
    page outvote the few that read alike both ways, and in all, so that one odd word decides nothing.
    """
    words = _WORD.findall(_MARKS.sub("", text))
    gain = sum(map(_backward_gain, words))
    return gain > max(_SURE_IN_ALL, _SURE_PER_PAIR * sum(len(word) + 1 for word in words))


def likelihood(text: str) -> float:
    """Return the log likelihood of the letter pairs of the Arabic words, up to a constant for each pair."""
    pairs = _pairs()
    words = _WORD.findall(_MARKS.sub("", text))
    return sum(
        math.log(pairs.get(before + after, _UNSEEN)) for word in words for before, after in pairwise(f"^{word}$")
    )


def _backward_gain(word: str) -> float:
    pairs = _pairs()
    return sum(
        math.log(pairs.get(_turned(after + before), _UNSEEN) / pairs.get(before + after, _UNSEEN))
        for before, after in pairwise(f"^{word}$")
    )


def _turned(pair: str) -> str:
    """A pair read backwards begins the word where it ended it."""
    return pair.translate({ord("^"): "$", ord("$"): "^"})


@cache
def _pairs() -> Mapping[str, float]:
    data = resources.files(__package__).joinpath("letter_pairs.tsv").read_text(encoding="utf-8")
    rows = (row.split("\t") for row in data.splitlines() if not row.startswith("#"))
    return {pair: float(count) for pair, count in rows}
