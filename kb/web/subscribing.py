"""The addresses of feeds."""

from dataclasses import replace
from urllib.parse import urlencode

from kb.catalog.listing import Wanted
from kb.search.query import Sort
from kb.services.answers import Ask
from kb.web.addresses import query_of
from kb.web.list_addresses import list_query


def feed_of(language: str, of: Ask | Wanted, kind: str = "atom", page: int = 1) -> str:
    """Where what is new in a search or a list is told; it comes by the day, so the order asked for is left out."""
    if isinstance(of, Ask):
        place, pairs = "search", query_of(replace(of, sort=Sort.RELEVANCE), page=page)
    else:
        place, pairs = "browse", list_query(replace(of, order="title"), page=page)
    return f"/{language}/{place}/feed.{kind}" + (f"?{urlencode(pairs)}" if pairs else "")
