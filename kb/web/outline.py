"""The headings of a file as a tree for its page."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from kb.core.text import Heading

_BESIDE: Final = 12  # headings of one level that are shown around the one that is read
_MOST: Final = 80  # headings on the page of a document


@dataclass(frozen=True)
class Branch:
    """`here` says that the page that is read is in it, and in none below it that is shown."""

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
    """What a reader of this page sees of the outline: the way to its section, and what lies beside each step of it."""
    return _opened(nested(headings), page)


def _opened(branches: list[Branch], page: int) -> list[Branch]:
    before = [place for place, branch in enumerate(branches) if branch.page <= page]
    chosen = max(before, default=-1)
    first = max(0, min(chosen - _BESIDE // 2, len(branches) - _BESIDE))
    shown = []
    for place, branch in enumerate(branches[first : first + _BESIDE], first):
        below = _opened(branch.below, page) if place == chosen else []
        here = place == chosen and not any(_leads(one) for one in below)
        shown.append(replace(branch, below=below, here=here))
    return shown


def _leads(branch: Branch) -> bool:
    return branch.here or any(_leads(one) for one in branch.below)


def first_branches(headings: Sequence[Heading]) -> list[Branch]:
    """The whole outline, or its highest levels where it is long, or the first of these."""
    for level in sorted({heading.level for heading in headings}, reverse=True):
        kept = [heading for heading in headings if heading.level <= level]
        if len(kept) <= _MOST:
            return nested(kept)
    return nested([heading for heading in headings if heading.level == min(one.level for one in headings)][:_MOST])
