"""A PDF opened by pdfminer: its pages, what it says of itself, its bookmarks. What pages draw is read by `glyphs`."""

import logging
import struct
import zlib
from collections.abc import Iterator
from itertools import repeat
from typing import Any, BinaryIO, NamedTuple

from pdfminer.pdfdocument import (
    PDFDocument,
    PDFEncryptionError,
    PDFNoPageLabels,
    PDFNoValidXRef,
    PDFPasswordIncorrect,
)
from pdfminer.pdfpage import PDFPage
from pdfminer.pdfparser import PDFParser
from pdfminer.pdftypes import PDFObjRef, dict_value, resolve1
from pdfminer.psexceptions import PSException
from pdfminer.psparser import PSLiteral
from pdfminer.utils import decode_text

from kb.ingest.extraction import Damaged, Encrypted

logging.getLogger("pdfminer").setLevel(logging.CRITICAL)

# What pdfminer raises on files that break the format's rules, besides its own errors.
MISREAD = (
    PSException,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)
_END_MARK_WITHIN = 2048
_MOST_BOOKMARKS, _DEEPEST = 5000, 6

RawPage = PDFPage
"""A page not yet read."""


class Bookmark(NamedTuple):
    """`page` is the key of its page, as `RawPage.pageid` gives it; `level` counts from 1."""

    title: str
    page: int
    level: int


class Document(PDFDocument):
    """A PDF opened for reading with the empty password. Raises Encrypted or Damaged."""

    def __init__(self, file: BinaryIO) -> None:
        try:
            super().__init__(PDFParser(file), fallback=False)
        except (PDFPasswordIncorrect, PDFEncryptionError) as error:
            raise Encrypted("a password is asked for") from error
        except MISREAD:
            self._reopen(file)

    def _reopen(self, file: BinaryIO) -> None:
        """Read a file whose table of objects is wrong by looking for the objects, unless its end is missing."""
        file.seek(0, 2)
        file.seek(max(0, file.tell() - _END_MARK_WITHIN))
        if b"%%EOF" not in file.read():
            raise Damaged("the end of the file is missing")
        try:
            super().__init__(PDFParser(file), fallback=True)
        except (PDFPasswordIncorrect, PDFEncryptionError) as error:
            raise Encrypted("a password is asked for") from error
        except (*MISREAD, PDFNoValidXRef) as error:
            raise Damaged(f"{type(error).__name__}: {error}") from error

    def get_page_labels(self) -> Iterator[str]:
        """Yield labels as long as they can be read and "" from then on, so that a wrong label loses no page."""
        try:
            yield from super().get_page_labels()
        except (PDFNoPageLabels, *MISREAD):
            yield from repeat("")

    def pages(self) -> Iterator[PDFPage]:
        """Yield the pages. Raises Damaged where the tree of pages is broken."""
        try:
            yield from PDFPage.create_pages(self)
        except MISREAD as error:
            raise Damaged(f"the tree of pages: {type(error).__name__}") from error

    def stated_pages(self) -> int:
        """Return the number of pages the file says it has, 0 if it says none."""
        try:
            count = resolve1(dict_value(self.catalog.get("Pages")).get("Count"))
        except MISREAD:
            return 0
        return count if isinstance(count, int) else 0

    def properties(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for information in self.info:
            for name, value in information.items():
                try:
                    written = resolve1(value)
                    found[str(name)] = decode_text(written) if isinstance(written, bytes) else ""
                except MISREAD:
                    continue
        return found

    def bookmarks(self) -> list[Bookmark]:
        """Return the bookmarks that lead to a page, in order, as far as they can be followed."""
        found: list[Bookmark] = []
        seen: set[int] = set()
        try:
            waiting = [(dict_value(self.catalog.get("Outlines")).get("First"), 1)]
        except MISREAD:
            return []
        while waiting and len(seen) < _MOST_BOOKMARKS:
            reference, level = waiting.pop()
            if not isinstance(reference, PDFObjRef) or reference.objid in seen:
                continue
            seen.add(reference.objid)
            try:
                entry = dict_value(reference)
                waiting.append((entry.get("Next"), level))
                waiting.append((entry.get("First"), level + 1))
                title, page = resolve1(entry.get("Title")), self._target(entry)
            except MISREAD:
                continue
            if isinstance(title, bytes) and page:
                found.append(Bookmark(decode_text(title), page, min(level, _DEEPEST)))
        return found

    def _target(self, entry: dict[str, Any]) -> int:
        """Return the key of the page that a bookmark leads to, 0 where it leads to none of this file."""
        place = resolve1(entry.get("Dest"))
        if place is None:
            action = dict_value(entry.get("A"))
            kind = resolve1(action.get("S"))
            place = resolve1(action.get("D")) if isinstance(kind, PSLiteral) and kind.name == "GoTo" else None
        if isinstance(place, bytes | PSLiteral):
            place = resolve1(self.get_dest(place.name if isinstance(place, PSLiteral) else place))
        if isinstance(place, dict):
            place = resolve1(place.get("D"))
        first = place[0] if isinstance(place, list) and place else None
        return int(first.objid) if isinstance(first, PDFObjRef) else 0
