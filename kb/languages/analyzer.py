"""What every language must offer to search."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol


class Terms(NamedTuple):
    """What one word puts into each view of the index; all empty but `exact` for a stop word.

    `exact` is the folded spelling. `light` and `skeleton` mostly hold one term; a Latin word of a question
    holds its French and its English stem. Trigrams are made from `exact` by `trigrams()`. `written` is the spelling
    with its own letters and vowel marks, where that is another than `exact`.
    """

    exact: str
    light: tuple[str, ...] = ()
    skeleton: tuple[str, ...] = ()
    written: str = ""

    @property
    def stop(self) -> bool:
        return not self.light


class Token(NamedTuple):
    """One indexed word. `text[start:end]` is always the reader's own spelling."""

    start: int
    end: int
    position: int
    terms: Terms


class Key(NamedTuple):
    """What several words name together, as one term however they are written: a number of a text, a date.

    `text[start:end]` is what was read; `flipped` the same number read from its other end, where that is another.
    """

    start: int
    end: int
    term: str
    flipped: str = ""


class Analyzer(Protocol):
    """Pure and stateless: the same text gives the same tokens in every thread."""

    @property
    def stamp(self) -> str:
        """Name and version, e.g. "product/1"; changing it forces a reindex."""

    def tokens(self, text: str, latin: str = "") -> Iterator[Token]:
        """Yield words in order; spans never overlap and never leave `text`.

        `latin` is the language of Latin words ("fr", "en"); empty, as for a question, tries both.
        """

    def keys(self, text: str, tokens: Sequence[Token]) -> Sequence[Key]:
        """Return the keys among the `tokens` of `text`, in order; they may lie in one another."""

    def fold(self, text: str) -> str:
        """Fold letters only, no stemming: for prefixes, sorting and exact keys."""

    def __hash__(self) -> int:
        """Stand for itself as the key of what was made with it."""


def trigrams(exact: str) -> tuple[str, ...]:
    """Return the boundary-marked trigrams of one folded word: كتب gives ^كت كتب تب$."""
    marked = f"^{exact}$"
    return tuple(marked[i : i + 3] for i in range(max(1, len(marked) - 2)))
