"""How a question is widened in the house: the thesaurus with the bodies of the vocabulary, and when to translate."""

from collections.abc import Iterator
from functools import partial

from kb.catalog.vocabulary import Organisation, Vocabulary
from kb.languages.analyzer import Analyzer
from kb.search import dictionary, thesaurus
from kb.search.engine import SearchEngine
from kb.search.query import Clause, Query, Words
from kb.search.thesaurus import Concept, Thesaurus
from kb.search.widening import Widener, speaks_arabic

PLENTY = 10
"""Documents with every word of an Arabic question in one passage from which it is not translated into French."""

_SHORT_NAME = 3  # words that count of a ministry's name by which it is known
_WITHIN = " - "  # stands between a ministry and its department in the printed name of the department
_LITTLE = 3  # letters up to which a word of a name does not count: de, la, des, في


def widener(vocabulary: Vocabulary, analyzer: Analyzer) -> Widener:
    """Build what widens questions: half a second, and another quarter when a word is first translated."""
    concepts = (*thesaurus.load(), *_bodies(vocabulary))
    return Widener(analyzer, Thesaurus(analyzer, concepts), partial(dictionary.load, analyzer))


def widen(
    words: Widener,
    engine: SearchEngine,
    clause: Clause,
    audience: frozenset[str],
    without: frozenset[str] = frozenset(),
    *,
    every_word: bool = False,
) -> Clause:
    """Widen a clause; an Arabic question that finds plenty by itself keeps to Arabic and the thesaurus.

    With `every_word`, for a question that finds nothing, the words of a concept are translated one by one too.
    """
    plenty = not every_word and _plenty(engine, clause, audience)
    return words.widen(clause, translate_arabic=not plenty, without=without, every_word=every_word)


def _plenty(engine: SearchEngine, clause: Clause, audience: frozenset[str]) -> bool:
    if not isinstance(clause, Words) or not speaks_arabic(clause.text):
        return False
    every = Query(Words(clause.text, any=False), audience=audience, limit=0)
    return engine.search(every).total >= PLENTY


def _bodies(vocabulary: Vocabulary) -> Iterator[Concept]:
    """Yield each body as a concept: all its names, and as kin those of the bodies that it came from or became."""
    prefixes = [short for body in vocabulary.organisations.values() for short in set(_short_names(body))]
    for body in vocabulary.organisations.values():
        others = [vocabulary.organisations[id] for id in vocabulary.near(body.id)]
        yield Concept(
            id=f"organisation:{body.id}",
            words={code: names for code in ("ar", "fr", "en") if (names := _names(body, code))},
            acronyms=body.acronyms,
            kin=tuple(name.text for other in others for name in other.names if name.language in ("ar", "fr")),
            short=tuple(short for short in set(_short_names(body)) if prefixes.count(short) == 1),
        )


def _names(body: Organisation, language: str) -> tuple[str, ...]:
    """Return the names in one language, today's first."""
    return tuple(dict.fromkeys(name.text for name in reversed(body.names) if name.language == language))


def _short_names(body: Organisation) -> Iterator[str]:
    """Yield what people call a ministry: the first words of a name of many."""
    for name in body.names:
        words = name.text.split()
        counting = [place for place, word in enumerate(words) if len(word) > _LITTLE]
        whole = body.kind in ("ministry", "department") and _WITHIN not in name.text
        if whole and len(counting) > _SHORT_NAME:
            yield " ".join(words[: counting[_SHORT_NAME - 1] + 1]).rstrip(",")
