"""A made-up library of any size: documents of 4 to 40 pages, each about a few things, in a vocabulary that never ends.

Every page is a chain of clauses cut out of made-up source texts, most of them of the document's own topics, so that
words come together and repeat as they do in documents. The source texts draw our own word lists by Zipf's law; a share
of the words of a page is drawn from a longer tail, beyond the lists of made-up words, so that new words keep coming
(Heaps). Block by block a pure function of the seed: the first thousand pages are the same in every size.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kb.arabic.lists import lines

_BLOCK = 2000  # pages
_SOURCES, _SOURCE_WORDS = 700, 140
_TOPICS = 6  # source texts that a document is mostly about
_OWN = 0.7  # share of clauses from these
_STOP = 0.22  # share of stop words
_HEAD = 8.0  # ranks by which the head of Zipf's law is flattened
_TAIL, _SLOPE, _FROM = 0.12, 1.25, 60  # share of words from the tail, its exponent, the first rank of it
_TYPES = ("publication", "yearly_report", "law", "news", "good_practice", "lesson", "workshop", "commitment")
_LETTERS = "بتثجحخدذرزسشصضطظعغفقكلمنهوي"
_PATTERNS = (
    *("{0}{1}{2}", "{0}ا{1}{2}", "م{0}{1}و{2}", "م{0}ا{1}{2}ة", "ت{0}{1}ي{2}", "ا{0}ت{1}ا{2}", "است{0}{1}ا{2}"),
    *("{0}{1}ا{2}ة", "م{0}{1}{2}ة", "أ{0}{1}ا{2}", "مت{0}{1}{2}", "{0}{1}ي{2}", "ان{0}{1}ا{2}", "ت{0}ا{1}{2}"),
    "{0}{1}{2}ية",
)
_AFFIXES = (("", ""), ("ال", ""), ("", "ها"), ("و", ""), ("وال", ""), ("ب", ""), ("", "هم"), ("لل", ""))

Ranks = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Made:
    """A document; `theme` and `body` are numbers, for whoever has lists of these."""

    key: str
    title: str
    pages: tuple[str, ...]
    type: str
    year: int
    theme: int
    body: int

    @property
    def date(self) -> dt.date:
        return dt.date(self.year, 1 + self.body % 12, 1 + self.theme % 28)


class Library:
    """The words and source texts; made once, for any number of documents."""

    def __init__(self, seed: int = 7, words: int = 95) -> None:
        """`words` is the mean length of a page."""
        self._seed, self._words = seed, words
        chance = np.random.default_rng([seed])
        told = list(dict.fromkeys(word for line in lines("kb.arabic", "vocabulary.txt") for word in line))
        stop = list(dict.fromkeys(word for line in lines("kb.arabic", "stopwords.txt") for word in line))
        self._known = [*stop, *(told[n] for n in chance.permutation(len(told)))]
        # Of the words that tell a third has the article, as in any Arabic text.
        with_article = chance.random(len(self._known)) < 1 / 3
        self._known = [
            f"ال{word}" if article and n >= len(stop) else word
            for n, (word, article) in enumerate(zip(self._known, with_article, strict=True))
        ]
        shape = (_SOURCES, _SOURCE_WORDS)
        rare = len(stop) + _zipf(chance, len(self._known) - len(stop), shape)
        self._sources = np.where(chance.random(shape) < _STOP, _zipf(chance, len(stop), shape), rare)
        self._bodies = _weights(300, 1.2)

    def documents(self, pages: int) -> Iterator[Made]:
        """Yield documents with so many pages together."""
        for block in range(-(-pages // _BLOCK)):
            yield from self._block(block, min(_BLOCK, pages - block * _BLOCK))

    def _block(self, block: int, left: int) -> Iterator[Made]:
        chance = np.random.default_rng([self._seed, 1, block])
        number = 0
        while left > 0:
            size = min(int(chance.integers(4, 41)), left)
            topics = chance.integers(0, _SOURCES, _TOPICS)
            yield Made(
                key=f"b{block:04}d{number:04}",
                title=self._text(self._sources[topics[0], :5]),
                pages=tuple(self._page(chance, topics) for _ in range(size)),
                type=_TYPES[min(len(_TYPES), int(chance.geometric(0.35))) - 1],
                year=2026 - min(36, int(chance.exponential(9))),
                theme=int(chance.integers(0, 24)),
                body=int(chance.choice(len(self._bodies), p=self._bodies)),
            )
            left -= size
            number += 1

    def _page(self, chance: np.random.Generator, topics: Ranks) -> str:
        size = max(20, int(chance.normal(self._words, self._words / 4)))
        clauses = size // 6 + 2
        own = topics[chance.integers(0, _TOPICS, clauses)]
        source = np.where(chance.random(clauses) < _OWN, own, chance.integers(0, _SOURCES, clauses))
        length = chance.integers(4, 12, clauses)
        start = (chance.random(clauses) * (_SOURCE_WORDS - length)).astype(int)
        cut = [self._sources[s, at : at + n] for s, at, n in zip(source, start, length, strict=True)]
        ranks = np.concatenate(cut)[:size].copy()
        tail = chance.random(len(ranks)) < _TAIL
        ranks[tail] = np.minimum(chance.zipf(_SLOPE, int(tail.sum())), 2**40) + _FROM
        return self._text(ranks)

    def _text(self, ranks: Ranks) -> str:
        return " ".join(map(self._word, ranks.tolist()))

    def _word(self, rank: int) -> str:
        return self._known[rank] if rank < len(self._known) else _made(rank - len(self._known))


def _weights(count: int, slope: float, head: float = 0.0) -> npt.NDArray[np.float64]:
    weights: npt.NDArray[np.float64] = 1 / (head + np.arange(1, count + 1)) ** slope
    weights /= weights.sum()
    return weights


def _zipf(chance: np.random.Generator, count: int, shape: tuple[int, int]) -> Ranks:
    """Draw ranks from 0 below `count`, by Mandelbrot's form of Zipf's law."""
    return np.searchsorted(np.cumsum(_weights(count, 1.0, _HEAD)), chance.random(shape)).clip(0, count - 1)


def _made(number: int) -> str:
    """Return a word that is no word but looks like one; another for each number."""
    number, affix = divmod(number, len(_AFFIXES))
    number, pattern = divmod(number, len(_PATTERNS))
    root: list[str] = []
    while len(root) < 3 or number:
        number, letter = divmod(number, len(_LETTERS))
        root.append(_LETTERS[letter])
    before, after = _AFFIXES[affix]
    return before + _PATTERNS[pattern].format(root[0], root[1], "".join(root[2:])) + after
