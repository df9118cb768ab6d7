"""Positions in text: what a page, a passage and a span are."""

from dataclasses import dataclass
from typing import NewType

DocumentId = NewType("DocumentId", str)


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open range of code points: text[start:end]."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Page:
    """One page as read from a file.

    `number` is the 1-based sequence in the file, `label` what is printed on the page when that differs.
    `text` is NFC, in logical order, without presentation forms. `origin` is "text" for a text layer and
    "none" where the page holds no text to read. `quality` runs from 0 to 1.
    """

    number: int
    text: str
    origin: str = "text"
    label: str = ""
    quality: float = 1.0
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of 60 to 120 words with its place: a page of a file, or a named field of the sheet.

    Either `field` is set, or `file` (1-based number within the document) and `page` (1-based) are.
    `span` is the place of `text` in that page or field. `heading` is the nearest heading above, if known.
    `language` is the ISO 639-1 code that Latin words of the passage are analysed by.
    """

    text: str
    span: Span
    file: int = 0
    page: int = 0
    field: str = ""
    heading: str = ""
    language: str = "ar"
