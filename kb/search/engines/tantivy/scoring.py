"""What tantivy chooses units by: the views and weights of our ranking, in its own BM25."""

from collections.abc import Iterator, Sequence

from tantivy import Query

from kb.languages.analyzer import Terms
from kb.search.engines.tantivy.library import Library
from kb.search.ranking import Ranking, counted, reach, told_apart
from kb.search.shelf import Other, Shelf, Wanted, wholes
from kb.search.units import WORD_VIEWS, View


def scored(library: Library, shelf: Shelf, ranking: Ranking, wanted: Wanted) -> Query | None:
    """Return what the units that hold anything `wanted` match, and are worth; None where nothing is asked for.

    Constants and lengths are tantivy's, so the worth is near enough to choose by, not to order by.
    """
    known, unknown = told_apart(ranking, shelf, wanted)
    words = [*_words(library, shelf, ranking, known), *_trigrams(library, shelf, ranking, unknown)]
    as_one = [
        library.queries.worth(library.whole(asked), worth * ranking.gain(shelf.size, min(most, library.extent(asked))))
        for worth, asked, most in wholes(shelf, wanted)
    ]
    parts = [*words, *as_one, *(_reading(library, ranking, other) for other in wanted.others)]
    return library.queries.any_of(parts) if parts else None


def _words(library: Library, shelf: Shelf, ranking: Ranking, words: Sequence[Terms]) -> Iterator[Query]:
    for view in (*WORD_VIEWS, View.TITLE):
        if weight := ranking.weight(view):
            for term, times in counted(shelf, words, view).items():
                yield library.queries.term(view.value, term, weight * times)


def _trigrams(library: Library, shelf: Shelf, ranking: Ranking, words: Sequence[Terms]) -> Iterator[Query]:
    if weight := ranking.weight(View.TRIGRAMS):
        for term, times in counted(shelf, words, View.TRIGRAMS).items():
            yield library.queries.term(View.TRIGRAMS.value, term, weight * times)


def _reading(library: Library, ranking: Ranking, other: Other) -> Query:
    measure = reach(ranking, other.of) + ranking.weight(View.TRIGRAMS)
    return library.queries.boosted(
        library.together(other.words, View.LIGHT.value), max(other.reading.weight * measure, 1e-6)
    )
