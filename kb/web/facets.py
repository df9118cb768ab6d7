"""The values of a facet: the few that a panel has room for, or all of them in the order of the alphabet."""

from itertools import groupby
from typing import Final

from kb.arabic.sort import sort_key
from kb.services.answers import FacetGroup
from kb.services.views import FacetValue

MOST: Final = 10
"""Values of a facet that the panel shows; of more it shows the first SHOWN, and leads to a page with all."""

SHOWN: Final = 6
_DIGITS: Final = "0–9"


def panel(group: FacetGroup) -> list[FacetValue]:
    """Those chosen first; years from the newest, everything else by count. What is excluded is told elsewhere."""
    values = [value for value in group.values if not value.excluded]
    first = [value for value in values if value.selected]
    others = [value for value in values if not value.selected]
    return first + (others if len(values) <= MOST else others[:SHOWN])


def is_long(group: FacetGroup) -> bool:
    return len(group.values) > MOST


def by_letter(group: FacetGroup) -> list[tuple[str, list[FacetValue]]]:
    """All values under their first letters, in alphabetical order without articles; years from the newest, under none.

    A value that nothing was counted for stands there only where it is chosen or excluded.
    """
    if group.name == "year":
        return [("", sorted(group.values, key=lambda value: value.value, reverse=True))]
    ordered = sorted(group.values, key=lambda value: (sort_key(value.label), value.value))
    return [(letter, list(values)) for letter, values in groupby(ordered, key=_letter)]


def _letter(value: FacetValue) -> str:
    first = sort_key(value.label)[:1]
    return _DIGITS if first.isdecimal() else first.upper()
