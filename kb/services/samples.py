"""Two or three words of a file's own text that a reader might ask for: what its receipt tries on the search."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise, zip_longest
from typing import NamedTuple

from kb.core.text import Page
from kb.ingest import lexicon
from kb.languages.analyzer import Analyzer, Token

MOST = 12
_PAGES = 60
_SPREAD = 9
"""Places of a short file that samples are taken from."""
_SHORTEST, _LONGEST = 4, 18
_PARTS = 3
# Steps of frequency: what is far more frequent tells documents apart no more, what is not in the list may be misread.
_COMMONPLACE = 5.0
_UNKNOWN = 2.0


class Sample(NamedTuple):
    """`text` as it stands on the page; `page` is its number in the file."""

    text: str
    page: int


def samples(pages: Sequence[Page], analyzer: Analyzer, most: int = MOST) -> list[Sample]:
    """Return up to `most` of them, by turns from the beginning, the middle and the end, the best of each first.

    Those of different pages come before a second one of a page. The words stand side by side with one blank between,
    none is a stop word or holds a digit.
    """
    told = [page for page in pages if page.text]
    looked_at = told[:: -(-len(told) // _PAGES) or 1]
    runs = {page.number: list(_runs(page, analyzer)) for page in looked_at}
    counts = Counter(token.terms.light for found in runs.values() for run in found for token in run)
    cuts = -(-_SPREAD // len(looked_at)) if looked_at else 1
    best = [
        sample
        for page in looked_at
        for part in _parts(runs[page.number], cuts)
        if (sample := _best(page, part, counts))
    ]
    size = -(-len(best) // _PARTS) or 1
    parts = [sorted(best[start : start + size], reverse=True) for start in range(0, len(best), size)]
    turns = [found for turn in zip_longest(*parts) for found in turn if found]
    turns.sort(key=lambda found: found[0] < 0)  # misread words last
    return _by_page([Sample(text, page) for _, text, page in turns])[:most]


def _runs(page: Page, analyzer: Analyzer) -> Iterator[list[Token]]:
    """Yield the stretches of words that count, one blank apart."""
    run: list[Token] = []
    for token in analyzer.tokens(page.text, page.language):
        spelling = page.text[token.start : token.end]
        if run and page.text[run[-1].end : token.start] != " ":
            yield run
            run = []
        if not token.terms.stop and _SHORTEST <= len(token.terms.exact) <= _LONGEST and spelling.isalpha():
            run.append(token)
        else:
            yield run
            run = []
    yield run


def _parts(runs: Sequence[list[Token]], cuts: int) -> Iterator[Sequence[list[Token]]]:
    size = -(-len(runs) // cuts) or 1
    return (runs[start : start + size] for start in range(0, len(runs), size))


def _best(page: Page, runs: Sequence[list[Token]], counts: Counter[tuple[str, ...]]) -> tuple[float, str, int] | None:
    found = [
        (sum(worth) / len(worth) + len(worth) / 4, page.text[words[0].start : words[-1].end], page.number)
        for run in runs
        for size in (2, 3)
        for words in (run[start : start + size] for start in range(len(run) - size + 1))
        if all(one.terms.exact != other.terms.exact for one, other in pairwise(words))
        for worth in [[_worth(page.text[word.start : word.end], counts[word.terms.light]) for word in words]]
    ]
    return max(found, key=lambda one: one[0], default=None)


def _worth(word: str, times: int) -> float:
    """Return more for a word that is known, not common, and more than once in the file."""
    known = lexicon.rate(word)
    if not known.known:
        return -_UNKNOWN
    return min(times, 4) / 2 - max(0.0, lexicon.grade(word) / lexicon.PER_DECADE - _COMMONPLACE)


def _by_page(found: Sequence[Sample]) -> list[Sample]:
    """Return different texts, the first of each page before the others."""
    distinct = list({sample.text: sample for sample in reversed(found)}.values())[::-1]
    first = {sample.page: sample for sample in reversed(distinct)}
    return sorted(distinct, key=lambda sample: first[sample.page] is not sample)
