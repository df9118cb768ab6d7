"""Whether one word looks like another misspelt."""

from kb.languages.analyzer import Terms
from kb.search.units import grams

_ALIKE = 0.6
"""Share of common trigrams (Dice) from which an unknown word is taken for a misspelling."""

_LEAST_WORD, _LEAST_STEM = 6, 4
"""Letters a word and a stem must have before one slip of the pen is forgiven."""


def likeness(word: Terms, other: Terms) -> float:
    """Return from 0 to 2 how likely one word is the other misspelt: 1 and more for one slip of the pen."""
    shared = set(grams(word.exact)) & set(grams(other.exact))
    if not alike(word, other, len(shared)):
        return 0.0
    size = len(set(grams(word.exact))) + len(set(grams(other.exact)))
    return 2 * len(shared) / size + _one_slip(word.exact, other.exact)


def alike(word: Terms, other: Terms, shared: int) -> bool:
    """Tell it of words that share so many distinct trigrams."""
    if min(len(word.exact), len(other.exact)) >= _LEAST_WORD and _one_slip(word.exact, other.exact):
        return True
    if any(_one_slip(a, b) for a in word.light for b in other.light if min(len(a), len(b)) >= _LEAST_STEM):
        return True
    return 2 * shared >= _ALIKE * (len(set(grams(word.exact))) + len(set(grams(other.exact))))


def _one_slip(a: str, b: str) -> bool:
    """Tell whether one letter added, left out, changed or swapped with its neighbour makes `a` of `b`."""
    if abs(len(a) - len(b)) > 1:
        return False
    short = min(len(a), len(b))
    start = next((n for n in range(short) if a[n] != b[n]), short)
    end = next((n for n in range(short - start) if a[-1 - n] != b[-1 - n]), short - start)
    left, right = a[start : len(a) - end], b[start : len(b) - end]
    return max(len(left), len(right)) <= 1 or (len(left) == 2 and left == right[::-1])
