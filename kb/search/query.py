"""A search as a value: what is asked, of whom, and which slice of the answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal


@dataclass(frozen=True, slots=True)
class All:
    """Matches every entry."""


@dataclass(frozen=True, slots=True)
class Words:
    """One word at least (`any`) or every word must occur, in any of its forms, in one passage."""

    text: str
    any: bool = True


@dataclass(frozen=True, slots=True)
class Phrase:
    """The words stand side by side, in order, as folded (never stemmed); stop words count."""

    text: str


@dataclass(frozen=True, slots=True)
class Prefix:
    """A word that begins so must occur, as folded, with or without the article."""

    text: str


@dataclass(frozen=True, slots=True)
class Titled:
    """Every word must occur in the title; side by side and as folded when they are a `phrase`."""

    text: str
    phrase: bool = False


@dataclass(frozen=True, slots=True)
class Has:
    """The entry has one of these values under the name of a keyword."""

    name: str
    values: frozenset[str]


@dataclass(frozen=True, slots=True)
class Between:
    """The entry has a number under the name of a keyword from `first` to `last`, both included; None: open."""

    name: str
    first: int | None = None
    last: int | None = None


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple["Clause", ...]


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple["Clause", ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: "Clause"


@dataclass(frozen=True, slots=True)
class Reading:
    """Other words for `of`, which are words of a question. `text` is in `language`.

    A passage that holds all of them earns `weight` times what they are worth; `source` says who knows them.
    """

    of: str
    text: str
    language: str
    weight: float
    source: Literal["thesaurus", "dictionary"]


@dataclass(frozen=True, slots=True)
class Widened:
    """Matches what `part` does, and what holds all words of any reading in one passage.

    Of the readings of one `of`, and those words themselves, a passage earns by the best.
    """

    part: Words
    readings: tuple[Reading, ...]


Clause = All | Words | Phrase | Prefix | Titled | Has | Between | And | Or | Not | Widened


class Precision(StrEnum):
    """How near a word of a text must come to one that is asked for."""

    WRITTEN = "written"  # the letters as they are, and no vowel mark that contradicts one that was typed
    SAME = "same"  # the same word in any number, with any article, preposition or pronoun
    NEAR = "near"  # also words of one family, and those that look alike where a word is unknown


class Sort(StrEnum):
    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"
    TITLE = "title"


@dataclass(frozen=True, slots=True)
class Query:
    """What an engine needs to answer; `audience` is who is asking: an entry is seen when they meet.

    `filters`: values of one name are alternatives, names are all required; so are the `ranges`. `excluded`: an entry
    with one of these values is left out. `passages`: how many best passages come with each hit; but for the very first
    hit it ends with so many that are of pages as are `enough`. `seconds`: past it the engine answers with what it has
    and says so.
    """

    clause: Clause = field(default_factory=All)
    filters: Mapping[str, frozenset[str]] = field(default_factory=dict)
    ranges: tuple[Between, ...] = ()
    excluded: Mapping[str, frozenset[str]] = field(default_factory=dict)
    audience: frozenset[str] = frozenset({"public"})
    facets: tuple[str, ...] = ()
    sort: Sort = Sort.RELEVANCE
    precision: Precision = Precision.NEAR
    offset: int = 0
    limit: int = 20
    passages: int = 3
    enough: int | None = None
    seconds: float = 2.0
