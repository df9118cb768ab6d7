"""What a clause asks for, word by word: the part of its meaning that engines, ranking and marks share."""

from collections.abc import Iterator, Sequence

from kb.languages.analyzer import Analyzer, Terms
from kb.search.query import All, And, Clause, Not, Or, Phrase, Words
from kb.search.ranking import Ranking
from kb.search.units import WORD_VIEWS, View, grams, terms_of

Form = tuple[View, str]


def words_of(text: str, analyzer: Analyzer) -> list[Terms]:
    """Return the words that count in a question: not the stop words, unless there is nothing else."""
    words = [token.terms for token in analyzer.tokens(text)]
    return [word for word in words if not word.stop] or words


def wanted_words(clause: Clause, analyzer: Analyzer) -> list[Terms]:
    """Return every word the clause asks for, in order and as often as asked; none under a Not."""
    text = " ".join(_texts(clause))
    return words_of(text, analyzer)


def spelling(phrase: str, analyzer: Analyzer) -> tuple[str, ...]:
    """Return the folded words of a phrase, stop words too."""
    return tuple(token.terms.exact for token in analyzer.tokens(phrase))


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


def _texts(clause: Clause) -> Iterator[str]:
    match clause:
        case Words(text) | Phrase(text):
            yield text
        case And(parts) | Or(parts):
            for part in parts:
                yield from _texts(part)
        case All() | Not():
            pass
