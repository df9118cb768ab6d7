"""From what an engine found to what it answers: order, slice, facets and the score of a document."""

import datetime as dt
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple, Protocol, TypeVar

from kb.core.text import DocumentId, Passage
from kb.search.highlight import Marker
from kb.search.query import Between, Has, Query, Sort
from kb.search.results import FLIPPED, Bucket, Facet, Hit, Results

T = TypeVar("T")

_LOOKED_AT = 20
"""Passages of a document tried for marks: the title alone may have met in all of a thousand."""


DIGITS = 9
"""Of a score after the point, by which two documents are told apart."""


class Sheet(Protocol):
    """What is known of a document without its text; an Entry is one."""

    @property
    def id(self) -> DocumentId: ...
    @property
    def keywords(self) -> Mapping[str, frozenset[str]]: ...
    @property
    def audience(self) -> frozenset[str]: ...
    @property
    def date(self) -> dt.date | None: ...
    @property
    def order(self) -> str: ...


def admits(sheet: Sheet, query: Query, but: str = "") -> bool:
    """Tell whether the document is none that is excluded and passes all filters and ranges but those named `but`."""
    kept = sheet.keywords.get
    return (
        all(name == but or not values.isdisjoint(kept(name, ())) for name, values in query.filters.items())
        and all(between.name == but or carries(sheet, between) for between in query.ranges)
        and all(values.isdisjoint(kept(name, ())) for name, values in query.excluded.items())
    )


def carries(sheet: Sheet, clause: Has | Between) -> bool:
    """Tell whether the keywords of the document answer."""
    values = sheet.keywords.get(clause.name, frozenset())
    match clause:
        case Has(_, wanted):
            return not wanted.isdisjoint(values)
        case Between(_, first, last):
            numbers = (int(value) for value in values if value.isdecimal())
            return any((first is None or first <= n) and (last is None or n <= last) for n in numbers)


class Finding(NamedTuple):
    """A passage that scored: its document, its number for the engine, its score."""

    id: DocumentId
    unit: int
    score: float


def give(
    query: Query,
    met: Sequence[Sheet],
    findings: Iterable[Finding],
    passage: Callable[[int], Passage | None],
    marker: Marker,
    flipped: Collection[DocumentId] = (),
) -> Results:
    """Order, cut, count and fill an answer.

    `met` are the documents that answer the clause and that the asker may see, filters not yet applied; `passage`
    returns that of a unit, None where the unit is a title alone; `flipped` are the documents to be labelled as
    holding a number from its other end. A document is worth as much as its best passage:
    a tenth of the next two on top costs .009 nDCG@10 on both judged sets.
    """
    units: dict[DocumentId, list[Finding]] = defaultdict(list)
    for finding in findings:
        units[finding.id].append(finding)
    scores = {key: max(finding.score for finding in found) for key, found in units.items()}
    ordered = sorted((sheet for sheet in met if admits(sheet, query)), key=_order(query.sort, scores))
    hits = []
    for place, sheet in enumerate(ordered[query.offset : query.offset + query.limit]):
        best = sorted(units[sheet.id], key=lambda finding: (-finding.score, finding.unit))
        texts = (text for finding in best if (text := passage(finding.unit)))
        labels = (FLIPPED,) if sheet.id in flipped else ()
        hits.append(Hit(sheet.id, scores.get(sheet.id, 0.0), shown(texts, marker, query, place), labels))
    return Results(len(ordered), tuple(hits), tuple(_facet(query, name, met) for name in query.facets))


def _facet(query: Query, name: str, met: Iterable[Sheet]) -> Facet:
    return counted(
        name, Counter(value for sheet in met if admits(sheet, query, name) for value in sheet.keywords.get(name, ()))
    )


def counted(name: str, counts: Mapping[str, int]) -> Facet:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return Facet(name, tuple(Bucket(value, count) for value, count in ordered))


def _order(sort: Sort, scores: Mapping[DocumentId, float]) -> Callable[[Sheet], tuple[float | str, str]]:
    """Return the sort key; documents without a date come last, ties go by id.

    Scores are rounded: sums differ in their last digit by the order of their terms, which no two processes share.
    """
    if sort is Sort.RELEVANCE:
        return lambda sheet: (-round(scores.get(sheet.id, 0.0), DIGITS), sheet.id)
    if sort is Sort.TITLE:
        return lambda sheet: (sheet.order, sheet.id)
    sign = -1 if sort is Sort.NEWEST else 1
    return lambda sheet: (sign * sheet.date.toordinal() if sheet.date else math.inf, sheet.id)


def shown(best: Iterable[Passage], marker: Marker, query: Query, place: int) -> tuple[Passage, ...]:
    """Return the first passages that hold something to mark: the title may be all that matched in others.

    There are as many as the query asks for of the hit at this `place` of its slice, from 0.
    """
    return tuple(first(best, lambda each: marker.finds(each.text, each.language), lambda each: each, query, place))


def first(
    best: Iterable[T], finds: Callable[[T], bool], read: Callable[[T], Passage | None], query: Query, place: int
) -> Iterator[Passage]:
    """Yield the same of whatever holds passages: `finds` tells whether there is something to mark."""
    enough = query.enough if query.offset + place else None
    found = pages = 0
    for each in islice(best, _LOOKED_AT if query.passages else 0):
        passage = read(each) if finds(each) else None
        if passage is not None:
            yield passage
            found += 1
            pages += bool(passage.page)
            if found == query.passages or pages == enough:
                return
