"""Marks for the reader, made from the text itself in its own spelling, and so the same for every engine."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from enum import IntEnum
from functools import lru_cache
from itertools import chain

from kb.arabic import letters
from kb.arabic.vocabulary import ARTICLES
from kb.core.text import Span
from kb.languages.analyzer import Analyzer, Terms
from kb.search.alike import alike
from kb.search.asked import positive, wanted, words_of
from kb.search.hits import words_under
from kb.search.markable import LEAST_SHARED, Markable, marked_terms, phrase_places
from kb.search.query import Clause, Phrase, Precision, Reading, Titled, Words
from kb.search.ranking import PRODUCT_RANKING
from kb.search.reasons import Reason, Step, step_between
from kb.search.units import View, clip, same_spelling, terms_of

_MARKED = 200  # texts whose marks are kept: a passage is looked at, marked and explained


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

    def __init__(self, clause: Clause, analyzer: Analyzer, precision: Precision = Precision.NEAR) -> None:
        self._analyzer = analyzer
        self._views = PRODUCT_RANKING.at(precision).matching
        parts = list(positive(clause))
        self._words = list(
            dict.fromkeys(
                word for part in parts if isinstance(part, Words | Titled) for word in words_of(part.text, analyzer)
            )
        )
        self._written = precision is Precision.WRITTEN
        self._phrases = [
            [token.terms for token in analyzer.tokens(part.text)] for part in parts if isinstance(part, Phrase)
        ]
        self._same = same_spelling if self._written else _same_exact
        asked = wanted(clause, analyzer)
        self._begin = tuple(article + prefix for prefix in asked.prefixes for article in ("", *ARTICLES))
        self._keys = frozenset(key for atom in asked.keyed for key in (*atom.keys, *atom.flipped))
        self._by_term: dict[tuple[View, str], set[int]] = defaultdict(set)
        self._by_gram: dict[str, list[int]] = defaultdict(list)
        for number, word in enumerate(self._words):
            for view in self._views:
                for term in marked_terms(word, view):
                    self._by_term[view, term].add(number)
            for gram in set(terms_of(word, View.TRIGRAMS)) if precision is Precision.NEAR else ():
                self._by_gram[gram].append(number)
        self._asked = len(self._words)  # words of readings are numbered after those asked for
        self._readings: list[frozenset[int]] = []
        self._read_as: list[Reading] = []  # the reading of each word of one, from number `_asked` on
        for other in asked.others:
            self._read_as += [other.reading] * len(other.words)
            self._readings.append(frozenset(range(len(self._words), len(self._words) + len(other.words))))
            for word in other.words:
                for term in terms_of(word, View.LIGHT):
                    self._by_term[View.LIGHT, term].add(len(self._words))
                self._words.append(word)
        self._ties: dict[Terms, Mapping[int, _Tie]] = {}
        self._likes: dict[Terms, frozenset[int]] = {}
        self._markable = Markable(
            analyzer,
            frozenset(term for _, term in self._by_term),
            frozenset(self._by_gram),
            self._begin,
            self._phrases,
            whole=bool(self._keys),
        )
        self._marked: dict[tuple[str, str], tuple[Span, ...]] = {}

    def marks(self, text: str, language: str = "") -> tuple[Span, ...]:
        """Return the spans to mark, in reading order. `language` is that of the Latin words of the text."""
        known = self._marked.get((text, language))
        if known is None:
            if len(self._marked) >= _MARKED:
                self._marked.clear()
            known = self._marked[text, language] = self._spans(text, language)
        return known

    def _spans(self, text: str, language: str) -> tuple[Span, ...]:
        tokens = self._markable.tokens(text, language)
        chosen = self._chosen({token.terms for token in tokens})
        places = {place for place, token in enumerate(tokens) if token.terms in chosen}
        for key in self._analyzer.keys(text, tokens) if self._keys else ():
            if key.term in self._keys:
                places.update(n for n, token in enumerate(tokens) if key.start < token.end and token.start < key.end)
        if self._begin:
            places.update(n for n, token in enumerate(tokens) if self._begins(token.terms))
        words = [token.terms for token in tokens] if self._phrases else []
        for phrase in self._phrases:
            places.update(phrase_places(phrase, words, self._same))
        return tuple(Span(tokens[place].start, tokens[place].end) for place in sorted(places))

    def reasons(self, text: str, language: str = "") -> Iterator[Reason]:
        """Yield why each marked word is, but for those of phrases, which stand as they were typed."""
        tokens = self._markable.tokens(text, language)
        chosen = self._chosen({token.terms for token in tokens})
        for key in self._analyzer.keys(text, tokens) if self._keys else ():
            if key.term in self._keys:
                yield Reason(Step.NUMBER, "", text[key.start : key.end])
        for token in tokens:
            found = text[token.start : token.end]
            if self._begins(token.terms):
                yield Reason(Step.BEGINNING, "", found)
            if token.terms in chosen:
                for number in self._tied(token.terms) or self._like(token.terms):
                    yield self._reason(number, token.terms, found)

    def _reason(self, number: int, terms: Terms, found: str) -> Reason:
        if number >= self._asked:
            reading = self._read_as[number - self._asked]
            return Reason(Step(reading.source), reading.of, found)
        asked = self._words[number]
        return Reason(step_between(asked, terms), asked.written or asked.exact, found)

    def words(self, text: str, language: str = "") -> list[int]:
        """Return the numbers of the words of `text.split()` that hold a mark, in order.

        Made for the many pages of one file: several times as fast as marking them.
        """
        runs = self._markable.runs(text, language)
        if runs is None:
            return words_under(text, self.marks(text, language))
        if not runs:
            return []
        distinct = {token.terms for tokens in runs.values() for token in tokens}
        chosen = self._chosen(distinct)
        chosen.update(terms for terms in distinct if self._begins(terms))
        single = [phrase[0] for phrase in self._phrases if len(phrase) == 1]
        chosen.update(terms for terms in distinct if any(self._same(asked, terms) for asked in single))
        shown = {run for run, tokens in runs.items() if any(token.terms in chosen for token in tokens)}
        return [number for number, run in enumerate(text.split()) if run in shown] if shown else []

    def covered(self, text: str, language: str = "") -> float:
        """Return which share of the words asked for the text holds in one of their forms, those of a phrase together.

        0.0 where fewer than two are asked for: one word is no question.
        """
        words = [token.terms for token in self._markable.tokens(text, language)]
        met = {n for word in set(words) for n, tie in self._tied(word).items() if tie is _Tie.FORM and n < self._asked}
        asked, held = self._asked, len(met)
        for phrase in self._phrases:
            asked += len(phrase)
            held += len(phrase) * any(True for _ in phrase_places(phrase, words, _same_exact))
        return held / asked if asked > 1 else 0.0

    def finds(self, text: str, language: str = "") -> bool:
        """Tell whether there is anything to mark; faster than marking."""
        runs = self._markable.runs(text, language)
        if runs is not None and not runs:
            return False
        among = self._markable.tokens(text, language) if runs is None else chain.from_iterable(runs.values())
        if any(self._begins(token.terms) or self._asks(token.terms) for token in among):
            return True
        return bool(self.marks(text, language))

    def _begins(self, terms: Terms) -> bool:
        return bool(self._begin) and terms.exact.startswith(self._begin)

    def _asks(self, terms: Terms) -> bool:
        """Tell whether the word is a form or kin of one asked for, so that the like is marked in its text."""
        return any(number < self._asked for number in self._tied(terms))

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
            read = marked_terms if self._written else terms_of
            for view in self._views:
                for term in read(terms, view):
                    for number in self._by_term.get((view, term), ()):
                        if self._written and not same_spelling(self._words[number], terms):
                            continue
                        near = view is not View.SKELETON or _same_word(self._words[number], terms)
                        known.setdefault(number, _Tie.FORM if near else _Tie.KIN)
        return known

    def _like(self, terms: Terms) -> frozenset[int]:
        """Return the numbers of the words asked for that this one looks like."""
        known = self._likes.get(terms)
        if known is None:
            known = self._likes[terms] = frozenset(self._alike_to(terms))
        return known

    def _alike_to(self, terms: Terms) -> Iterator[int]:
        met = [gram for gram in terms_of(terms, View.TRIGRAMS) if gram in self._by_gram]
        if len(met) < LEAST_SHARED:  # as of most words of a text
            return
        for number, count in Counter(number for gram in set(met) for number in self._by_gram[gram]).items():
            if count >= LEAST_SHARED and alike(self._words[number], terms, count):
                yield number


def marker(clause: Clause, analyzer: Analyzer, precision: Precision) -> Marker:
    """Return the marker of a question that is being answered: the engine looks through passages that are then shown."""
    return _marker(clause, analyzer, precision)


_marker = lru_cache(4)(Marker)


def marks(text: str, clause: Clause, analyzer: Analyzer, language: str = "") -> tuple[Span, ...]:
    """Return the spans of `text` that answer the clause; see Marker."""
    return Marker(clause, analyzer).marks(text, language)


def _same_word(word: Terms, other: Terms) -> bool:
    """Tell of words of one skeleton whether they are likely one word in two numbers: حكم أحكام, not تبسيط بساطة.

    Broken plurals keep the first letter or begin with alef; what begins with another is another pattern.
    """
    return any(a[:1] == b[:1] or letters.ALEF in (a[:1], b[:1]) for a in word.light for b in other.light)


def _same_exact(asked: Terms, found: Terms) -> bool:
    return clip(asked.exact) == clip(found.exact)
