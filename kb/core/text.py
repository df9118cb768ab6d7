"""Positions in text: what a page, a passage and a span are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, NewType

DocumentId = NewType("DocumentId", str)


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open range of code points: text[start:end]."""

    start: int
    end: int


class Box(NamedTuple):
    """The place of a word on its page, or of one part of a word that is broken at the end of a line.

    `word` counts the words of the page's text, from 0, as `text.split()` gives them. The sides are tenths of a point
    from the upper left corner of the page as it is shown. `confidence`, 0 to 100, is what OCR says of the word.
    """

    word: int
    x0: int
    y0: int
    x1: int
    y1: int
    confidence: int = 100


@dataclass(frozen=True, slots=True)
class Region:
    """A stretch of a page's text that is more than running text.

    `kind` is "heading" (`level` 1 to 6), "footnote" or "table" (a row a line, cells divided by tabs).
    """

    kind: str
    span: Span
    level: int = 0


@dataclass(frozen=True, slots=True)
class Finding:
    """What a reader of files noticed: `code` is a message key, `detail` what it was noticed of, for people."""

    code: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """One page as read from a file.

    `number` is the 1-based sequence in the file, `label` what is printed on the page when that differs.
    `text` is NFC, in logical order, without presentation forms. `origin` is "text" for a text layer, "repaired" for
    one whose glyphs were given other letters, "ocr", and "none" where the page holds no text to read. `quality` runs
    from 0 to 1. `boxes` follow the words in order; a word may have none or several, a format without places has none
    at all. `width` and `height` are tenths of a point, 0 where there are no places. `regions` are disjoint and in
    order. `head` and `foot` are what runs above and below the text of every page and is no part of `text`.
    `language` is the ISO 639-1 code of most of the text, "" where nothing tells.
    """

    number: int
    text: str
    origin: str = "text"
    label: str = ""
    quality: float = 1.0
    findings: tuple[Finding, ...] = ()
    boxes: tuple[Box, ...] = ()
    width: int = 0
    height: int = 0
    regions: tuple[Region, ...] = ()
    head: str = ""
    foot: str = ""
    language: str = ""


def codes(findings: Sequence[Finding]) -> tuple[str, ...]:
    """Return the codes, each once, in order."""
    return tuple(dict.fromkeys(finding.code for finding in findings))


@dataclass(frozen=True, slots=True)
class Heading:
    """A line of a document's outline; `page` is the 1-based number of the page it stands on, `level` 1 to 6."""

    text: str
    page: int
    level: int = 1


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
