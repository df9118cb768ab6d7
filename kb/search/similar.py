"""Documents like one document: the cosine of TF-IDF weights, over the terms that tell most of it.

Terms are those of the index's light view; of a document they are read from the texts that the index keeps.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from heapq import nlargest
from typing import NamedTuple

from kb.core.text import DocumentId
from kb.languages.analyzer import Analyzer
from kb.search.deadline import Deadline
from kb.search.results import Hit
from kb.search.shelf import Shelf
from kb.search.units import View, terms_of

LEAST_ALIKE = 0.2
"""Cosine below which two documents only share words that any two of one administration may share."""

_UNITS = 40  # passages of the document that are read, the first
_LOOKED_UP = 300  # of its terms, the most frequent
_HALF = 0.5  # of a term a passage, where it is worth half
_TELLING = 40  # of these, the ones that tell most of it


class Telling(NamedTuple):
    """A term of the light view, and what it is worth in the document."""

    text: str
    weight: float


class Holders(NamedTuple):
    """How many other documents that may be seen hold a term; and of those looked at, with their units, how often."""

    number: int
    counts: Mapping[tuple[DocumentId, int], int]


def similar(
    shelf: Shelf,
    analyzer: Analyzer,
    own: Sequence[int],
    other: Callable[[int], tuple[DocumentId, int] | None],
    documents: int,
    limit: int,
    deadline: Deadline,
) -> tuple[Hit, ...]:
    """Return the documents most like the one whose units are `own`, best first, ties by id.

    `other` returns the document of a unit, and how many units that has, where the asker may see it and it is not the
    one itself; `documents` is how many there are. Past the deadline the answer is of the terms reached.
    """

    def holders(asked: Sequence[Telling]) -> Iterator[Holders]:
        for term in asked:
            counts: Counter[tuple[DocumentId, int]] = Counter()
            units, each = shelf.postings(View.LIGHT, term.text)
            for unit, count in zip(units.tolist(), each.tolist(), strict=True):
                if (owner := other(unit)) is not None:
                    counts[owner] += count
            yield Holders(len(counts), counts)

    return nearest(telling(shelf, analyzer, own, deadline), holders, documents, limit, deadline)


def nearest(
    terms: Sequence[Telling],
    holders: Callable[[Sequence[Telling]], Iterator[Holders]],
    documents: int,
    limit: int,
    deadline: Deadline,
) -> tuple[Hit, ...]:
    """Return the documents that share the most of the terms, of those that `holders` yields for each in turn."""
    weights: dict[DocumentId, list[tuple[float, float]]] = defaultdict(list)
    asked = 0.0
    for term, (number, counts) in zip(terms, holders(terms), strict=False):
        if not number:
            continue
        weight = term.weight * rarity(documents, number)
        asked += weight**2
        for (id, size), count in counts.items():
            weights[id].append((weight, damped(count, size) * rarity(documents, number)))
        if deadline.check():
            break
    scored = ((_cosine(pairs, asked), id) for id, pairs in weights.items())
    likely = ((round(score, 9), id) for score, id in scored if score >= LEAST_ALIKE)
    best = sorted(likely, key=lambda pair: (-pair[0], pair[1]))[:limit]
    return tuple(Hit(id, score, ()) for score, id in best)


def telling(shelf: Shelf, analyzer: Analyzer, own: Sequence[int], deadline: Deadline) -> list[Telling]:
    """Return the terms of the document that are frequent in it, rare elsewhere and not in it alone."""
    counts: Counter[str] = Counter()
    held: Counter[str] = Counter()
    read = own[:_UNITS]
    for place, unit in enumerate(read):
        texts = shelf.texts(unit)
        here: Counter[str] = Counter()
        for text, language in texts if place == 0 else texts[1:]:  # the title is a part of every unit
            for token in analyzer.tokens(text, language):
                here.update(terms_of(token.terms, View.LIGHT))
        counts.update(here)
        held.update(here.keys())
        if deadline.check():
            break
    worth = {}
    for term, count in nlargest(_LOOKED_UP, counts.items(), key=lambda item: (item[1], item[0])):
        frequency = shelf.frequency(View.LIGHT, term)
        if frequency > held[term]:
            worth[term] = damped(count, len(read)) * math.log(1 + shelf.size / frequency)
    chosen = nlargest(_TELLING, worth, key=lambda term: (worth[term], term))
    return [Telling(term, damped(counts[term], len(read))) for term in chosen]


def rarity(documents: int, holding: int) -> float:
    return math.log(1 + documents / (holding + 1))


def damped(count: int, units: int) -> float:
    """Return what a count is worth, from 0 to 1: in a book a word must come often to be what it is about."""
    return count / (count + _HALF * units)


def _cosine(pairs: Sequence[tuple[float, float]], asked: float) -> float:
    """Return the cosine of two documents, where the other weighs less than the one asked of the share it has of it."""
    dot = sum(one * other for one, other in pairs)
    own = sum(other * other for _, other in pairs)
    return dot / math.sqrt(asked * max(own, asked))
