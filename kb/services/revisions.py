"""The versions of a document as those who work on it see them: what each changed, by whom, and back to one of them."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb.catalog import desk, detaching, documents, events, people, snapshot, workflow
from kb.catalog.documents import Sheet
from kb.catalog.relations import Wanted
from kb.catalog.rights import Someone
from kb.catalog.tables import Document, Event, Revision, State
from kb.catalog.translated import pick
from kb.core.errors import NotFound
from kb.db.columns import HIGHEST
from kb.services import editing, holding, persons
from kb.services.context import Services
from kb.services.views import Said

ASSIGN: Final = "assign"
"""The action whose note is the number of a person."""


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody did: `name` is "" for what is no person. The note of who gave it to somebody is whom."""

    actor: str
    name: str
    action: str
    note: str


@dataclass(frozen=True, slots=True)
class VersionShown:
    """A version; without `deeds` the house made it by itself, as when a file was read."""

    number: int
    at: dt.datetime
    state: str
    audience: str
    deeds: tuple[Deed, ...]


@dataclass(frozen=True, slots=True)
class Versions:
    """All versions, the newest first. `mine` tells whether they may take the document back to one of them."""

    id: str
    type: str
    title: Said
    revision: int
    mine: bool
    shown: tuple[VersionShown, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """Two versions as what was said in each, and the facts beside that: (name of a fact, before, after)."""

    before: int
    after: int
    sheets: tuple[Sheet, Sheet]
    facts: tuple[tuple[str, str, str], ...]


def versions(services: Services, someone: Someone, id: str, language: str) -> Versions:
    """Raises NotFound for a document that they do not see at the desk."""
    with services.database.reading() as session:
        document = desk.load(session, id, someone)
        rows = session.scalars(
            select(Revision).where(Revision.document_id == id).order_by(Revision.number.desc())
        ).all()
        told = events.of_versions(session, id)
        deeds = [event for of_one in told.values() for event in of_one]
        assigned = {people.actor_of(event.note) for event in deeds if event.action == ASSIGN and event.note}
        names = persons.called(session, {event.actor for event in deeds} | assigned, language)
        shown = tuple(
            VersionShown(
                row.number,
                row.taken_at,
                row.state,
                row.audience,
                tuple(_deed(event, names) for event in told.get(row.number, ())),
            )
            for row in rows
        )
        title = Said(*pick(document.title, language, document.language))
        mine = desk.may_edit(someone, document)
        return Versions(document.id, document.type, title, document.revision, mine, shown)


def saved_by(services: Services, id: str, number: int, language: str) -> tuple[str, dt.datetime] | None:
    """Return who made this version and when, to be told beside it; None where that was no person."""
    with services.database.reading() as session:
        deeds = [event for event in events.of_versions(session, id).get(number, ()) if people.id_of(event.actor)]
        if not deeds:
            return None
        return persons.called(session, {deeds[-1].actor}, language)[deeds[-1].actor], deeds[-1].at


def _deed(event: Event, names: Mapping[str, str]) -> Deed:
    note = names.get(people.actor_of(event.note), "") if event.action == ASSIGN else event.note
    return Deed(event.actor, names.get(event.actor, ""), event.action, note)


def compared(services: Services, someone: Someone, id: str, before: int, after: int) -> Compared:
    """Return what two versions said. Raises NotFound for a document they do not see at the desk, and for no version."""
    with services.database.reading() as session:
        desk.load(session, id, someone)
        one, other = (_version(session, id, number) for number in (before, after))
        facts = tuple((name, a, b) for name, a, b in zip(_FACTS, _facts(one), _facts(other), strict=True) if a != b)
        sheets = (editing.as_seen(session, someone, one), editing.as_seen(session, someone, other))
        return Compared(before, after, sheets, facts)


def restore(services: Services, someone: Someone, id: str, number: int, revision: int) -> bool:
    """Say again what that version said, as a new version by the ordinary edit; return whether that changed anything.

    State, audience and files stay as they are: who may read a document is never decided by its past. `revision` is the
    one they read. Raises NotFound, Forbidden, Invalid, Conflict where it is no longer that, and as `holding.heed`.
    """
    with services.database.writing() as session:
        document = editing.load(session, someone, id)
        holding.heed(services, session, document, someone)
        wanted = _sheet(_version(session, id, number))
        wanted["audience"], wanted["links"] = document.audience, _still(session, wanted["links"])
        theirs = editing.within(someone, wanted, document.organisation_id)
        changed = documents.edit(session, document, actor=someone.actor, revision=revision, **theirs)
        if changed:
            session.add(Event(document_id=id, actor=someone.actor, action="revert", note=str(number)))
        return changed


def body(session: Session, id: str, number: int) -> str | None:
    """Return the body to which the document belonged in that version. Raises NotFound."""
    return snapshot.restore(_version(session, id, number)).organisation_id


def take_back(session: Session, document: Document, number: int, *, actor: str, reason: str) -> None:
    """Let the document be what it was in that version: what it said, who may read it, its files, and no publication.

    What the version after it did not change stays as it is: a text that was read since may have told its title and its
    language. Only for who knows that nothing else has happened to it since. What had been published is withdrawn on the
    way, with the reason, for readers knew its address. Raises Conflict where no step leads there.
    """
    then = _version(session, document.id, number)
    after: Mapping[str, Any] = _sheet(_version(session, document.id, number + 1))
    wanted: dict[str, Any] = {name: value for name, value in _sheet(then).items() if value != after[name]}
    if "links" in wanted:
        wanted["links"] = _still(session, wanted["links"])
    kept = {file["id"]: file.get("successor_id") for file in then.snapshot.get("files", ())}
    for file in [file for file in document.files if file.id not in kept]:
        detaching.detach(session, document, file, actor=actor)
    for file in document.files:
        file.successor_id = kept[file.id]
    documents.edit(session, document, actor=actor, **wanted)
    if document.state != then.state:
        if document.state == State.PUBLISHED:
            workflow.move(session, document, State.WITHDRAWN, actor=actor, reason=reason)
        workflow.move(session, document, then.state, actor=actor)
    session.add(Event(document_id=document.id, actor=actor, action="revert", note=str(number)))


def _still(session: Session, links: Iterable[Wanted]) -> list[Wanted]:
    """Return what can still be said: a document that is gone is named by the text that was printed, or not at all."""
    there = (link if not link.target or _is_there(session, link.target) else replace(link, target="") for link in links)
    return [link for link in there if link.target or link.text]


def _is_there(session: Session, id: str) -> bool:
    return bool(documents.load_all(session, [id]))


_FACTS = ("state", "files")


def _facts(revision: Revision) -> tuple[str, str]:
    names = [f"{file['name']} ({file['digest'][:12]})" for file in revision.snapshot.get("files", ())]
    return revision.state, "\n".join(names)


def _version(session: Session, id: str, number: int) -> Revision:
    found = session.get(Revision, (id, number)) if 0 < number <= HIGHEST else None
    if found is None:
        raise NotFound(f"{id} version {number}")
    return found


def _sheet(revision: Revision) -> Sheet:
    then: Document = snapshot.restore(revision)
    links = [_link(row) for row in revision.snapshot.get("relations", ())]
    return Sheet(**editing.sheet_of(then), links=links)


def _link(row: dict[str, Any]) -> Wanted:
    return Wanted(
        kind=row["kind"],
        target=row.get("target_id") or "",
        text=row.get("target_text", ""),
        note=row.get("note", ""),
        file=row.get("file", 0),
        page=row.get("page", 0),
        row=row.get("id", 0),
    )
