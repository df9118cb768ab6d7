"""Gives vowel marks, which are glyphs of their own, to the letters that carry them."""

import unicodedata
from bisect import bisect_left
from collections.abc import Sequence

from kb.ingest.formats.pdf.sheet import Glyph
from kb.ingest.formats.pdf.spelling import is_arabic

_FATHATAN = "\u064b"
_CARRIED_BY_LAM = "لا"


def attach(marks: Sequence[Glyph], rows: Sequence[Sequence[Glyph]]) -> None:
    """Write each mark into the text of its letter.

    A mark has no width and is often placed over the wrong neighbour, so the content stream decides: it stands before
    its letter where the stream runs from left to right, after it where the stream is in the order of reading. Only
    where neither neighbour is near does the nearest letter in place get it.
    """
    bases = sorted((glyph for row in rows for glyph in row if glyph.text.strip()), key=lambda glyph: glyph.index)
    indexes = [glyph.index for glyph in bases]
    carried: dict[int, tuple[Glyph, list[Glyph]]] = {}
    for mark in sorted(marks, key=lambda glyph: glyph.index):
        place = bisect_left(indexes, mark.index)
        before = bases[place - 1] if place else None
        after = bases[place] if place < len(bases) else None
        host = _neighbour(mark, before, after) or _nearest(mark, rows)
        if host is not None:
            carried.setdefault(id(host), (host, []))[1].append(mark)
    for host, own in carried.values():
        host.text = _marked(host, own)


def _neighbour(mark: Glyph, before: Glyph | None, after: Glyph | None) -> Glyph | None:
    near_before, near_after = _is_near(mark, before), _is_near(mark, after)
    if near_before and near_after and before and after:
        return after if before.x0 < after.x0 else before
    return after if near_after else before if near_before else None


def _is_near(mark: Glyph, base: Glyph | None) -> bool:
    return (
        base is not None
        and abs(base.y - mark.y) < 1.3 * base.size
        and base.x0 - 0.9 * base.size < (mark.x0 + mark.x1) / 2 < base.x1 + 0.9 * base.size
        and is_arabic(base.text[0])
    )


def _nearest(mark: Glyph, rows: Sequence[Sequence[Glyph]]) -> Glyph | None:
    best, least = None, 1.0
    centre = (mark.x0 + mark.x1) / 2
    for row in rows:
        if abs(row[0].y - mark.y) > 1.3 * row[0].size:
            continue
        for glyph in row:
            if not glyph.text.strip() or not glyph.size:
                continue
            aside = max(0.0, glyph.x0 - centre, centre - glyph.x1) / glyph.size
            distance = aside + 0.3 * abs(glyph.y - mark.y) / glyph.size
            if aside < 1 and distance < least:
                best, least = glyph, distance
    return best


def _marked(host: Glyph, marks: Sequence[Glyph]) -> str:
    """Return the host's text with the marks, each after the letter of the ligature that it stands over."""
    carried = letters(host.text)
    for mark in marks:
        carried[_letter_under(mark, host, len(carried))] += mark.text
    return unicodedata.normalize("NFC", "".join(carried))


def letters(text: str) -> list[str]:
    """Return the letters, each with its marks."""
    found: list[str] = []
    for char in text:
        if found and unicodedata.combining(char):
            found[-1] += char
        else:
            found.append(char)
    return found


def _letter_under(mark: Glyph, host: Glyph, count: int) -> int:
    if count == 1 or host.x1 <= host.x0:
        return 0
    if "".join(letters(host.text)[i][0] for i in range(count)) == _CARRIED_BY_LAM:
        # A bare alef carries no vowel; only tanwin is written on it.
        return int(mark.text[0] == _FATHATAN)
    from_right = (host.x1 - (mark.x0 + mark.x1) / 2) / (host.x1 - host.x0)
    return min(count - 1, max(0, int(from_right * count)))
