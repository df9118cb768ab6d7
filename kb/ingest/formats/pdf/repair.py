"""Learns what shapes stand for whose font names them wrongly or not at all, from the words they would make.

No error shows in such a file: a stroke that lengthens a word is called lam, one letter is called another, a final one
a space. Only words tell. For each shape of badly read words every letter is tried, and the one kept that makes many of
its words known, by frequency. What is learnt holds for the font in the whole document.
"""

import math
from collections.abc import Callable, Sequence

from kb.ingest import lexicon
from kb.ingest.formats.pdf import odds, spelling
from kb.ingest.formats.pdf.evidence import Evidence
from kb.ingest.formats.pdf.sheet import Override, Shape

_LETTERS = "ابتثجحخدذرزسشصضطظعغفقكلمنهويءآأؤإئىة"
_LIGATURES = "لا لأ لإ لآ لم لح لج مح ني يم نى في مم تم بم لي لله له"
_CANDIDATES = ("", *_LETTERS, *_LIGATURES.split())
_WORDS_TRIED = 120
_LEAST_WORDS = 2
_MOST_CHANGES = 80
_MOSTLY_KNOWN = 0.6
"""A unit of whose words more than this share is known needs no other name, unless it is called a space: many words are
words without their last letter."""

_SURE, _SURE_OF_UNKNOWN = 6.0, 3.0
"""Log odds from which a name is given up for another, and from which one is given to a shape without any.

Of 124 good pages none was changed at these, five at 4 and 2."""

_LEAST_UNKNOWN, _MOST_UNKNOWN = 0.08, 0.80


def learn(evidence: Evidence) -> dict[Shape, Override]:
    """Return the shapes that make more words when they are called otherwise."""
    renamed = evidence.tails.overrides()
    texts = list(evidence.texts)
    for shape, override in renamed.items():
        if shape in evidence.shapes:
            texts[evidence.shapes[shape]] = override.now
    solver = _Solver(list(evidence.words), texts, evidence.units())
    solver.solve()
    names = {number: shape for shape, number in evidence.shapes.items() if not isinstance(shape, str)}
    return renamed | {
        names[number]: Override(was, now)
        for number, (was, now) in enumerate(zip(evidence.texts, solver.texts, strict=True))
        if was != now
    }


def told(overrides: Sequence[Override]) -> str:
    """Return the renamings for people: what a shape was called, an arrow as Arabic points, what it is called now."""
    return "، ".join(dict.fromkeys(f"{_sign(was)} ← {_sign(now)}" for was, now in overrides))


def _sign(text: str) -> str:
    return "∅" if not text else "␣" if text.isspace() else text


class _Solver:
    """Renames units: single shapes, and all the shapes of a font that have one name (a letter's initial, medial …)."""

    def __init__(self, words: Sequence[tuple[int, ...]], texts: list[str], units: Sequence[frozenset[int]]) -> None:
        self.words = words
        self.texts = texts
        self.units = units
        self.known = [self._is_known(place) for place in range(len(words))]
        of_shape: dict[int, list[int]] = {}
        for number, unit in enumerate(units):
            for shape in unit:
                of_shape.setdefault(shape, []).append(number)
        self.within = [{number for shape in word for number in of_shape.get(shape, ())} for word in words]
        self.holding: list[list[int]] = [[] for _ in units]
        for place, numbers in enumerate(self.within):
            for number in numbers:
                self.holding[number].append(place)

    def solve(self) -> None:
        """Rename one unit after the other, the surest first: its words then help the others."""
        proposals: dict[int, tuple[float, str]] = {}
        touched = set(range(len(self.units)))
        for _ in range(_MOST_CHANGES):
            for number in touched:
                proposals[number] = self._proposal(number)
            sure, number = max(((sure, number) for number, (sure, _) in proposals.items()), default=(0.0, 0))
            if sure <= 0.0:
                return
            for shape in self.units[number]:
                self.texts[shape] = proposals[number][1]
            for place in self.holding[number]:
                self.known[place] = self._is_known(place)
            touched = {other for place in self.holding[number] for other in self.within[place]}

    def _proposal(self, number: int) -> tuple[float, str]:
        """Return what a unit is better called and how sure that is; 0 where nothing is sure to be better.

        Only words of the half that may be learnt from speak for a name, and forms of one word (المرتفق, للمرتفق) speak
        once. The others may forbid one: known words are not given up, and where another name makes more of them the
        matter is open.
        """
        unit = self.units[number]
        names = {self.texts[shape] for shape in unit}
        now = min(names)
        held = self._distinct(self.holding[number][:_WORDS_TRIED])
        known = sum(self.known[place] for place in held)
        if len(names) > 1 or (known > _MOSTLY_KNOWN * len(held) and not now.isspace()):
            return 0.0, now
        frames = [frame for place in held if (frame := self._frame(self.words[place], unit)) is not None]
        if len(frames) < (_LEAST_WORDS if now != spelling.UNKNOWN else 1):
            return 0.0, now
        _, best = max((_worth(frames, text, odds.learnt_weight), text) for text in _CANDIDATES)
        # A word without its last letter is often one, so what a space makes says nothing.
        sure = odds.made(frames, best) - (0.0 if now.isspace() else odds.given_up(frames, now))
        sure += self._evidence_against(number, held) - _SURE if now != spelling.UNKNOWN else -_SURE_OF_UNKNOWN
        if best == now or sure <= 0.0 or not self._gains(frames, now, best):
            return 0.0, now
        made = _worth(frames, best, odds.weight)
        return (sure, best) if all(_worth(frames, text, odds.weight) <= made for text in _CANDIDATES) else (0.0, now)

    def _distinct(self, places: Sequence[int]) -> list[int]:
        """Return the places of words that are not another of these with particles before it."""
        once = dict[str, int]()
        for place in places:
            once.setdefault(lexicon.without_particles(self._text(place)), place)
        return list(once.values())

    def _evidence_against(self, number: int, held: Sequence[int]) -> float:
        """Return how many words of a unit are unknown, in log odds, measured by the words without it."""
        others = len(self.words) - len(self.holding[number])
        unknown = self.known.count(False) - sum(not self.known[place] for place in self.holding[number])
        usual = min(_MOST_UNKNOWN, max(_LEAST_UNKNOWN, unknown / others if others else 1.0))
        return sum(
            math.log(chance / (1.0 - usual)) if self.known[place] else math.log((1.0 - chance) / usual)
            for place in held
            if (chance := odds.by_chance(len(self.words[place]))) < 1.0
        )

    def _gains(self, frames: Sequence[tuple[str, ...]], now: str, best: str) -> bool:
        """Return whether a new name makes more words than it unmakes, of shapes that have a name."""
        if now == spelling.UNKNOWN or now.isspace():
            return True
        made, unmade = odds.stems(frames, best), odds.stems(frames, now)
        return len(made - unmade) > max(1, len(unmade - made))

    def _frame(self, word: tuple[int, ...], unit: frozenset[int]) -> tuple[str, ...] | None:
        """Return what stands between the places of a unit in a word, None where that is not known."""
        parts = [""]
        for other in word:
            if other in unit:
                parts.append("")
            elif self.texts[other] == spelling.UNKNOWN:
                return None
            else:
                parts[-1] += self.texts[other]
        return tuple(parts)

    def _is_known(self, place: int) -> bool:
        return odds.weight(self._text(place)) > 0

    def _text(self, place: int) -> str:
        return "".join(self.texts[shape] for shape in self.words[place])


def _worth(frames: Sequence[tuple[str, ...]], text: str, weight: Callable[[str], float]) -> float:
    return sum(weight(text.join(frame)) for frame in frames)
