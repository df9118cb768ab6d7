"""Footnotes: small type at the foot of a page that begins with the sign of a note, or all below a short rule."""

import re
from collections.abc import Sequence

from kb.ingest.formats.pdf.page import Reading
from kb.ingest.formats.pdf.sheet import Rule
from kb.ingest.formats.pdf.written import Written

_SIGN = re.compile(r"[(\[]?\s*(?:\d{1,3}|\*{1,3}|[†‡])\s*[)\]]?\s*[.:\-–]?\s*[^\W\d]")
_SMALL = 0.92
_ZONE = 0.6  # of the height, from the foot
_SHORTEST, _LONGEST = 0.1, 0.62  # of the width of the page: a rule above notes
_MOST_LINES = 2000  # of a page whose notes are looked for
_NEAR = 2.5  # sizes between the rule and the first note


def notes(page: Reading, lines: Sequence[int], body: float, *, open_note: bool) -> list[list[int]]:
    """Return the notes of a page, each the places of its lines; `lines` are those that are no head or foot.

    `body` is the size of running text. `open_note` says that the page before ended with a note, which may go on.
    """
    if len(lines) > _MOST_LINES:
        return []
    foot = [index for index in lines if _is_at_foot(page, index, lines, body)]
    if not foot:
        foot = _below_rule(page, lines)
        open_note = False
    if not foot:
        return []
    found: list[list[int]] = []
    for index in foot:
        if _SIGN.match(page.lines[index].text):
            found.append([index])
        elif found:
            found[-1].append(index)
        elif open_note and _rule_above(page, page.lines[foot[0]]):
            found.append([index])
        elif foot.index(index) == 0 and len(foot) > 1 and not any(_SIGN.match(page.lines[i].text) for i in foot):
            return []
    return found


def _is_at_foot(page: Reading, index: int, lines: Sequence[int], body: float) -> bool:
    """Return whether a line is small and no larger one stands below it in its column."""
    line = page.lines[index]
    if line.size > _SMALL * body or line.y > _ZONE * page.height or line.table or line.angle != page.lines[0].angle:
        return False
    return not any(
        other.y < line.y and other.size > _SMALL * body and other.x0 < line.x1 and line.x0 < other.x1
        for other in (page.lines[number] for number in lines)
    )


def _below_rule(page: Reading, lines: Sequence[int]) -> list[int]:
    """Return the lines below a short rule near the foot, where the first of them has the sign of a note."""
    for rule in sorted(page.rules, key=lambda rule: rule.y0):
        if not _parts_notes(rule, page):
            continue
        below = [index for index in lines if page.lines[index].y < rule.y0 and not page.lines[index].table]
        if below and _is_near(rule, page.lines[below[0]]) and _SIGN.match(page.lines[below[0]].text):
            return below
    return []


def _rule_above(page: Reading, line: Written) -> bool:
    return any(_parts_notes(rule, page) and _is_near(rule, line) for rule in page.rules)


def _parts_notes(rule: Rule, page: Reading) -> bool:
    length = rule.x1 - rule.x0
    return (
        rule.y0 == rule.y1
        and rule.y0 < _ZONE * page.height
        and _SHORTEST * page.width <= length <= _LONGEST * page.width
    )


def _is_near(rule: Rule, line: Written) -> bool:
    return 0 < rule.y0 - line.y < _NEAR * line.size
