"""What changed between two texts, word by word. A word is never cut, so that Arabic letters stay joined."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Final, Literal

from kb.catalog.overlay import MOST_PAIRS, pairs

Run = tuple[Literal["same", "gone", "new"], str]

_TOKEN: Final = re.compile(r"\s+|[^\s]+")
_MOST: Final = 4_000_000
"""Products of numbers of words up to which two texts are compared; beyond, one stands for the other as a whole."""

_SHARE: Final = 3
"""A passage of which less than one word in three stayed was written anew: words that are in both say nothing then."""


def runs(before: str, after: str) -> list[Run]:
    """Return the runs of words that stayed, went and came, in reading order; put together without what is new (gone)
    they are the text before (after).
    """
    one, other = _TOKEN.findall(before), _TOKEN.findall(after)
    head = _common(one, other)
    tail = _common(one[head:][::-1], other[head:][::-1])
    found: list[Run] = [("same", "".join(one[:head]))]
    found += _between(one[head : len(one) - tail], other[head : len(other) - tail])
    found.append(("same", "".join(one[len(one) - tail :])))
    return [run for run in found if run[1]]


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how many words both begin with."""
    number = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        number += 1
    return number


def _words(tokens: Sequence[str]) -> int:
    return sum(not token.isspace() for token in tokens)


def _between(one: Sequence[str], other: Sequence[str]) -> list[Run]:
    words = ([token for token in side if not token.isspace()] for side in (one, other))
    if len(one) * len(other) > _MOST or pairs(*words) > MOST_PAIRS:
        return [("gone", "".join(one)), ("new", "".join(other))]
    steps = SequenceMatcher(str.isspace, one, other, autojunk=False).get_opcodes()
    kept = sum(_words(one[a:b]) for kind, a, b, _, _ in steps if kind == "equal")
    if kept * _SHARE < max(_words(one), _words(other)):
        return [("gone", "".join(one)), ("new", "".join(other))]
    found: list[Run] = []
    for kind, a, b, c, d in steps:
        if kind == "equal":
            found.append(("same", "".join(one[a:b])))
        else:
            found += [("gone", "".join(one[a:b])), ("new", "".join(other[c:d]))]
    return found
