"""Who sees what at the desk, in whatever state it is: the one place that decides it, as access.py does for readers."""

from sqlalchemy import ColumnElement, false, true
from sqlalchemy.orm import Session

from kb.catalog import documents
from kb.catalog.rights import Act, Someone
from kb.catalog.tables import Document, State
from kb.core.errors import NotFound


def seen_by(someone: Someone) -> ColumnElement[bool]:
    """Return the condition under which they see a Document at the desk: their own; all, or all of their body's."""
    own = Document.deposited_by == someone.actor
    if not someone.may(Act.SEE_DRAFTS):
        return own
    return own | (Document.organisation_id == someone.organisation) if someone.confined else true()


def curated_by(someone: Someone) -> ColumnElement[bool]:
    """Return the condition under which they curate a Document: all, or those of their body."""
    if not someone.may(Act.CURATE):
        return false()
    return Document.organisation_id == someone.organisation if someone.confined else true()


def sees(someone: Someone, document: Document) -> bool:
    """Tell the same of one document."""
    return document.deposited_by == someone.actor or someone.may_with(Act.SEE_DRAFTS, document.organisation_id)


def load(session: Session, id: str, someone: Someone) -> Document:
    """Return the document in any state. Raises NotFound for one that they do not see at the desk."""
    document = session.scalars(documents.whole().where(Document.id == id, seen_by(someone))).one_or_none()
    if document is None:
        raise NotFound(id)
    return document


def may_edit(someone: Someone, document: Document) -> bool:
    """Tell whether they may change what is said of it: a curator all, others what they brought, until they submit."""
    own = document.deposited_by == someone.actor and document.state in (State.DRAFT, State.RETURNED)
    return (own and someone.may(Act.DEPOSIT)) or someone.may_with(Act.CURATE, document.organisation_id)
