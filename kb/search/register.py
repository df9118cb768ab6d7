"""All documents of one commit as columns: filters, facets and orders come from arrays, each made when first asked for.

It means what answer.admits, answer.carries and the rest say of one document after another.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from kb.search.answer import Sheet
from kb.search.query import Between, Has, Query, Sort
from kb.search.results import Bucket, Facet
from kb.search.shelf import Floats, Mask

_DIGITS = 9
"""Of a score after the point, by which two documents are told apart."""

_MOST_MASKS = 500
"""Answers to filters that are remembered."""

Places = npt.NDArray[np.intp]
"""Places of documents in the order that the register was given."""


class _Column(NamedTuple):
    """The values of one keyword: row by row a document and the place of a value of it."""

    documents: Places
    ordinals: Places
    values: Sequence[str]


class Register:
    """Never changes. Masks that it returns are not to be written to."""

    def __init__(self, sheets: Sequence[Sheet]) -> None:
        self._sheets = sheets
        self._columns: dict[str, _Column] = {}
        self._masks: dict[object, Mask] = {}
        self._orders: dict[Sort, Places] = {}

    def seen_by(self, audience: frozenset[str]) -> Mask:
        return self._known(("audience", audience), lambda: self._of(self._audiences, audience))

    def carries(self, clause: Has | Between) -> Mask:
        """Return the documents whose keywords answer."""
        match clause:
            case Has(name, values):
                return self._known(clause, lambda: self._of(self._column(name), values))
            case Between(name, first, last):
                return self._known(clause, lambda: self._between(self._column(name), first, last))

    def admits(self, query: Query, but: str = "") -> Mask:
        """Return the documents that pass all filters and ranges but those named `but`, and are not excluded."""
        met = np.ones(len(self._sheets), bool)
        for name, values in query.filters.items():
            if name != but:
                met &= self.carries(Has(name, values))
        for between in query.ranges:
            if between.name != but:
                met &= self.carries(between)
        for name, values in query.excluded.items():
            met &= ~self.carries(Has(name, values))
        return met

    def facet(self, name: str, among: Mask) -> Facet:
        column = self._column(name)
        counts = np.bincount(column.ordinals[among[column.documents]], minlength=len(column.values)).tolist()
        found = [(value, count) for value, count in zip(column.values, counts, strict=True) if count]
        return Facet(name, tuple(Bucket(*each) for each in sorted(found, key=lambda each: (-each[1], each[0]))))

    def first(self, count: int, among: Mask, sort: Sort, scores: Floats) -> Places:
        """Return the places of the first `count` of the documents `among`, in the order asked for; ties go by id."""
        places = np.flatnonzero(among)
        if sort is not Sort.RELEVANCE:
            ranks = self._order(sort)[places]
            return places[np.argsort(ranks)][:count]
        worth = np.round(scores[places], _DIGITS)
        if count < len(places):
            likely = worth >= np.partition(worth, -count)[-count] if count else np.zeros(len(places), bool)
            places, worth = places[likely], worth[likely]
        return places[np.lexsort((self._by_id[places], -worth))][:count]

    @cached_property
    def _by_id(self) -> Places:
        """Return of each document its rank by id."""
        return _ranks([sheet.id for sheet in self._sheets])

    def _order(self, sort: Sort) -> Places:
        """Return of each document its rank; those without a date come last."""
        known = self._orders.get(sort)
        if known is None:
            if sort is Sort.TITLE:
                known = _ranks([(sheet.order, sheet.id) for sheet in self._sheets])
            else:
                sign = -1 if sort is Sort.NEWEST else 1
                dates = [
                    (sheet.date is None, sign * sheet.date.toordinal() if sheet.date else 0) for sheet in self._sheets
                ]
                known = _ranks([(*date, sheet.id) for date, sheet in zip(dates, self._sheets, strict=True)])
            self._orders[sort] = known
        return known

    @cached_property
    def _audiences(self) -> _Column:
        return _column(sheet.audience for sheet in self._sheets)

    def _column(self, name: str) -> _Column:
        known = self._columns.get(name)
        if known is None:
            known = self._columns[name] = _column(sheet.keywords.get(name, ()) for sheet in self._sheets)
        return known

    def _known(self, asked: object, find: Callable[[], Mask]) -> Mask:
        known = self._masks.get(asked)
        if known is None:
            if len(self._masks) >= _MOST_MASKS:
                self._masks.clear()
            known = self._masks[asked] = find()
        return known

    def _of(self, column: _Column, values: Iterable[str]) -> Mask:
        return self._with(column, [value in values for value in column.values])

    def _between(self, column: _Column, first: int | None, last: int | None) -> Mask:
        numbers = [int(value) if value.isdecimal() else None for value in column.values]
        return self._with(
            column,
            [n is not None and (first is None or first <= n) and (last is None or n <= last) for n in numbers],
        )

    def _with(self, column: _Column, chosen: Sequence[bool]) -> Mask:
        met = np.zeros(len(self._sheets), bool)
        met[column.documents[np.array(chosen, bool)[column.ordinals]]] = True
        return met


def _column(of_each: Iterable[Iterable[str]]) -> _Column:
    numbers: dict[str, int] = {}
    documents, ordinals = [], []
    for place, values in enumerate(of_each):
        for value in values:
            documents.append(place)
            ordinals.append(numbers.setdefault(value, len(numbers)))
    return _Column(np.array(documents, np.intp), np.array(ordinals, np.intp), list(numbers))


def _ranks(keys: Sequence[Any]) -> Places:
    ranks = np.empty(len(keys), np.intp)
    ranks[sorted(range(len(keys)), key=keys.__getitem__)] = np.arange(len(keys))
    return ranks
