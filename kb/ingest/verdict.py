"""What is to be thought of the text of a page: how far it can be trusted, and whether OCR should try."""

from collections.abc import Sequence
from typing import NamedTuple

from kb.core.text import Finding
from kb.ingest.lexicon import Rate

NO_TEXT = "no-text-layer"
NEEDS_OCR = "needs-ocr"
LOW_WORD_RATE = "low-word-rate"
UNMAPPED = "unmapped-glyphs"
MISMAPPED = "wrong-map-repaired"
REVERSED = "reversed-order-repaired"
FORMS = "presentation-forms"
PERSIAN = "persian-letters"
BROKEN_PAGE = "unreadable-page"
COSTLY_PAGE = "too-costly-page"
OCR_TIMEOUT = "ocr-timeout"
OCR_FAILED = "ocr-failed"

UNREAD = frozenset({OCR_TIMEOUT, OCR_FAILED})
"""What a page says that OCR could not read; a later OCR tries it again."""

REPAIRS = frozenset({MISMAPPED, REVERSED, FORMS, PERSIAN})
"""The findings that tell of something put right; the others leave a doubt."""

_FEW_GLYPHS, _MOSTLY_IMAGE, _OUTLINES = 15, 0.30, 150
_MANY_UNMAPPED = 0.06
_ENOUGH_WORDS, _LEAST_RATE, _DOUBTFUL_RATE = 12, 0.80, 0.85
_ENOUGH_LATIN, _LEAST_LATIN_RATE = 30, 0.10
_GOOD, _POOR = 0.95, 0.30
_GOOD_LATIN = 0.50
_PRIOR_WORDS = 8


class Signs(NamedTuple):
    """What is seen of a page without reading it.

    `glyphs` counts the shapes drawn, spaces left out; `unmapped` is the share of them that stand for nothing known,
    `images` the share of the page that images cover, both 0 to 1; `arabic` and `latin` rate the words; `curves` counts
    the bent lines drawn.
    """

    glyphs: int
    images: float
    unmapped: float
    arabic: Rate
    latin: Rate
    curves: int = 0


def is_blank(page: Signs) -> bool:
    """Return whether nothing is drawn that could be read: no shape, no image, no letter as an outline."""
    return not page.glyphs and not page.images and page.curves < _OUTLINES


def needs_ocr(page: Signs) -> bool:
    """Return whether the text of a page is worth less than what OCR would make of its image.

    That is so of a scan, of letters drawn as outlines, of fonts that do not say what they draw, and where too few
    Arabic words are words; a page in another language than ours is given the benefit of the doubt.
    """
    return (
        (page.glyphs < _FEW_GLYPHS and (page.images > _MOSTLY_IMAGE or page.curves >= _OUTLINES))
        or (page.glyphs >= _FEW_GLYPHS and page.unmapped > _MANY_UNMAPPED)
        or (page.arabic.judged >= _ENOUGH_WORDS and page.arabic.share < _LEAST_RATE)
        or (page.latin.judged >= _ENOUGH_LATIN and page.latin.share < _LEAST_LATIN_RATE)
    )


def quality(page: Signs) -> float:
    """Return how far a text can be trusted, 0 to 1: the share of known glyphs times the worth of the words.

    A script is worth 1 from a rate of .95 (Latin: .50, for names, codes and other languages are no errors) and falls
    in a straight line to .05 at .30 (Latin: 0). Eight known words are added, so that a few rare ones decide nothing.
    The scripts count by their words. It never rises when a word or a glyph less is known.
    """
    rates = ((page.arabic, _GOOD, _POOR), (page.latin, _GOOD_LATIN, 0.0))
    judged = page.arabic.judged + page.latin.judged
    worth = sum(rate.judged * _worth(rate, good, poor) for rate, good, poor in rates) / judged if judged else 1.0
    return round((1.0 - min(1.0, max(0.0, page.unmapped))) * worth, 3)


def findings(page: Signs) -> tuple[Finding, ...]:
    """Return what makes the text of a page doubtful."""
    found: list[Finding] = []
    if page.glyphs and page.unmapped > _MANY_UNMAPPED:
        found.append(Finding(UNMAPPED, _percent(page.unmapped)))
    if page.arabic.judged >= _ENOUGH_WORDS and page.arabic.share < _DOUBTFUL_RATE:
        found.append(Finding(LOW_WORD_RATE, _percent(page.arabic.share)))
    if needs_ocr(page):
        found.append(Finding(NEEDS_OCR))
    return tuple(found)


def merged(pages: Sequence[Sequence[Finding]]) -> tuple[Finding, ...]:
    """Return each code that a page has once, in the order of the pages, with its first detail."""
    first: dict[str, Finding] = {}
    for found in pages:
        for finding in found:
            first.setdefault(finding.code, finding)
    return tuple(first.values())


def _worth(rate: Rate, good: float, poor: float) -> float:
    share = (rate.known + _PRIOR_WORDS) / (rate.judged + _PRIOR_WORDS)
    return 0.05 + 0.95 * min(1.0, max(0.0, (share - poor) / (good - poor)))


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
