"""The library in figures: what it holds, how it grows, how far its files are read, and how much it is asked."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Final

from kb.catalog import documents, listing, relations, searched
from kb.catalog.listing import Wanted
from kb.catalog.progress import Progress, progress
from kb.catalog.vocabulary import labelled
from kb.core.clock import now
from kb.services import shown
from kb.services.answers import Suggestion
from kb.services.context import Services
from kb.services.listing import facet
from kb.services.views import Card, FacetValue, Record
from kb.services.welcome import asked_often

COLLECTION: Final = "collection"
WEEKS: Final = 26
"""Of searches that are drawn."""

QUESTIONS: Final = 10
COLLECTIONS: Final = 60
"""Of collections that their page shows; a list has the others."""


@dataclass(frozen=True, slots=True)
class Week:
    """`first` is its Monday; of the searches that `asked`, so many found nothing (`empty`)."""

    first: dt.date
    asked: int
    empty: int


@dataclass(frozen=True, slots=True)
class Activity:
    """`added` counts the documents that came in each month, by "2026-11". `undated` documents are in no year.

    `searches` are the latest WEEKS; empty where none are recorded.
    """

    total: int
    undated: int
    years: tuple[tuple[str, int], ...]
    added: tuple[tuple[str, int], ...]
    types: tuple[FacetValue, ...]
    themes: tuple[FacetValue, ...]
    bodies: tuple[FacetValue, ...]
    languages: tuple[FacetValue, ...]
    reading: Progress
    searches: tuple[Week, ...]
    questions: tuple[Suggestion, ...]


@dataclass(frozen=True, slots=True)
class Years:
    total: int
    undated: int
    years: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of documents, one without documents too."""

    name: str
    plural: str
    count: int


@dataclass(frozen=True, slots=True)
class Gathered:
    """A collection and the number of its parts that this reader may see."""

    card: Card
    parts: int


def activity(services: Services, audience: frozenset[str], language: str) -> Activity:
    """Return the figures, in as many queries for a large library as for a small one."""
    everything = Wanted()
    with services.database.reading() as session:
        by = {
            name: facet(services, session, everything, audience, language, name).values
            for name in ("type", "theme", "organisation", "language")
        }
        dated = _dated(services, audience)
        since = _monday(now().date()) - dt.timedelta(weeks=WEEKS - 1)
        return Activity(
            total=dated.total,
            undated=dated.undated,
            years=dated.years,
            added=tuple(listing.counts(session, everything, audience, "month").items()),
            types=by["type"],
            themes=by["theme"],
            bodies=by["organisation"],
            languages=by["language"],
            reading=progress(session, audience),
            searches=_weeks(searched.by_day(session, since), since),
            questions=asked_often(services, session, audience, QUESTIONS),
        )


def years(services: Services, audience: frozenset[str]) -> Years:
    """Return how many documents each year has; a document of several years counts in each."""
    return _dated(services, audience)


def _dated(services: Services, audience: frozenset[str]) -> Years:
    with services.database.reading() as session:
        total = sum(listing.counts(session, Wanted(), audience, "type").values())
        spans = listing.spans(session, Wanted(), audience)
    return Years(total, total - sum(number for *_, number in spans), tuple(listing.years_of(spans).items()))


def kinds(services: Services, audience: frozenset[str], language: str) -> tuple[Kind, ...]:
    """Return every type of documents in the order of the types."""
    with services.database.reading() as session:
        counted = listing.counts(session, Wanted(), audience, "type")
    return tuple(
        Kind(name, labelled(kind.plural, language)[0], counted.get(name, 0)) for name, kind in services.types.items()
    )


def collections(services: Services, audience: frozenset[str], language: str) -> tuple[tuple[Gathered, ...], int]:
    """Return the first COLLECTIONS by title, each with the number of its parts, and how many there are."""
    with services.database.reading() as session:
        wanted = Wanted(types=frozenset({COLLECTION}))
        rows, total = listing.listing(session, wanted, audience, COLLECTIONS)
        parts = relations.parts(session, [row.id for row in rows], audience)
        return tuple(Gathered(shown.card(services, row, language), len(parts[row.id])) for row in rows), total


def parts(services: Services, record: Record, audience: frozenset[str], language: str) -> tuple[Card, ...]:
    """Return the documents of a collection, in its order; none of what is no collection."""
    if record.card.type != COLLECTION:
        return ()
    with services.database.reading() as session:
        ids = relations.parts(session, [record.card.id], audience)[record.card.id]
        return tuple(shown.card(services, row, language) for row in documents.cards(session, ids, audience))


def _weeks(days: dict[dt.date, searched.Tally], since: dt.date) -> tuple[Week, ...]:
    asked: Counter[dt.date] = Counter()
    empty: Counter[dt.date] = Counter()
    for day, tally in days.items():
        asked[_monday(day)] += tally.asked
        empty[_monday(day)] += tally.empty
    if not asked:
        return ()
    starts = [since + dt.timedelta(weeks=week) for week in range(WEEKS)]
    return tuple(Week(start, asked[start], empty[start]) for start in starts)


def _monday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())
