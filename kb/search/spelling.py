"""«هل تقصد»: a question with the words that nothing holds written as texts that look like it write them."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from kb.languages.analyzer import Analyzer, Terms, Token
from kb.search.highlight import likeness

_LEAST_LETTERS = 3
_LEAST_LIKENESS = 0.6  # «annuel» is no slip for «annulée», of which only the stems are near


def corrected(
    typed: str, texts: Iterable[tuple[str, str]], analyzer: Analyzer, known: Callable[[str], bool]
) -> str | None:
    """Return the question spelt as `texts` (each with its language) spell it; None where there is nothing to mend.

    `known` tells of a word of the question whether any document holds it; it is asked only about words that no text
    here holds in any form.
    """
    doubtful = [token for token in analyzer.tokens(typed) if _is_word(typed, token)]
    held = _spellings(texts, analyzer)
    stems = {stem for terms in held for stem in (*terms.light, *terms.skeleton)}
    mended: dict[Token, str] = {}
    for token in doubtful:
        if stems.isdisjoint((*token.terms.light, *token.terms.skeleton)) and not known(typed[token.start : token.end]):
            likest = _likest(token.terms, held)
            if likest:
                mended[token] = likest
    return _rewritten(typed, mended) if mended else None


def _is_word(typed: str, token: Token) -> bool:
    word = typed[token.start : token.end]
    return not token.terms.stop and len(word) >= _LEAST_LETTERS and not any(char.isdigit() for char in word)


def _spellings(texts: Iterable[tuple[str, str]], analyzer: Analyzer) -> Mapping[Terms, Counter[str]]:
    found: dict[Terms, Counter[str]] = defaultdict(Counter)
    for text, language in texts:
        for token in analyzer.tokens(text, language):
            if not token.terms.stop:
                found[token.terms][text[token.start : token.end]] += 1
    return found


def _likest(word: Terms, held: Mapping[Terms, Counter[str]]) -> str:
    best = max(held, key=lambda other: (likeness(word, other), held[other].total()), default=None)
    if best is None or likeness(word, best) < _LEAST_LIKENESS:
        return ""
    return held[best].most_common(1)[0][0]


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
