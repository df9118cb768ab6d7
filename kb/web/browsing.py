"""From the query string of a list to what is wanted. Whatever stands in it is a list: nothing here fails.

kb.web.list_addresses.list_query is the way back.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any, Final, get_args

from starlette.requests import Request

from kb.arabic.sort import sort_key
from kb.catalog import narrowing
from kb.catalog.listing import DIGITS, Order, Wanted
from kb.services.answers import FacetGroup, Years
from kb.services.bodies import BodyListed, Named
from kb.services.listing import Shelf
from kb.web import asking, charts
from kb.web.addresses import FILTERS, Addresses, Chip
from kb.web.charts import Point

ORDERS: Final[tuple[Order, ...]] = get_args(Order)
_ARABIC: Final = tuple("ابتثجحخدذرزسشصضطظعغفقكلمنهوي")
_LATIN: Final = tuple("abcdefghijklmnopqrstuvwxyz")
OFFERED: Final[tuple[Order, ...]] = ("title", "newest", "oldest", "published")
"""The orders that a person is offered."""


def wanted_of(request: Request) -> tuple[Wanted, int]:
    """Return what the address of a list wants, and which page of it (1-based)."""
    pairs = request.query_params.multi_items()
    return read(pairs), asking.page_of(next((value for name, value in pairs if name == "page"), ""))


def read(pairs: Iterable[tuple[str, str]]) -> Wanted:
    """Take the first of each parameter but of filters, which may repeat; leave out what is empty or unknown.

    `year`, which a search may have many of, stands for the years from the first to the last of them.
    """
    first: dict[str, str] = {}
    chosen: dict[str, set[str]] = {}
    fields: dict[str, set[str]] = {}
    for name, raw in pairs:
        value = asking.clean(raw)
        if name in FILTERS:
            asking.add(chosen.setdefault(name, set()), value)
        elif name in narrowing.names():
            asking.add(fields.setdefault(name, set()), value)
        else:
            first.setdefault(name, value)
    ends = Years.between(asking.year_of(first.get("year_from", "")), asking.year_of(first.get("year_to", "")))
    named = sorted(year for value in chosen.get("year", ()) if (year := asking.year_of(value)) is not None)
    years = (ends.first, ends.last) if ends else (named[0], named[-1]) if named else None
    return Wanted(
        types=frozenset(chosen.get("type", ())),
        themes=frozenset(chosen.get("theme", ())),
        organisations=frozenset(chosen.get("organisation", ())),
        languages=frozenset(chosen.get("language", ())),
        years=years,
        letter=_letter(first.get("letter", "")),
        fields=frozenset((name, value) for name, values in fields.items() for value in values),
        order=_order(first.get("sort", "")),
    )


def _order(value: str) -> Order:
    return next((order for order in ORDERS if order == value), "title")


def _letter(value: str) -> str:
    """Return a single letter as titles are sorted by it, or DIGITS."""
    letter = value.lower()
    return letter if len(letter) == 1 and (letter.isalpha() or letter == DIGITS) else ""


def chips(shelf: Shelf, at: Addresses) -> list[Chip]:
    """Return each filter in force with the address of the same list without it."""
    wanted = shelf.wanted
    found = [
        Chip(group.name, value.label, at.browse(_without(wanted, group.name, value.value)))
        for group in shelf.facets
        for value in group.selected
    ]
    for one in shelf.fields:
        fewer = replace(wanted, fields=wanted.fields - {(one.name, one.value)})
        found.append(Chip(one.name, one.label, at.browse(fewer), title=one.title))
    if wanted.years:
        found.append(Chip("year", "", at.browse(replace(wanted, years=None)), years=Years(*wanted.years)))
    if wanted.letter:
        found.append(Chip("letter", _written(wanted.letter), at.browse(replace(wanted, letter=""))))
    return found


def _without(wanted: Wanted, name: str, value: str) -> Wanted:
    fewer = {
        "type": replace(wanted, types=wanted.types - {value}),
        "organisation": replace(wanted, organisations=wanted.organisations - {value}),
        "theme": replace(wanted, themes=wanted.themes - {value}),
        "language": replace(wanted, languages=wanted.languages - {value}),
    }
    return fewer[name]


def _written(letter: str) -> str:
    return {DIGITS: "0–9", "ا": "أ"}.get(letter, letter.upper())


def year_points(group: FacetGroup, at: Addresses, wanted: Wanted) -> list[Point]:
    """Return the years of a list as what is drawn, each leading to that year alone; what is bound to is selected."""
    counted = {value.value: value.count for value in group.values}
    bound = Years(*wanted.years) if wanted.years else None
    points = [charts.year(at, *pair, wanted) for pair in charts.years(counted, most=40)]
    return [replace(point, selected=bound is not None and bound.holds(point.label)) for point in points]


def by_letter(bodies: Sequence[BodyListed]) -> list[tuple[str, list[BodyListed]]]:
    """Return bodies that are in alphabetical order under their first letters."""
    return [(letter, list(listed)) for letter, listed in groupby(bodies, key=_first)]


def _first(body: BodyListed) -> str:
    letter = sort_key(body.name.text)[:1]
    return _written(DIGITS if letter.isdecimal() else letter)


def bounds(time: Named) -> dict[str, str]:
    """Return the parameters that bind a list to the years of a name."""
    ends = {"year_from": time.first, "year_to": time.last}
    return {name: str(year) for name, year in ends.items() if year is not None}


def letters(shelf: Shelf, language: str) -> list[tuple[str, str, int]]:
    """Return (letter, how it is written, documents) of the index of a list: the alphabet, then what else begins titles.

    The alphabet is Arabic's where that is the reader's language, else Latin; letters of it without documents are there.
    """
    counted = dict(shelf.letters)
    alphabet = _ARABIC if language == "ar" else _LATIN
    others = [letter for letter in counted if letter not in alphabet]
    return [(letter, _written(letter), counted.get(letter, 0)) for letter in (*alphabet, *others)]


FILTERS_OF_TEMPLATES: Final[Mapping[str, Callable[..., Any]]] = {
    "list_chips": chips,
    "letters": letters,
    "year_points": year_points,
    "at_letter": lambda wanted, letter: replace(wanted, letter=letter),
    "bodies_by_letter": by_letter,
    "bounds": bounds,
}
