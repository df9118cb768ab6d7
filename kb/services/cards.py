"""The card of a document: who may see it is who may see the document. Kept by what stands on it, so it is never old."""

import hashlib
from dataclasses import astuple
from threading import Lock
from typing import Final

from kb.catalog import documents
from kb.core.errors import Unavailable
from kb.ingest.cache import Cache
from kb.services import citing, shown
from kb.services.context import Services
from kb.writing import card as drawing
from kb.writing.card import Card

BRAND: Final = "رصيد"
PATIENCE_SECONDS: Final = 4.0

_RIGHT_TO_LEFT: Final = frozenset({"ar", ""})
_PNG: Final = b"\x89PNG"
_END: Final = b"IEND\xaeB`\x82"

_drawing = Lock()  # one at a time: who asks for many is not to have all of the machine


def card(services: Services, id: str, audience: frozenset[str]) -> Card:
    """Return what stands on the card, in the document's own language. Raises NotFound, and Gone when withdrawn."""
    cited = citing.cited(services, id, audience, "")
    with services.database.reading() as session:
        type = shown.facet_label(services, "type", documents.get(session, id, audience).type, cited.language or "ar")
    years = [str(point[0]) for point in cited.dated.points()] if cited.dated else []
    return Card(
        title=cited.title,
        type=type,
        institution=next(iter(cited.authors), ""),
        year="–".join(dict.fromkeys(years)),
        brand=BRAND,
        right_to_left=cited.language in _RIGHT_TO_LEFT,
    )


def name(card: Card) -> str:
    """Equal where the picture is the same to the last byte."""
    return f"card-{hashlib.sha256(repr((drawing.STAMP, astuple(card))).encode()).hexdigest()[:32]}"


def drawn(services: Services, card: Card) -> bytes:
    """Return it as PNG. Raises Unavailable where too many are drawn: ask again later."""
    cache = Cache(services.settings.cards, services.settings.card_cache_bytes)
    kept = cache.get(name(card))
    if kept and kept.startswith(_PNG) and kept.endswith(_END):
        return kept
    if not _drawing.acquire(timeout=PATIENCE_SECONDS):
        raise Unavailable("too many cards are being drawn")
    try:
        made = drawing.draw(card)
    finally:
        _drawing.release()
    cache.put(name(card), made)
    return made
