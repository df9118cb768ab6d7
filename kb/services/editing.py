"""Documents are described at the desk: opened, made, changed, each by somebody who may."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.orm import Session

from kb.arabic.fold import fold
from kb.catalog import desk, documents, drafts, relations, snapshot
from kb.catalog.documents import Sheet
from kb.catalog.relations import Wanted
from kb.catalog.rights import Act, Someone
from kb.catalog.tables import Document, Relation, Revision
from kb.catalog.translated import pick
from kb.catalog.vocabulary import Vocabulary
from kb.core.errors import Forbidden, Invalid
from kb.core.text import DocumentId
from kb.db.columns import HIGHEST, Wording
from kb.services import holding
from kb.services.context import Services

FOUND = 10
"""Documents that are offered where one is looked for."""

MOST_WORDS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A document as it is edited, `title` in the reader's language."""

    id: str
    type: str
    state: str
    revision: int
    sheet: Sheet
    vocabulary: Vocabulary
    title: str = ""

    def body_name(self, language: str) -> str:
        body = self.sheet["organisation_id"]
        return self.vocabulary.said(body, language)[0] if body else ""


def load(session: Session, someone: Someone, id: str) -> Document:
    """Return a document that they may describe. Raises NotFound for one that they do not see at the desk, Forbidden for
    one that they see and may not change.
    """
    document = desk.load(session, id, someone)
    if not desk.may_edit(someone, document):
        raise Forbidden(f"forbidden.{Act.CURATE}")
    return document


def opened(services: Services, someone: Someone, id: str, language: str) -> Opened:
    """Return a document to be edited. Raises as `load`."""
    with services.database.reading() as session:
        document = load(session, someone, id)
        rows = relations.said_by(session, document)
        seen = _seen(session, someone, {row.target_id for row in rows if row.target_id})
        return Opened(
            id=document.id,
            type=document.type,
            state=document.state,
            revision=document.revision,
            sheet=Sheet(**sheet_of(document), links=[_link(_columns(row), seen, someone) for row in rows]),
            vocabulary=services.vocabulary,
            title=pick(document.title, language)[0],
        )


def as_of(services: Services, someone: Someone, id: str, number: int) -> Sheet | None:
    """Return what a revision of the document said, None where it is not kept. Raises as `load`."""
    with services.database.reading() as session:
        load(session, someone, id)
        revision = session.get(Revision, (id, number)) if 0 < number <= HIGHEST else None
        return None if revision is None else as_seen(session, someone, revision)


_UNSAID: Final = {"target_id": None, "target_key": "", "target_text": "", "note": "", "file": 0, "page": 0, "id": 0}
"""What revisions of earlier versions do not say of a relation."""


def as_seen(session: Session, someone: Someone, revision: Revision) -> Sheet:
    """Return what a revision said, its relations as this one may read them."""
    said = [_UNSAID | row for row in revision.snapshot.get("relations", ())]
    seen = _seen(session, someone, {row["target_id"] for row in said if row["target_id"]})
    links = [_link(row, seen, someone) for row in said]
    return Sheet(**sheet_of(snapshot.restore(revision)), links=links)


def sheet_of(document: Document) -> Sheet:
    return Sheet(
        title=_said(document.title),
        summary=_said(document.summary),
        language=document.language,
        audience=document.audience,
        period=document.period,
        organisation_id=document.organisation_id,
        organisation_text=document.organisation_text,
        themes=document.theme_codes,
        data=document.data,
    )


def _said(wordings: Mapping[str, Wording]) -> dict[str, dict[str, str]]:
    return {code: {"text": one["text"], "state": one["state"]} for code, one in wordings.items()}


def _link(row: Mapping[str, Any], seen: Collection[str], someone: Someone) -> Wanted:
    """Return a relation as it is edited. An import id is a name for those who import, not for who brings a file."""
    is_name = row["target_key"] == relations.import_key(row["target_text"]) and not someone.may(Act.SEE_DRAFTS)
    known = row["target_id"] in seen
    return Wanted(
        kind=row["kind"],
        target=row["target_id"] if known else "",
        text="" if known or is_name else row["target_text"],
        note=row["note"],
        file=row["file"],
        page=row["page"],
        row=row["id"],
    )


def _columns(row: Relation) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in row.__mapper__.column_attrs}


def _seen(session: Session, someone: Someone, ids: Collection[str]) -> dict[str, Document]:
    """Return those of the documents that they see, as readers or at the desk."""
    public = {document.id for document in documents.cards(session, sorted(ids), someone.audience)} if ids else set()
    found = documents.load_all(session, ids) if ids else []
    return {document.id: document for document in found if document.id in public or desk.sees(someone, document)}


def create(services: Services, someone: Someone, type: str, sheet: Sheet, address: str) -> DocumentId:
    """Make a draft; what was typed at the address of its form is saved by that. Raises Invalid."""
    with services.database.writing() as session:
        document = documents.create(session, type=type, actor=someone.actor, **within(someone, sheet))
        drafts.drop(session, someone.actor, address)
        return DocumentId(document.id)


def save(
    services: Services, someone: Someone, id: str, revision: int, sheet: Sheet, address: str = "", over: str = ""
) -> None:
    """Change the document, and forget what was held of the form at `address`.

    Raises as `load`, as `holding.heed`, Invalid, and Conflict where the document has another revision; that it was
    taken over stands then all the same.
    """
    with services.database.writing() as session:
        holding.heed(services, session, load(session, someone, id), someone, over)
    with services.database.writing() as session:
        document = load(session, someone, id)
        holding.heed(services, session, document, someone)
        theirs = within(someone, sheet, document.organisation_id)
        documents.edit(session, document, actor=someone.actor, revision=revision, **theirs)
        drafts.drop(session, someone.actor, address)


def within(someone: Someone, sheet: Sheet, before: str | None = None) -> Sheet:
    """Return the sheet of a document that stays theirs: who is confined to a body takes it to no other."""
    body = sheet["organisation_id"]
    if not someone.confined or body == someone.organisation:
        return sheet
    if body is None and before is None:
        return Sheet(**{**sheet, "organisation_id": someone.organisation})
    if body != before:
        raise Invalid({"organisation": "not-your-body"})
    return sheet


def find(services: Services, someone: Someone, text: str, language: str) -> list[tuple[str, str]]:
    """Return (id, title) of documents that this may mean: an identifier, the number of a law, words of a title.

    Of those that they see.
    """
    words = [word for word in fold(text).split() if word][:MOST_WORDS]
    with services.database.reading() as session:
        meant = relations.named(session, [text.strip()], someone.audience)
        titled = relations.titled(session, words, someone.audience, FOUND) if words else []
        found = {document.id: document for document in (*meant.values(), *titled)}
        return [(id, pick(document.title, language)[0]) for id, document in found.items()][:FOUND]


def titles(services: Services, someone: Someone, ids: Collection[str], language: str) -> dict[str, str]:
    """Return the titles of those of the documents that they see."""
    with services.database.reading() as session:
        found = _seen(session, someone, ids)
        return {id: pick(document.title, language)[0] for id, document in found.items()}


def held(services: Services, someone: Someone, address: str) -> tuple[dt.datetime, list[tuple[str, str]]] | None:
    """Return when they last typed into the form of this address without saving it, and what."""
    with services.database.reading() as session:
        return drafts.held(session, someone.actor, address)


def hold(services: Services, someone: Someone, address: str, fields: Sequence[tuple[str, str]]) -> None:
    """Keep what they are typing, for them alone."""
    most, days = services.settings.drafts, services.settings.draft_days
    with services.database.writing() as session:
        drafts.keep(session, someone.actor, address, fields, most=most, days=days)


def discard(services: Services, someone: Someone, address: str) -> None:
    with services.database.writing() as session:
        drafts.drop(session, someone.actor, address)
