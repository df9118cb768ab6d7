"""The heading of a page: the largest words near its top that can name a document."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from kb.ingest import headings
from kb.ingest.formats.pdf.written import Written
from kb.ingest.tidy import line

_ZONE = 0.45  # of the height of the page, from its foot
_LONGEST = 300
_ALIKE = 0.95
_LARGER = 1.05
_SAME_BLOCK = 2.2
"""Lines of one heading stand at most this many sizes apart."""


@dataclass(frozen=True, slots=True)
class Heading:
    """`sure` is false for words that many documents carry, where the page has no others."""

    text: str
    sure: bool


def find(written: Sequence[Written], height: float) -> Heading:
    """Return the heading of a page `height` points high: the largest words, the first line where none is larger.

    A title of one word is taken where nothing else is larger than the text of the page.
    """
    upper = [each for each in written if each.y > _ZONE * height and len(each.text.strip()) > 2]
    own = [each for each in upper if not headings.is_furniture(each.text)]
    blocks = _blocks(own)
    usual = statistics.median([each.size for each in written] or [0.0])
    large = [block for block in blocks if block[0].size > _LARGER * usual]
    for group in ([b for b in large if _names(b)], large, [b for b in blocks if _names(b)], blocks):
        if group:
            return Heading(_text(_largest(group)), sure=True)
    return Heading(_text(_largest(_blocks(upper))), sure=False) if upper else Heading("", sure=False)


def _blocks(written: Sequence[Written]) -> list[list[Written]]:
    """Group lines of one size that follow each other closely."""
    blocks: list[list[Written]] = []
    for each in written:
        last = blocks[-1][-1] if blocks else None
        if (
            last
            and _ALIKE * blocks[-1][0].size < each.size < blocks[-1][0].size / _ALIKE
            and -0.5 * last.size < last.y - each.y < _SAME_BLOCK * last.size
        ):
            blocks[-1].append(each)
        else:
            blocks.append([each])
    return blocks


def _largest(blocks: Sequence[Sequence[Written]]) -> Sequence[Written]:
    largest = max(block[0].size for block in blocks)
    return next(block for block in blocks if block[0].size >= _ALIKE * largest)


def _names(block: Sequence[Written]) -> bool:
    return headings.can_name(" ".join(each.text for each in block))


def _text(block: Sequence[Written]) -> str:
    text = line(" ".join(each.text for each in block), longest=10_000)
    return text if len(text) <= _LONGEST else line(block[0].text)
