"""Small drawings and their numbers: bars of years, heat of a file, the pages of a pager."""

from dataclasses import dataclass
from typing import Final

from kb.services.answers import FacetGroup, Found, Quote, Years
from kb.services.views import PageShown

_CHART: Final = (240, 44)  # width and height of the bars of years, in units of the drawing
_HEAT: Final = (500, 22)
_YEARS: Final = 40
_THUMBS: Final = 12  # pages of a file that are shown small, around the one that is read
_BEFORE: Final = 2  # of them before it: the one that is read is seen on a small screen too
_A4: Final = 2**0.5  # height of a page of unknown size, where its width is 1
_TALLEST: Final = 3.0  # as pages are drawn


@dataclass(frozen=True, slots=True)
class Bar:
    x: float
    width: float
    height: float
    year: str = ""
    selected: bool = False
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """Where the next and the last page with marks are, 0 for none."""

    total: int
    before: int
    after: int


def bars(group: FacetGroup, direction: str, bound: Years | None = None) -> list[Bar]:
    """One bar a year of the last forty that have any, the oldest where reading begins.

    Years are `selected` that are chosen or inside the bounds.
    """
    years = sorted(group.values, key=lambda value: value.value)[-_YEARS:]
    most = max(1, *(value.count for value in years))
    slot = _CHART[0] / len(years)
    places = range(len(years)) if direction == "ltr" else range(len(years) - 1, -1, -1)
    return [
        Bar(
            x=round(slot * place + 1, 1),
            width=round(max(slot - 2, 1), 1),
            height=round(max(3, _CHART[1] * value.count / most), 1),
            year=value.value,
            selected=value.selected or (bound is not None and bound.holds(value.value)),
        )
        for place, value in zip(places, years, strict=True)
    ]


def thumbs(page: PageShown) -> range:
    """The numbers of the pages to show small: this one and those around it."""
    first = max(1, min(page.number - _BEFORE, page.file.pages - _THUMBS + 1))
    return range(first, min(first + _THUMBS, page.file.pages + 1))


def tall(page: PageShown, across: int) -> int:
    """How high the picture of the page is when it is `across` wide."""
    return round(across * min(page.height or _A4, _TALLEST))


def heat(page: PageShown) -> list[Bar]:
    """One bar a page with marks, placed along the file; empty where there is no more than one page."""
    if page.file.pages < 2 or not page.hits:
        return []
    slot = _HEAT[0] / page.file.pages
    most = max(count for _, count in page.hits)
    return [
        Bar(
            x=round(slot * (number - 1), 1),
            width=round(max(slot * 0.94, 2), 1),
            height=round(6 + (_HEAT[1] - 6) * count / most, 1),
            kind="cur" if number == page.number else "v",
        )
        for number, count in page.hits
    ]


def step(page: PageShown) -> Step:
    before = [number for number, _ in page.hits if number < page.number]
    after = [number for number, _ in page.hits if number > page.number]
    return Step(sum(count for _, count in page.hits), max(before, default=0), min(after, default=0))


def places(found: Found) -> list[tuple[Quote, int]]:
    """Each place of a hit once, with the number of words marked there: pages in their order, then fields."""
    counts: dict[tuple[int, int, str], tuple[Quote, int]] = {}
    for quote in found.quotes:
        place = (quote.file, quote.page, quote.field)
        first, count = counts.get(place, (quote, 0))
        counts[place] = (first, count + quote.marked)
    return sorted(counts.values(), key=lambda place: (not place[0].page, place[0].file, place[0].page))


def window(page: int, pages: int) -> list[int]:
    """The numbers a pager shows: first, last, and those around `page`; 0 stands for a gap."""
    shown = sorted({1, pages, *range(max(1, page - 1), min(pages, page + 1) + 1)})
    found: list[int] = []
    for number in shown:
        if found and number - found[-1] > 1:
            found.append(0)
        found.append(number)
    return found
