"""What is said of a document where it is cited: facts alone, which each style and each format puts in its own order."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

Precision = Literal["day", "month", "year"]


@dataclass(frozen=True, slots=True)
class Dated:
    """First and last day, to the precision that they are known to; `last` is None while it goes on."""

    first: dt.date
    last: dt.date | None
    precision: Precision = "day"

    def points(self) -> list[list[int]]:
        """Return one or two dates as [year], [year, month] or [year, month, day]."""
        ends = [self._point(self.first)]
        if self.last is not None and self._point(self.last) != ends[0]:
            ends.append(self._point(self.last))
        return ends

    def _point(self, day: dt.date) -> list[int]:
        return [day.year, day.month, day.day][: _PARTS[self.precision]]


_PARTS: Final = {"year": 1, "month": 2, "day": 3}

GAZETTE: Final[Mapping[str, str]] = {
    "ar": "الجريدة الرسمية",
    "fr": "Bulletin officiel",
    "en": "Official Bulletin",
}


@dataclass(frozen=True, slots=True)
class Bulletin:
    """The issue of the official gazette that a text stands in."""

    number: str
    dated: Dated | None = None
    page: int = 0


@dataclass(frozen=True, slots=True)
class Passage:
    """A page of a file (1-based), the number printed on it, and words chosen on it, as they stand there."""

    file: int
    page: int
    label: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Citation:
    """The facts of a document, in its own language, for somebody who cites it.

    `type` and `kind` are codes of the catalog, `genres` says by language what such a text is called. `authors` are
    bodies under the names they bore at the document's date. `number` is that of a law. `address` is permanent, and
    leads to the passage where there is one; `document` leads to the document. All but `abstract` are one line each.
    """

    id: str
    type: str
    title: str
    language: str
    address: str
    document: str
    consulted: dt.date
    kind: str = ""
    genres: Mapping[str, str] = field(default_factory=dict)
    authors: tuple[str, ...] = ()
    publisher: str = ""
    number: str = ""
    dated: Dated | None = None
    edition: str = ""
    identifier: str = ""
    bulletin: Bulletin | None = None
    keywords: tuple[str, ...] = ()
    abstract: str = ""
    pages: int = 0
    passage: Passage | None = None

    @property
    def key(self) -> str:
        """A name that stays the same for as long as the address does, and differs where the address does."""
        place = f"-f{self.passage.file}p{self.passage.page}" if self.passage else ""
        return f"rassid-{self.id}{place}"

    def genre(self, language: str = "") -> str:
        """Return what such a text is called in this language, else in the document's own, else in any."""
        named = (self.genres.get(code) for code in (language, self.language, "ar", *self.genres))
        return next(filter(None, named), "")

    def gazette(self, language: str = "") -> str:
        return GAZETTE.get(language or self.language, GAZETTE["fr"]) if self.bulletin else ""

    @property
    def is_law(self) -> bool:
        return self.type == "law"

    @property
    def says_number(self) -> bool:
        """Whether the title names the number already, in whichever way it is punctuated."""
        return bool(self.number) and _digits(self.number) in _digits(self.title)


def _digits(text: str) -> str:
    return "".join(c if c.isalnum() else " " for c in text)
