"""A bag of a whole library becomes that library: every byte compared first, then all of it or nothing."""

from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from kb.catalog import changes, documents, files, people, rows, trace
from kb.catalog.authority import Organisation
from kb.catalog.people import Person
from kb.catalog.rows import Plain
from kb.catalog.tables import Document, Event, FileState, Revision, Tombstone
from kb.core.clock import now
from kb.core.errors import Conflict
from kb.jobs import queue
from kb.services import scanner
from kb.services.bag import (
    DOCUMENTS,
    LIBRARY,
    ORIGINALS,
    PAGES,
    PEOPLE,
    Progress,
)
from kb.services.context import Services
from kb.services.packed import Damaged, Packed, opened
from kb.writing import bag

ACTOR: Final = "operator"
_TOGETHER: Final = 500
"""Events in memory at once."""
ARRIVED: Final = "library.import"
"""The event that says that a bag came in; its note is the end of the bag's trace."""


@dataclass(slots=True)
class Imported:
    """Numbers of what came in; `kept` documents were here already. `missing` originals were lost before the packing."""

    documents: int = 0
    kept: int = 0
    files: int = 0
    people: int = 0
    events: int = 0
    missing: int = 0
    ids: list[str] = field(default_factory=list)


def take_in(services: Services, folder: Path, progress: Progress) -> Imported:
    """Take a whole library in: identifiers, versions and the trace stay what they are. The same again changes nothing.

    Raises Damaged for a bag that is not as it was packed, Newer, Invalid for one of something else, and Conflict where
    the library holds another document (or account) under a name of the bag's; then nothing has changed.
    """
    packed = opened(folder)
    ids = packed.ids()
    with services.database.reading() as session:
        kept = _kept(session, packed, ids, services)
    found = Imported(kept=len(kept), ids=ids)
    coming = [id for id in ids if id not in kept]
    found.files, found.missing = _originals(services, packed, coming, progress)
    try:
        with services.database.writing() as session:
            _organisations(session, packed)
            found.people = _people(session, packed)
            numbered: dict[str, list[Plain]] = {name: [] for name in rows.NUMBERED}
            for id in coming:
                for name, lines in _document(session, packed, id, services).items():
                    numbered[name] += lines
            for name, lines in numbered.items():
                _number(session, name, lines)
            found.documents = len(coming)
            _tombstones(session, packed)
            _jobs(session, coming)
            found.events = _events(session, packed)
    except StatementError as error:
        raise Damaged({LIBRARY: "its rows do not fit together"}) from error
    return found


def _kept(session: Session, packed: Packed, ids: list[str], services: Services) -> set[str]:
    """Return which documents are here already: they hold the last version of the bag's, and may have gone on since."""
    kept = set()
    for id in ids:
        record = packed.record(id, services)
        document = record[rows.DOCUMENT][0]
        if session.get(Tombstone, id) is not None:
            raise Conflict(f"the document {id} of the bag was destroyed here")
        if not documents.load_all(session, [id]):
            _demand_free(session, document)
            continue
        number = document["revision"]
        last = next((row for row in record["revision"] if row["number"] == number), None)
        here = session.get(Revision, (id, number))
        if last is None or here is None or trace.seal(here) != trace.seal(Revision(**last)):
            raise Conflict(f"the document {id} here is another than that of the bag; nothing was changed")
        kept.add(id)
    return kept


def _demand_free(session: Session, document: Plain) -> None:
    named = document.get("import_id")
    if named and documents.by_import_id(session, named) is not None:
        raise Conflict(f"another document here has the import id {named} already; nothing was changed")


def _originals(services: Services, packed: Packed, ids: list[str], progress: Progress) -> tuple[int, int]:
    """Put the files that the documents need; one that is here already is not written again."""
    lost = set(packed.json(f"{LIBRARY}/missing.json"))
    wanted = sorted({file["digest"] for id in ids for file in packed.record(id, services)["file"]})
    done = 0
    for number, digest in enumerate(wanted, 1):
        path = f"{ORIGINALS}/{digest[:2]}/{digest[2:4]}/{digest}"
        source = packed.folder / bag.PAYLOAD / path
        if path not in packed.paths:
            if digest not in lost:
                raise Damaged({path: "is not there"})
            continue
        if not services.store.path(digest).is_file():
            with source.open("rb") as stream:
                scanner.demand_clean(services, stream, path, ACTOR)
                if services.store.put(stream, max(1, source.stat().st_size)).digest != digest:
                    raise Damaged({path: "is not what its name says"})
        done += 1
        progress(number, len(wanted))
    return done, len(wanted) - done


def _organisations(session: Session, packed: Packed) -> None:
    """Add the bodies that are not known here; those that are stay as the vocabulary of this version has them."""
    here = set(session.scalars(select(Organisation.id)))
    new = [row for row in packed.rows(f"{LIBRARY}/organisation.jsonl", "organisation") if row["id"] not in here]
    coming = {row["id"] for row in new}
    rows.insert(session, "organisation", new)
    for name, column in (("organisation_name", "organisation_id"), ("organisation_link", "from_id")):
        lines = packed.rows(f"{LIBRARY}/{name}.jsonl", name)
        rows.insert(session, name, (_unnumbered(row) for row in lines if row[column] in coming))


def _unnumbered(row: Plain) -> Plain:
    return {name: value for name, value in row.items() if name != "id"}


def _people(session: Session, packed: Packed) -> int:
    """Open the accounts that are not here; their owners choose a password by a link, as after an invitation."""
    if PEOPLE not in packed.paths:
        return 0
    coming = []
    for row in packed.rows(PEOPLE, rows.OF_PERSONS):
        key = people.key_of(row["email"]) or people.forgotten_key(row["id"])
        if session.get(Person, row["id"]) is not None:
            continue
        if session.scalar(select(Person.id).where(Person.key == key)):
            raise Conflict(f"an account for {row['email']} is there already, under another number; nothing was changed")
        coming.append({**row, "key": key, "password": ""})
    return rows.insert(session, rows.OF_PERSONS, coming)


def _document(session: Session, packed: Packed, id: str, services: Services) -> dict[str, list[Plain]]:
    """Write a document with its rows; return those that have numbers, and may name documents that come later."""
    record = packed.record(id, services)
    successors = {file["id"]: file.get("successor_id") for file in record["file"] if file.get("successor_id")}
    record["file"] = [{**file, "successor_id": None} for file in record["file"]]
    numbered = {name: record.pop(name) for name in rows.NUMBERED}
    for name, lines in record.items():
        rows.insert(session, name, lines)
    file = rows.table("file")
    for key, successor in successors.items():
        session.execute(file.update().where(file.c.id == key).values(successor_id=successor))
    own = {one["id"] for one in record["file"]}
    path = f"{DOCUMENTS}/{id}/{PAGES}"
    pages = packed.rows(path, rows.PAGES)
    rows.insert(session, rows.PAGES, (_owned(row, own, path) for row in pages))
    return numbered


def _owned(row: Plain, own: set[str], path: str) -> Plain:
    if row["file_id"] not in own:
        raise Damaged({path: "holds pages of another document"})
    return row


def _number(session: Session, name: str, coming: list[Plain]) -> None:
    """Write rows that have numbers of the library's; they keep them where all are free."""
    number = rows.table(name).c.id
    last = session.scalar(select(func.coalesce(func.max(number), 0)))
    free = all(row["id"] > last for row in coming)
    rows.insert(session, name, coming if free else map(_unnumbered, coming))
    if coming and session.get_bind().dialect.name == "postgresql":
        highest = select(func.max(number)).scalar_subquery()
        session.execute(select(func.setval(func.pg_get_serial_sequence(name, "id"), highest)))


def _tombstones(session: Session, packed: Packed) -> None:
    lines = packed.rows(f"{LIBRARY}/tombstone.jsonl", "tombstone")
    here = (Tombstone, Document)
    new = (row for row in lines if not any(session.get(kind, row["id"]) for kind in here))
    rows.insert(session, "tombstone", new)


def _jobs(session: Session, ids: list[str]) -> None:
    """Ask for all that follows: each document is indexed, and what was not read when it was packed is read."""
    moment = now()
    file = rows.table("file")
    for id in ids:
        queue.put(session, changes.INDEX, id, moment)
        for row in session.execute(select(file.c.id, file.c.state, file.c.unread).where(file.c.document_id == id)):
            if row.state == FileState.WAITING:
                queue.put(session, files.EXTRACT, row.id, moment)
            if row.unread:
                queue.put(session, files.OCR, row.id, moment)


def _events(session: Session, packed: Packed) -> int:
    """Take the trace along, once. Where there is none here, it stays what it is, digest by digest; else it is told anew
    at the end of ours, with its moments and under numbers that follow.
    """
    path = f"{LIBRARY}/event.jsonl"
    end, number = _checked(packed, path)
    seen = select(Event.id).where(Event.action == ARRIVED, Event.note == str(end))
    if session.scalar(seen.limit(1)) or str(trace.head(session)) == str(end):
        return 0
    if trace.head(session).number == 0:
        rows.insert(session, "event", packed.rows(path, "event"))
    else:
        coming = packed.rows(path, "event")
        while lines := list(islice(coming, _TOGETHER)):
            trace.chain(session, [Event(**row) for row in lines], linked=True)
            session.flush()
            session.expunge_all()
    session.add(Event(actor=ACTOR, action=ARRIVED, note=str(end)))
    return number


def _checked(packed: Packed, path: str) -> tuple[trace.Head, int]:
    """Return where the trace of the bag ends, and how many events it has. Raises Damaged for one that does not fit."""
    end, number = trace.Head(0, trace.START), 0
    for row in packed.rows(path, "event"):
        event = Event(**row)
        if trace.link(end.digest, event) != event.digest:
            raise Damaged({path: f"event {event.id} does not fit the one before it"})
        end, number = trace.Head(event.id, event.digest), number + 1
    return end, number
