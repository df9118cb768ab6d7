"""«هل تقصد»: a question with the words that nothing holds written as texts that look like it write them."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from kb.arabic.vocabulary import ARTICLES
from kb.languages.analyzer import Analyzer, Terms, Token
from kb.search.alike import likeness

_LEAST_LETTERS = 3
_LEAST_LIKENESS = 0.6  # «annuel» is no slip for «annulée», of which only the stems are near


def corrected(
    typed: str, texts: Iterable[tuple[str, str]], analyzer: Analyzer, known: Callable[[str], bool]
) -> str | None:
    """Return the question spelt as `texts` (each with its language) spell it; None where there is nothing to mend.

    `known` tells of a word of the question whether any document holds it; it is asked only about words that no text
    here holds in any form.
    """
    doubtful = telling(typed, analyzer)
    held: dict[Terms, Counter[str]] = defaultdict(Counter)
    for text, language in texts:
        if doubtful:
            tokens = list(analyzer.tokens(text, language))
            _count(held, text, tokens)
            stems = {stem for token in tokens for stem in (*token.terms.light, *token.terms.skeleton)}
            doubtful = [token for token in doubtful if stems.isdisjoint((*token.terms.light, *token.terms.skeleton))]
            doubtful = [token for token in doubtful if not (_is_beginning(typed, token) and _begins(token, tokens))]
    mended = {
        token: likest
        for token in doubtful
        if not known(typed[token.start : token.end]) and (likest := _likest(token.terms, held))
    }
    return _rewritten(typed, mended) if mended else None


def telling(typed: str, analyzer: Analyzer) -> list[Token]:
    """Return the words by whose letters one can tell whether they are words: neither stop words, nor short ones."""
    return [token for token in analyzer.tokens(typed) if _is_word(typed, token)]


def _is_word(typed: str, token: Token) -> bool:
    word = typed[token.start : token.end]
    return not token.terms.stop and len(word) >= _LEAST_LETTERS and not any(char.isdigit() for char in word)


def _is_beginning(typed: str, token: Token) -> bool:
    return typed[token.end : token.end + 1] == "*"


def _begins(beginning: Token, tokens: Iterable[Token]) -> bool:
    begin = tuple(article + beginning.terms.exact for article in ("", *ARTICLES))
    return any(token.terms.exact.startswith(begin) for token in tokens)


def _count(held: Mapping[Terms, Counter[str]], text: str, tokens: Iterable[Token]) -> None:
    for token in tokens:
        if not token.terms.stop:
            held[token.terms][text[token.start : token.end]] += 1


def _likest(word: Terms, held: Mapping[Terms, Counter[str]]) -> str:
    best = max(held, key=lambda other: (_nearness(word, other), held[other].total()), default=None)
    if best is None or _nearness(word, best) < _LEAST_LIKENESS:
        return ""
    return held[best].most_common(1)[0][0]


def _nearness(word: Terms, other: Terms) -> float:
    """Return how like they are; two slips leave the first letter: adminstr… is no démonstration."""
    like = likeness(word, other)
    return like if like >= 1 or word.exact[:1] == other.exact[:1] else 0.0


def _rewritten(typed: str, mended: Mapping[Token, str]) -> str:
    parts: list[str] = []
    end = 0
    for token in sorted(mended, key=lambda token: token.start):
        parts += [typed[end : token.start], mended[token]]
        end = token.end
    return "".join([*parts, typed[end:]])


def without_each(words: Sequence[str]) -> list[tuple[str, str]]:
    """Return each word with what the others say without it; nothing of a single word."""
    if len(words) < 2:
        return []
    return [(word, " ".join([*words[:place], *words[place + 1 :]])) for place, word in enumerate(words)]
