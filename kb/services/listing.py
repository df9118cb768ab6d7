"""A shelf: a part of a list of documents as one reader sees it, with what it can be narrowed by."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy.orm import Session

from kb.arabic.sort import sort_key
from kb.catalog import listing
from kb.catalog.briefs import briefs
from kb.catalog.listing import By, Wanted
from kb.catalog.vocabulary import labelled
from kb.core.clock import now
from kb.services import shown
from kb.services.answers import FacetGroup
from kb.services.context import Services
from kb.services.counts import Tally
from kb.services.views import Card, FacetValue

_UNSEEN_SECONDS: Final = 1.0
"""How long what another process wrote may be missing in the numbers that a list can be narrowed by."""

FACETS: Final[tuple[By, ...]] = ("type", "year", "organisation", "theme", "language")


@dataclass(frozen=True, slots=True)
class FieldChosen:
    """A value of a type's own field that a list is narrowed by, and what both are called."""

    name: str
    title: str
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """`page` is 1-based, of `pages`. `letters` are (first letter of a title, documents) where the order is by title."""

    wanted: Wanted
    cards: tuple[Card, ...]
    total: int
    page: int
    pages: int
    facets: tuple[FacetGroup, ...]
    letters: tuple[tuple[str, int], ...] = ()
    fields: tuple[FieldChosen, ...] = ()


def browse(services: Services, wanted: Wanted, audience: frozenset[str], language: str, page: int = 1) -> Shelf:
    """Return the page of the list that is wanted; any values are fine, and what nothing has finds nothing.

    As many queries for a thousand documents as for one, and fewer where nothing was written since somebody asked.
    """
    size = services.settings.page_size
    counted = _counted(services, wanted, audience)
    with services.database.reading() as session:
        found = listing.part(session, wanted, audience, size, (page - 1) * size)
        rows = briefs(session, found.ids, audience) if found.ids else {}
        letters = counted(session, "letter") if wanted.order == "title" else {}
        return Shelf(
            wanted=wanted,
            cards=tuple(shown.card(services, rows[id], language) for id in found.ids if id in rows),
            total=found.total,
            page=page,
            pages=math.ceil(found.total / size),
            facets=tuple(_group(services, counted(session, by), wanted, language, by) for by in FACETS),
            letters=tuple(letters.items()),
            fields=tuple(_field(services, *pair, language) for pair in sorted(wanted.fields)),
        )


def values(services: Services, wanted: Wanted, audience: frozenset[str], language: str, by: By) -> FacetGroup:
    """Return all values of one facet of a list."""
    counted = _counted(services, wanted, audience)
    with services.database.reading() as session:
        return _group(services, counted(session, by), wanted, language, by)


def facet(
    services: Services, session: Session, wanted: Wanted, audience: frozenset[str], language: str, by: By
) -> FacetGroup:
    """Return the values of one facet with their counts: years from the newest, all else by count.

    Those chosen stay in the list even where they count nothing, so that they can be taken back.
    """
    return _group(services, listing.counts(session, wanted, audience, by), wanted, language, by)


def _counted(services: Services, wanted: Wanted, audience: frozenset[str]) -> Callable[[Session, By], Tally]:
    """Return what counts in a session that is opened later, or remembers what was counted for a list in any order.

    Only while nothing is written, or for so long that nobody sees it: while files come in something is written all the
    time. What goes on has reached this year (listing.Wanted).
    """
    now_is = services.database.moment(within=_UNSEEN_SECONDS), now().year

    def count(session: Session, by: By) -> Tally:
        others = replace(listing.lifted(wanted, by), order="title")
        key = (now_is, others, audience, by)
        return services.tallies.of(key, lambda: listing.counts(session, others, audience, by))

    return count


def _group(services: Services, counted: Tally, wanted: Wanted, language: str, by: By) -> FacetGroup:
    chosen = _chosen(wanted, by)
    values = [
        FacetValue(
            value,
            shown.facet_label(services, by, value, language),
            counted.get(value, 0),
            selected=value in chosen,
        )
        for value in dict.fromkeys((*counted, *sorted(chosen)))
    ]
    if by == "year":
        return FacetGroup(by, tuple(sorted(values, key=lambda value: value.value, reverse=True)))
    return FacetGroup(by, tuple(sorted(values, key=lambda value: (-value.count, sort_key(value.label), value.value))))


def _field(services: Services, name: str, value: str, language: str) -> FieldChosen:
    known = (type.field(name) for type in services.types.values())
    fields = [field for field in known if field and value in field.narrows]
    if not fields:
        return FieldChosen(name, name, value, value)
    label = labelled(fields[0].narrows[value], language)[0]
    return FieldChosen(name, labelled(fields[0].label, language)[0], value, label)


def _chosen(wanted: Wanted, by: By) -> frozenset[str]:
    chosen: dict[By, frozenset[str]] = {
        "type": wanted.types,
        "theme": wanted.themes,
        "organisation": wanted.organisations,
        "language": wanted.languages,
    }
    return chosen.get(by, frozenset())
