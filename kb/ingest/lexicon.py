"""Which words are known, and how frequent they are: the measure of whether a text can be trusted.

The list is kept as sorted checksums (CRC-32 of UTF-8), which load in a millisecond where 260,000 words would take
sixty; two words in 100,000 are taken for known by chance. lexicon.dat is: lines of notice, an empty line, two
little-endian numbers (Arabic words, Latin words), the checksums of the Arabic words, one byte of frequency for each,
the checksums of the Latin words. The list is derived by scripts/lexicon.py from what the world writes, which knows
little of our administration; our own lists say its words: المرتفق, المساطر.
"""

import re
import struct
import sys
import unicodedata
import zlib
from array import array
from bisect import bisect_left
from functools import cache, lru_cache
from importlib import resources
from typing import NamedTuple

from kb.arabic import lists

PER_DECADE = 25.0
"""Steps of a byte of frequency per power of ten; step 0 is one word in a thousand million."""

_MARKS = re.compile("[\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed]")
# A letter that the file does not identify makes its word unknown.
_ARABIC = re.compile("[\u0621-\u063a\u0641-\u064a\ufffd]{3,}")
_TOKEN = re.compile("[\u0620-\u064a\u0671-\u06d3\u06d5\u06ee-\u06ef\u06fa-\u06ff\u0750-\u077f\ufffd]{3,}")
_LATIN = re.compile("[A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u00ffœŒ]{3,}")
_APART = {ord("œ"): "oe", ord("æ"): "ae", ord("ß"): "ss"}
_PARTICLES = ("وبال", "وال", "بال", "فال", "كال", "ولل", "ال", "لل", "وب", "ول", "و", "ب", "ل", "ف", "ك", "س")
_LEAST_REST = 3
_FREQUENT, _PARTICLE_COSTS = 4.5 * PER_DECADE, 0.8 * PER_DECADE
_OURS = (("kb.arabic", "administration.txt"), ("kb.arabic", "plurals.txt"), ("kb.ingest", "administration.txt"))
_OUR_GRADE = round(4 * PER_DECADE)  # one word in 100,000, as جمعيات has


class Rate(NamedTuple):
    """How many words of a text are known, of those that could be: words of three letters and more."""

    known: int
    judged: int

    @property
    def share(self) -> float:
        """0 to 1, and 1 where no word could be judged."""
        return self.known / self.judged if self.judged else 1.0


NOTHING = Rate(0, 0)


class _Words(NamedTuple):
    arabic: "array[int]"
    grades: bytes
    latin: "array[int]"


def rate(text: str) -> Rate:
    """Return the rate of the Arabic, French and English words together."""
    arabic, latin = rate_arabic(text), rate_latin(text)
    return Rate(arabic.known + latin.known, arabic.judged + latin.judged)


def rate_arabic(text: str) -> Rate:
    """Return the rate of the Arabic words. Words with letters of other languages are not judged."""
    words = _words(text)
    return Rate(sum(map(is_known, words)), len(words))


def rate_unlearnt(text: str) -> Rate:
    """Return the rate of the Arabic words, judged by the half of the list that repair does not learn from.

    So what repair made cannot praise itself. The words of that half are counted twice, for those of the other.
    """
    words = [word for word in _words(text) if not is_learnt(word)]
    known = sum(map(is_known, words))
    return Rate(2 * known, len(words) + known)


def rate_latin(text: str) -> Rate:
    """Return the rate of the words in Latin letters, whose accents do not matter."""
    words = [plain(word) for word in _LATIN.findall(text)]
    return Rate(sum(map(_is_known_latin, words)), len(words))


@lru_cache(maxsize=65536)
def is_known(word: str) -> bool:
    """Return whether an Arabic word without marks is in the list, or is once its particles are taken off."""
    return bool(_entry(word))


@lru_cache(maxsize=65536)
def is_learnt(word: str) -> bool:
    """Return whether repair knows the word: half of the list, drawn by checksum, is kept from it to measure it by."""
    found = _entry(word)
    return bool(found) and not key(found) & 1


@lru_cache(maxsize=65536)
def weight(word: str) -> float:
    """Return how much it tells, 0 to 1, that a text holds this word: the more frequent, the more."""
    found = _entry(word)
    return min(1.0, max(0.0, grade(found) - _PARTICLE_COSTS * (found != word)) / _FREQUENT) if found else 0.0


def learnt_weight(word: str) -> float:
    """Return the weight of a word that repair knows, 0 for the half of the list it may not learn from."""
    return weight(word) if is_learnt(word) else 0.0


def grade(word: str) -> int:
    """Return the frequency of an Arabic word in steps of `PER_DECADE`, 0 for one that is not in the list."""
    words = _lists()
    number = key(word)
    place = bisect_left(words.arabic, number)
    listed = words.grades[place] if place < len(words.arabic) and words.arabic[place] == number else 0
    return max(listed, _OUR_GRADE) if word in _ours() else listed


def bare(text: str) -> str:
    """Return a text without vowel marks and tatweel."""
    return _MARKS.sub("", text)


def key(word: str) -> int:
    return zlib.crc32(word.encode("utf-8", "replace"))


def plain(word: str) -> str:
    """Return a Latin word in small letters without accents."""
    apart = unicodedata.normalize("NFKD", word.lower().translate(_APART))
    return "".join(char for char in apart if not unicodedata.combining(char))


def _words(text: str) -> list[str]:
    return [word for word in _TOKEN.findall(bare(text)) if _ARABIC.fullmatch(word)]


def _entry(word: str) -> str:
    """Return what stands in the list for an Arabic word without marks: itself, its rest without particles, or ""."""
    if grade(word):
        return word
    rests = (word[len(particle) :] for particle in _PARTICLES if word.startswith(particle))
    return next((rest for rest in rests if len(rest) >= _LEAST_REST and grade(rest)), "")


@lru_cache(maxsize=65536)
def _is_known_latin(word: str) -> bool:
    words, number = _lists().latin, key(word)
    place = bisect_left(words, number)
    return place < len(words) and words[place] == number


def without_particles(word: str) -> str:
    """Return what is left of a word without its longest particles, of three letters or more."""
    rests = (word[len(particle) :] for particle in _PARTICLES if word.startswith(particle))
    return next((rest for rest in rests if len(rest) >= _LEAST_REST), word)


@cache
def _ours() -> frozenset[str]:
    return frozenset(word for package, name in _OURS for row in lists.lines(package, name) for word in row)


@cache
def _lists() -> _Words:
    data = resources.files(__package__).joinpath("lexicon.dat").read_bytes()
    start = data.index(b"\n\n") + 2
    arabic, latin = struct.unpack_from("<II", data, start)
    start += 8
    grades = start + 4 * arabic
    end = grades + arabic
    return _Words(_numbers(data[start:grades]), data[grades:end], _numbers(data[end : end + 4 * latin]))


def _numbers(data: bytes) -> "array[int]":
    numbers = array("I", data)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
