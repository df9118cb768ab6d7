"""One line read in several ways, and the best word kept in each place."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from kb.ingest import lexicon
from kb.ingest.ocr.tesseract import Seen

_ARABIC = re.compile("[\u0620-\u064a\u066e-\u06d3\u06d5\u06fa-\u06ff\u0750-\u077f]")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")
_MARKS = re.compile("[\u0640\u064b-\u065f\u0670]")
_ARABIC_WORD = re.compile("[\u0621-\u063a\u0641-\u064a]+")
_LATIN_WORD = re.compile("[A-Za-z\u00c0-\u024f]+(?:['’-][A-Za-z\u00c0-\u024f]+)*")
_NUMBER = re.compile(r"[(+]?\d[\d.,:/%+-]*[)%]?|%\d[\d.,]*")
_OVERLAP = 0.3
_SURE = 75.0
_LEAST = 40.0  # worth of a word that the first reading did not see at all
_LATIN_SURE, _LATIN_SURER = 80.0, 88.0


def worth(word: Seen) -> float:
    """Return how far a word is believed: its confidence, and whether it is a word or a number at all."""
    text = _MARKS.sub("", word.text)
    arabic, latin = _ARABIC_WORD.findall(text), _LATIN_WORD.findall(text)
    if arabic and latin:
        return word.confidence - 60
    if arabic:
        return word.confidence + _arabic(max(arabic, key=len))
    if latin:
        return word.confidence + _latin(max(latin, key=len))
    if _NUMBER.fullmatch(text):
        return word.confidence + (10 if text.isascii() else 0)
    return word.confidence - 40


def _arabic(word: str) -> float:
    if len(word) < 2:
        return -20
    return 20 + lexicon.grade(word) / 6 if lexicon.grade(word) else 10 if lexicon.is_known(word) else -20


def _latin(word: str) -> float:
    if len(word) < 3:
        return -25 if len(word) < 2 else -15
    return 25 if lexicon.rate_latin(word).known else -15


def is_doubtful(word: Seen) -> bool:
    """Tell whether another reading is wanted: not sure, or no word of the list."""
    text = _MARKS.sub("", word.text)
    found = _ARABIC_WORD.findall(text)
    return word.confidence < _SURE or not found or not all(len(w) < 3 or lexicon.is_known(w) for w in found)


def merged(first: Sequence[Seen], second: Sequence[Seen]) -> list[Seen]:
    """Return for each place of a line the words of the reading that is worth more there."""
    kept: list[Seen] = []
    for ours, theirs in _places(first, second):
        kept += theirs if _total(theirs) > (_total(ours) if ours else _LEAST) else ours
    return kept


def with_latin(arabic: Sequence[Seen], latin: Sequence[Seen]) -> list[Seen]:
    """Return a line as the Arabic model read it, with the numbers and Latin words that the Latin model is sure of.

    What is Arabic it reads too, as letters that it does not believe in: below a confidence of 80 nothing is taken.
    """
    words = [word for word in latin if _LATIN.search(word.text)]
    if words and 2 * sum(_convinces(word) for word in words) > len(words) and _total(latin) > _total(arabic):
        return list(latin)
    kept: list[Seen] = []
    for ours, theirs in _places(arabic, latin):
        taken = theirs and all(map(_convinces, theirs)) and _total(theirs) > _total(ours)
        kept += theirs if taken else ours
    return kept


def _convinces(word: Seen) -> bool:
    if word.confidence < _LATIN_SURE or len(word.text) < 2:
        return False
    found = _LATIN_WORD.findall(word.text)
    longest = max(found, key=len, default="")
    return not longest or len(longest) > 3 or word.confidence > _LATIN_SURER or bool(lexicon.rate_latin(longest).known)


def _places(first: Sequence[Seen], second: Sequence[Seen]) -> Iterator[tuple[list[Seen], list[Seen]]]:
    """Group the words of two readings that stand in the same place."""
    both = sorted([(word, 0) for word in first] + [(word, 1) for word in second], key=lambda one: one[0].x0)
    group: tuple[list[Seen], list[Seen]] = ([], [])
    reach = 0.0
    for word, which in both:
        if group[0] or group[1]:
            shared = reach - word.x0
            if shared <= _OVERLAP * (word.x1 - word.x0):
                yield group
                group, reach = ([], []), 0.0
        group[which].append(word)
        reach = max(reach, float(word.x1))
    if group[0] or group[1]:
        yield group


def _total(words: Sequence[Seen]) -> float:
    """Return the mean worth of words, by their width; what is not there is worth less than any word."""
    if not words:
        return -200.0
    widths = [max(1, word.x1 - word.x0) for word in words]
    return sum(worth(word) * width for word, width in zip(words, widths, strict=True)) / sum(widths)


def ordered(words: Iterable[Seen], *, rtl: bool) -> list[Seen]:
    """Return the words of a line as they are read; from right to left, but Latin words among them left to right."""
    if not rtl:
        return sorted(words, key=lambda word: word.x0)
    found: list[Seen] = []
    for foreign, run in groupby(_marked(sorted(words, key=lambda word: word.x0)), key=lambda one: one[1]):
        part = [word for word, _ in run]
        found[:0] = part if foreign else part[::-1]
    return found


def _marked(words: Sequence[Seen]) -> Iterator[tuple[Seen, bool]]:
    """Yield each word, from left to right, and whether it belongs to a run of Latin: a number to its right does."""
    foreign = False
    for word in words:
        foreign = bool(_LATIN.search(word.text)) or (foreign and not _ARABIC.search(word.text))
        yield word, foreign


def is_arabic(word: Seen) -> bool:
    return bool(_ARABIC.search(word.text))


def is_rtl(words: Iterable[Seen]) -> bool:
    text = "".join(word.text for word in words)
    return 3 * len(_ARABIC.findall(text)) >= len(_LATIN.findall(text))


def doubt(lines: Iterable[Iterable[Seen]]) -> float:
    """Return the share of the words that are neither known nor sure numbers, 0 where there is no word."""
    words = [word for line in lines for word in line]
    return sum(map(_is_strange, words)) / len(words) if words else 0.0


def gain(lines: Iterable[Iterable[Seen]]) -> float:
    """Return what a reading of a page is worth: its good words, less half of those that are none."""
    words = [word for line in lines for word in line]
    strange = sum(map(_is_strange, words))
    return len(words) - 1.5 * strange


def _is_strange(word: Seen) -> bool:
    return worth(word) < _SURE
