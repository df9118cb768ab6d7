"""Tells the words that can name a document from those that stand on many: letterheads, dates, numbers of pages."""

import re
from collections.abc import Sequence

from kb.arabic import dates
from kb.core.text import Page
from kb.ingest.tidy import line

_WORD = re.compile(r"[^\W\d_]{2,}")
_LEAST_WORDS = 2
_FIRST_LINES = 12  # among which the name of a file without headings is looked for
_LONGEST = 150  # characters of a letterhead or a date
_PAGE_NUMBER = re.compile(r"[\W\d]*(?:(?:ال)?صفحة|pages?|p\.)?[\W\d]*(?:(?:من|sur|of)[\W\d]+)?", re.IGNORECASE)
_LETTERHEAD = re.compile(
    r"(?:(?:المملكة المغربية|بسم الله الرحمن الرحيم|royaume du maroc|kingdom of morocco)\W*)*"
    r"(?:(?:وزارة|ministère|ministry)\b[^\d:«]{0,80})?",
    re.IGNORECASE,
)
_PLACE = re.compile(r"^\w+\s*[,،]?\s*(?:في|le)\s*:?\s*", re.IGNORECASE)
_ADDRESS = re.compile(r"\S*(?:www\.|://|@)\S*", re.IGNORECASE)


def can_name(text: str) -> bool:
    """Return whether `text`, a line or a few, could be the title of a document and of no other."""
    written = text.strip()
    return len(_WORD.findall(written)) >= _LEAST_WORDS and not is_furniture(written)


def first(pages: Sequence[Page]) -> str:
    """Return the words that name a file: its first heading, else the first line that can, "" where none is short."""
    for page in pages:
        for region in page.regions:
            if region.kind == "heading":
                return line(page.text[region.span.start : region.span.end])
    lines = [each for page in pages[:1] for each in page.text.split("\n") if each.strip()][:_FIRST_LINES]
    named = next((each for each in lines if not is_furniture(each)), "") or "".join(lines[:1])
    return line(named) if len(named) <= _LONGEST else ""


def is_furniture(text: str) -> bool:
    """Return whether `text` is what many documents carry: the state's or a ministry's name alone, a date, a number."""
    written = text.strip()
    if len(written) > _LONGEST:
        return False
    alone = any(pattern.fullmatch(written) for pattern in (_PAGE_NUMBER, _LETTERHEAD, _ADDRESS))
    return alone or dates.read(written) is not None or dates.read(_PLACE.sub("", written, count=1)) is not None
