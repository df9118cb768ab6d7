"""Marks for the reader, made from the text itself in its own spelling, and so the same for every engine."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from enum import IntEnum
from itertools import chain, pairwise

from kb.arabic import letters
from kb.arabic.words import holds_torn
from kb.core.text import Span
from kb.languages.analyzer import Analyzer, Terms
from kb.search.asked import positive, spelling, wanted, words_of
from kb.search.query import Clause, Phrase, Words
from kb.search.units import LONGEST_WORD, WORD_VIEWS, View, clip, grams, terms_of

_ALIKE = 0.6
"""Share of common trigrams (Dice) from which an unknown word is taken for a misspelling."""

_LEAST_WORD, _LEAST_STEM = 6, 4
"""Letters a word and a stem must have before one slip of the pen is forgiven."""

_LEAST_SHARED = 2
"""Trigrams in common below which two words are not compared at all."""

_WORDLIKE = re.compile(r"[^\W_]")
_LEADERS = re.compile(r"([.·•…‥_*=~\-–—])(?:[ \t]?\1){3,}")
_REMEMBERED = 1 << 15  # distinct spellings kept while many texts are counted


class _Tie(IntEnum):
    """How a word of the text answers a word asked for, the nearest first."""

    FORM = 1  # another form of it: the same stem, or consonants that only number or vowels part
    KIN = 2  # the same consonants in another pattern: تبسيط and بساطة
    LIKE = 3  # one that looks like it misspelt


class Marker:
    """Finds in any text what one clause asks for. Made once a question, used for many texts.

    A word asked for marks its forms; where the text holds none, its kin; where it holds none either, what looks
    like it misspelt.
    """

    def __init__(self, clause: Clause, analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        parts = list(positive(clause))
        self._words = list(
            dict.fromkeys(word for part in parts if isinstance(part, Words) for word in words_of(part.text, analyzer))
        )
        self._phrases = [spelling(part.text, analyzer) for part in parts if isinstance(part, Phrase)]
        self._by_term: dict[tuple[View, str], set[int]] = defaultdict(set)
        self._by_gram: dict[str, list[int]] = defaultdict(list)
        for number, word in enumerate(self._words):
            for view in WORD_VIEWS:
                for term in terms_of(word, view):
                    self._by_term[view, term].add(number)
            for gram in set(terms_of(word, View.TRIGRAMS)):
                self._by_gram[gram].append(number)
        self._asked = len(self._words)  # words of readings are numbered after those asked for
        self._readings: list[frozenset[int]] = []
        for other in wanted(clause, analyzer).others:
            self._readings.append(frozenset(range(len(self._words), len(self._words) + len(other.words))))
            for word in other.words:
                for term in terms_of(word, View.LIGHT):
                    self._by_term[View.LIGHT, term].add(len(self._words))
                self._words.append(word)
        self._ties: dict[Terms, Mapping[int, _Tie]] = {}
        self._likes: dict[Terms, frozenset[int]] = {}
        self._near = {term for _, term in self._by_term}.union(*self._phrases)
        self._telling: dict[str, dict[str, tuple[Terms, ...]]] = {}  # by language and spelling

    def marks(self, text: str, language: str = "") -> tuple[Span, ...]:
        """Return the spans to mark, in reading order. `language` is that of the Latin words of the text."""
        tokens = list(self._analyzer.tokens(text, language))
        chosen = self._chosen({token.terms for token in tokens})
        places = {place for place, token in enumerate(tokens) if token.terms in chosen}
        exact = [clip(token.terms.exact) for token in tokens] if self._phrases else []
        for phrase in self._phrases:
            places.update(_phrase_places(phrase, exact))
        return tuple(Span(tokens[place].start, tokens[place].end) for place in sorted(places))

    def count(self, text: str, language: str = "") -> int:
        """Return how many spans there are to mark; made for the many pages of one file, several times as fast."""
        if holds_torn(text):
            return len(self.marks(text, language))
        spellings = Counter(text.split())
        known = self._telling.setdefault(language, {})
        new: Collection[str] = spellings.keys() - known.keys()
        if len(known) + len(new) > _REMEMBERED:
            known.clear()
            new = spellings.keys()
        known.update((spelling, self._telling_in(spelling, language)) for spelling in new)
        telling = {spelling: terms for spelling in spellings if (terms := known[spelling])}
        distinct = {word for terms in telling.values() for word in terms}
        exact = {clip(word.exact) for word in distinct}
        if any(exact.issuperset(phrase) for phrase in self._phrases if phrase):
            return len(self.marks(text, language))
        chosen = self._chosen(distinct)
        return sum(spellings[spelling] * sum(map(chosen.__contains__, terms)) for spelling, terms in telling.items())

    def finds(self, text: str, language: str = "") -> bool:
        """Tell whether there is anything to mark; faster than marking."""
        if not (self._phrases or self._readings) and any(
            self._tied(token.terms) for token in self._analyzer.tokens(text, language)
        ):
            return True
        return bool(self.marks(text, language))

    def _telling_in(self, spelling: str, language: str) -> tuple[Terms, ...]:
        """Return the words in a run without blanks that may be marked in some text; of most runs none."""
        return tuple(
            terms
            for _, _, _, terms in self._analyzer.tokens(spelling, language)
            if not self._near.isdisjoint((clip(terms.exact), *terms.light, *terms.skeleton))
            or len(terms.exact) > LONGEST_WORD
            or len(self._by_gram.keys() & grams(terms.exact)) >= _LEAST_SHARED
        )

    def _chosen(self, distinct: Iterable[Terms]) -> set[Terms]:
        """Return the words of a text to mark, given all it holds."""
        tied = {terms: ties for terms in distinct if (ties := self._tied(terms))}
        nearest: dict[int, _Tie] = {}
        for ties in tied.values():
            for number, tie in ties.items():
                nearest[number] = min(tie, nearest.get(number, tie))
        whole = frozenset(range(self._asked)).union(*(each for each in self._readings if each <= nearest.keys()))
        chosen = {
            terms for terms, ties in tied.items() if any(nearest[n] is tie for n, tie in ties.items() if n in whole)
        }
        if any(number not in nearest for number in range(self._asked)):
            chosen.update(terms for terms in distinct if terms not in chosen and self._like(terms) - nearest.keys())
        return chosen

    def _tied(self, terms: Terms) -> Mapping[int, _Tie]:
        """Return the numbers of the words asked for that share a term with this one, and how."""
        known = self._ties.get(terms)
        if known is None:
            known = self._ties[terms] = {}
            for view in WORD_VIEWS if not terms.stop else (View.EXACT,):
                for term in terms_of(terms, view):
                    for number in self._by_term.get((view, term), ()):
                        near = view is not View.SKELETON or _same_word(self._words[number], terms)
                        known.setdefault(number, _Tie.FORM if near else _Tie.KIN)
        return known

    def _like(self, terms: Terms) -> frozenset[int]:
        """Return the numbers of the words asked for that this one looks like."""
        known = self._likes.get(terms)
        if known is None:
            shared = Counter(
                number
                for gram in set(terms_of(terms, View.TRIGRAMS))
                if gram in self._by_gram
                for number in self._by_gram[gram]
            )
            known = self._likes[terms] = frozenset(
                number
                for number, count in shared.items()
                if count >= _LEAST_SHARED and _alike(self._words[number], terms, count)
            )
        return known


def marks(text: str, clause: Clause, analyzer: Analyzer, language: str = "") -> tuple[Span, ...]:
    """Return the spans of `text` that answer the clause; see Marker."""
    return Marker(clause, analyzer).marks(text, language)


def snippet(text: str, spans: Sequence[Span], words: int = 40) -> tuple[int, int]:
    """Choose the window of about `words` blank-divided words that shows the most different marked words.

    Returns where it starts and ends in `text`; it never cuts a word. Without spans it is the beginning.
    """
    places = _word_spans(text)
    if len(places) <= words:
        return 0, len(text)
    marked = [_marked_words(place, text, spans) for place in places]
    best, best_worth = 0, -1.0
    for start in range(len(places) - words + 1):
        inside = [word for found in marked[start : start + words] for word in found]
        # Different words first, then all marks; of equals the earliest window.
        worth = len(set(inside)) + len(inside) / (len(spans) + 1)
        if worth > best_worth:
            best, best_worth = start, worth
    return places[best].start, places[best + words - 1].end


def without_leaders(text: str, spans: Sequence[Span]) -> tuple[str, tuple[Span, ...]]:
    """Shorten rows of dots, dashes and the like («الفهرس ........ 48») to one «…»; the spans move with their words."""
    parts: list[str] = []
    moved: list[Span] = []
    end = lost = 0
    left = list(reversed(spans))
    for row in chain(_LEADERS.finditer(text), (None,)):
        start, after = row.span() if row else (len(text), len(text))
        while left and left[-1].start < start:
            span = left.pop()
            moved.append(Span(span.start - lost, span.end - lost))
        parts += (text[end:start], "…" if row else "")
        end, lost = after, lost + (after - start - 1)
    return "".join(parts), tuple(moved)


def _same_word(word: Terms, other: Terms) -> bool:
    """Tell of words of one skeleton whether they are likely one word in two numbers: حكم أحكام, not تبسيط بساطة.

    Broken plurals keep the first letter or begin with alef; what begins with another is another pattern.
    """
    return any(a[:1] == b[:1] or letters.ALEF in (a[:1], b[:1]) for a in word.light for b in other.light)


def _alike(word: Terms, other: Terms, shared: int) -> bool:
    if min(len(word.exact), len(other.exact)) >= _LEAST_WORD and _one_slip(word.exact, other.exact):
        return True
    if any(_one_slip(a, b) for a in word.light for b in other.light if min(len(a), len(b)) >= _LEAST_STEM):
        return True
    return 2 * shared >= _ALIKE * (len(set(grams(word.exact))) + len(set(grams(other.exact))))


def _one_slip(a: str, b: str) -> bool:
    """Tell whether one letter added, left out, changed or swapped with its neighbour makes `a` of `b`."""
    if abs(len(a) - len(b)) > 1:
        return False
    short = min(len(a), len(b))
    start = next((n for n in range(short) if a[n] != b[n]), short)
    end = next((n for n in range(short - start) if a[-1 - n] != b[-1 - n]), short - start)
    left, right = a[start : len(a) - end], b[start : len(b) - end]
    return max(len(left), len(right)) <= 1 or (len(left) == 2 and left == right[::-1])


def _phrase_places(phrase: tuple[str, ...], exact: Sequence[str]) -> Iterator[int]:
    size = len(phrase)
    if not size:
        return
    for start in range(len(exact) - size + 1):
        if tuple(exact[start : start + size]) == phrase:
            yield from range(start, start + size)


def _word_spans(text: str) -> list[Span]:
    edges = [0, *(n for n, (a, b) in enumerate(pairwise(text), 1) if a.isspace() != b.isspace()), len(text)]
    # Bullets and rows of dots are no words to fill a window with.
    return [Span(a, b) for a, b in pairwise(edges) if _WORDLIKE.search(text, a, b)]


def _marked_words(place: Span, text: str, spans: Sequence[Span]) -> list[str]:
    return [text[s.start : s.end] for s in spans if place.start <= s.start < place.end]
