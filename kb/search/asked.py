"""What a clause asks for, word by word: the part of its meaning that engines, ranking and marks share."""

from collections.abc import Iterator, Sequence

from kb.languages.analyzer import Analyzer, Terms
from kb.search.query import All, And, Clause, Not, Or, Phrase, Reading, Widened, Words
from kb.search.ranking import Other, Ranking, Wanted
from kb.search.units import WORD_VIEWS, View, clip, grams, terms_of

Form = tuple[View, str]


def words_of(text: str, analyzer: Analyzer) -> list[Terms]:
    """Return the words that count in a question: not the stop words, unless there is nothing else."""
    words = [token.terms for token in analyzer.tokens(text)]
    return [word for word in words if not word.stop] or words


def wanted(clause: Clause, analyzer: Analyzer) -> Wanted:
    """Return what the clause asks for; nothing of what is under a Not."""
    asked = list(positive(clause))
    phrases = dict.fromkeys(spelling(part.text, analyzer) for part in asked if isinstance(part, Phrase))
    return Wanted(
        words_of(" ".join(part.text for part in asked), analyzer),
        [phrase for phrase in phrases if len(phrase) > 1],
        [other for reading in readings(clause) if (other := other_words(reading, analyzer)).words],
    )


def positive(clause: Clause) -> Iterator[Words | Phrase]:
    """Yield the words and phrases that are asked for, in order; none under a Not."""
    match clause:
        case Words() | Phrase():
            yield clause
        case And(parts) | Or(parts):
            for part in parts:
                yield from positive(part)
        case Widened(part):
            yield part
        case All() | Not():
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
    """Return the reading as ranking and matching know it: without its stop words."""
    words = [token.terms for token in analyzer.tokens(reading.text, reading.language) if not token.terms.stop]
    return Other(reading, tuple(dict.fromkeys(words)), tuple(words_of(reading.of, analyzer)))


def spelling(phrase: str, analyzer: Analyzer) -> tuple[str, ...]:
    """Return the folded words of a phrase as they are indexed, stop words too."""
    return tuple(clip(token.terms.exact) for token in analyzer.tokens(phrase))


def forms(word: Terms, ranking: Ranking, *, strict: bool) -> list[Form]:
    """Return the index terms of which any one means that the word is there.

    `strict` leaves out the skeleton, which also joins words that merely look related: right for finding,
    wrong for excluding.
    """
    views = [v for v in WORD_VIEWS if v in ranking.views and not (strict and v is View.SKELETON)]
    return [(view, term) for view in views for term in terms_of(word, view)]


def likeness(word: Terms, ranking: Ranking) -> tuple[Sequence[str], int]:
    """Return the trigrams of a word the index does not know, and how many of them a passage must hold."""
    if not ranking.weight(View.TRIGRAMS):
        return (), 1
    distinct = tuple(dict.fromkeys(grams(word.exact)))
    return distinct, max(2, (len(distinct) + 1) // 2)
