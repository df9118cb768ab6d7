"""From the query string of a result page to a search. Whatever stands in it is a search: nothing here fails."""

import unicodedata
from collections.abc import Iterable
from typing import Final

from kb.core.settings import Settings
from kb.search.query import Precision, Sort
from kb.services.answers import Ask, Form, Years
from kb.web.addresses import EXCLUDED, FILTERS, FORM

_VALUES: Final = 50  # chosen values of one filter; more is no person
_VALUE_CHARS: Final = 200
_PAGE_DIGITS: Final = 6
_YEAR_DIGITS: Final = 4
_NUMBER_DIGITS: Final = 7
_EXCLUDED: Final = {parameter: name for name, parameter in EXCLUDED.items()}


def read(pairs: Iterable[tuple[str, str]], settings: Settings) -> Ask:
    """Take the first of each parameter but of filters, which may repeat; leave out what is empty or unknown."""
    first: dict[str, str] = {}
    filters: dict[str, set[str]] = {}
    excluded: dict[str, set[str]] = {}
    without: set[str] = set()
    for name, raw in pairs:
        value = clean(raw)
        if name in FILTERS:
            add(filters.setdefault(name, set()), value)
        elif name in _EXCLUDED:
            add(excluded.setdefault(_EXCLUDED[name], set()), value)
        elif name == "without":
            add(without, value)
        else:
            first.setdefault(name, value)
    return Ask(
        q=first.get("q", ""),
        form=Form(**{part: first.get(name, "") for part, name in FORM.items()}),
        precision=_precision(first.get("precision", "")),
        filters={name: frozenset(values) for name, values in filters.items() if values},
        years=Years.between(year_of(first.get("year_from", "")), year_of(first.get("year_to", ""))),
        excluded={name: frozenset(values) for name, values in excluded.items() if values},
        sort=_sort(first.get("sort", "")),
        page=page_of(first.get("page", "")),
        size=settings.page_size,
        widen=first.get("also", "") != "0",
        without=frozenset(without),
        former=first.get("former", "") == "1",
    )


def add(chosen: set[str], value: str) -> None:
    """Add a value of a filter; no empty one, none that no document has, none beyond what a person chooses."""
    if value and len(value) <= _VALUE_CHARS and len(chosen) < _VALUES:
        chosen.add(value)


def clean(raw: str) -> str:
    """One line in NFC, without control characters and lone surrogates."""
    spelled = unicodedata.normalize("NFC", raw)
    return " ".join("".join(" " if unicodedata.category(c) in {"Cc", "Cs"} else c for c in spelled).split())


def _precision(value: str) -> Precision:
    return Precision(value) if value in set(Precision) else Precision.NEAR


def _sort(value: str) -> Sort:
    return Sort(value) if value in set(Sort) else Sort.RELEVANCE


def year_of(value: str) -> int | None:
    """Take digits of any script, as people write them."""
    return int(value) if value.isdecimal() and len(value) <= _YEAR_DIGITS else None


def page_of(value: str) -> int:
    """Return the number of a page of results, 1 for what is none."""
    plain = value.isascii() and value.isdigit() and len(value) <= _PAGE_DIGITS
    return max(1, int(value)) if plain else 1


def number_of(value: str) -> int:
    """Return a number of a query string or a form, 0 for anything else."""
    return int(value) if value.isascii() and value.isdigit() and len(value) <= _NUMBER_DIGITS else 0
