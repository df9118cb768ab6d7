"""Documents that somebody put on a list: nothing of it is kept here, the address says which."""

from collections.abc import Sequence
from dataclasses import dataclass

from kb.catalog import documents
from kb.core.errors import Gone, NotFound
from kb.core.text import DocumentId
from kb.services import shown
from kb.services.context import Services
from kb.services.views import Card


@dataclass(frozen=True, slots=True)
class Missing:
    """A document that is no longer shown: `reason` is why, "" where it is not known here, or not to this visitor."""

    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReadingList:
    cards: tuple[Card, ...]
    missing: tuple[Missing, ...]

    @property
    def ids(self) -> tuple[DocumentId, ...]:
        return tuple(card.id for card in self.cards)


def reading_list(services: Services, ids: Sequence[str], audience: frozenset[str], language: str) -> ReadingList:
    """Return the documents in this order, each once, and which of them are not there for these eyes."""
    wanted = tuple(dict.fromkeys(ids))
    with services.database.reading() as session:
        rows = {row.id: row for row in documents.cards(session, wanted, audience)}
        missing = []
        for id in wanted:
            if id not in rows:
                try:
                    documents.get(session, id, audience)
                except Gone as gone:
                    missing.append(Missing(id, gone.reason))
                except NotFound:
                    missing.append(Missing(id, ""))
        cards = tuple(shown.card(services, rows[id], language) for id in wanted if id in rows)
    return ReadingList(cards, tuple(missing))
