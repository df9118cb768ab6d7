"""An answer as a value."""

from dataclasses import dataclass

from kb.core.text import DocumentId, Passage
from kb.search.query import Reading

FLIPPED = "number-flipped"
"""Label of a hit whose number reads 13-31 where 31-13 was asked for."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One document found; `passages` best first, empty when nothing but the title or a filter matched.

    `labels` say what the reader must know of the match.
    """

    id: DocumentId
    score: float
    passages: tuple[Passage, ...]
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bucket:
    value: str
    count: int


@dataclass(frozen=True, slots=True)
class Facet:
    """Counts of documents for each value of one keyword, most frequent first, then by value.

    A facet's own filter and range are left out of its counts, so that alternatives stay visible. What is excluded
    stays so: each count is of documents that would be shown.
    """

    name: str
    buckets: tuple[Bucket, ...]


@dataclass(frozen=True, slots=True)
class Results:
    """`total` is exact unless `partial`, which says that the time limit cut the search short.

    `readings` are those of the question's that a document found here holds.
    """

    total: int
    hits: tuple[Hit, ...]
    facets: tuple[Facet, ...] = ()
    partial: bool = False
    readings: tuple[Reading, ...] = ()
