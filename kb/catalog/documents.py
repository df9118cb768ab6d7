"""Documents: made, changed, found and listed. Every list for readers goes through access.visible_to."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict, Unpack

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session, selectinload

from kb.arabic.sort import sort_key
from kb.catalog import corrections, gone, locks, notices, relations, trace
from kb.catalog.access import PUBLIC, is_audience, version_visible_to, visible_to
from kb.catalog.authority import Organisation
from kb.catalog.period import Period
from kb.catalog.tables import (
    Document,
    DocumentKey,
    DocumentTheme,
    Event,
    PageText,
    Relation,
    Revision,
    State,
    Tombstone,
)
from kb.catalog.translated import pick, wordings
from kb.core.clock import new_id
from kb.core.errors import Conflict, Invalid, NotFound
from kb.db.columns import HIGHEST

SORT_KEY_LENGTH = 200
IMPORT_ID_LENGTH = 200

Said = Mapping[str, str | Mapping[str, str]]


class Sheet(TypedDict, total=False):
    """What can be said of a document when it is made and changed later. `data` is already clean (ContentType.clean).

    `title` and `summary` are {language: text or {"text", "state"}}; `themes` and `organisation_id` are codes. `links`
    are all that it says of others.
    """

    title: Said
    summary: Said
    language: str
    audience: str
    period: Period | None
    organisation_id: str | None
    organisation_text: str
    themes: Iterable[str]
    data: Mapping[str, Any]
    links: Sequence[relations.Wanted]


def create(
    session: Session, *, type: str, actor: str, import_id: str | None = None, **sheet: Unpack[Sheet]
) -> Document:
    """Make a draft. Raises Invalid without a title, for an unknown audience or body, and for an import id in use."""
    if import_id is not None and not 0 < len(import_id) <= IMPORT_ID_LENGTH:
        raise Invalid({"id": "too-long" if import_id else "required"})
    if import_id is not None and by_import_id(session, import_id):
        raise Invalid({"id": "taken"})
    document = Document(id=_unused_id(session), type=type, import_id=import_id, data={}, summary={})
    document.state, document.deposited_by = State.DRAFT, actor
    _apply(session, document, {"title": {}, **sheet})
    session.add(document)
    session.add(Event(document_id=document.id, actor=actor, action="create"))
    session.flush()
    if "links" in sheet:
        relations.put(session, document, sheet["links"])
    return document


def edit(
    session: Session, document: Document, *, actor: str, revision: int | None = None, **changes: Unpack[Sheet]
) -> bool:
    """Change what is given; return whether it was new. `revision` is the one they read: Conflict if it is no longer."""
    if revision is not None and revision != document.revision:
        raise Conflict(f"revision {revision} is now {document.revision}")
    relinked = "links" in changes and relations.put(session, document, changes["links"])
    if changed := _apply(session, document, changes) or relinked:
        session.add(Event(document_id=document.id, actor=actor, action="edit"))
    session.flush()
    return changed


def destroy(session: Session, document: Document, *, actor: str, reason: str) -> None:
    """Remove the document with its files' texts and its past. Its address answers Gone for ever if it was public.

    The originals stay in the store. Relations of others to it wait again, under the name it had.
    """
    for relation in session.scalars(select(Relation).where(Relation.target_id == document.id)):
        relation.target_id = None
    for relation in session.scalars(select(Relation).where(Relation.source_id == document.id)):
        session.delete(relation)
    files = [file.id for file in document.files]
    session.execute(delete(PageText).where(PageText.file_id.in_(files)))
    corrections.drop(session, files)
    audience = _readers(session, document)
    session.execute(delete(Revision).where(Revision.document_id == document.id))
    session.execute(delete(DocumentKey).where(DocumentKey.document_id == document.id))
    locks.drop(session, document.id)
    notices.drop(session, document.id)
    session.add(Tombstone(id=document.id, audience=audience, reason=reason))
    session.add(Event(document_id=document.id, actor=actor, action="destroy", note=reason))
    session.delete(document)
    session.flush()


def _readers(session: Session, document: Document) -> str:
    """Return who could read the document at any time, the widest of them; "" where nobody ever could."""
    published = select(Revision.audience).where(Revision.document_id == document.id, Revision.state == State.PUBLISHED)
    found = {
        *session.scalars(published.distinct()),
        *([document.audience] if document.state == State.PUBLISHED else ()),
    }
    return min(found, key=lambda audience: (audience not in PUBLIC, audience), default="")


def get(session: Session, id: str, audience: frozenset[str]) -> Document:
    """Return the document as a reader of these audiences may see it, with all that a page shows.

    Raises Gone, with the reason, for one they could see before it was withdrawn or destroyed; NotFound for all else.
    """
    found = session.scalars(whole().where(Document.id == id, visible_to(audience))).one_or_none()
    if found is not None:
        return found
    raise gone.told(gone.former(session, id, audience))


def load(session: Session, id: str) -> Document:
    """Return the document in any state: for curators and jobs, never for an answer to a reader. Or NotFound."""
    found = session.scalars(whole().where(Document.id == id)).one_or_none()
    if found is None:
        raise NotFound(id)
    return found


def load_all(session: Session, ids: Collection[str]) -> list[Document]:
    """Return those of the documents that exist, in any state and any order: for jobs."""
    return list(session.scalars(whole().where(Document.id.in_(sorted(ids)))))


def by_import_id(session: Session, import_id: str) -> Document | None:
    return session.scalars(whole().where(Document.import_id == import_id)).one_or_none()


def cards(session: Session, ids: Sequence[str], audience: frozenset[str]) -> list[Document]:
    """Return the documents in the order of `ids`, in three queries whatever their number, each with all a card shows.

    Those that are gone or not for these eyes are left out.
    """
    found = session.scalars(whole().where(Document.id.in_(list(ids)), visible_to(audience)))
    by_id = {document.id: document for document in found}
    return [by_id[key] for key in dict.fromkeys(ids) if key in by_id]


def newest(session: Session, ids: Collection[str], audience: frozenset[str]) -> list[str]:
    """Return those of the documents that this audience sees, published last first."""
    query = select(Document.id).where(visible_to(audience)).order_by(Document.published_at.desc(), Document.id)
    return [id for id in session.scalars(query) if id in ids]


def latest(session: Session, audience: frozenset[str], limit: int, type: str | None = None) -> list[Document]:
    """Return the documents published last, newest first."""
    query = whole().where(visible_to(audience))
    if type is not None:
        query = query.where(Document.type == type)
    return list(session.scalars(query.order_by(Document.published_at.desc(), Document.id).limit(limit)))


@dataclass(frozen=True, slots=True)
class Counts:
    """Numbers of documents; a document with two themes counts in both. A body is its code, or the name printed where
    it has none.
    """

    total: int
    types: Mapping[str, int]
    themes: Mapping[str, int]
    organisations: Mapping[str, int]


def counts(session: Session, audience: frozenset[str]) -> Counts:
    query = select(Document.type, func.count()).where(visible_to(audience)).group_by(Document.type)
    types = dict(session.execute(query).tuples().all())
    return Counts(sum(types.values()), types, count_themes(session, audience), count_bodies(session, audience))


def count_themes(session: Session, audience: frozenset[str]) -> dict[str, int]:
    query = select(DocumentTheme.theme, func.count()).join(Document, Document.id == DocumentTheme.document_id)
    return dict(session.execute(query.where(visible_to(audience)).group_by(DocumentTheme.theme)).tuples().all())


def count_bodies(session: Session, audience: frozenset[str]) -> dict[str, int]:
    body = func.coalesce(Document.organisation_id, Document.organisation_text)
    query = select(body, func.count()).where(visible_to(audience), body != "").group_by(body)
    return dict(session.execute(query).tuples().all())


def revisions(session: Session) -> dict[str, int]:
    """Return {id: revision} of every document that belongs in the index, whoever may see it: for checking the index."""
    query = select(Document.id, Document.revision).where(Document.state == State.PUBLISHED)
    return dict(session.execute(query).tuples().all())


def is_empty(session: Session) -> bool:
    """Tell whether there is no document at all, whatever its state."""
    return session.scalar(select(Document.id).limit(1)) is None


def history(session: Session, id: str, audience: frozenset[str]) -> list[Revision]:
    """Return the versions that these readers may see, newest first. Raises as `get` does."""
    get(session, id, audience)
    return versions(session, id, audience)


def versions(session: Session, id: str, audience: frozenset[str]) -> list[Revision]:
    """The same of a document that the caller has got for these readers."""
    query = select(Revision).where(Revision.document_id == id, version_visible_to(audience))
    return list(session.scalars(query.order_by(Revision.number.desc())))


def version(session: Session, id: str, number: int, audience: frozenset[str]) -> Revision:
    """Return one version. Raises as `get` does, and NotFound for a version that is not theirs to see."""
    get(session, id, audience)
    query = select(Revision).where(Revision.document_id == id, Revision.number == number, version_visible_to(audience))
    found = session.scalars(query).one_or_none() if 0 < number <= HIGHEST else None
    if found is None:
        raise NotFound(f"{id} version {number}")
    return found


def events(session: Session, id: str) -> list[Event]:
    """Return what was done to the document and by whom, oldest first: for curators."""
    return trace.of(session, id)


def whole() -> Select[tuple[Document]]:
    """Select documents with their files and themes, in three queries; what a body is called the vocabulary tells."""
    return select(Document).options(selectinload(Document.files), selectinload(Document.themes))


def _unused_id(session: Session) -> str:
    while True:
        fresh = new_id()
        if session.get(Document, fresh) is None and session.get(Tombstone, fresh) is None:
            return fresh


def _apply(session: Session, document: Document, sheet: Sheet) -> bool:
    """Set what the sheet holds, all of it or, with every problem told at once, nothing; return whether it was new."""
    values: dict[str, Any] = {name: value for name, value in sheet.items() if name not in {"period", "themes", "links"}}
    for name in values.keys() & {"title", "summary"}:
        values[name] = wordings(values[name])
    if "period" in sheet:
        values |= _period(sheet["period"])
    _check(session, values)
    news = {name: value for name, value in values.items() if getattr(document, name) != value}
    for name, value in news.items():
        setattr(document, name, value)
    text, _ = pick(document.title, document.language)
    document.sort_title = sort_key(text)[:SORT_KEY_LENGTH]
    rethemed = "themes" in sheet and _set_themes(document, frozenset(sheet["themes"]))
    return rethemed or bool(news)


def _set_themes(document: Document, codes: frozenset[str]) -> bool:
    if codes == document.theme_codes:
        return False
    kept = {row.theme: row for row in document.themes}
    document.themes = [kept.get(code) or DocumentTheme(theme=code) for code in sorted(codes)]
    return True


def _check(session: Session, values: Mapping[str, Any]) -> None:
    problems: dict[str, str] = {}
    if values.get("title") == {}:
        problems["title"] = "required"
    if "audience" in values and not is_audience(values["audience"]):
        problems["audience"] = "unknown"
    body = values.get("organisation_id")
    if body is not None and session.get(Organisation, body) is None:
        problems["organisation"] = "unknown"
    if problems:
        raise Invalid(problems)


def _period(period: Period | None) -> dict[str, Any]:
    if period is None:
        return {"date_first": None, "date_last": None, "date_text": ""}
    return {
        "date_first": period.first,
        "date_last": period.last,
        "date_precision": period.precision,
        "date_calendar": period.calendar,
        "date_text": period.text,
    }
