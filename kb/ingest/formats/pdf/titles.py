"""Headings within the text of a document: by size, weight and numbering, with their level."""

import re
import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from kb.ingest.formats.pdf.written import Written

_LARGE, _SLIGHTLY = 1.15, 1.04
_MUCH = 0.4  # the share of letters that are bold or underlined from which that tells nothing
_SHORT = 0.8  # of the widest line of the page: a line that fills its column may be one of a marked stretch
_MOST_LINES, _MOST_CHARS, _MOST_WORDS = 4, 300, 25
_GAP = 1.35  # times the usual pitch
_SAME_BLOCK = 2.2
_ALIKE = 0.05
_DEEPEST = 6
_PLAIN_RANK, _ARTICLE = 4, 8
_ENDS_SENTENCE = re.compile(r"[.،,;؛][»”\"')\]]*$")
_WORD = re.compile(r"[^\W\d_]{2,}")

_ORDINAL = (
    r"(?:ال)?(?:أول|اول|أولى|اولى|ثاني|ثانية|ثالث|ثالثة|رابع|رابعة|خامس|خامسة|سادس|سادسة|سابع|سابعة|ثامن|ثامنة|تاسع|تاسعة"
    r"|عاشر|عاشرة|حادي|حادية|فريد|فريدة|وحيد|وحيدة|تمهيدي|تمهيدية)(?:\s+(?:عشر|عشرة|و\w+))?"
)
_COUNT = r"(?:\d+|[IVXLC]+|premi[eè]re?|unique|préliminaire|one|two|three)"
_ALONE = r"\s*(?:مكرر\w*(?:\s\w)?|bis|ter)?[\s()\d]*[:.\-–—]?$"


class _Kind(NamedTuple):
    """A way of numbering. `rank` orders the ways from the whole to its parts; a `sure` one needs no other sign."""

    pattern: re.Pattern[str]
    rank: int
    sure: bool


def _kind(pattern: str, rank: int, *, sure: bool) -> _Kind:
    return _Kind(re.compile(pattern, re.IGNORECASE), rank, sure)


_KINDS = (
    _kind(rf"(?:ال)?كتاب\s+{_ORDINAL}\b|livre\s+{_COUNT}\b|book\s+{_COUNT}\b", 0, sure=True),
    _kind(
        rf"(?:ال)?(?:قسم|جزء)\s+{_ORDINAL}\b|partie\s+{_COUNT}\b|(?:first|second)?\s*part\s+{_COUNT}\b", 1, sure=True
    ),
    _kind(rf"(?:ال)?باب\s+(?:{_ORDINAL}|\d+)\b|titre\s+{_COUNT}\b|title\s+{_COUNT}\b", 2, sure=True),
    _kind(rf"(?:ال)?(?:فصل|محور)\s+{_ORDINAL}\b|chapitre\s+{_COUNT}\b|chapter\s+{_COUNT}\b", 3, sure=True),
    _kind(rf"(?:ال)?(?:فرع|مبحث)\s+{_ORDINAL}\b|section\s+{_COUNT}\b", 4, sure=True),
    _kind(rf"(?:ال)?(?:مطلب|جزء فرعي)\s+{_ORDINAL}\b|sous-section\s+{_COUNT}\b", 5, sure=True),
    _kind(
        rf"\(?\s*(?:ال)?(?:مادة|فصل|بند)\s+(?:\d+|{_ORDINAL}){_ALONE}|article\s+(?:\d+|premier|[ivxlc]+){_ALONE}",
        _ARTICLE,
        sure=True,
    ),
    _kind(r"(?:ملحق|annexe|annex)\b", 2, sure=False),
    _kind(r"(?:أولا|ثانيا|ثالثا|رابعا|خامسا|سادسا|سابعا|ثامنا|تاسعا|عاشرا)ً?\s*[:.\-–—/)]", 5, sure=False),
    _kind(r"[IVX]{1,5}\s*[.\-–—/)]\s*\S", 4, sure=False),
    _kind(r"\d{1,2}\.\d{1,2}\.\d{1,2}[.\-)]?\s*\S", 7, sure=False),
    _kind(r"\d{1,2}[.\-]\d{1,2}[.\-)]?\s*[^\W\d]", 6, sure=False),
    _kind(r"\d{1,2}\s*[.\-–—/)]\s*[^\W\d]", 5, sure=False),
)


class Title(NamedTuple):
    """A heading: the places of its lines on a page, and its level from 1."""

    lines: tuple[int, ...]
    level: int


class Body(NamedTuple):
    """What running text of the document looks like; where much is bold or underlined, that tells nothing."""

    size: float
    bold: bool
    underlined: bool


class _Style(NamedTuple):
    """`marked` says bold or underlined where the body is not."""

    size: float
    rank: int
    marked: bool


def body(pages: Iterable[Sequence[Written]]) -> Body:
    """Return what most letters look like."""
    sizes: Counter[float] = Counter()
    bold = underlined = total = 0
    for lines in pages:
        for line in lines:
            sizes[round(2 * line.size) / 2] += line.letters
            bold += line.letters * line.bold
            underlined += line.letters * line.underlined
            total += line.letters
    size = sizes.most_common(1)[0][0] if sizes else 0.0
    return Body(size, bold > _MUCH * total, underlined > _MUCH * total)


def titles(pages: Sequence[Sequence[tuple[int, Written]]], usual: Body) -> list[list[Title]]:
    """Return the headings of each page; the pages give their running lines in order, each with its place."""
    found = [_of_page(lines, usual) for lines in pages]
    levels = iter(_levels([style for page in found for _, style in page]))
    return [[Title(places, next(levels)) for places, _ in page] for page in found]


def _of_page(lines: Sequence[tuple[int, Written]], usual: Body) -> list[tuple[tuple[int, ...], _Style]]:
    pitches = [above.y - below.y for (_, above), (_, below) in pairwise(lines)]
    pitch = statistics.median([p for p in pitches if p > 0.5 * usual.size] or [1.2 * usual.size])
    widest = max((line.x1 - line.x0 for _, line in lines), default=0.0)
    groups: list[tuple[list[int], _Style]] = []
    for number, (place, line) in enumerate(lines):
        above = lines[number - 1][1] if number else None
        below = lines[number + 1][1] if number + 1 < len(lines) else None
        before = groups[-1] if number and groups and groups[-1][0][-1] == lines[number - 1][0] else None
        lone = below is None or _parted(line, below, pitch)
        if before and above and _goes_on(above, line, before[1], usual, last=lone and not _parted(above, line, pitch)):
            before[0].append(place)
        elif style := _style(line, above, below, usual, _Setting(pitch, widest)):
            groups.append(([place], style))
    texts = dict(lines)
    return [(tuple(places), style) for places, style in groups if _is_short([texts[place] for place in places])]


class _Setting(NamedTuple):
    """The usual distance of the baselines of a page, and the width of its widest line."""

    pitch: float
    width: float


def _style(line: Written, above: Written | None, below: Written | None, usual: Body, page: _Setting) -> _Style | None:
    """Return the style of a line that is a heading, None for any other."""
    text = line.text.strip()
    if line.table or not _WORD.search(text) or len(text.split()) > _MOST_WORDS or _is_cell(line, above, below):
        return None
    kind = _numbering(text)
    large = line.size >= _LARGE * usual.size
    begins = (
        above is None
        or _parted(above, line, page.pitch)
        or above.size > _SLIGHTLY * line.size
        or _is_strong(above, usual)
    )
    strong = _is_strong(line, usual)
    ends = bool(_ENDS_SENTENCE.search(text))
    opens = text.endswith(":") and kind is None
    rank = kind.rank if kind else _PLAIN_RANK
    found = _Style(round(line.size, 1), rank, _is_marked(line, usual))
    if large and not ends:
        return found
    if strong and not opens and (begins or line.x1 - line.x0 < _SHORT * page.width) and not ends:
        return found
    if kind is None or (ends and not text.endswith(".")) or line.size < usual.size * (1 - _ALIKE):
        return None
    starts = begins or (above is not None and bool(re.search(r"[.:؛!؟]$", above.text)))
    if kind.sure and starts and len(text.split()) <= 12 and not (ends and kind.rank != _ARTICLE):
        return found
    lone = begins and below is not None and _parted(line, below, page.pitch)
    return found if lone and not ends and len(text.split()) <= 12 else None


def _numbering(text: str) -> _Kind | None:
    return next((kind for kind in _KINDS if kind.pattern.match(text)), None)


def _is_strong(line: Written, usual: Body) -> bool:
    return _is_marked(line, usual) or line.size >= _LARGE * usual.size


def _is_marked(line: Written, usual: Body) -> bool:
    return (line.bold and not usual.bold) or (line.underlined and not usual.underlined)


def _parted(above: Written, below: Written, pitch: float) -> bool:
    return above.angle != below.angle or below.y > above.y or above.y - below.y > _GAP * pitch


def _is_cell(line: Written, above: Written | None, below: Written | None) -> bool:
    return any(other and abs(other.y - line.y) < 0.4 * line.size for other in (above, below))


def _goes_on(above: Written, line: Written, before: _Style, usual: Body, *, last: bool) -> bool:
    """Return whether a line is the next of the heading that the line above belongs to.

    `last` says that it ends its paragraph and does not begin one.
    """
    alike = abs(above.size - line.size) <= _ALIKE * line.size and _is_marked(line, usual) == before.marked
    near = 0 < above.y - line.y < _SAME_BLOCK * line.size
    numbered = last and before.rank != _PLAIN_RANK and before.rank < _ARTICLE and not _ENDS_SENTENCE.search(line.text)
    return alike and near and (numbered or _is_strong(line, usual)) and not line.table and _numbering(line.text) is None


def _is_short(lines: Sequence[Written]) -> bool:
    return len(lines) <= _MOST_LINES and sum(len(line.text) for line in lines) <= _MOST_CHARS


def _levels(styles: Sequence[_Style]) -> list[int]:
    """Return the level of each heading: below the last one before it that is larger, or numbers what is greater."""
    sizes: dict[float, float] = {}
    largest = 0.0
    for size in sorted({style.size for style in styles}, reverse=True):
        largest = size if not largest or size < largest * (1 - _ALIKE) else largest
        sizes[size] = largest
    above: list[tuple[float, int, bool]] = []
    found: list[int] = []
    for style in styles:
        key = (-sizes[style.size], style.rank, not style.marked)
        while above and above[-1] >= key:
            above.pop()
        above.append(key)
        found.append(min(_DEEPEST, len(above)))
    return found
