"""Documents that speak of the same as one document."""

from collections.abc import Collection

from kb.catalog import documents
from kb.catalog.briefs import briefs
from kb.core.text import DocumentId
from kb.services import shown
from kb.services.answers import Similar
from kb.services.context import Services

MOST = 5


def similar(
    services: Services, id: DocumentId, audience: frozenset[str], language: str, but: Collection[str] = ()
) -> tuple[Similar, ...]:
    """Return the most similar documents that the reader may see, none of those in `but`.

    Raises NotFound and Gone as reading the document does, Unavailable when the index cannot be read.
    """
    with services.database.reading() as session:
        documents.get(session, id, audience)
        hits = services.engine.similar(id, audience, MOST + len(but), services.settings.search_seconds)
        wanted = [hit for hit in hits if hit.id not in but][:MOST]
        rows = briefs(session, [hit.id for hit in wanted], audience)
        return tuple(
            Similar(shown.card(services, rows[hit.id], language), hit.score) for hit in wanted if hit.id in rows
        )
