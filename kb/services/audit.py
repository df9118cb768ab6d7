"""The trace as an administrator reads, checks and takes it along."""

import datetime as dt
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy.orm import Session

from kb.catalog import documents, events, people, trace
from kb.catalog.events import Wanted
from kb.catalog.rights import Act, Someone, demand
from kb.catalog.tables import Event
from kb.catalog.trace import Head, Verdict
from kb.catalog.translated import pick
from kb.core import permanent
from kb.core.errors import NotFound
from kb.core.paging import pages_of
from kb.services import backup, persons
from kb.services.context import Services
from kb.services.views import Said
from kb.writing import delimited
from kb.writing.table import Table

PAGE: Final = 50
COLUMNS: Final = (
    "number",
    "at",
    "actor",
    "name",
    "action",
    "document",
    "revision",
    "note",
    "seal",
    "digest",
)
"""Of an export. All but the name, which is looked up, is what the digests are made of."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class EventShown:
    """`name` is who did it where that is a person, and `person` their id; "" for what is none.

    `title` is that of the document as it is now, None where it is gone. What was done to an account is `about` the
    person with this id, whose name is `about_name`; the note is then the rest.
    """

    number: int
    at: dt.datetime
    actor: str
    person: str
    name: str
    action: str
    document: str
    title: Said | None
    revision: int
    note: str
    about: str = ""
    about_name: str = ""


@dataclass(frozen=True, slots=True)
class Trail:
    """One page of the trace; `people` are (actor, name) and `actions` what it can be narrowed by."""

    events: tuple[EventShown, ...]
    total: int
    page: int
    pages: int
    head: Head
    people: tuple[tuple[str, str], ...]
    actions: tuple[str, ...]


def trail(services: Services, someone: Someone, wanted: Wanted, page: int, language: str) -> Trail:
    """Return a page of events, the newest first. Raises Forbidden, and NotFound for a page past the last."""
    demand(someone, Act.AUDIT)
    with services.database.reading() as session:
        total = events.count(session, wanted)
        pages = pages_of(total, PAGE)
        if page > pages:
            raise NotFound(str(page))
        rows = events.newest(session, wanted, (page - 1) * PAGE, PAGE)
        actors = events.actors(session)
        told_of = {people.actor_of(_about(row)) for row in rows if _about(row)}
        known = people.names(session, set(actors))
        names = persons.called(session, {*actors, *told_of}, language)
        return Trail(
            events=tuple(_shown(rows, names, _titles(session, rows, language))),
            total=total,
            page=page,
            pages=pages,
            head=trace.head(session),
            people=tuple((actor, known.get(actor, "")) for actor in actors),
            actions=tuple(events.actions(session)),
        )


def _titles(session: Session, rows: Sequence[Event], language: str) -> dict[str, Said]:
    ids = sorted({row.document_id for row in rows if row.document_id})
    found = documents.load_all(session, ids)
    return {document.id: Said(*pick(document.title, language, document.language)) for document in found}


def _about(row: Event) -> str:
    """Return whose account the event is about, "" for no other than who did it."""
    first = row.note.partition(" ")[0]
    told_of = row.action.startswith("person.") or row.action == "assign"
    return first if told_of and permanent.is_id(first) else ""


def _shown(rows: Sequence[Event], names: dict[str, str], titles: dict[str, Said]) -> Iterator[EventShown]:
    for row in rows:
        yield EventShown(
            number=row.id,
            at=row.at,
            actor=row.actor,
            person=people.id_of(row.actor),
            name=names.get(row.actor, ""),
            action=row.action,
            document=row.document_id or "",
            title=titles.get(row.document_id or ""),
            revision=row.revision or 0,
            note=row.note.removeprefix(_about(row)).strip(),
            about=_about(row),
            about_name=names.get(people.actor_of(_about(row)), ""),
        )


def export(services: Services, by: Someone | None, wanted: Wanted) -> Iterator[dict[str, Any]]:
    """Yield each event with all that its digest is made of (COLUMNS), the oldest first.

    `by` is None for who sits at the machine. Raises Forbidden before the first.
    """
    if by is not None:
        demand(by, Act.AUDIT)
    return _each(services, wanted)


def _each(services: Services, wanted: Wanted) -> Iterator[dict[str, Any]]:
    with services.database.reading() as session:
        names = people.names(session, set(events.actors(session)))
        for row in events.each(session, wanted):
            yield {
                "number": row.id,
                "at": trace.moment(row.at),
                "actor": row.actor,
                "name": names.get(row.actor, ""),
                "action": row.action,
                "document": row.document_id,
                "revision": row.revision,
                "note": row.note,
                "seal": row.seal,
                "digest": row.digest,
            }


def lines(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Yield an export as JSON, an event a line."""
    return (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def table(rows: Iterable[dict[str, Any]], language: str) -> Iterator[str]:
    """Yield an export as CSV, as who reads `language` opens it."""
    cells = (tuple(row[name] for name in COLUMNS) for row in rows)
    return delimited.write(Table("trace", language, COLUMNS, cells))


def head(services: Services) -> Head:
    """Return the end of the chain, to be kept elsewhere."""
    with services.database.reading() as session:
        return trace.head(session)


def verify(services: Services, anchors: Sequence[Head], progress: Progress) -> Verdict:
    """Read the whole chain; see trace.verify."""
    with services.database.reading() as session:
        return trace.verify(session, anchors, progress)


def anchors_of(place: Path) -> list[Head]:
    """Return the ends of the chain that the backups of a place remember. Raises NotFound where there is no backup."""
    folders = backup.backups(place) or [place]
    found = [backup.read(folder).trace for folder in folders]
    return [Head.read(text) for text in found if text]
