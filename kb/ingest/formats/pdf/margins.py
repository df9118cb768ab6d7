"""What runs above and below the text of every page: heads, feet, page numbers and watermarks.

Told by repetition at one height, and told carefully: what is taken for a head is no part of the text that is searched.
A head stands on three pages or more that follow each other, or every other one; apart from the text below it or in
smaller type; with nothing but heads between it and the edge. Digits may differ only if they count the pages.
"""

import re
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from kb.ingest.formats.pdf.page import Reading
from kb.ingest.formats.pdf.written import Written

_PAGES = 3
_ZONE = 0.2  # of the height of the page, at either edge
_ROWS = 4
_SAME_HEIGHT = 4.0  # points
_ONE_ROW = 0.5  # of the size
_APART = 1.6  # of the size of the line: the distance of a head from the text
_SMALLER, _LARGER = 0.9, 1.25
_DENSE = 0.4
_MOST_COUNT = 0.8
_NUMBER = re.compile(r"\d{1,9}")
_ROMAN = re.compile(r"[ivxlc]{1,8}", re.IGNORECASE)
_ROMAN_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
_LETTER = re.compile(r"[^\W\d_]")
_PAGE_WORD = re.compile(r"(?:\b|^)(?:page|p\.|صفحة|الصفحة|ص\.?)(?:\b|\s|$)", re.IGNORECASE)
_LONGEST_NUMBER = 12


class Margins(NamedTuple):
    """Places of lines in the reading that are head or foot, and the number printed on the page."""

    head: frozenset[int] = frozenset()
    foot: frozenset[int] = frozenset()
    label: str = ""


class _Row(NamedTuple):
    """Lines on one baseline near an edge: `depth` counts the rows from the edge, `gap` is the distance to the next."""

    page: int
    edge: str
    depth: int
    distance: float
    gap: float
    text: str
    lines: tuple[int, ...]
    size: float
    usual: float

    @property
    def numbers(self) -> list[int]:
        found = [int(number) for number in _NUMBER.findall(self.text)]
        return found or ([_roman(self.text)] if _ROMAN.fullmatch(self.text.strip(" -–—.[]()")) else [])

    @property
    def skeleton(self) -> str:
        if _ROMAN.fullmatch(self.text.strip(" -–—.[]()")):
            return "#roman"
        return " ".join(_NUMBER.sub("#", self.text).split())


def margins(pages: Sequence[Reading]) -> list[Margins]:
    """Return the margins of each page."""
    rows = [row for number, page in enumerate(pages) for row in _rows(number, page)]
    kept: dict[tuple[int, str], dict[int, _Row]] = defaultdict(dict)
    labels: dict[int, str] = {}
    for group in _groups(rows):
        counting = _counting(group)
        if not _recurs(group, counting):
            continue
        for row in group:
            kept[row.page, row.edge][row.depth] = row
            if counting is not None and len(row.numbers) > counting:
                labels.setdefault(row.page, _label(row, counting))
    marks = _watermarks(pages)
    found: list[Margins] = []
    for number in range(len(pages)):
        head, foot = (_outermost(kept[number, edge]) for edge in ("head", "foot"))
        numbered = any(row.numbers for row in (*head, *foot))
        found.append(
            Margins(
                frozenset(line for row in head for line in row.lines) | marks[number],
                frozenset(line for row in foot for line in row.lines),
                labels.get(number, "") if numbered else "",
            )
        )
    return found


def _rows(number: int, page: Reading) -> Iterator[_Row]:
    """Yield the rows near the upper and the lower edge."""
    if not page.lines:
        return
    main = page.lines[0].angle
    placed = sorted((-line.y, index) for index, line in enumerate(page.lines) if line.angle == main and line.text)
    rows: list[list[int]] = []
    for _, index in placed:
        line = page.lines[index]
        if rows and page.lines[rows[-1][0]].y - line.y < _ONE_ROW * line.size:
            rows[-1].append(index)
        else:
            rows.append([index])
    usual = statistics.median(line.size for line in page.lines)
    for edge, own in (("head", rows), ("foot", rows[::-1])):
        for depth, row in enumerate(own[:_ROWS]):
            y = page.lines[row[0]].y
            distance = page.height - y if edge == "head" else y
            if distance > _ZONE * page.height:
                break
            gap = _gap(page, own, depth)
            in_order = sorted(row, key=lambda index: page.lines[index].x0)
            text = " ".join(page.lines[index].text for index in in_order)
            size = max(page.lines[index].size for index in row)
            yield _Row(number, edge, depth, distance, gap, text, tuple(row), size, usual)


def _gap(page: Reading, rows: Sequence[Sequence[int]], depth: int) -> float:
    """Return the distance from a row to the next, from a table of a few rows to what follows; 0 in a larger table."""
    first = last = page.lines[rows[depth][0]]
    for row in rows[depth + 1 : depth + 1 + _ROWS]:
        following = page.lines[row[0]]
        if not first.table or following.table != first.table:
            return abs(last.y - following.y)
        last = following
    return page.height if len(rows) - depth <= _ROWS else 0.0


def _groups(rows: Sequence[_Row]) -> Iterator[list[_Row]]:
    """Yield rows of the same words at the same height."""
    alike: dict[tuple[str, str], list[_Row]] = defaultdict(list)
    for row in rows:
        alike[row.edge, row.skeleton].append(row)
    for own in alike.values():
        own.sort(key=lambda row: row.distance)
        group = [own[0]]
        for before, row in pairwise(own):
            if row.distance - before.distance > _SAME_HEIGHT:
                yield group
                group = []
            group.append(row)
        yield group


def _recurs(group: Sequence[_Row], counting: int | None) -> bool:
    pages = sorted({row.page for row in group})
    lone = not _LETTER.search(_PAGE_WORD.sub("", group[0].skeleton.replace("#roman", "")))
    if lone:
        explicit = bool(_PAGE_WORD.search(group[0].skeleton))
        return counting is not None and len(pages) >= (2 if explicit else _PAGES) and len(group[0].text) <= 40
    if len(pages) < _PAGES or not _is_dense(pages):
        return False
    varying = len({tuple(row.numbers) for row in group}) > 1
    if varying and counting is None:
        return False
    if statistics.median(row.size / row.usual for row in group) > _LARGER:
        return False
    apart = statistics.median(row.gap / row.size for row in group) >= _APART
    return apart or statistics.median(row.size / row.usual for row in group) <= _SMALLER


def _is_dense(pages: Sequence[int]) -> bool:
    """Return whether the pages follow each other, or every other one does, at least three times."""
    if len(pages) >= _DENSE * (pages[-1] - pages[0] + 1):
        return True
    steps = [after - before for before, after in pairwise(pages)]
    return sum(step <= 2 for step in steps) >= max(_PAGES - 1, _MOST_COUNT * len(steps))


def _counting(group: Sequence[_Row]) -> int | None:
    """Return which of the numbers of the rows counts the pages, if any; the others must not change."""
    slots = min(len(row.numbers) for row in group)
    found: int | None = None
    for slot in range(slots):
        values = [(row.page, row.numbers[slot]) for row in group]
        if len({value for _, value in values}) == 1:
            continue
        # Two printed pages may lie side by side on one.
        counts = any(
            Counter(value - each * page for page, value in values).most_common(1)[0][1] >= _MOST_COUNT * len(values)
            for each in (1, 2)
        )
        if not counts:
            return None
        found = slot if found is None else found
    return found


def _outermost(rows: dict[int, _Row]) -> list[_Row]:
    """Return the rows with nothing but each other between them and the edge."""
    found: list[_Row] = []
    while len(found) in rows:
        found.append(rows[len(found)])
    return found


def _label(row: _Row, slot: int) -> str:
    numbers = _NUMBER.findall(row.text)
    return str(int(numbers[slot])) if numbers else row.text.strip(" -–—.[]()")[:_LONGEST_NUMBER]


def _roman(text: str) -> int:
    values = [_ROMAN_VALUES[char] for char in text.strip(" -–—.[]()").lower()]
    return sum(-value if value < max(values[place:]) else value for place, value in enumerate(values))


def _watermarks(pages: Sequence[Reading]) -> list[frozenset[int]]:
    """Return the lines of each page, of another angle than its text, that stand in one place on three pages or more."""
    places: dict[tuple[str, int, int, int], list[tuple[int, int]]] = defaultdict(list)
    for number, page in enumerate(pages):
        for index, line in enumerate(page.lines):
            if line.angle != page.lines[0].angle:
                places[_mark(line)].append((number, index))
    found: list[set[int]] = [set() for _ in pages]
    for own in places.values():
        if len({number for number, _ in own}) >= _PAGES:
            for number, index in own:
                found[number].add(index)
    return [frozenset(own) for own in found]


def _mark(line: Written) -> tuple[str, int, int, int]:
    return line.text, line.angle, round(line.x0 / 10), round(line.y / 10)
