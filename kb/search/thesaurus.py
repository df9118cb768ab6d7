"""Concepts of the administration under all their words, and which of them a question names."""

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

from kb.languages.analyzer import Analyzer, Token

_ACRONYM = 4  # letters from which an acronym typed in small letters is taken for one: not ct, pan, add
_ARTICLE = "ال"

Key = tuple[frozenset[str], ...]
"""Of each word that counts in a label, the stems of which any one means that word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Where a word of a concept stands: a file and its page, or a record (page 0)."""

    file: str
    page: int
    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Concept:
    """`words` by language, the preferred one first; `old` in any language.

    `kin` are words of what it became or came from, which say nearly the same.
    """

    id: str
    words: Mapping[str, tuple[str, ...]]
    acronyms: tuple[str, ...] = ()
    old: tuple[str, ...] = ()
    kin: tuple[str, ...] = ()
    short: tuple[str, ...] = ()
    broader: str = ""
    related: tuple[str, ...] = ()
    seen: Seen | None = None

    def labels(self) -> Iterator[tuple[str, str]]:
        """Yield each word with its language, without acronyms and kin."""
        for language, words in self.words.items():
            for word in words:
                yield word, language
        for word in self.old:
            yield word, language_of(word)


class Named(NamedTuple):
    """A concept that words of a question name: those from token `first` to before `last`."""

    concept: Concept
    first: int
    last: int


@lru_cache(maxsize=1)
def load() -> tuple[Concept, ...]:
    """Return the concepts that ship with the house."""
    raw = tomllib.loads((files("kb.search") / "lexicon" / "thesaurus.toml").read_text("utf-8"))
    return tuple(map(_concept, raw["concept"]))


def _concept(row: Mapping[str, Any]) -> Concept:
    return Concept(
        id=row["id"],
        words={language: tuple(row[language]) for language in ("ar", "fr", "en") if row.get(language)},
        acronyms=tuple(row.get("acronyms", ())),
        old=tuple(row.get("old", ())),
        broader=row.get("broader", ""),
        related=tuple(row.get("related", ())),
        seen=Seen(**row["seen"]) if "seen" in row else None,
    )


def language_of(text: str) -> str:
    """Return "ar" or "fr" by the script: of labels whose language nobody wrote down."""
    return "fr" if text[:1].isascii() or "\u00c0" <= text[:1] <= "\u024f" else "ar"


@dataclass(slots=True)
class _Entry:
    key: Key
    exact: tuple[str, ...]
    spelled: tuple[str, ...]
    concept: Concept


@dataclass(slots=True)
class Thesaurus:
    """Finds the concepts that a question names, by any of their words in any inflection."""

    analyzer: Analyzer
    concepts: Sequence[Concept]
    _by_stem: dict[str, list[_Entry]] = field(default_factory=lambda: defaultdict(list))
    _acronyms: dict[str, list[tuple[str, Concept]]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        for concept in self.concepts:
            for label, language in (*concept.labels(), *((text, language_of(text)) for text in concept.short)):
                tokens = [token for token in self.analyzer.tokens(label, language) if not token.terms.stop]
                if tokens:
                    key = tuple(frozenset(token.terms.light) for token in tokens)
                    entry = _Entry(key, _exact(tokens), _spelled(label, tokens), concept)
                    for stem in key[0]:
                        self._by_stem[stem].append(entry)
            for acronym in concept.acronyms:
                self._acronyms[self.analyzer.fold(acronym)].append((acronym, concept))

    def named(self, text: str, tokens: Sequence[Token]) -> list[Named]:
        """Return what the words name, from left to right, the longest label first; no word counts twice.

        `tokens` are those of `text` that are no stop words. A label in the very words wins over labels that share
        only their letters without hamza, as أجراء over إجراء, and these over stems, as gouvernance over gouvernement.
        """
        found: list[Named] = []
        at = 0
        while at < len(tokens):
            concepts, size = self._at(text, tokens, at)
            found += (Named(concept, at, at + size) for concept in concepts)
            at += max(1, size)
        return found

    def _at(self, text: str, tokens: Sequence[Token], at: int) -> tuple[list[Concept], int]:
        entries = {id(entry): entry for stem in tokens[at].terms.light for entry in self._by_stem.get(stem, ())}
        met = [entry for entry in entries.values() if _meets(entry.key, tokens[at : at + len(entry.key)])]
        size = max((len(entry.key) for entry in met), default=0)
        longest = [entry for entry in met if len(entry.key) == size]
        asked = tokens[at : at + size]
        folded = [entry for entry in longest if entry.exact == _exact(asked)] or longest
        chosen = [entry for entry in folded if entry.spelled == _spelled(text, asked)] or folded
        concepts = _distinct(entry.concept for entry in chosen)
        if size <= 1:
            typed = text[tokens[at].start : tokens[at].end]
            by_acronym = [
                concept
                for acronym, concept in self._acronyms.get(self.analyzer.fold(typed), ())
                if typed == acronym or len(acronym) >= _ACRONYM
            ]
            concepts = _distinct(by_acronym) or concepts
        return concepts, size or (1 if concepts else 0)


def _meets(key: Key, tokens: Sequence[Token]) -> bool:
    return len(key) == len(tokens) and all(
        not stems.isdisjoint(token.terms.light) for stems, token in zip(key, tokens, strict=True)
    )


def _exact(tokens: Sequence[Token]) -> tuple[str, ...]:
    return tuple(token.terms.exact.removeprefix(_ARTICLE) for token in tokens)


def _spelled(text: str, tokens: Sequence[Token]) -> tuple[str, ...]:
    return tuple(text[token.start : token.end].removeprefix(_ARTICLE) for token in tokens)


def _distinct(concepts: Iterable[Concept]) -> list[Concept]:
    return list({concept.id: concept for concept in concepts}.values())
