"""The review screen: a document in any state beside its file, with all that helps to decide."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb.catalog import corrections, desk, files, inbox, people, relations, workflow
from kb.catalog.checks import Lack, lacking
from kb.catalog.inbox import Filter
from kb.catalog.rights import Act, Someone
from kb.catalog.tables import Document, DocumentKey, Event, File
from kb.catalog.workflow import Transition
from kb.core.errors import NotFound
from kb.services import persons, read, receipt, shown
from kb.services.context import Services
from kb.services.inbox import Row, rows
from kb.services.told import Receipt
from kb.services.views import Card, FieldShown, FileShown, Original

TWINS = 5


@dataclass(frozen=True, slots=True)
class Twin:
    """Another document with the same bytes, or else with the same title."""

    card: Card
    same_bytes: bool


@dataclass(frozen=True, slots=True)
class Told:
    """What was done last, by whom, and what they wrote."""

    action: str
    who: str
    at: dt.datetime
    note: str


@dataclass(frozen=True, slots=True)
class Seen:
    """A page of a file: its picture where it has one, and its text, which is "" where none was read."""

    file: FileShown
    receipt: Receipt
    page: int
    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the list one is: `number` from 1 of `total`, 0 where the document is not in it."""

    number: int
    total: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Review:
    """`editable`: they may change what is said of it, and nobody else has it open. `steps` are those open to them."""

    row: Row
    fields: tuple[FieldShown, ...]
    files: tuple[FileShown, ...]
    seen: Seen | None
    lacks: tuple[Lack, ...]
    steps: tuple[Transition, ...]
    last: Told | None
    twins: tuple[Twin, ...]
    place: Place
    editable: bool
    may_edit: bool
    assigned_to: str
    may_curate: bool


def show(
    services: Services, someone: Someone, id: str, wanted: Filter, language: str, file: int = 1, page: int = 1
) -> Review:
    """Return the document as its reviewer sees it. Raises NotFound."""
    with services.database.reading() as session:
        document = desk.load(session, id, someone)
        (row,) = rows(services, session, [document], someone, language)
        may_edit = desk.may_edit(someone, document)
        may_curate = someone.may_with(Act.CURATE, document.organisation_id)
        return Review(
            row=row,
            fields=shown.fields(services.types[document.type], document.data, language),
            files=tuple(shown.file(one) for one in document.files),
            seen=_seen(session, document, file, page),
            lacks=tuple(_lacks(services, document)),
            steps=workflow.open_to(someone, document),
            last=_last(session, document, language),
            twins=_twins(services, session, document, someone, language),
            place=_place(session, someone, id, wanted),
            editable=may_edit and row.held is None,
            may_edit=may_edit,
            assigned_to=people.id_of(document.assigned_to),
            may_curate=may_curate,
        )


def decided(services: Services, someone: Someone, id: str, language: str) -> tuple[str, str, bool] | None:
    """Return (id, title, whether its publication can be undone) of a document that was just decided on.

    None for one that they do not see.
    """
    within = dt.timedelta(seconds=services.settings.undo_seconds)
    with services.database.reading() as session:
        found = inbox.seen(session, someone, [id])
        if not found:
            return None
        may_curate = someone.may_with(Act.CURATE, found[0].organisation_id)
        undoable = may_curate and workflow.undoable(session, found[0], within) is not None
        return id, shown.card(services, found[0], language).title.text, undoable


def following(services: Services, someone: Someone, id: str, wanted: Filter) -> str:
    """Return the document after this one in the list, or before it where it is the last; "" where it is alone."""
    with services.database.reading() as session:
        place = _place(session, someone, id, wanted)
        return place.after or place.before


def original(services: Services, someone: Someone, id: str, file: int) -> Original:
    """Return where a file of a document in any state is. Raises NotFound."""
    with services.database.reading() as session:
        return read.stored(services, desk.load(session, id, someone), file)


def _lacks(services: Services, document: Document) -> list[Lack]:
    """Return what the document lacks; a title that only nobody has seen yet is seen now."""
    found = lacking(services.types[document.type], document)
    return [lack for lack in found if lack.field != "title" or not document.title]


def _place(session: Session, someone: Someone, id: str, wanted: Filter) -> Place:
    ids = inbox.ids(session, someone, wanted)
    if id not in ids:
        return Place(0, len(ids), "", ids[0] if ids else "")
    here = ids.index(id)
    return Place(here + 1, len(ids), ids[here - 1] if here else "", ids[here + 1] if here + 1 < len(ids) else "")


def _seen(session: Session, document: Document, file: int, page: int) -> Seen | None:
    try:
        row = files.numbered(document, file)
    except NotFound:
        return None
    number = max(1, min(page, row.pages or 1))
    text, language = "", ""
    if row.pages:
        as_shown = corrections.page(session, row, number)
        text, language = as_shown.text, as_shown.language
    told = receipt.of_file(session, document, row)
    return Seen(shown.file(row), told, number, text, language or row.language or document.language)


def _last(session: Session, document: Document, language: str) -> Told | None:
    """Return the last step, whose note may say what was wrong."""
    actions = {step.action for step in workflow.TRANSITIONS} | {"undo"}
    query = select(Event).where(Event.document_id == document.id, Event.action.in_(actions))
    event = session.scalar(query.order_by(Event.id.desc()).limit(1))
    if event is None:
        return None
    return Told(
        event.action, persons.called(session, {event.actor}, language).get(event.actor, ""), event.at, event.note
    )


def _twins(
    services: Services, session: Session, document: Document, someone: Someone, language: str
) -> tuple[Twin, ...]:
    """Return other documents with the same bytes or the same title, of those that they see at the desk."""
    digests = [file.digest for file in document.files]
    bytes_of = set(session.scalars(select(File.document_id).where(File.digest.in_(digests)).limit(TWINS + 1)))
    titles = {relations.title_key(said["text"]) for said in document.title.values() if said["text"]}
    titled = set(session.scalars(select(DocumentKey.document_id).where(DocumentKey.key.in_(titles)).limit(TWINS + 1)))
    found: Sequence[Document] = inbox.seen(session, someone, sorted((bytes_of | titled) - {document.id}))
    return tuple(
        Twin(shown.card(services, one, language), one.id in bytes_of)
        for one in sorted(found, key=lambda one: (one.id not in bytes_of, one.id))[:TWINS]
    )
