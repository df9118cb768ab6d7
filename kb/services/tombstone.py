"""What is told of a document that was withdrawn or destroyed: that it was here, why it is not, and what to read now."""

import datetime as dt
from dataclasses import dataclass
from typing import Final

from kb.catalog import gone, relations
from kb.catalog.tables import Document
from kb.services import shown
from kb.services.context import Services
from kb.services.views import Card

SUCCESSION: Final = ("replaces", "repeals")
"""The relations whose source stands for its target now."""


@dataclass(frozen=True, slots=True)
class Tomb:
    """`card` is what the document was called, None where it was destroyed; `successors` stand for it now."""

    id: str
    reason: str
    at: dt.datetime | None
    card: Card | None = None
    successors: tuple[Card, ...] = ()


def tomb(services: Services, id: str, audience: frozenset[str], language: str) -> Tomb:
    """Return what is left of the document. Raises NotFound where it never was, or was not for these readers."""
    with services.database.reading() as session:
        left = gone.former(session, id, audience)
        if not isinstance(left, Document):
            return Tomb(id, left.reason, left.at)
        links = relations.of(session, left, audience)
        later = [link.other for link in links if link.inverse and link.relation.kind in SUCCESSION and link.other]
        return Tomb(
            id,
            left.withdrawn_reason,
            left.withdrawn_at,
            shown.card(services, left, language),
            tuple(shown.card(services, other, language) for other in later),
        )
