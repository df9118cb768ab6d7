"""The states of a document and the steps between them: a table, not ifs."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb.catalog import notices
from kb.catalog.notices import News
from kb.catalog.rights import Act, Someone
from kb.catalog.tables import Document, Event, Revision, State
from kb.core.clock import now
from kb.core.errors import Conflict, Forbidden, Invalid

NOTE_LENGTH: Final = 2000
"""Characters of a reason."""


@dataclass(frozen=True, slots=True)
class Transition:
    """`action` is what the event is called. `act` is what one must be allowed; whoever may DEPOSIT takes the step
    with what they brought themselves, whoever may CURATE with everything of theirs to curate. `reason` says whether
    one is owed: to who brought the document or, of what was published, to readers.
    """

    origin: State
    target: State
    action: str
    act: Act = Act.CURATE
    reason: bool = False


TRANSITIONS: Final = (
    Transition(State.DRAFT, State.SUBMITTED, "submit", Act.DEPOSIT),
    Transition(State.DRAFT, State.PUBLISHED, "publish"),
    Transition(State.DRAFT, State.ARCHIVED, "discard", Act.DEPOSIT),
    Transition(State.SUBMITTED, State.DRAFT, "recall", Act.DEPOSIT),
    Transition(State.SUBMITTED, State.REVIEW, "take"),
    Transition(State.SUBMITTED, State.RETURNED, "return", reason=True),
    Transition(State.SUBMITTED, State.PUBLISHED, "publish"),
    Transition(State.SUBMITTED, State.ARCHIVED, "reject", reason=True),
    Transition(State.REVIEW, State.SUBMITTED, "release"),
    Transition(State.REVIEW, State.RETURNED, "return", reason=True),
    Transition(State.REVIEW, State.PUBLISHED, "publish"),
    Transition(State.REVIEW, State.ARCHIVED, "reject", reason=True),
    Transition(State.RETURNED, State.SUBMITTED, "submit", Act.DEPOSIT),
    Transition(State.RETURNED, State.PUBLISHED, "publish"),
    Transition(State.RETURNED, State.ARCHIVED, "discard", Act.DEPOSIT),
    Transition(State.PUBLISHED, State.WITHDRAWN, "withdraw", reason=True),
    Transition(State.WITHDRAWN, State.PUBLISHED, "restore"),
    Transition(State.WITHDRAWN, State.DRAFT, "reopen"),
    Transition(State.WITHDRAWN, State.ARCHIVED, "archive"),
    Transition(State.ARCHIVED, State.DRAFT, "reopen"),
)
"""Besides these, `undo` takes a publication back for a short while."""

OPEN: Final = (State.DRAFT, State.SUBMITTED, State.REVIEW, State.RETURNED)
"""States of what is still on its way to readers."""


def steps(document: Document) -> tuple[Transition, ...]:
    """Return the steps open from the state the document is in."""
    return tuple(t for t in TRANSITIONS if t.origin == document.state)


def may(someone: Someone, document: Document, step: Transition) -> bool:
    """Tell whether they may take the step with this document."""
    own = step.act == Act.DEPOSIT and someone.may(Act.DEPOSIT) and document.deposited_by == someone.actor
    return own or someone.may_with(Act.CURATE, document.organisation_id)


def open_to(someone: Someone, document: Document) -> tuple[Transition, ...]:
    """Return the steps that they may take with the document now."""
    return tuple(step for step in steps(document) if may(someone, document, step))


def demand(someone: Someone, document: Document, to: str) -> None:
    """Raise Forbidden unless they may take the step; one that is not open is refused when it is taken."""
    step = _step(document, to)
    if step is not None and not may(someone, document, step):
        raise Forbidden(f"forbidden.{step.act}")


def move(session: Session, document: Document, to: str, *, actor: str, reason: str = "") -> Transition:
    """Take the step and write its event. Raises Conflict when it is not open, Invalid when its reason is missing."""
    step = _step(document, to)
    if step is None:
        raise Conflict(f"{document.state} -> {to}")
    why = reason.strip()
    if (step.reason and not why) or len(why) > NOTE_LENGTH:
        raise Invalid({"reason": "too-long" if why else "required"})
    moment = now()
    if step.target == State.WITHDRAWN:
        document.withdrawn_at, document.withdrawn_reason = moment, why
    elif step.target == State.PUBLISHED:
        document.withdrawn_at, document.withdrawn_reason = None, ""
        document.published_at = document.published_at or moment
    document.state = step.target
    session.add(Event(at=moment, document_id=document.id, actor=actor, action=step.action, note=why))
    _tell(session, document, step, actor, why)
    return step


_NEWS: Final[Mapping[str, News]] = {
    "publish": News.PUBLISHED,
    "return": News.RETURNED,
    "reject": News.REJECTED,
    "withdraw": News.WITHDRAWN,
}


def _tell(session: Session, document: Document, step: Transition, actor: str, why: str) -> None:
    if step.action == "submit":
        notices.to_curators(session, document, News.SUBMITTED, actor=actor)
    elif step.action in _NEWS:
        notices.to_depositor(session, document, _NEWS[step.action], actor=actor, note=why)


def undoable(session: Session, document: Document, within: dt.timedelta) -> State | None:
    """Return the state that the publication of the document can still be taken back to; None when it no longer can."""
    if document.state != State.PUBLISHED or _last_published(session, document) < now() - within:
        return None
    before = select(Revision.state).where(Revision.document_id == document.id, Revision.state != State.PUBLISHED)
    state = session.scalar(before.order_by(Revision.number.desc()).limit(1))
    return State(state) if state in OPEN else None


def undo(session: Session, document: Document, *, actor: str, within: dt.timedelta) -> None:
    """Take back a publication not older than `within`. Raises Conflict when it is."""
    state = undoable(session, document, within)
    if state is None:
        raise Conflict(f"{document.state} -> before")
    published = _last_published(session, document)
    notices.retract(session, document, News.PUBLISHED, published)
    if document.published_at == published:
        document.published_at = None  # readers never had it: its address is that of no document
    document.state = state
    session.add(Event(document_id=document.id, actor=actor, action="undo"))


def _last_published(session: Session, document: Document) -> dt.datetime:
    query = select(Event.at).where(Event.document_id == document.id, Event.action == "publish")
    return session.scalar(query.order_by(Event.id.desc()).limit(1)) or dt.datetime.min.replace(tzinfo=dt.UTC)


def _step(document: Document, to: str) -> Transition | None:
    return next((step for step in steps(document) if step.target == to), None)
