"""Marks for the reader, made from the text itself in its own spelling, and so the same for every engine."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from kb.core.text import Span
from kb.languages.analyzer import Analyzer, Terms, Token
from kb.search.asked import spelling, words_of
from kb.search.query import All, And, Clause, Not, Or, Phrase, Words
from kb.search.units import grams

_ALIKE = 0.6
"""Share of common trigrams (Dice) from which an unknown word is taken for a misspelling."""

_LEAST_WORD, _LEAST_STEM = 6, 4
"""Letters a word and a stem must have before one slip of the pen is forgiven."""


class Marker:
    """Finds in any text what one clause asks for. Made once a question, used for many texts."""

    def __init__(self, clause: Clause, analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        parts = list(_positive(clause))
        self._words = list(
            dict.fromkeys(word for part in parts if isinstance(part, Words) for word in words_of(part.text, analyzer))
        )
        self._phrases = [spelling(part.text, analyzer) for part in parts if isinstance(part, Phrase)]

    def marks(self, text: str, language: str = "") -> tuple[Span, ...]:
        """Return the spans to mark, in reading order. `language` is that of the Latin words of the text."""
        tokens = list(self._analyzer.tokens(text, language))
        chosen = {n for word in self._words for n in _places(word, tokens)}
        for phrase in self._phrases:
            chosen.update(_phrase_places(phrase, tokens))
        return tuple(Span(tokens[n].start, tokens[n].end) for n in sorted(chosen))


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


def _positive(clause: Clause) -> Iterator[Words | Phrase]:
    match clause:
        case Words() | Phrase():
            yield clause
        case And(parts) | Or(parts):
            for part in parts:
                yield from _positive(part)
        case All() | Not():
            pass


def _places(word: Terms, tokens: Sequence[Token]) -> list[int]:
    if word.stop:
        return [n for n, token in enumerate(tokens) if token.terms.exact == word.exact]
    same = [n for n, token in enumerate(tokens) if _shares(word, token.terms)]
    return same or [n for n, token in enumerate(tokens) if not token.terms.stop and _alike(word, token.terms)]


def _shares(word: Terms, other: Terms) -> bool:
    return not other.stop and (
        word.exact == other.exact
        or not set(word.light).isdisjoint(other.light)
        or not set(word.skeleton).isdisjoint(other.skeleton)
    )


def _alike(word: Terms, other: Terms) -> bool:
    if min(len(word.exact), len(other.exact)) >= _LEAST_WORD and _one_slip(word.exact, other.exact):
        return True
    if any(_one_slip(a, b) for a in word.light for b in other.light if min(len(a), len(b)) >= _LEAST_STEM):
        return True
    ours, theirs = set(grams(word.exact)), set(grams(other.exact))
    return 2 * len(ours & theirs) >= _ALIKE * (len(ours) + len(theirs))


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
    exact = [token.terms.exact for token in tokens]
    for start in range(len(exact) - size + 1):
        if tuple(exact[start : start + size]) == phrase:
            yield from range(start, start + size)


def _word_spans(text: str) -> list[Span]:
    edges = [0, *(n for n, (a, b) in enumerate(pairwise(text), 1) if a.isspace() != b.isspace()), len(text)]
    return [Span(a, b) for a, b in pairwise(edges) if not text[a:b].isspace() and a < b]


def _marked_words(place: Span, text: str, spans: Sequence[Span]) -> list[str]:
    return [text[s.start : s.end] for s in spans if place.start <= s.start < place.end]
