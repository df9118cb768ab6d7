"""Marks for the reader, made from the text itself in its own spelling, and so the same for every engine."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from kb.core.text import Span
from kb.languages.analyzer import Analyzer, Terms, Token
from kb.search.asked import positive, spelling, words_of
from kb.search.query import Clause, Phrase, Words
from kb.search.units import WORD_VIEWS, View, clip, grams, terms_of

_ALIKE = 0.6
"""Share of common trigrams (Dice) from which an unknown word is taken for a misspelling."""

_LEAST_WORD, _LEAST_STEM = 6, 4
"""Letters a word and a stem must have before one slip of the pen is forgiven."""

_LEAST_SHARED = 2
"""Trigrams in common below which two words are not compared at all."""


class Marker:
    """Finds in any text what one clause asks for. Made once a question, used for many texts."""

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
        self._same: dict[Terms, frozenset[int]] = {}
        self._like: dict[Terms, frozenset[int]] = {}

    def marks(self, text: str, language: str = "") -> tuple[Span, ...]:
        """Return the spans to mark, in reading order. `language` is that of the Latin words of the text.

        A word is marked that shares a term with a word asked for. For a word asked for that the text does not
        hold, those are that look like it misspelt.
        """
        tokens = list(self._analyzer.tokens(text, language))
        met = {number for token in tokens for number in self._same_as(token.terms)}
        chosen = {
            place
            for place, token in enumerate(tokens)
            if self._same_as(token.terms) or (len(met) < len(self._words) and self._like_as(token.terms) - met)
        }
        for phrase in self._phrases:
            chosen.update(_phrase_places(phrase, tokens))
        return tuple(Span(tokens[place].start, tokens[place].end) for place in sorted(chosen))

    def finds(self, text: str, language: str = "") -> bool:
        """Tell whether there is anything to mark; faster than marking."""
        if not self._phrases and any(self._same_as(token.terms) for token in self._analyzer.tokens(text, language)):
            return True
        return bool(self.marks(text, language))

    def _same_as(self, terms: Terms) -> frozenset[int]:
        """Return the numbers of the words asked for that share a term with this one."""
        known = self._same.get(terms)
        if known is None:
            views = WORD_VIEWS if not terms.stop else (View.EXACT,)
            known = self._same[terms] = frozenset(
                number
                for view in views
                for term in terms_of(terms, view)
                for number in self._by_term.get((view, term), ())
            )
        return known

    def _like_as(self, terms: Terms) -> frozenset[int]:
        """Return the numbers of the words asked for that this one looks like."""
        known = self._like.get(terms)
        if known is None:
            shared = Counter(
                number for gram in set(terms_of(terms, View.TRIGRAMS)) for number in self._by_gram.get(gram, ())
            )
            known = self._like[terms] = frozenset(
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


def _phrase_places(phrase: tuple[str, ...], tokens: Sequence[Token]) -> Iterator[int]:
    size = len(phrase)
    if not size:
        return
    exact = [clip(token.terms.exact) for token in tokens]
    for start in range(len(exact) - size + 1):
        if tuple(exact[start : start + size]) == phrase:
            yield from range(start, start + size)


def _word_spans(text: str) -> list[Span]:
    edges = [0, *(n for n, (a, b) in enumerate(pairwise(text), 1) if a.isspace() != b.isspace()), len(text)]
    return [Span(a, b) for a, b in pairwise(edges) if not text[a:b].isspace() and a < b]


def _marked_words(place: Span, text: str, spans: Sequence[Span]) -> list[str]:
    return [text[s.start : s.end] for s in spans if place.start <= s.start < place.end]
