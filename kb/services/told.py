"""The receipt of a file as a value: what kb.services.receipt tells and the edges show."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from kb.services.views import FileShown


class LanguageShare(NamedTuple):
    """`pages` are mostly in the language, `words` stand in passages in it; `share` is theirs of all words, 0 to 1."""

    code: str
    pages: int
    words: int
    share: float


class Noticed(NamedTuple):
    """A finding: `code` is a message key, `pages` are `total` pages as (first, last), none for the file."""

    code: str
    pages: tuple[tuple[int, int], ...]
    total: int
    details: tuple[str, ...]


class SampleQuestion(NamedTuple):
    """Words of the file's page `page` that, asked now, give its document at `place` of the answers."""

    text: str
    page: int
    place: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """`at` is when the reading ended, None before; `seconds` is what it took. `quality` runs from 0 to 1.

    `by` and `ocr_by` are the stamps of the readers. `origins` gives pages by origin. `settled` says that nothing of
    it is under way: reading, OCR where that is there, indexing. `corrected` are pages with words put right by hand.
    """

    file: FileShown
    at: dt.datetime | None
    seconds: float
    by: str
    ocr_by: str
    words: int
    quality: float
    origins: tuple[tuple[str, int], ...]
    languages: tuple[LanguageShare, ...]
    repaired: tuple[Noticed, ...]
    doubtful: tuple[Noticed, ...]
    meta: Mapping[str, str] = field(default_factory=dict)
    headings: int = 0
    settled: bool = True
    questions: tuple[SampleQuestion, ...] = ()
    corrected: int = 0


def as_json(receipt: Receipt) -> dict[str, Any]:
    """Return the receipt as programs get it, from the API and on the command line."""
    return {
        "file": receipt.file.number,
        "name": receipt.file.name,
        "state": receipt.file.state,
        "failure": receipt.file.failure or None,
        "settled": receipt.settled,
        "ended": receipt.at.isoformat() if receipt.at else None,
        "seconds": receipt.seconds,
        "read_by": receipt.by,
        "ocr_by": receipt.ocr_by,
        "pages": receipt.file.pages,
        "words": receipt.words,
        "unread": receipt.file.unread,
        "quality": receipt.quality,
        "origins": dict(receipt.origins),
        "languages": [
            {"language": one.code, "pages": one.pages, "words": one.words, "share": one.share}
            for one in receipt.languages
        ],
        "repaired": list(map(_noticed, receipt.repaired)),
        "doubtful": list(map(_noticed, receipt.doubtful)),
        "meta": dict(receipt.meta),
        "headings": receipt.headings,
        "corrected": receipt.corrected,
        "questions": [one._asdict() for one in receipt.questions],
    }


def _noticed(one: Noticed) -> dict[str, Any]:
    return {"code": one.code, "pages": list(one.pages), "details": list(one.details)}
