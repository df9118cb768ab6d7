"""The headings of a file as a tree for its page."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from kb.core.text import Heading


@dataclass(frozen=True)
class Branch:
    text: str
    page: int
    below: list["Branch"] = field(default_factory=list)


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
