"""Clusters of several glyphs whose text was given to the wrong one of them, or to each of them."""

from collections.abc import Sequence

from kb.ingest.formats.pdf import bidi, spelling
from kb.ingest.formats.pdf.sheet import Glyph

_NO_WIDTH = 0.02  # of the size
_NEIGHBOURS = 100


def settle(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """Return the glyphs with each cluster's text once, on a glyph that has a width; the order stays.

    A shape that holds letters of both directions was given the words of another glyph besides its own.
    A vowel sign drawn over its letter has no width. Some programs map it to the whole cluster (letter and vowel),
    and the letter to the same text again, or to nothing.
    """
    for place, glyph in enumerate(glyphs):
        if len(glyph.text) > 2 and all(bidi.strong(glyph.text)):
            glyph.text = _own(glyphs, place)
    kept: list[Glyph | None] = list(glyphs)
    for place, glyph in enumerate(glyphs):
        letters = _letters(glyph.text)
        if not letters or not _has_no_width(glyph):
            continue
        for step in (1, -1):
            hosts = _hosts(glyphs, place, step, letters)
            if hosts:
                kept[place] = None
                _give(glyph.text, hosts)
                break
    return [glyph for glyph in kept if glyph is not None]


def _own(glyphs: Sequence[Glyph], place: int) -> str:
    """Return the text of a glyph without the words that another glyph of its line holds."""
    glyph = glyphs[place]
    for other in glyphs[max(0, place - _NEIGHBOURS) : place + _NEIGHBOURS]:
        words = other.text.strip()
        if other is not glyph and len(words) > 1 and abs(other.y - glyph.y) < 0.5 * glyph.size:
            own = glyph.text.removeprefix(words).removesuffix(words)
            if own != glyph.text and own.strip():
                return own.strip()
    return glyph.text


def _letters(text: str) -> int:
    return sum(spelling.is_arabic(char) and not spelling.is_mark(char) for char in text)


def _hosts(glyphs: Sequence[Glyph], place: int, step: int, letters: int) -> list[Glyph]:
    """Return the neighbours in the stream that the text belongs to: one that has it, or those that have none."""
    text, found = glyphs[place].text, list[Glyph]()
    while len(found) < letters and 0 <= (place := place + step) < len(glyphs):
        glyph = glyphs[place]
        if spelling.is_mark(glyph.text) or (glyph.text == text and _has_no_width(glyph)):
            continue
        if not _is_near(glyphs[place - step], glyph) or _has_no_width(glyph):
            break
        if glyph.text == text and not found:
            return [glyph]
        if not glyph.unmapped and glyph.text:
            break
        found.append(glyph)
    return found


def _has_no_width(glyph: Glyph) -> bool:
    return glyph.x1 - glyph.x0 <= _NO_WIDTH * glyph.size


def _is_near(glyph: Glyph, other: Glyph) -> bool:
    gap = max(glyph.x0, other.x0) - min(glyph.x1, other.x1)
    return abs(glyph.y - other.y) < other.size and gap < 0.3 * other.size


def _give(text: str, hosts: Sequence[Glyph]) -> None:
    if hosts[0].text == text:
        return
    for glyph in hosts:
        glyph.text, glyph.unmapped = "", False
    hosts[0].text = text
