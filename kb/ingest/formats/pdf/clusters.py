"""Clusters of several glyphs whose text was given to the wrong one of them, or to each of them."""

import unicodedata
from collections.abc import Mapping, Sequence

from kb.ingest.formats.pdf import bidi, spelling
from kb.ingest.formats.pdf.sheet import Glyph, Shape

_NO_WIDTH = 0.02  # of the size
_NEIGHBOURS = 100
_DOTTED = frozenset("بتثجخذزشضظغفقنيةئؤ")


def name(glyphs: Sequence[Glyph], letters: Mapping[Shape, str]) -> None:
    """Give shapes without a text their letter, unless the text of the cluster beside them holds it.

    Programs that give a cluster to the first of its shapes in the stream, and name each shape once, lose the letter of
    the others where they named the first in another cluster.
    """
    for place, glyph in enumerate(glyphs):
        if glyph.text or glyph.unmapped or (glyph.font, glyph.cid) not in letters:
            continue
        letter = letters[glyph.font, glyph.cid]
        host = glyphs[place - 1] if place and _is_near(glyphs[place - 1], glyph) else None
        if host and spelling.is_mark(letter):
            whole = unicodedata.normalize("NFC", host.text + letter)
            host.text = whole if len(whole) == len(host.text) else host.text
        elif host is None or letter[0] not in host.text:
            glyph.text = letter


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
    _join(kept)
    return [glyph for glyph in kept if glyph is not None]


def _join(kept: list[Glyph | None]) -> None:
    """Take the signs that are named like letters, the dots of letters and vowels, for parts of the letter they are on.

    A shape of several letters whose dots are drawn apart has the name of one of them; the dots have those of all.
    """
    dots: dict[int, list[Glyph]] = {}
    hosts: dict[int, Glyph] = {}
    for place, glyph in enumerate(kept):
        if glyph is None or not _letters(glyph.text) or not _has_no_width(glyph):
            continue
        host = _carrier(kept, place, glyph)
        if host is None:
            continue
        if vowels := "".join(filter(spelling.is_mark, glyph.text)):
            glyph.text = vowels
        elif glyph.text in _DOTTED:
            kept[place] = None
            hosts[id(host)] = host
            dots.setdefault(id(host), []).append(glyph)
    for key, host in hosts.items():
        own = "".join(dot.text for dot in sorted(dots[key], key=lambda dot: -dot.x0))
        if len(own) > 1 and host.text in own:
            host.text = own


def _carrier(glyphs: Sequence[Glyph | None], place: int, sign: Glyph) -> Glyph | None:
    """Return the letter near in the stream that a sign stands above or below."""
    for step in (1, -1, 2, -2, 3, -3):
        if not 0 <= place + step < len(glyphs):
            continue
        glyph = glyphs[place + step]
        if glyph is None or _has_no_width(glyph) or not spelling.is_arabic(glyph.text[:1] or " "):
            continue
        if glyph.x0 <= sign.x0 <= glyph.x1 and abs(glyph.y - sign.y) < glyph.size:
            return glyph
    return None


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
