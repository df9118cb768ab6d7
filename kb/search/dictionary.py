"""French and Arabic words with their translations, read from lexicon/dictionary.tsv when first asked for."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from kb.arabic.fold import fold
from kb.arabic.stem import singular
from kb.languages.analyzer import Analyzer, Terms

MOST = 5
"""Translations given of one word."""

# Endings of inflected French with those of the heads they may belong to, tried in this order.
_ENDINGS = (
    ("aux", ("al", "ail", "au")),
    ("eaux", ("eau",)),
    ("s", ("",)),
    ("x", ("",)),
    ("es", ("",)),
    ("e", ("",)),
    ("ives", ("if",)),
    ("ive", ("if",)),
    ("euses", ("eux", "eur")),
    ("euse", ("eux", "eur")),
    ("elles", ("el",)),
    ("elle", ("el",)),
    ("ennes", ("en",)),
    ("enne", ("en",)),
    ("trices", ("teur",)),
    ("trice", ("teur",)),
    ("ees", ("er",)),
    ("ee", ("er",)),
    ("es", ("er",)),
    ("e", ("er",)),
    ("is", ("ir",)),
    ("ies", ("ir",)),
)
_SHORTEST = 3  # letters that stay of a word whose ending is changed
_PERCENT = re.compile(r"(.+) (\d+)")


class Translation(NamedTuple):
    """`worth` runs from 0 to 1, the best translation of a word having 1."""

    text: str
    worth: float


@dataclass(frozen=True, slots=True)
class Dictionary:
    """Translations by the folded French head, and by the light stem of the Arabic word, best first."""

    french: Mapping[str, Sequence[Translation]]
    arabic: Mapping[str, Sequence[Translation]]

    def from_french(self, exact: str) -> Sequence[Translation]:
        """Translate a folded French word, whatever its number and gender; a participle as its verb."""
        return next((self.french[head] for head in _heads(exact) if head in self.french), ())

    def from_arabic(self, word: Terms) -> Sequence[Translation]:
        stems = (stem for light in word.light for stem in (light, singular(light)))
        return next((self.arabic[stem] for stem in stems if stem in self.arabic), ())


def _heads(exact: str) -> Iterator[str]:
    yield exact
    for ending, replacements in _ENDINGS:
        if exact.endswith(ending) and len(exact) - len(ending) >= _SHORTEST:
            for replacement in replacements:
                yield exact.removesuffix(ending) + replacement


@lru_cache(maxsize=1)
def load(analyzer: Analyzer) -> Dictionary:
    """Read the dictionary that ships with the house, which takes a quarter of a second."""
    french: dict[str, list[Translation]] = {}
    reverse: dict[str, dict[str, float]] = defaultdict(dict)
    stems: dict[str, str] = {}
    for line in (files("kb.search") / "lexicon" / "dictionary.tsv").read_text("utf-8").splitlines():
        head, tab, rest = line.partition("\t")
        if not tab:
            continue
        translations = [
            Translation(m[1], int(m[2]) / 100) for part in rest.split("|") if (m := _PERCENT.fullmatch(part))
        ]
        french.setdefault(fold(head), translations)
        for text, worth in translations:
            if text not in stems:
                stems[text] = _stem(text, analyzer)
            known = reverse[stems[text]]
            known[head] = max(worth, known.get(head, 0.0))
    del reverse[""]
    return Dictionary(french, {stem: _best(heads) for stem, heads in reverse.items()})


def _stem(text: str, analyzer: Analyzer) -> str:
    """Return the light stem of a translation of one word; "" for one of several, which no single word asks for."""
    words = [token.terms for token in analyzer.tokens(text)]
    return words[0].light[0] if len(words) == 1 and words[0].light else ""


def _best(heads: Mapping[str, float]) -> Sequence[Translation]:
    ordered = sorted(heads.items(), key=lambda item: (-item[1], item[0]))[:MOST]
    best = ordered[0][1]
    return [Translation(head, worth / best) for head, worth in ordered]
