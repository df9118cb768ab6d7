"""What stands on a paper, as values: no measure, no font, no library."""

from dataclasses import dataclass
from typing import Literal

Look = Literal["title", "lead", "name", "body", "label", "small", "address"]


@dataclass(frozen=True, slots=True)
class Heading:
    """Begins a section; it is also an entry of the outline."""

    text: str


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph, in the direction of its first letter. `address` is where a click on it leads, "" for nowhere."""

    text: str
    look: Look = "body"
    address: str = ""


@dataclass(frozen=True, slots=True)
class Points:
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """Labels with their values, each on its line."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table; a row that no page can hold is written as facts."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Block = Heading | Words | Points | Facts | Grid


@dataclass(frozen=True, slots=True)
class Paper:
    """`language` is that of the paper's own words: it decides the direction and the edge that text begins at.

    `foot` stands on every page, with `address`; `folio` is the number of a page, with {page} and {pages}.
    """

    title: str
    language: str
    author: str
    subject: str
    address: str
    foot: str
    folio: str
    blocks: tuple[Block, ...]

    @property
    def right_to_left(self) -> bool:
        return self.language == "ar"
