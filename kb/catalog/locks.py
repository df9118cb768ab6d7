"""Who has a document open at the desk: a lock that ends by itself, and that another takes over knowingly."""

import datetime as dt

from sqlalchemy import ForeignKey, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from kb.catalog.tables import Document
from kb.core.clock import now
from kb.db.columns import Text, UtcDateTime
from kb.db.database import Base


class DocumentLock(Base):
    """`actor` has the document open `since` then; unless it is prolonged, the lock `ends_at` that moment."""

    __tablename__ = "document_lock"
    document_id: Mapped[str] = mapped_column(ForeignKey("document.id"), primary_key=True)
    actor: Mapped[str] = mapped_column(Text)
    since: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


def held(session: Session, document: Document, actor: str) -> DocumentLock | None:
    """Return the lock that somebody else has on the document now; none takes it over before this transaction ends."""
    lock = session.get(DocumentLock, document.id, with_for_update=True)
    return lock if lock is not None and lock.actor != actor and lock.ends_at > now() else None


def take(session: Session, document: Document, actor: str, lasts: dt.timedelta, *, over: bool = False) -> bool:
    """Lock the document, or prolong one's lock; return whether it is one's own then.

    Another's lock stays unless it is taken `over`.
    """
    moment = now()
    lock = session.get(DocumentLock, document.id, with_for_update=True)
    if lock is None:
        lock = DocumentLock(document_id=document.id, actor=actor, since=moment)
        session.add(lock)
    elif lock.actor != actor:
        if lock.ends_at > moment and not over:
            return False
        lock.actor, lock.since = actor, moment
    lock.ends_at = moment + lasts
    return True


def leave(session: Session, document: Document, actor: str) -> None:
    """Open one's lock; silent where there is none, or another's."""
    lock = session.get(DocumentLock, document.id)
    if lock is not None and lock.actor == actor:
        session.delete(lock)


def drop(session: Session, document_id: str) -> None:
    """Forget the lock of a document that goes."""
    session.execute(delete(DocumentLock).where(DocumentLock.document_id == document_id))


def of_others(session: Session, ids: list[str], actor: str) -> dict[str, DocumentLock]:
    """Return the locks that others have on these documents now, by document."""
    query = select(DocumentLock).where(DocumentLock.document_id.in_(ids), DocumentLock.actor != actor)
    return {lock.document_id: lock for lock in session.scalars(query.where(DocumentLock.ends_at > now()))}


def forget(session: Session, actor: str) -> None:
    """Open every lock of somebody."""
    session.execute(delete(DocumentLock).where(DocumentLock.actor == actor))
