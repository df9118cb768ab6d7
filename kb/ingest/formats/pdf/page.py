"""One sheet of glyphs becomes the lines of a page: their order, their direction, their words with their places."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from kb.ingest import lexicon
from kb.ingest.formats.pdf import assembly, bidi, clusters, direction, lines, marks, order, spelling, tables, written
from kb.ingest.formats.pdf.bidi import Stretch
from kb.ingest.formats.pdf.evidence import Evidence
from kb.ingest.formats.pdf.lines import Atoms, Line
from kb.ingest.formats.pdf.rules import Underlines
from kb.ingest.formats.pdf.sheet import Glyph, Rule, Sheet
from kb.ingest.formats.pdf.written import Written
from kb.ingest.lexicon import Rate

_RTL_SHARE = 0.6
_DOUBTFUL = 0.97
"""A share of known words below this is looked into; most pages are above."""

_STOPS = frozenset(".:;!?،؛؟")


@dataclass(frozen=True, slots=True)
class Reading:
    """The lines of a page in order; `width` and `height` are those of the page as its text sees it, in points.

    `unmapped` is the share of the `glyphs`, 0 to 1, whose font does not say what they stand for. `mirrored` says that
    the text was drawn from left to right in the order of reading. `rules` are the straight lines as the text sees them.
    `arabic` and `latin` rate the words.
    """

    lines: tuple[Written, ...]
    width: float
    height: float
    unmapped: float = 0.0
    glyphs: int = 0
    mirrored: bool = False
    rules: tuple[Rule, ...] = ()
    arabic: Rate = lexicon.NOTHING
    latin: Rate = lexicon.NOTHING

    @property
    def text(self) -> str:
        """All that is written, heads and feet in their places."""
        return assembly.assemble([assembly.Part(self.lines)]).text


def read(sheet: Sheet, evidence: Evidence | None = None) -> Reading:
    """Return the lines of a sheet. `evidence` takes the shapes of its words where many of them are no words."""
    if sheet.letters:
        clusters.name(sheet.glyphs, sheet.letters)
    if evidence is not None:
        evidence.tails.add(sheet.glyphs)
    glyphs = clusters.settle(sheet.glyphs)
    drawn = [glyph for glyph in glyphs if glyph.unmapped or glyph.text.strip()]
    if not drawn:
        return Reading((), sheet.width, sheet.height)
    turns = [angle for angle, _ in Counter(glyph.angle for glyph in drawn).most_common()]
    seen = written.frame(sheet, turns[0])
    rules = tables.as_seen(sheet.rules, seen)
    ordered, rtl = _main([glyph for glyph in glyphs if glyph.angle == turns[0]], rules)
    frames = [seen] * len(ordered)
    for angle in turns[1:]:
        aside = lines.lines([glyph for glyph in glyphs if glyph.angle == angle])
        ordered += aside
        frames += [written.frame(sheet, angle)] * len(aside)
    atoms = [lines.atoms(line) for line in ordered]
    read, mirrored = _read(ordered, atoms, rtl=rtl)
    own = [
        written.write(line, drawn_line, order, frame, sheet.faces, rtl=line_rtl)
        for line, frame, (drawn_line, order, line_rtl) in zip(ordered, frames, read, strict=True)
    ]
    underlines = Underlines(rules)
    for line, each in zip(ordered, own, strict=True):
        each.underlined = each.angle == turns[0] and underlines.are_under(line.x0, line.x1, line.y, line.size)
    text = "\n".join(line.text for line in own)
    arabic = lexicon.rate_arabic(text)
    unmapped = sum(glyph.unmapped for glyph in drawn) / len(drawn)
    if evidence is not None and (unmapped or arabic.share < _DOUBTFUL):
        evidence.add(ordered)
    return Reading(
        lines=tuple(tables.in_rows(own, [line.cell for line in ordered])),
        width=seen.width,
        height=seen.height,
        unmapped=unmapped,
        glyphs=len(drawn),
        mirrored=mirrored,
        rules=tuple(Rule(r.x0 - seen.left, r.y0 - seen.bottom, r.x1 - seen.left, r.y1 - seen.bottom) for r in rules),
        arabic=arabic,
        latin=lexicon.rate_latin(text),
    )


def _main(glyphs: Sequence[Glyph], rules: Sequence[Rule]) -> tuple[list[Line], bool]:
    """Return the lines in order, and whether the page is read from the right."""
    outside, held = tables.found(glyphs, rules)
    main = [*lines.lines(outside), *held]
    rtl = sum(line.rtl for line in main) > _RTL_SHARE * sum(line.latin for line in main)
    return tables.expanded(line for block in order.order(main, rtl=rtl) for line in block), rtl


_Read = tuple[Atoms, Sequence[Stretch], bool]
"""The atoms of a line, their order, and whether the line is read from the right."""


def _read(ordered: Sequence[Line], atoms: Sequence[Atoms], *, rtl: bool) -> tuple[list[_Read], bool]:
    """Return how each line is read, and whether the page was drawn from left to right in the order of reading.

    A line of both scripts follows the one before.
    """
    directions: list[bool] = []
    before: bool | None = None
    for (own, _), line in zip(atoms, ordered, strict=True):
        directions.append(
            _is_rtl(line, page=rtl, before=before) or _starts_at_the_right(own, line, beside=rtl or bool(before))
        )
        before = directions[-1] if line.rtl or line.latin else before
    rows = [(own.texts, line) for own, own_rtl, line in zip(atoms, directions, ordered, strict=True) if own_rtl]
    mirror = _brackets_are_shapes([own for own, line in rows if line.rtl >= line.latin], [own for own, _ in rows])
    found: list[_Read] = [
        (own, bidi.stretches(own.texts, rtl=own_rtl, mirror=mirror), own_rtl)
        for own, own_rtl in zip(atoms, directions, strict=True)
    ]
    if direction.is_mirrored(" ".join(bidi.text(own.texts, order) for own, order, _ in found)):
        return _as_drawn(atoms), True
    return found, False


def _as_drawn(atoms: Sequence[Atoms]) -> list[_Read]:
    """Return the lines of a page drawn in the order of reading from left to right.

    Some programs turned the text round before it was shaped, so that a ligature holds its letters in the wrong order;
    others shaped it first. The letter pairs tell which.
    """
    kept = ["".join(own.texts) for own in atoms]
    turned = ["".join(map(_turned, own.texts)) for own in atoms]
    likelier = direction.likelihood(" ".join(turned)) > direction.likelihood(" ".join(kept))
    return [
        (
            Atoms([*map(_turned, own.texts)], own.glyphs) if likelier else own,
            [Stretch(0, len(own.texts), turned=False)],
            True,
        )
        for own in atoms
    ]


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
