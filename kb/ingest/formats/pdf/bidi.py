"""From the order on paper to the order of reading: the Unicode bidirectional algorithm (UAX #9) run backwards."""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

_PAIRS = ("()", "[]", "{}", "<>", "«»", "‹›")
MIRRORED = {pair[place]: pair[1 - place] for pair in _PAIRS for place in (0, 1)}
_OPENING, _CLOSING = "([{«", ")]}»"
_NEUTRAL = frozenset({"CS", "ES", "ON", "WS", "ET", "BN", "NSM"})
_STOPS_LATIN = frozenset('([{)]}«»"،؛؟')


class _Run(NamedTuple):
    """Atoms start to end that keep their order; `kind` is D digits, L Latin, R right-to-left, O other."""

    kind: str
    start: int
    end: int


@lru_cache(maxsize=4096)
def _kind(char: str) -> str:
    found = unicodedata.bidirectional(char)
    return "R" if found == "AL" else found


def strong(text: str) -> tuple[int, int]:
    """Return how many letters run from right to left, and how many from left to right."""
    kinds = [_kind(char) for char in text]
    return kinds.count("R"), kinds.count("L")


class Stretch(NamedTuple):
    """Atoms start to end that follow each other; `turned` says that a bracket among them stands as its mirror image."""

    start: int
    end: int
    turned: bool


def logical(atoms: Sequence[str], *, rtl: bool, mirror: bool) -> str:
    """Return the text of a line whose atoms stand from left to right; see `stretches`."""
    return text(atoms, stretches(atoms, rtl=rtl, mirror=mirror))


def text(atoms: Sequence[str], order: Sequence[Stretch]) -> str:
    parts: list[str] = []
    for start, end, turned in order:
        own = atoms[start:end]
        parts += [MIRRORED.get(atom, atom) for atom in own] if turned else own
    return "".join(parts)


def stretches(atoms: Sequence[str], *, rtl: bool, mirror: bool) -> list[Stretch]:
    """Return the order of reading of a line whose atoms (clusters in reading order, and spaces) stand left to right.

    `rtl` is the direction of its paragraph. `mirror` says that brackets are given as the shape drawn, so that a
    bracket of an Arabic stretch must be turned; else they are given as the character meant.
    """
    runs = _runs(atoms)
    if rtl:
        return [Stretch(run.start, run.end, mirror and run.kind == "O") for run in reversed(runs)]
    found: list[Stretch] = []
    place = 0
    while place < len(runs):
        end = _bracketed_end(atoms, runs, place) or _arabic_end(runs, place)
        if end > place:
            own = reversed(runs[place:end])
            found += [Stretch(run.start, run.end, mirror and run.kind == "O") for run in own]
        else:
            end = place + 1
            found.append(Stretch(runs[place].start, runs[place].end, turned=False))
        place = end
    return found


def unbalanced(text: str) -> int:
    """Return how many brackets have no partner."""
    depth = alone = 0
    for char in text:
        if char in _OPENING:
            depth += 1
        elif char in _CLOSING:
            depth, alone = (depth - 1, alone) if depth else (0, alone + 1)
    return depth + alone


def _arabic_end(runs: Sequence[_Run], start: int) -> int:
    """Return where the Arabic stretch that begins at `start` ends, with all between its first and last letters."""
    end = start
    if runs[start].kind == "R":
        for place in range(start, len(runs)):
            if runs[place].kind == "L":
                break
            if runs[place].kind == "R":
                end = place + 1
    return end


def _bracketed_end(atoms: Sequence[str], runs: Sequence[_Run], start: int) -> int:
    """Return where an Arabic stretch ends that begins with a number and fills a bracket, 0 where none does.

    The algorithm draws a number that follows the Arabic words, such as that of a law, and one before them alike; the
    first is meant.
    """
    if runs[start].kind != "D" or not start or atoms[runs[start - 1].start] not in _OPENING:
        return 0
    place = start + 1
    while place < len(runs) and runs[place].kind == "O" and atoms[runs[place].start].isspace():
        place += 1
    end = _arabic_end(runs, place) if place < len(runs) else place
    closed = place < end < len(runs) and atoms[runs[end].start] == MIRRORED[atoms[runs[start - 1].start]]
    return end if closed else 0


def _runs(atoms: Sequence[str]) -> list[_Run]:
    kinds = [_kind(atom[0]) for atom in atoms]
    # A number that ends a sentence follows the Arabic words of the line before.
    alone = "R" not in kinds and "L" not in kinds and atoms[:1] != ["."]
    last = max((place for place, kind in enumerate(kinds) if kind in ("R", "L")), default=-1)
    runs: list[_Run] = []
    place = 0
    while place < len(atoms):
        kind = kinds[place]
        if kind in ("EN", "AN") or (alone and kinds[place : place + 2] == ["ET", "EN"]):
            run = _Run("D", place, _number_end(kinds, atoms, place, alone=alone, leads=place > last))
        elif kind == "L":
            run = _Run("L", place, _latin_end(kinds, atoms, place))
        else:
            run = _Run("R" if kind == "R" else "O", place, place + 1)
        runs.append(run)
        place = run.end
    return runs


def _number_end(kinds: Sequence[str], atoms: Sequence[str], start: int, *, alone: bool, leads: bool) -> int:
    """Follow the digits and the signs that join them.

    A point, comma, colon or slash joins (rule W4). A hyphen joins European digits only where no Arabic letter comes
    before them (W2), of which we are sure only where the line has no letter; there a percent sign joins too (W5), as
    it does where the number `leads` an Arabic line: those who lay out each line by itself draw it so, and nobody writes
    the sign before the number.
    """
    kind = "AN" if kinds[start] == "AN" else "EN"
    joins = {"CS", "ES"} if alone and kind == "EN" else {"CS"}
    end = start + 1
    while end < len(kinds):
        if kinds[end] == kind or ((alone or leads) and kind == "EN" and kinds[end] == "ET"):
            end += 1
        elif end + 1 < len(kinds) and kinds[end + 1] == kind and (kinds[end] in joins or atoms[end] in "٫٬"):
            end += 2
        else:
            break
    return end


def _latin_end(kinds: Sequence[str], atoms: Sequence[str], start: int) -> int:
    """Follow Latin words up to the next Arabic letter, then the numbers that belong to the last of them (W7)."""
    end = place = start + 1
    while place < len(kinds) and kinds[place] != "R":
        if kinds[place] == "L":
            end = place + 1
        place += 1
    while (after := _latin_number_end(kinds, atoms, end)) > end:
        end = after
    return end + _closes(atoms, start, end)


def _closes(atoms: Sequence[str], start: int, end: int) -> bool:
    """Return whether a bracket at `end` is the partner of one that Latin words opened, and so is theirs (rule N0)."""
    opened: list[str] = []
    for atom in atoms[start:end]:
        if atom in _OPENING:
            opened.append(atom)
        elif opened and atom == MIRRORED[opened[-1]]:
            opened.pop()
    return bool(opened) and end < len(atoms) and atoms[end] == MIRRORED[opened[-1]]


def _latin_number_end(kinds: Sequence[str], atoms: Sequence[str], start: int) -> int:
    """Return where a number ends that stands at `start` or after at most two signs, or `start`."""
    place = start
    while place < len(kinds) and kinds[place] in _NEUTRAL and atoms[place] not in _STOPS_LATIN:
        place += 1
    if place == len(kinds) or kinds[place] != "EN" or place - start > 2:
        return start
    while place < len(kinds) and (
        kinds[place] == "EN" or (kinds[place] in ("CS", "ES", "ET") and kinds[place + 1 : place + 2] == ["EN"])
    ):
        place += 1
    return place + (place < len(kinds) and kinds[place] == "ET")
