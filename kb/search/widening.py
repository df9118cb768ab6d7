"""What the words of a question may also be: other words of the thesaurus, translations of the dictionary."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from kb.arabic.letters import ARABIC_LETTERS
from kb.arabic.stem import singular
from kb.languages.analyzer import Analyzer, Token
from kb.search.dictionary import Dictionary
from kb.search.query import And, Clause, Or, Reading, Widened, Words
from kb.search.thesaurus import Concept, Named, Thesaurus, language_of

BY_THESAURUS = 1.0
BY_KIN = 0.6
BY_DICTIONARY = 0.8
"""Shares of what the words would earn if they were asked for. What those earn by their trigrams readings never do, so
that these stay below them at any of these weights. Between 0.8 and 1.2 the judged set changes little in one language,
and across languages it gains by each step; above, readings come before the words themselves."""

MOST = 48
"""Readings of one question; each costs some reading of postings."""

Stems = tuple[frozenset[str], ...]
"""Of each word that counts, its light stems."""

_ARABIC = frozenset(ARABIC_LETTERS)
_SIGNS = frozenset({"رقم", "عدد", "numero", "no", "n"})
"""Before a number of a text; other words of theirs would find what has nothing to do with it."""


@dataclass(frozen=True, slots=True)
class Widener:
    analyzer: Analyzer
    thesaurus: Thesaurus
    dictionary: Callable[[], Dictionary]

    def widen(
        self,
        clause: Clause,
        *,
        translate_arabic: bool,
        without: frozenset[str] = frozenset(),
        every_word: bool = False,
    ) -> Clause:
        """Give the loose words of the clause their readings; what is required, excluded or quoted keeps its words.

        French words are always translated; Arabic ones, the language of most documents, by the dictionary only when
        told to. `without` are texts of readings that the reader took away. The words of a concept of the thesaurus are
        translated as one, and singly too with `every_word`.
        """
        match clause:
            case Words(text, any=True):
                barred = {self.analyzer.fold(text) for text in without}
                found = [
                    reading
                    for reading in self._readings(text, translate_arabic=translate_arabic, every_word=every_word)
                    if self.analyzer.fold(reading.text) not in barred
                ]
                return Widened(clause, tuple(found[:MOST])) if found else clause
            case And(parts) | Or(parts):
                each = partial(self.widen, translate_arabic=translate_arabic, without=without, every_word=every_word)
                return replace(clause, parts=tuple(map(each, parts)))
            case _:
                return clause

    def _readings(self, text: str, *, translate_arabic: bool, every_word: bool) -> list[Reading]:
        tokens = self._telling(text)
        named = self.thesaurus.named(text, tokens)
        found = [reading for each in named for reading in self._of_concept(text, tokens, each)]
        known = {place for each in named for place in range(each.first, each.last)}
        for place, token in enumerate(tokens):
            if every_word or place not in known:
                found += self._translations(text[token.start : token.end], token, translate_arabic=translate_arabic)
        distinct: dict[tuple[str, Stems], Reading] = {}
        for reading in found:
            distinct.setdefault((reading.of, self._stems(reading.text, reading.language)), reading)
        return list(distinct.values())

    def _telling(self, text: str) -> list[Token]:
        """Return the words that count, without those of dates and of numbers of texts: «كانون الأول 2019»."""
        tokens = list(self.analyzer.tokens(text))
        keyed = set[int]()
        for key in self.analyzer.keys(text, tokens):
            inside = [place for place, token in enumerate(tokens) if key.start < token.end and token.start < key.end]
            before = inside[0] - 1
            is_sign = before >= 0 and tokens[before].terms.exact in _SIGNS
            keyed.update(inside, [before] if is_sign else [])
        return [token for place, token in enumerate(tokens) if place not in keyed and not token.terms.stop]

    def _of_concept(self, text: str, tokens: Sequence[Token], named: Named) -> Iterator[Reading]:
        """Yield the concept's other words: not those that hold, in whatever inflection, all words asked for or read."""
        asked = tokens[named.first : named.last]
        of = text[asked[0].start : asked[-1].end]
        shorter = [tuple(_in_any_number(token) for token in asked)]
        labels = list(_labels(named.concept))
        stems = [self._stems(label, language) for label, language, _ in labels]
        shorter = [tuple(_in_any_number(token) for token in asked)]
        kept = set()
        for place in sorted(range(len(labels)), key=lambda place: len(stems[place])):
            if stems[place] and not any(_within(words, stems[place]) for words in shorter):
                shorter.append(stems[place])
                kept.add(place)
        for place in sorted(kept):
            label, language, weight = labels[place]
            yield Reading(of, label, language, weight, "thesaurus")

    def _translations(self, spelling: str, token: Token, *, translate_arabic: bool) -> Iterator[Reading]:
        exact = token.terms.exact
        if exact[0] in _ARABIC:
            found = self.dictionary().from_arabic(token.terms) if translate_arabic else ()
            language = "fr"
        elif exact.isdigit() or self._is_french_stop(spelling):
            return
        else:
            found = self.dictionary().from_french(exact)
            language = "ar"
        for translation in found:
            yield Reading(spelling, translation.text, language, BY_DICTIONARY * translation.worth, "dictionary")

    def _is_french_stop(self, spelling: str) -> bool:
        return all(token.terms.stop for token in self.analyzer.tokens(spelling, "fr"))

    def _stems(self, text: str, language: str) -> Stems:
        tokens = self.analyzer.tokens(text, language)
        return tuple(_in_any_number(token) for token in tokens if not token.terms.stop)


def _labels(concept: Concept) -> Iterator[tuple[str, str, float]]:
    for label, language in concept.labels():
        yield label, language, BY_THESAURUS
    for label in concept.kin:
        yield label, language_of(label), BY_KIN


def _in_any_number(token: Token) -> frozenset[str]:
    return frozenset(singular(stem) for stem in token.terms.light)


def _within(words: Stems, others: Stems) -> bool:
    return all(any(word & other for other in others) for word in words)


def speaks_arabic(text: str) -> bool:
    """Tell whether the text has Arabic letters."""
    return not _ARABIC.isdisjoint(text)
