"""Small drawings and their numbers: bars of years, heat of a file, the pages of a pager."""

from dataclasses import dataclass
from typing import Final

from kb.services.answers import FacetGroup, Found, Quote, Years
from kb.services.reader import PageShown

_CHART: Final = (240, 44)  # width and height of the bars of years, in units of the drawing
_HEAT: Final = (500, 22)
_YEARS: Final = 40
_THUMBS: Final = 6  # pages of a file that are shown small, around the one that is read
_BEFORE: Final = 2  # of them before it: the one that is read is seen on a small screen too
_SLOTS: Final = 125  # bars of heat at most
_PILLS: Final = 24  # pages with hits that are listed at once
_LINKED: Final = 80  # hits on a picture that are links; the others are drawn in one stroke
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
    """From the hit that is read to the one before or after, as (page, hit of it): `key` says which, `by` is -1 or 1.

    `beyond` is the one that the same step leads to from the edge of this page. The last is followed by the first.
    """

    key: str
    by: int
    target: tuple[int, int]
    beyond: tuple[int, int]


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
    return round(across * min(page.height / page.width if page.width else _A4, _TALLEST))


def heat(page: PageShown) -> list[Bar]:
    """Bars of the pages with hits, placed along the file, of many pages some to a bar; empty for a single page."""
    pages = page.file.pages
    if pages < 2 or not page.hits:
        return []
    slots = min(pages, _SLOTS)
    slot = _HEAT[0] / slots
    counts: dict[int, int] = {}
    for number, count in page.hits:
        place = (number - 1) * slots // pages
        counts[place] = counts.get(place, 0) + count
    most = max(counts.values())
    here = (page.number - 1) * slots // pages
    return [
        Bar(
            x=round(slot * place, 1),
            width=round(max(slot * 0.94, 2), 1),
            height=round(6 + (_HEAT[1] - 6) * count / most, 1),
            kind="cur" if place == here else "v",
        )
        for place, count in counts.items()
    ]


def strip(page: PageShown) -> list[tuple[int, int]]:
    """The pages with hits that lie nearest, with their number of hits: few are shown of a long file."""
    near = next((place for place, (number, _) in enumerate(page.hits) if number >= page.number), len(page.hits))
    first = max(0, min(near - _BEFORE, len(page.hits) - _PILLS))
    return list(page.hits[first : first + _PILLS])


def nth(page: PageShown, hit: int) -> int:
    """Which of all hits of the file the `hit`-th of this page is."""
    return sum(count for number, count in page.hits if number < page.number) + hit


def total(page: PageShown) -> int:
    return sum(count for _, count in page.hits)


def steps(page: PageShown, hit: int) -> list[Step]:
    """The step back and the one ahead from a hit of this page, 0 where it has none; empty where it is the only one."""
    if total(page) < 1 + (hit > 0):
        return []
    before = [place for place in page.hits if place[0] < page.number] or list(page.hits)
    after = [number for number, _ in page.hits if number > page.number] or [page.hits[0][0]]
    back, ahead = before[-1], (after[0], 1)
    return [
        Step("before", -1, (page.number, hit - 1) if hit > 1 else back, back),
        Step("after", 1, (page.number, hit + 1) if 0 < hit < len(page.spots) else ahead, ahead),
    ]


def linked(page: PageShown, hit: int) -> range:
    """The numbers of the hits whose places are links: those around the one that is read."""
    first = max(1, min(hit - _LINKED // 2, len(page.spots) - _LINKED + 1))
    return range(first, min(first + _LINKED, len(page.spots) + 1))


def outlines(page: PageShown, but: range) -> str:
    """The places of all other hits as one drawing."""
    boxes = [box for spot in page.spots if spot.number not in but for box in spot.places]
    return "".join(f"M{x0} {y0}H{x1}V{y1}H{x0}z" for x0, y0, x1, y1 in boxes)


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
