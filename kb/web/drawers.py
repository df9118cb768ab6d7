"""The addresses of the pages of each content type, and what their templates ask."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlencode

from kb.catalog.listing import Order, Wanted
from kb.core.clock import now
from kb.services.answers import Years
from kb.services.drawer import Drawer, Entry
from kb.services.views import RelationShown, When
from kb.web import spans
from kb.web.addresses import Chip
from kb.web.list_addresses import PAGES_OF_TYPES, list_query
from kb.web.sheet import as_when


@dataclass(frozen=True, slots=True)
class Place:
    """The page of one type: `orders` are those it offers, the first where none is asked for."""

    name: str
    type: str
    orders: tuple[Order, ...]


def _place(type: str, *orders: Order) -> Place:
    return Place(PAGES_OF_TYPES[type], type, orders or ("newest", "oldest", "title"))


PLACES: Final[Mapping[str, Place]] = {
    place.name: place
    for place in (
        _place("good_practice"),
        _place("law", "newest", "oldest", "number", "number-down", "title"),
        _place("workshop", "title", "newest", "oldest"),
        _place("commitment", "number", "number-down", "newest", "oldest", "title"),
        _place("lesson"),
        _place("news"),
    )
}

STANDINGS: Final[Mapping[str, str]] = {"repeals": "repealed", "replaces": "replaced", "amends": "amended"}
"""What others say of a text of law, the gravest first, and how it stands for that."""


_OF_LAWS: Final = frozenset({*STANDINGS, "implements"})
MOST_TIES: Final = 6
"""Relations shown of one text in a list; its own page has them all."""


def pairs_of(place: Place, wanted: Wanted, page: int = 1) -> list[tuple[str, str]]:
    """The parameters of a page of a type; its own order is left out."""
    asked = list_query(replace(wanted, types=frozenset(), order="title"))
    asked += [("sort", wanted.order)] if wanted.order != place.orders[0] else []
    return asked + ([("page", str(page))] if page > 1 else [])


def address(language: str, place: Place, wanted: Wanted | None = None, page: int = 1) -> str:
    pairs = pairs_of(place, wanted, page) if wanted else []
    return f"/{language}/{place.name}" + (f"?{urlencode(pairs)}" if pairs else "")


def kept(place: Place, wanted: Wanted, *changed: str) -> list[tuple[str, str]]:
    """What a form of the page has to carry along that changes these parameters."""
    return [(name, value) for name, value in pairs_of(place, wanted) if name not in changed]


def bare(wanted: Wanted) -> Wanted:
    """The same order and nothing chosen."""
    return Wanted(types=wanted.types, order=wanted.order)


def chosen(drawer: Drawer, language: str, place: Place) -> list[Chip]:
    """Each filter in force, by the name that the reader sees, with the address of the page without it."""
    wanted = drawer.wanted
    found = []
    for narrower in drawer.narrowers:
        for value in narrower.group.selected:
            fewer = _without(wanted, narrower.group.name, value.value)
            found.append(Chip(narrower.group.name, value.label, address(language, place, fewer)))
    if wanted.years:
        years = Years(*wanted.years)
        found.append(Chip("year", "", address(language, place, replace(wanted, years=None)), years=years))
    return found


def _without(wanted: Wanted, name: str, value: str) -> Wanted:
    match name:
        case "theme":
            return replace(wanted, themes=wanted.themes - {value})
        case "organisation":
            return replace(wanted, organisations=wanted.organisations - {value})
        case "language":
            return replace(wanted, languages=wanted.languages - {value})
    return replace(wanted, fields=wanted.fields - {(name, value)})


def standing(entry: Entry, today: dt.date) -> str:
    """How a text of law stands, as a message key: by what other texts say of it, else by its own dates.

    "" where neither is known: that no text repeals it here does not say that none does.
    """
    said = {relation.kind for relation in entry.relations if relation.inverse}
    for kind, found in STANDINGS.items():
        if kind in said:
            return found
    first, last = (_day(entry, name) for name in ("in_force_from", "in_force_to"))
    if last and last.last < today:
        return "ended"
    if first is None:
        return ""
    return "future" if first.first > today else "in-force"


def ties(entry: Entry) -> list[RelationShown]:
    """What ties a text of law to others, what changes it first, each other document once."""
    ordered = sorted(entry.relations, key=lambda relation: relation.kind not in _OF_LAWS)
    once: dict[str, RelationShown] = {}
    for relation in ordered:
        once.setdefault(relation.card.id if relation.card else relation.text, relation)
    return list(once.values())[:MOST_TIES]


def _day(entry: Entry, name: str) -> When | None:
    return as_when(entry.fields[name].value) if name in entry.fields else None


def period(entry: Entry) -> When | None:
    """The period that an entry runs for: its own field, else its document's date."""
    return _day(entry, "period") or entry.card.when


def all_years(entries: Sequence[Entry]) -> spans.Years | None:
    return spans.years((when for entry in entries if (when := period(entry))), now().date())


FILTERS: Final[Mapping[str, Callable[..., Any]]] = {
    "ties": ties,
    "standing": lambda entry: standing(entry, now().date()),
    "entry_period": period,
    "entries_years": all_years,
    "kept_by": lambda wanted, place, *changed: kept(place, wanted, *changed),
    "bare_wanted": bare,
}
