"""Nothing in the catalog changes without a revision, a snapshot and an index job, in the same commit."""

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event, inspect, select
from sqlalchemy.orm import Session, SessionTransaction

from kb.catalog import relations
from kb.catalog.corrections import Correction
from kb.catalog.tables import Document, DocumentTheme, File, PageText, Relation, Revision
from kb.core.clock import now
from kb.jobs import queue

INDEX = "index"
_OWN_BOOKKEEPING = frozenset({"revision", "changed_at"})
# Who brought a document and who sees to it is the desk's affair, and none of those who read its earlier versions.
_OF_THE_DESK = frozenset({"deposited_by", "assigned_to"})
# What a reading tells of a file belongs to the text of today, not to what people said of the document.
_OF_THE_READING = frozenset({"outline", "meta", "receipt"})


@dataclass(slots=True)
class _Touched:
    """What the flushes of one transaction changed, by id. `sealed` while its consequences are being written."""

    documents: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)
    new: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    sealed: bool = False


@contextmanager
def quietly(session: Session) -> Iterator[None]:
    """Let what is flushed in the block be no change yet: it is one of many steps, and a later commit tells of them."""
    session.info["quiet"] = True
    try:
        yield
        session.flush()
    finally:
        del session.info["quiet"]


@event.listens_for(Session, "after_flush")
def _note(session: Session, _: object) -> None:
    touched: _Touched = session.info.setdefault("touched", _Touched())
    if touched.sealed or session.info.get("quiet"):
        return
    for row in _changed(session):
        match row:
            case Document():
                touched.documents.add(row.id)
            case DocumentTheme() | File():
                touched.documents.add(row.document_id)
            case PageText() | Correction():
                touched.files.add(row.file_id)
            case Relation():
                touched.documents.add(row.source_id)
    touched.new |= {row.id for row in session.new if isinstance(row, Document)}
    touched.gone |= {row.id for row in session.deleted if isinstance(row, Document)}


def _changed(session: Session) -> Iterable[object]:
    yield from session.new
    yield from session.deleted
    yield from (row for row in session.dirty if session.is_modified(row) and not _is_of_the_desk(row))


def _is_of_the_desk(row: object) -> bool:
    """Tell whether nothing of a document has changed but who sees to it."""
    if not isinstance(row, Document):
        return False
    changed = {attribute.key for attribute in inspect(row).attrs if attribute.history.has_changes()}
    return changed <= _OF_THE_DESK


@event.listens_for(Session, "before_commit")
def _seal(session: Session) -> None:
    """Write the consequences, once for the whole transaction. A savepoint's wait for the outer commit."""
    if session.in_nested_transaction():
        return
    session.flush()
    touched: _Touched | None = session.info.get("touched")
    if touched is None or not (touched.documents or touched.files):
        return
    owners = select(File.document_id).where(File.id.in_(touched.files))
    ids = touched.documents | set(session.scalars(owners)) if touched.files else touched.documents
    touched.sealed = True
    moment = now()
    documents = list(_living(session, ids - touched.gone))
    arrived = relations.settle(session, documents)
    documents += _living(session, arrived - {document.id for document in documents})
    for document in documents:
        if document.id not in touched.new:
            document.revision += 1
        document.changed_at = moment
        session.add(_revision(session, document, moment))
    for key in sorted({document.id for document in documents} | touched.gone):
        queue.put(session, INDEX, key, moment)


def _living(session: Session, ids: Iterable[str]) -> Iterable[Document]:
    found = (session.get(Document, key) for key in sorted(ids))
    return (document for document in found if document is not None)


@event.listens_for(Session, "after_transaction_end")
def _forget(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop("touched", None)


def _revision(session: Session, document: Document, moment: dt.datetime) -> Revision:
    out = session.scalars(select(Relation).where(Relation.source_id == document.id).order_by(Relation.id))
    snapshot = _columns(document) | {
        "themes": sorted(document.theme_codes),
        "files": [_columns(file) for file in document.files],
        "relations": [_columns(relation) for relation in out],
    }
    return Revision(
        document_id=document.id,
        number=document.revision,
        taken_at=moment,
        state=document.state,
        audience=document.audience,
        snapshot=snapshot,
    )


def _columns(row: Document | File | Relation) -> dict[str, Any]:
    values = {column.key: getattr(row, column.key) for column in row.__mapper__.column_attrs}
    return {
        name: value.isoformat() if isinstance(value, dt.date) else value
        for name, value in values.items()
        if name not in _OWN_BOOKKEEPING | _OF_THE_DESK | _OF_THE_READING
    }
