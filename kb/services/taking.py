"""What a reader takes along of a list: of each document the facts to cite it by, and the passage that answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from kb.catalog import listing
from kb.catalog.listing import Wanted
from kb.services import citing, find, shown
from kb.services.answers import Ask, Quote
from kb.services.context import Services
from kb.services.reading_list import reading_list
from kb.services.views import Card, FacetValue
from kb.writing.citation import Citation, Passage


@dataclass(frozen=True, slots=True)
class Line:
    """`quote` is the best passage of a search; the citation then leads to its page, where it has one."""

    card: Card
    citation: Citation
    quote: Quote | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """The first documents of `total`."""

    lines: tuple[Line, ...]
    total: int
    filters: tuple[tuple[str, FacetValue], ...] = ()

    @property
    def is_cut(self) -> bool:
        return len(self.lines) < self.total


def of_search(services: Services, ask: Ask, audience: frozenset[str], language: str, base: str, most: int) -> Taken:
    """Return the first `most` documents that a search finds, whatever page of it was read."""
    answer = find.find(services, replace(ask, page=1, size=most), audience, language, quotes=1)
    quotes: dict[str, Quote] = {found.card.id: found.quotes[0] for found in answer.found if found.quotes}
    cards = [found.card for found in answer.found]
    chosen = [(group.name, value) for group in answer.facets for value in group.values if value.selected]
    lines = _lines(services, cards, audience, base, quotes)
    # hits whose documents are gone are no rows, and not left out for want of room either
    total = answer.total if answer.total > most else len(lines)
    return Taken(lines, total, tuple(chosen))


def of_ids(
    services: Services, ids: Sequence[str], audience: frozenset[str], language: str, base: str, most: int
) -> Taken:
    """Return the first `most` of these documents that are there for these eyes."""
    cards = reading_list(services, ids, audience, language).cards
    return Taken(_lines(services, cards[:most], audience, base, {}), len(cards))


def of_shelf(
    services: Services, wanted: Wanted, audience: frozenset[str], language: str, base: str, most: int
) -> Taken:
    """Return the first `most` documents of a list."""
    with services.database.reading() as session:
        found = listing.listing(session, wanted, audience, most)
        cards = [shown.card(services, document, language) for document in found.documents]
    return Taken(_lines(services, cards, audience, base, {}), found.total)


def _lines(
    services: Services, cards: Sequence[Card], audience: frozenset[str], base: str, quotes: Mapping[str, Quote]
) -> tuple[Line, ...]:
    places = {
        id: Passage(quote.file, quote.page, quote.label or str(quote.page))
        for id, quote in quotes.items()
        if quote.page
    }
    cited = {one.id: one for one in citing.cited_all(services, [card.id for card in cards], audience, base, places)}
    return tuple(Line(card, cited[card.id], quotes.get(card.id)) for card in cards if card.id in cited)
