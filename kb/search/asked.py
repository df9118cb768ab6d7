"""What a clause asks for, word by word: the part of its meaning that engines, ranking and marks share."""

from collections.abc import Iterable, Iterator, Sequence

from kb.arabic.stem import plurals
from kb.languages.analyzer import Analyzer, Key, Terms
from kb.search.query import And, Clause, Or, Phrase, Precision, Prefix, Reading, Titled, Widened, Words
from kb.search.ranking import Ranking
from kb.search.shelf import AskedPhrase, Atom, Other, Wanted
from kb.search.units import View, clip, grams, same_spelling, terms_of
from kb.search.wordforms import wordforms

Positive = Words | Phrase | Prefix | Titled


def atoms(text: str, analyzer: Analyzer) -> list[Atom]:
    """Return what a text asks for: not its stop words, unless there is nothing else."""
    tokens = list(analyzer.tokens(text))
    made: list[Atom] = []
    inside: set[int] = set()
    for (start, end), keys in _by_span(analyzer.keys(text, tokens)).items():
        words = [token for token in tokens if start < token.end and token.start < end]
        inside.update(token.position for token in words)
        terms = tuple(token.terms for token in words)
        made.append(
            Atom(
                tuple(word for word in terms if not word.stop) or terms,
                tuple(clip(key.term) for key in keys),
                tuple(clip(key.flipped) for key in keys if key.flipped),
            )
        )
    single = [token.terms for token in tokens if token.position not in inside]
    told = [word for word in single if not word.stop]
    return [*(Atom((word,)) for word in (told or ([] if made else single))), *made]


def _by_span(keys: Iterable[Key]) -> dict[tuple[int, int], list[Key]]:
    """Return the keys by the span they were read from; of a day not the month it lies in."""
    spans: dict[tuple[int, int], list[Key]] = {}
    for key in keys:
        spans.setdefault((key.start, key.end), []).append(key)
    return {
        span: [key for key in found if not any(other.term.startswith(f"{key.term}-") for other in found)]
        for span, found in spans.items()
    }


def words_of(text: str, analyzer: Analyzer) -> list[Terms]:
    """Return the words that count in a question: not the stop words, unless there is nothing else."""
    words = [token.terms for token in analyzer.tokens(text)]
    return [word for word in words if not word.stop] or words


def wanted(clause: Clause, analyzer: Analyzer, precision: Precision = Precision.NEAR) -> Wanted:
    """Return what the clause asks for; nothing of what is under a Not."""
    asked = list(positive(clause))
    phrases = dict.fromkeys(part.text for part in asked if isinstance(part, Phrase))
    text = " ".join(part.text for part in asked if not isinstance(part, Prefix))
    return Wanted(
        words_of(text, analyzer),
        wordforms(analyzer),
        [phrase for each in phrases if len((phrase := read_phrase(each, analyzer, precision)).exact) > 1],
        tuple(analyzer.fold(part.text) for part in asked if isinstance(part, Prefix)),
        tuple(atom for atom in dict.fromkeys(atoms(text, analyzer)) if atom.keys),
        [other for reading in readings(clause) if (other := other_words(reading, analyzer)).words],
    )


def positive(clause: Clause) -> Iterator[Positive]:
    """Yield the words, phrases and beginnings that are asked for, in order; none under a Not."""
    match clause:
        case Words() | Phrase() | Prefix() | Titled():
            yield clause
        case And(parts) | Or(parts):
            for part in parts:
                yield from positive(part)
        case Widened(part):
            yield part
        case _:
            pass


def readings(clause: Clause) -> Iterator[Reading]:
    """Yield what the words that are asked for may also be; none under a Not."""
    match clause:
        case Widened(_, found):
            yield from found
        case And(parts) | Or(parts):
            for part in parts:
                yield from readings(part)
        case _:
            pass


def other_words(reading: Reading, analyzer: Analyzer) -> Other:
    """Return the reading as ranking and matching know it: without stop words, met in irregular plurals too.

    Dictionaries have singulars, and nobody chose the number of a word that was not typed.
    """
    tokens = analyzer.tokens(reading.text, reading.language)
    words = [_in_any_number(token.terms) for token in tokens if not token.terms.stop]
    return Other(reading, tuple(dict.fromkeys(words)), tuple(words_of(reading.of, analyzer)))


def _in_any_number(word: Terms) -> Terms:
    return word._replace(light=(*word.light, *(plural for stem in word.light for plural in plurals(stem))))


def spelling(phrase: str, analyzer: Analyzer) -> tuple[str, ...]:
    """Return the folded words of a phrase as they are indexed, stop words too."""
    return tuple(clip(token.terms.exact) for token in analyzer.tokens(phrase))


def read_phrase(text: str, analyzer: Analyzer, precision: Precision) -> AskedPhrase:
    """Return the phrase as engines look for it; as written its very letters are checked in the texts themselves."""
    exact = spelling(text, analyzer)
    if precision is not Precision.WRITTEN:
        return AskedPhrase(exact)
    asked = [token.terms for token in analyzer.tokens(text)]

    def fits(texts: Iterable[tuple[str, str]]) -> bool:
        return any(stands_in(asked, [t.terms for t in analyzer.tokens(*said)]) for said in texts)

    return AskedPhrase(exact, fits)


def stands_in(asked: Sequence[Terms], words: Sequence[Terms]) -> bool:
    """Tell whether the words asked for stand side by side among `words`, written so."""
    return any(
        all(same_spelling(*pair) for pair in zip(asked, words[start:], strict=False))
        for start in range(len(words) - len(asked) + 1)
    )


def likeness(word: Terms, ranking: Ranking) -> tuple[Sequence[str], int]:
    """Return the trigrams of a word the index does not know, and how many of them a passage must hold."""
    if not ranking.weight(View.TRIGRAMS):
        return (), 1
    distinct = tuple(dict.fromkeys(grams(word.exact)))
    return distinct, max(2, (len(distinct) + 1) // 2)


class TitleAsked:
    """Tells of titles whether they answer a Titled; made once a question."""

    def __init__(self, clause: Titled, analyzer: Analyzer, ranking: Ranking) -> None:
        self._analyzer = analyzer
        self._views = ranking.matching
        self._phrase = [t.terms for t in analyzer.tokens(clause.text)] if clause.phrase else []
        self.words = words_of(clause.text, analyzer)

    def holds(self, title: str, language: str) -> bool:
        words = [token.terms for token in self._analyzer.tokens(title, language)]
        if View.WRITTEN in self._views:
            every = all(any(same_spelling(asked, word) for word in words) for asked in self.words)
            return bool(self.words) and every and (not self._phrase or stands_in(self._phrase, words))
        there = {(view, term) for word in words for view in self._views for term in terms_of(word, view)}
        every = all(
            any((view, term) in there for view in self._views for term in terms_of(asked, view)) for asked in self.words
        )
        return bool(self.words) and every and (not self._phrase or _side_by_side(self._phrase, words))


def _side_by_side(asked: Sequence[Terms], words: Sequence[Terms]) -> bool:
    exact, found = [word.exact for word in asked], [word.exact for word in words]
    return any(found[start : start + len(exact)] == exact for start in range(len(found) - len(exact) + 1))
