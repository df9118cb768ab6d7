"""Numbers of lists and articles that Word does not write into the text but draws before it: «المادة 5», 1.2, ب."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from kb.ingest import xml

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PLACE = re.compile(r"%([1-9])")
_ALPHABETS = {
    "arabicAlpha": "أبتثجحخدذرزسشصضطظعغفقكلمنهوي",
    "arabicAbjad": "أبجدهوزحطيكلمنسعفصقرشتثخذضظغ",
    "lowerLetter": "abcdefghijklmnopqrstuvwxyz",
    "upperLetter": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
}
_ROMAN = ((100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
_MOST_LISTS = 10_000
_LABEL_CHARS = 60
_LEVELS = 9


@dataclass(frozen=True, slots=True)
class Level:
    """`text` has %1 to %9 where the numbers of the levels stand; `format` "bullet" and "none" draw no number."""

    text: str
    format: str = "decimal"
    start: int = 1


@dataclass(frozen=True, slots=True)
class Numbering:
    """Counts as it is asked, paragraph after paragraph. `lists` is the levels of each list, `styles` [list, level]."""

    lists: Mapping[str, tuple[str, Mapping[int, Level]]] = field(default_factory=dict)
    styles: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    _reached: dict[str, dict[int, int]] = field(default_factory=dict)

    def label(self, paragraph: xml.Element) -> str:
        """Return what is drawn before the paragraph, "" for nothing and for bullets."""
        number, depth = self._asked(paragraph)
        shared, levels = self.lists.get(number, ("", {}))
        if depth not in levels:
            return ""
        reached = self._reached.setdefault(shared, {})
        for deeper in [each for each in reached if each > depth]:
            del reached[deeper]
        reached[depth] = reached.get(depth, levels[depth].start - 1) + 1
        if levels[depth].format in ("bullet", "none"):
            return ""

        def counted(match: re.Match[str]) -> str:
            level = levels.get(int(match[1]) - 1, Level(""))
            return _written(reached.get(int(match[1]) - 1, level.start), level.format)

        return _PLACE.sub(counted, levels[depth].text)[:_LABEL_CHARS].strip()

    def _asked(self, paragraph: xml.Element) -> tuple[str, int]:
        """Return the list and the level of a paragraph, its own before those of its style."""
        style, number, depth = "", "", -1
        for properties in (each for each in paragraph if xml.local(each) == "pPr"):
            for inner in properties.iter():
                name, value = xml.local(inner), inner.get(f"{_W}val", "")
                style = value if name == "pStyle" else style
                number = value if name == "numId" else number
                depth = _integer(value, -1) if name == "ilvl" else depth
        of_style, depth_of_style = self.styles.get(style, ("", 0))
        return number or of_style, depth if depth >= 0 else depth_of_style


def read(numbering: xml.Element | None, styles: xml.Element | None) -> Numbering:
    """Return the lists that the parts for numbering and styles define; either may be absent."""
    abstract: dict[str, dict[int, Level]] = {}
    lists: dict[str, tuple[str, Mapping[int, Level]]] = {}
    for element in numbering if numbering is not None else ():
        if xml.local(element) == "abstractNum":
            abstract[element.get(f"{_W}abstractNumId", "")] = dict(_levels(element))
        elif xml.local(element) == "num" and len(lists) < _MOST_LISTS:
            shared = next((each.get(f"{_W}val", "") for each in element if xml.local(each) == "abstractNumId"), "")
            own = {depth: level for each in element for depth, level in _levels(each)}
            # A list that starts again for itself counts for itself.
            number = element.get(f"{_W}numId", "")
            lists[number] = (f"own {number}" if own else shared, abstract.get(shared, {}) | own)
    return Numbering(lists, dict(_of_styles(styles)))


def _levels(parent: xml.Element) -> Iterator[tuple[int, Level]]:
    for element in parent.iter(f"{_W}lvl"):
        told = {xml.local(each): each.get(f"{_W}val", "") for each in element}
        depth = _integer(element.get(f"{_W}ilvl", "0"), 0)
        yield depth, Level(told.get("lvlText", ""), told.get("numFmt", "decimal"), _integer(told.get("start", "1"), 1))


def _of_styles(styles: xml.Element | None) -> Iterator[tuple[str, tuple[str, int]]]:
    for style in styles if styles is not None else ():
        for properties in style.iter(f"{_W}numPr"):
            told = {xml.local(each): each.get(f"{_W}val", "") for each in properties}
            yield style.get(f"{_W}styleId", ""), (told.get("numId", ""), _integer(told.get("ilvl", "0"), 0))


def _integer(text: str, otherwise: int) -> int:
    return int(text) if text.isdecimal() and len(text) < _LEVELS else otherwise


def _written(number: int, form: str) -> str:
    if form in _ALPHABETS and number > 0:
        letters = _ALPHABETS[form]
        return letters[(number - 1) % len(letters)] * min(1 + (number - 1) // len(letters), 4)
    if form in ("lowerRoman", "upperRoman") and 0 < number < 400:
        roman = _roman(number)
        return roman.upper() if form == "upperRoman" else roman
    return str(number)


def _roman(number: int) -> str:
    written = ""
    for value, letters in _ROMAN:
        written += letters * (number // value)
        number %= value
    return written
