"""The headings of a file as a tree for its page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from kb.core.text import Heading

_BESIDE: Final = 12  # headings of one level that are shown around the one that is read
_MOST: Final = 80  # headings on the page of a document


@dataclass(frozen=True)
class Branch:
    """`here` says that it is the section of the page that is read."""

    text: str
    page: int
    below: list["Branch"] = field(default_factory=list)
    here: bool = False


def nested(headings: Sequence[Heading]) -> list[Branch]:
    """Put each heading below the nearest one before it of a lower level; levels may be skipped."""
    roots: list[Branch] = []
    path: list[tuple[int, Branch]] = []
    for heading in headings:
        while path and path[-1][0] >= heading.level:
            path.pop()
        made = Branch(heading.text, heading.page)
        (path[-1][1].below if path else roots).append(made)
        path.append((heading.level, made))
    return roots


def around(headings: Sequence[Heading], page: int) -> list[Branch]:
    """What a reader of this page sees of the outline: the way to its section, and what lies beside each step of it.

    Its section is the first that begins on it, else the last before it; where all begin on one page, none is.
    """
    branches = nested(headings)
    on_it = next((place for place, heading in enumerate(headings) if heading.page == page), None)
    before = [place for place, heading in enumerate(headings) if heading.page < page]
    place = on_it if on_it is not None else max(before, default=0)
    chosen = list(_all(branches))[place] if len({heading.page for heading in headings}) > 1 else None
    return _opened(branches, chosen)


def _all(branches: list[Branch]) -> Iterator[Branch]:
    for branch in branches:
        yield branch
        yield from _all(branch.below)


def _opened(branches: list[Branch], chosen: Branch | None) -> list[Branch]:
    way = next((n for n, one in enumerate(branches) if any(each is chosen for each in _all([one]))), None)
    first = max(0, min((way or 0) - _BESIDE // 2, len(branches) - _BESIDE))
    return [
        replace(branch, below=_opened(branch.below, chosen) if place == way else [], here=branch is chosen)
        for place, branch in enumerate(branches[first : first + _BESIDE], first)
    ]


def first_branches(headings: Sequence[Heading]) -> list[Branch]:
    """The whole outline, or its highest levels where it is long, or the first of these."""
    for level in sorted({heading.level for heading in headings}, reverse=True):
        kept = [heading for heading in headings if heading.level <= level]
        if len(kept) <= _MOST:
            return nested(kept)
    return nested([heading for heading in headings if heading.level == min(one.level for one in headings)][:_MOST])
