"""From the query string of a list to what is wanted. Whatever stands in it is a list: nothing here fails.

kb.web.addresses.list_query is the way back.
"""

from collections.abc import Iterable
from typing import Final, get_args

from starlette.requests import Request

from kb.catalog import narrowing
from kb.catalog.listing import DIGITS, Order, Wanted
from kb.services.answers import Years
from kb.web import asking
from kb.web.addresses import FILTERS

ORDERS: Final[tuple[Order, ...]] = get_args(Order)
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
