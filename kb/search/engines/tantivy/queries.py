"""The queries of tantivy that we use, made of our terms."""

from collections.abc import Iterable, Sequence

from tantivy import Occur, Query, Schema

from kb.search.engines.tantivy.schema import DOCUMENT

_MOST_SCORED = 32
"""Alternatives up to which a union is one of terms; a set of terms is quicker made for more."""


class Queries:
    """Makes queries for one schema."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self.documents = self.term("kind", DOCUMENT)
        self.nothing = Query.empty_query()

    def term(self, field: str, text: str, worth: float = 1.0) -> Query:
        """Match the term; what BM25 makes of it counts `worth` times."""
        query = Query.term_query(self._schema, field, text, "freq")
        return query if worth == 1.0 else Query.boost_query(query, worth)

    def terms(self, field: str, texts: Iterable[str]) -> Query:
        """Match any of the terms."""
        distinct = list(dict.fromkeys(texts))
        if len(distinct) > _MOST_SCORED:
            return Query.term_set_query(self._schema, field, distinct)
        return self.any_of(self.term(field, text) for text in distinct)

    def numbered(self, documents: Sequence[int]) -> Query:
        """Match the documents with these numbers, and their units."""
        return Query.term_set_query(self._schema, "doc", documents) if documents else self.nothing

    def phrase(self, field: str, words: Sequence[str]) -> Query:
        if len(words) == 1:
            return self.term(field, words[0])
        return Query.phrase_query(self._schema, field, list(words))

    def any_of(self, queries: Iterable[Query], least: int = 1) -> Query:
        """Match what `least` of the queries do; the sum of what they are worth counts."""
        parts = [(Occur.Should, query) for query in queries]
        if len(parts) < least:
            return self.nothing
        if len(parts) == 1:
            return parts[0][1]
        return Query.boolean_query(parts, minimum_number_should_match=least if least > 1 else None)

    def all_of(self, queries: Iterable[Query]) -> Query:
        """Match what each of the queries does; nothing where there is none."""
        parts = [(Occur.Must, query) for query in queries]
        return parts[0][1] if len(parts) == 1 else Query.boolean_query(parts)

    def but(self, query: Query, *without: Query) -> Query:
        return Query.boolean_query([(Occur.Must, query), *((Occur.MustNot, other) for other in without)])

    def worth(self, query: Query, worth: float) -> Query:
        """Match the query; `worth` counts whatever it holds."""
        return Query.const_score_query(query, worth)

    def boosted(self, query: Query, times: float) -> Query:
        return Query.boost_query(query, times)
