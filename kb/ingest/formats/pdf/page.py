"""One sheet of glyphs becomes one page of text: lines, their order, their direction, their paragraphs."""

import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from kb.ingest.formats.pdf import bidi, clusters, direction, lines, marks, order, spelling
from kb.ingest.formats.pdf.lines import Line
from kb.ingest.formats.pdf.sheet import Glyph, Sheet

_RTL_SHARE = 0.6
_STOPS = frozenset(".:;!?،؛؟")
_PARAGRAPH_GAP = 1.35
"""A distance of baselines this many times the usual one begins a paragraph."""


@dataclass(frozen=True, slots=True)
class Written:
    """A line with its text in the order of reading."""

    text: str
    line: Line


@dataclass(frozen=True, slots=True)
class Reading:
    """`unmapped` is the share of the `glyphs`, 0 to 1, whose font does not say what they stand for.

    `mirrored` says that the text was drawn from left to right in the order of reading.
    """

    text: str
    lines: tuple[Written, ...]
    unmapped: float
    glyphs: int = 0
    mirrored: bool = False


def read(sheet: Sheet) -> Reading:
    glyphs = clusters.settle(sheet.glyphs)
    drawn = [glyph for glyph in glyphs if glyph.unmapped or glyph.text.strip()]
    if not drawn:
        return Reading("", (), 0.0)
    blocks, rtl = _blocks(glyphs)
    ordered = [line for block in blocks for line in block]
    written = _written(ordered, rtl=rtl)
    mirrored = direction.is_mirrored(" ".join(each.text for each in written))
    if mirrored:
        written = _as_drawn(ordered)
    return Reading(
        text=_joined(written),
        lines=tuple(written),
        unmapped=sum(glyph.unmapped for glyph in drawn) / len(drawn),
        glyphs=len(drawn),
        mirrored=mirrored,
    )


def _blocks(glyphs: Sequence[Glyph]) -> tuple[list[list[Line]], bool]:
    """Return the blocks in order, and whether the page is read from the right; slanted text comes last."""
    angles = Counter(glyph.angle for glyph in glyphs if glyph.text.strip() or glyph.unmapped)
    by_angle = [lines.lines([glyph for glyph in glyphs if glyph.angle == angle]) for angle, _ in angles.most_common()]
    main = by_angle[0]
    rtl = sum(line.rtl for line in main) > _RTL_SHARE * sum(line.latin for line in main)
    blocks = order.order(main, rtl=rtl)
    return [*blocks, *(found for found in by_angle[1:] if found)], rtl


def _written(ordered: Sequence[Line], *, rtl: bool) -> list[Written]:
    """Return the lines in the order of reading; a line of both scripts follows the one before."""
    atoms = [lines.atoms(line) for line in ordered]
    directions: list[bool] = []
    before: bool | None = None
    for own, line in zip(atoms, ordered, strict=True):
        directions.append(
            _is_rtl(line, page=rtl, before=before) or _starts_at_the_right(own, line, beside=rtl or bool(before))
        )
        before = directions[-1] if line.rtl or line.latin else before
    rows = [(own, line) for own, own_rtl, line in zip(atoms, directions, ordered, strict=True) if own_rtl]
    mirror = _brackets_are_shapes([own for own, line in rows if line.rtl >= line.latin], [own for own, _ in rows])
    return [
        Written(bidi.logical(own, rtl=own_rtl, mirror=mirror), line)
        for own, own_rtl, line in zip(atoms, directions, ordered, strict=True)
    ]


def _as_drawn(ordered: Sequence[Line]) -> list[Written]:
    """Return the lines of a page drawn in the order of reading from left to right.

    Some programs turned the text round before it was shaped, so that a ligature holds its letters in the wrong order;
    others shaped it first. The letter pairs tell which.
    """
    atoms = [lines.atoms(line) for line in ordered]
    kept = ["".join(own) for own in atoms]
    turned = ["".join(map(_turned, own)) for own in atoms]
    likely = turned if direction.likelihood(" ".join(turned)) > direction.likelihood(" ".join(kept)) else kept
    return [Written(text, line) for text, line in zip(likely, ordered, strict=True)]


def _turned(cluster: str) -> str:
    return "".join(reversed(marks.letters(cluster))) if spelling.is_arabic(cluster[0]) else cluster


def _is_rtl(line: Line, *, page: bool, before: bool | None) -> bool:
    if not line.rtl:
        return page and not line.latin
    if (
        before is not None
        and line.latin
        and 0.25 * line.latin <= line.rtl < 1.2 * line.latin
        and line.rtl != line.latin
    ):
        return before
    return line.rtl >= 0.5 * line.latin


def _starts_at_the_right(atoms: Sequence[str], line: Line, *, beside: bool) -> bool:
    """Return whether the signs of a mostly Latin line only make sense in a paragraph that is read from the right.

    `beside` says that lines around it are.
    """
    if not line.rtl:
        return beside and len(atoms) > 1 and atoms[0] == "." and atoms[1].isalnum() and atoms[-1] not in _STOPS
    from_right, shapes, characters = (
        bidi.unbalanced(bidi.logical(atoms, rtl=direction[0], mirror=direction[1]))
        for direction in ((False, False), (True, True), (True, False))
    )
    return min(shapes, characters) < from_right


def _brackets_are_shapes(arabic: Sequence[Sequence[str]], others: Sequence[Sequence[str]]) -> bool:
    """Return which convention leaves fewer brackets alone on the page: the shape drawn, or the character meant.

    Only where the lines of mostly Arabic letters leave it open do the other lines tell.
    """
    for rows in (arabic, others):
        bracketed = [row for row in rows if any(atom in bidi.MIRRORED for atom in row)]
        shapes, characters = (
            bidi.unbalanced("".join(bidi.logical(row, rtl=True, mirror=mirror) for row in bracketed))
            for mirror in (True, False)
        )
        if shapes != characters:
            return shapes < characters
    return True


def _joined(written: Sequence[Written]) -> str:
    """Join cells of a row by a tab, lines by a line feed and paragraphs by a blank line."""
    if not written:
        return ""
    pitches = [_pitch(above.line, below.line) for above, below in pairwise(written)]
    usual = statistics.median([pitch for pitch in pitches if pitch > 0.5] or [1.2])
    parts = [written[0].text]
    for pitch, below in zip(pitches, written[1:], strict=True):
        if abs(pitch) < 0.4:
            parts.append("\t")
        elif pitch < 0 or pitch > _PARAGRAPH_GAP * usual:
            parts.append("\n\n")
        else:
            parts.append("\n")
        parts.append(below.text)
    return "".join(parts).strip()


def _pitch(above: Line, below: Line) -> float:
    """Return the distance of the baselines in sizes of the line below; negative where it stands higher or slanted."""
    if above.glyphs[0].angle != below.glyphs[0].angle:
        return -1.0
    return (above.y - below.y) / (below.size or 1.0)
