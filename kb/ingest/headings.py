"""Tells the words that can name a document from those that stand on many: letterheads, dates, numbers of pages."""

import re

from kb.arabic import dates

_WORD = re.compile(r"[^\W\d_]{2,}")
_LEAST_WORDS = 2
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


def is_furniture(text: str) -> bool:
    """Return whether `text` is what many documents carry: the state's or a ministry's name alone, a date, a number."""
    written = text.strip()
    if len(written) > _LONGEST:
        return False
    alone = any(pattern.fullmatch(written) for pattern in (_PAGE_NUMBER, _LETTERHEAD, _ADDRESS))
    return alone or dates.read(written) is not None or dates.read(_PLACE.sub("", written, count=1)) is not None
