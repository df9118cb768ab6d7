"""The states of a document and the steps between them: a table, not ifs."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from kb.catalog.tables import Document, Event, State
from kb.core.clock import now
from kb.core.errors import Conflict, Invalid


@dataclass(frozen=True, slots=True)
class Transition:
    """`action` is what the event is called. `reason` says whether readers are owed one."""

    origin: State
    target: State
    action: str
    reason: bool = False


TRANSITIONS = (
    Transition(State.DRAFT, State.PUBLISHED, "publish"),
    Transition(State.PUBLISHED, State.WITHDRAWN, "withdraw", reason=True),
    Transition(State.WITHDRAWN, State.PUBLISHED, "restore"),
    Transition(State.WITHDRAWN, State.DRAFT, "reopen"),
)


def steps(document: Document) -> tuple[Transition, ...]:
    """Return the steps open from the state the document is in."""
    return tuple(t for t in TRANSITIONS if t.origin == document.state)


def move(session: Session, document: Document, to: str, *, actor: str, reason: str = "") -> None:
    """Take the step and write its event. Raises Conflict when it is not open, Invalid when its reason is missing."""
    step = next((t for t in steps(document) if t.target == to), None)
    if step is None:
        raise Conflict(f"{document.state} -> {to}")
    why = reason.strip()
    if step.reason and not why:
        raise Invalid({"reason": "required"})
    moment = now()
    if step.target == State.WITHDRAWN:
        document.withdrawn_at, document.withdrawn_reason = moment, why
    elif step.target == State.PUBLISHED:
        document.withdrawn_at, document.withdrawn_reason = None, ""
        document.published_at = document.published_at or moment
    document.state = step.target
    session.add(Event(at=moment, document_id=document.id, actor=actor, action=step.action, note=why))
