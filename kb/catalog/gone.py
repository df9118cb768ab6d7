"""What is left of documents that were withdrawn or destroyed, for those who could see them."""

from sqlalchemy.orm import Session

from kb.catalog.tables import Document, State, Tombstone
from kb.core.errors import Gone, NotFound


def former(session: Session, id: str, audience: frozenset[str]) -> Document | Tombstone:
    """Return what is left of a document that these readers could see before it was withdrawn or destroyed."""
    found = session.get(Document, id)
    if found is not None and found.published_at and found.state != State.PUBLISHED and found.audience in audience:
        return found
    buried = session.get(Tombstone, id)
    if buried is None or buried.audience not in audience:
        raise NotFound(id)
    return buried


def told(left: Document | Tombstone) -> Gone:
    """Return the error that says that it is gone, and why."""
    return Gone(left.id, left.withdrawn_reason if isinstance(left, Document) else left.reason)
