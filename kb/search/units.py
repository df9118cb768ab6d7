"""What an index keeps of a passage: how often each term of each view occurs, and its folded words in order."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from typing import NamedTuple

from kb.arabic.fold import bare
from kb.arabic.letters import vocalized_like
from kb.languages.analyzer import Analyzer, Key, Terms, trigrams
from kb.search.engine import Entry

VERSION = "units/3"
"""Of what is indexed; changing it forces a rebuild."""

LONGEST_WORD = 64
"""Letters of a word that are indexed; the rest of a longer run is noise that would cost a term each."""

STOP = "~"
"""Stands before a stop word in Unit.words; no folded word holds it."""


class View(StrEnum):
    """The readings of a word that are indexed side by side, each ranked by itself.

    TITLE holds the light forms of the title alone: words of a title are in the other views too, where a long passage
    drowns them. WRITTEN holds spellings, KEYS the numbers and dates that are one term.
    """

    EXACT = "exact"
    LIGHT = "light"
    SKELETON = "skeleton"
    TRIGRAMS = "trigrams"
    TITLE = "title"
    WRITTEN = "written"
    KEYS = "keys"


WORD_VIEWS = (View.LIGHT, View.EXACT, View.SKELETON, View.WRITTEN)
"""The views that decide whether a word is there, as far as the ranking uses them."""

NUMBER = "number"
"""Name of the keywords that hold the numbers an entry bears itself, as terms of View.KEYS."""

MARKED = "|"
"""In a term of View.WRITTEN, between the bare letters of a word and its spelling with vowel marks, if it has any."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One passage with the title of its document, or the title alone where there is no passage.

    `words` holds title, heading and passage on a line each, folded words divided by blanks; phrases and
    trigram counts are read from it.
    """

    counts: Mapping[View, Counter[str]]
    words: str

    def length(self, view: View) -> int:
        return self.counts[view].total()


def units(entry: Entry, analyzer: Analyzer) -> list[Unit]:
    """Analyse an entry: a unit for each passage, or a single one for an entry without any."""
    title = _part(entry.title, analyzer, entry.language)
    own = Counter({own_term(clip(key)): 1 for key in entry.keywords.get(NUMBER, ())})
    if not entry.passages:
        return [_unit([title], own)]
    made = []
    for passage in entry.passages:
        heading = _part(passage.heading, analyzer, passage.language)
        body = _part(passage.text, analyzer, passage.language)
        made.append(_unit([title, heading, body], own))
    return made


def texts(entry: Entry, number: int) -> list[tuple[str, str]]:
    """Return title, heading and passage that unit `number` of an entry was made of, each with its language."""
    title = [(entry.title, entry.language)]
    if not entry.passages:
        return title
    passage = entry.passages[number]
    return [*title, (passage.heading, passage.language), (passage.text, passage.language)]


def clip(word: str) -> str:
    return word[:LONGEST_WORD]


@lru_cache(maxsize=1 << 16)
def grams(word: str) -> tuple[str, ...]:
    """Return the boundary-marked trigrams of a folded word; words repeat, so they are remembered."""
    return trigrams(clip(word))


def terms_of(word: Terms, view: View) -> tuple[str, ...]:
    """Return what `word` puts into `view`; a stop word is in the exact view only."""
    if view is View.EXACT:
        return (clip(word.exact),)
    if view in (View.LIGHT, View.TITLE):
        return tuple(map(clip, word.light))
    if view is View.SKELETON:
        return tuple(map(clip, word.skeleton))
    if view is View.WRITTEN:
        return (spelling_term(word),)
    if view is View.KEYS:
        return ()
    return () if word.stop else grams(word.exact)


def own_term(key: str) -> str:
    """Return the term that says that a number is that of the entry itself, not of a text it speaks of."""
    return f"={key}"


def spelling_term(word: Terms) -> str:
    """Return the term of a spelling: its letters, and after MARKED the whole where it has vowel marks."""
    spelled = clip(word.written or word.exact)
    letters = bare(spelled)
    return letters if letters == spelled else f"{letters}{MARKED}{spelled}"


def same_spelling(asked: Terms, found: Terms) -> bool:
    """Tell whether a word is written as asked: the same letters, and no mark of one against one of the other."""
    one, other = asked.written or asked.exact, found.written or found.exact
    return one == other or (bare(one) == bare(other) and vocalized_like(one, other))


def grams_of(kept: str) -> tuple[str, ...]:
    """Return the trigrams of a word as Unit.words has it; a stop word has none."""
    return () if kept.startswith(STOP) else grams(kept)


def holds_phrase(words: str, phrase: tuple[str, ...]) -> bool:
    """Tell whether the folded (and clipped) words stand side by side in one line of a Unit's `words`."""
    needle = f" {' '.join(phrase)} "
    return any(needle in f" {line} " for line in words.replace(STOP, "").split("\n"))


class _Part(NamedTuple):
    """A title, heading or passage, analysed."""

    words: Sequence[Terms]
    keys: Sequence[Key]


def _part(text: str, analyzer: Analyzer, latin: str) -> _Part:
    tokens = list(analyzer.tokens(text, latin))
    return _Part([token.terms for token in tokens], analyzer.keys(text, tokens))


def _unit(parts: list[_Part], own: Counter[str]) -> Unit:
    """Make a unit of title, heading and passage, or of the title alone, of an entry with its `own` numbers."""
    read = [_in_views(word) for part in parts for word in part.words]
    counts = {view: Counter(chain.from_iterable(map(itemgetter(place), read))) for place, view in enumerate(_READ)}
    counts[View.TITLE] = Counter(term for word in parts[0].words for term in terms_of(word, View.TITLE))
    counts[View.KEYS] = Counter(clip(key.term) for part in parts for key in part.keys) + own
    return Unit(counts, "\n".join(" ".join(_spelled(word) for word in part.words) for part in parts))


_READ = (View.EXACT, View.LIGHT, View.SKELETON, View.TRIGRAMS, View.WRITTEN)


@lru_cache(maxsize=1 << 16)
def _in_views(word: Terms) -> tuple[tuple[str, ...], ...]:
    """Return what a word puts into each view of _READ; words repeat, so it is remembered."""
    return tuple(terms_of(word, view) for view in _READ)


def _spelled(word: Terms) -> str:
    return STOP + clip(word.exact) if word.stop else clip(word.exact)
