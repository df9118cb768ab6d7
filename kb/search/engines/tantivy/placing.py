"""The order of the documents of an answer.

The first are those of the _HEAD likeliest units, as our ranking orders these. Those after them come as tantivy scores
their units, in steps of fixed size, so that every page is cut from one order; those that no word found come last.
"""

import math
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from tantivy import Query

from kb.core.text import DocumentId
from kb.search.answer import DIGITS
from kb.search.deadline import Deadline
from kb.search.engines.tantivy.library import Found, Library

HEAD = 200
"""Units ranked by our own arithmetic, which is as many as it refines."""

_STEP = 10  # times as many units are looked at where these do not reach
_FEW = 1000
"""Documents up to which their units alone are looked at."""


class Placed(NamedTuple):
    """A document of the answer, by its number, and what it is worth."""

    number: int
    score: float


class Likely(NamedTuple):
    """Units best first, how many were looked at for them, and whether there are no others."""

    found: Sequence[Found]
    reach: int
    last: bool


class Placing:
    """Orders the documents that are `met`, of which there are `total`, by units that are `scored`."""

    def __init__(self, library: Library, scored: Query, met: Query, total: int, deadline: Deadline) -> None:
        """`scored` should leave out what is not met as far as units tell; the rest is asked of the documents."""
        self._library = library
        self._met = met
        self._total = total
        self._deadline = deadline
        self._few = total <= _FEW
        self._ids: dict[int, DocumentId] = {}
        queries = library.queries
        self._scored = (
            queries.all_of([scored, queries.worth(queries.numbered(library.numbers(met, total)), 0.0)])
            if self._few and total
            else scored
        )
        self.likely = self._look(HEAD)
        while len(self.likely.found) < HEAD and not self.likely.last and not deadline.check():
            self.likely = self._look(self.likely.reach * _STEP)

    @property
    def head(self) -> Sequence[Found]:
        return self.likely.found[:HEAD]

    @property
    def whole(self) -> bool:
        """Tell whether the head holds all units that score."""
        return self.likely.last and len(self.likely.found) <= HEAD

    def place(self, scores: Mapping[int, float], end: int) -> list[Placed]:
        """Return the documents up to that place, of those of the head by these scores."""
        placed = {number: scores[number] for number in self._ordered(scores)}
        lowest = min(scores.values(), default=math.inf)
        for each in self._after() if len(placed) < end else ():
            if each.document not in placed:
                lowest = min(lowest, each.score)
                placed[each.document] = lowest
                if len(placed) >= end:
                    break
        if len(placed) < min(end, self._total):
            for found, _ in self._library.ordered(self._met, "id", end + len(placed)):
                placed.setdefault(found.document, 0.0)
        return [Placed(number, score) for number, score in placed.items()][:end]

    def _ordered(self, scores: Mapping[int, float]) -> list[int]:
        """Return the documents best first; ids, which cost a look-up each, are asked of equals alone."""
        rounded = {number: round(score, DIGITS) for number, score in scores.items()}
        several = {score for score, count in Counter(rounded.values()).items() if count > 1}
        ids = self.ids([number for number, score in rounded.items() if score in several])
        return sorted(rounded, key=lambda number: (-rounded[number], ids.get(number, "")))

    def know(self, ids: Mapping[int, DocumentId]) -> None:
        """Take the ids of documents that were read anyway."""
        self._ids.update(ids)

    def ids(self, numbers: Collection[int]) -> Mapping[int, DocumentId]:
        """Return the ids of these documents, and maybe of others; each is asked for once."""
        unknown = [number for number in numbers if number not in self._ids]
        if unknown:
            self._ids.update(self._library.ids(unknown))
        return self._ids

    def _after(self) -> Iterator[Found]:
        """Yield the units after the head, best first."""
        likely = self.likely
        yield from likely.found[HEAD:]
        while not likely.last and not self._deadline.check():
            before, likely = len(likely.found), self._look(likely.reach * _STEP)
            yield from likely.found[before:]

    def _look(self, reach: int) -> Likely:
        found = self._library.best(self._scored, reach)
        if not self._few:
            queries = self._library.queries
            likely = sorted({each.document for each in found})
            met = set(self._library.numbers(queries.all_of([self._met, queries.numbered(likely)]), len(likely)))
            kept = [each for each in found if each.document in met]
        else:
            kept = found
        return Likely(kept, reach, len(found) < reach)
