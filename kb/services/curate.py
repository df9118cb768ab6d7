"""The steps of a document at the desk, each by somebody who may; publish and withdraw also for an operator."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from kb.catalog import checks, desk, documents, locks, notices, people, workflow
from kb.catalog.content_type import ContentType
from kb.catalog.notices import News
from kb.catalog.people import Person
from kb.catalog.rights import Act, Someone
from kb.catalog.tables import Document, Event, State
from kb.catalog.translated import UNREVIEWED
from kb.core.clock import now
from kb.core.errors import Forbidden, Invalid, KbError
from kb.services import accounts, holding
from kb.services.context import Services

OPERATOR = "operator"
"""Who acts when somebody types a command; persons act by `step`."""


def publish(services: Services, id: str, *, actor: str = OPERATOR) -> None:
    """Publish the document. Raises NotFound, and Conflict when its state does not allow it."""
    with services.database.writing() as session:
        workflow.move(session, documents.load(session, id), State.PUBLISHED, actor=actor)


def withdraw(services: Services, id: str, reason: str, *, actor: str = OPERATOR) -> None:
    """Withdraw the document; `reason` is what readers are told. Raises as `publish`, and Invalid without a reason."""
    with services.database.writing() as session:
        workflow.move(session, documents.load(session, id), State.WITHDRAWN, actor=actor, reason=reason)


class Owing(Invalid):
    """The document cannot be published before it has what it lacks."""

    code = "owing"

    def __init__(self, lacks: Sequence[checks.Lack]) -> None:
        super().__init__({lack.field: "required" for lack in lacks})
        self.lacks = tuple(lacks)


def step(
    services: Services, someone: Someone, id: str, to: str, reason: str = "", *, seen: bool = False, over: str = ""
) -> None:
    """Take a step with a document. Raises NotFound, Forbidden, Conflict when it is not open, Invalid without a reason.

    Raises Owing where it cannot be published yet, and as `holding.heed`. Who has `seen` it has its title, as the text
    gave it, before their eyes.
    """
    with services.database.writing() as session:
        document = desk.load(session, id, someone)
        workflow.demand(someone, document, to)
        holding.heed(services, session, document, someone, over)
        if to == State.PUBLISHED and document.state in workflow.OPEN:
            if seen:
                _confirm_title(session, document, someone.actor)
            _demand_whole(services.types[document.type], document)
        workflow.move(session, document, to, actor=someone.actor, reason=reason)
        locks.leave(session, document, someone.actor)


def undo(services: Services, someone: Someone, id: str) -> None:
    """Take back a publication of a moment ago. Raises NotFound, Forbidden, and Conflict when it is too late."""
    with services.database.writing() as session:
        document = _to_curate(session, someone, id)
        within = dt.timedelta(seconds=services.settings.undo_seconds)
        workflow.undo(session, document, actor=someone.actor, within=within)


def assign(services: Services, someone: Someone, id: str, to: str, *, over: str = "") -> None:
    """Give the document to a curator to see to, or "" to nobody.

    Raises NotFound, Forbidden, Invalid for others, and as `holding.heed`.
    """
    with services.database.writing() as session:
        document = _to_curate(session, someone, id)
        holding.heed(services, session, document, someone, over)
        person = session.get(Person, to) if to else None
        if to and not (
            person and person.active and accounts.someone_of(person).may_with(Act.CURATE, document.organisation_id)
        ):
            raise Invalid({"assign": "unknown"})
        actor = people.actor_of(person.id) if person else ""
        if document.assigned_to == actor:
            return
        document.assigned_to = actor
        note = person.id if person else ""  # events name nobody: a person may be forgotten
        session.add(Event(document_id=document.id, actor=someone.actor, action="assign", note=note))
        if person:
            notices.tell(session, [person.id], document, News.ASSIGNED, actor=someone.actor)


def still_right(services: Services, someone: Someone, id: str) -> None:
    """Note that the document was found right today. Raises NotFound, Forbidden, and as `holding.heed`."""
    with services.database.writing() as session:
        document = _to_curate(session, someone, id)
        holding.heed(services, session, document, someone)
        kind, today = services.types[document.type], now().astimezone().date()
        field = kind.field(checks.CHECKED_ON)
        if field:
            data = {**document.data, checks.CHECKED_ON: field.read(today.isoformat())}
            documents.edit(session, document, actor=someone.actor, data=data)
        document.review_on = checks.next_review(kind, today)
        session.add(Event(document_id=document.id, actor=someone.actor, action="verify"))


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one document of many: `error` says why nothing did."""

    id: str
    error: KbError | None = None


def each(ids: Sequence[str], act: Callable[[str], None]) -> list[Done]:
    """Do the same to each of the documents, one after the other; what fails stops no other."""
    told = []
    for id in dict.fromkeys(ids):
        try:
            act(id)
        except KbError as error:
            told.append(Done(id, error))
        else:
            told.append(Done(id))
    return told


def curators(services: Services) -> list[tuple[str, str]]:
    """Return (id, name) of those whom documents can be given to."""
    with services.database.reading() as session:
        return [
            (p.id, p.name) for p in people.everybody(session) if p.active and accounts.someone_of(p).may(Act.CURATE)
        ]


def _to_curate(session: Session, someone: Someone, id: str) -> Document:
    document = desk.load(session, id, someone)
    if not someone.may_with(Act.CURATE, document.organisation_id):
        raise Forbidden("forbidden.curate")
    return document


def _confirm_title(session: Session, document: Document, actor: str) -> None:
    if all(wording["state"] == UNREVIEWED for wording in document.title.values()):
        title = {code: {"text": wording["text"], "state": "reviewed"} for code, wording in document.title.items()}
        documents.edit(session, document, actor=actor, title=title)


def _demand_whole(kind: ContentType, document: Document) -> None:
    if owed := checks.owes(kind, document):
        raise Owing(owed)
