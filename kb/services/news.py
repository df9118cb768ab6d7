"""What somebody is told of documents: shown at the desk, and mailed, many in one letter."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from kb.catalog import desk, documents, notices
from kb.catalog.notices import Notice
from kb.catalog.people import Person
from kb.catalog.rights import Act, Someone
from kb.core.clock import now
from kb.jobs.queue import JobRef
from kb.services import accounts, mail, persons, shown
from kb.services.context import Services
from kb.services.views import Said

SHOWN = 100
MAILED = 40
"""Lines of one letter; of more it says how many there are."""


@dataclass(frozen=True, slots=True)
class NoticeShown:
    """`title` is None where they no longer see the document."""

    id: int
    document: str
    title: Said | None
    kind: str
    who: str
    note: str
    at: dt.datetime
    unread: bool


def unread(services: Services, someone: Someone) -> int:
    """Return how many notices they have not read."""
    if not someone.may(Act.DEPOSIT):
        return 0
    with services.database.reading() as session:
        return notices.unread(session, someone.id)


def listing(services: Services, someone: Someone, language: str) -> list[NoticeShown]:
    """Return their notices, unread ones first, then the newest, at most SHOWN."""
    with services.database.reading() as session:
        found = notices.of(session, someone.id, SHOWN)
        rows = {row.id: row for row in documents.load_all(session, {one.document_id for one in found})}
        names = persons.called(session, {one.actor for one in found}, language)
        return [
            NoticeShown(
                id=one.id,
                document=one.document_id,
                title=shown.card(services, row, language).title if desk.sees(someone, row) else None,
                kind=one.kind,
                who=names.get(one.actor, ""),
                note=one.note,
                at=one.at,
                unread=one.read_at is None,
            )
            for one in found
            if (row := rows[one.document_id])
        ]


def mark_read(services: Services, someone: Someone, ids: Collection[int] | None) -> None:
    """Mark these of their notices as read, or all."""
    with services.database.writing() as session:
        notices.mark_read(session, someone.id, ids)


def run(services: Services, jobs: Sequence[JobRef]) -> None:
    """Mail each person what they were told and have not read. Raises Unavailable when no mail can be sent now."""
    for job in jobs:
        if not mail.is_possible(services.settings):
            continue
        with services.database.reading() as session:
            person = session.get(Person, job.key)
            found = notices.unmailed(session, job.key) if person and person.active else ()
            lines = _lines(services, session, person, found) if person and found else []
            letter = mail.digest(services.settings, person, lines, MAILED) if person and lines else None
            ids = [one.id for one in found]
        if letter is not None:
            mail.send(services.settings, letter)
        if not ids:
            continue
        with services.database.writing() as session:
            for id in ids:
                row = session.get(Notice, id)
                if row is not None:
                    row.mailed_at = now()


def _lines(services: Services, session: Session, person: Person, found: Sequence[Notice]) -> list[tuple[str, str, str]]:
    """Return (kind, title, note) of each notice of a document that they still see: a letter is no way around that."""
    someone = accounts.someone_of(person)
    rows = {row.id: row for row in documents.load_all(session, {one.document_id for one in found})}
    return [
        (one.kind, shown.card(services, row, person.language).title.text, one.note)
        for one in found
        if (row := rows.get(one.document_id)) and desk.sees(someone, row)
    ]
