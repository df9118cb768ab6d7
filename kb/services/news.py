"""What somebody is told of documents: shown at the desk, and mailed, many in one letter."""

import datetime as dt
import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from kb.catalog import desk, documents, notices
from kb.catalog.notices import Notice
from kb.catalog.people import Person
from kb.catalog.rights import Act, Someone
from kb.core.clock import new_id, now
from kb.core.errors import Unavailable
from kb.core.paging import pages_of
from kb.jobs.queue import JobRef
from kb.services import accounts, mail, persons, shown
from kb.services.context import Services
from kb.services.views import Said

PAGE = 50
MAILED = 40
"""Lines of one letter; of more it says how many there are."""
SENDINGS = 2
"""How often a letter is sent at most when nobody knows whether it arrived."""

_log = logging.getLogger(__name__)


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


@dataclass(frozen=True, slots=True)
class NoticesShown:
    """`page` is the one that is shown of `pages`; `unread` are all that they have not read."""

    notices: tuple[NoticeShown, ...]
    unread: int
    page: int
    pages: int


def listing(services: Services, someone: Someone, page: int, language: str) -> NoticesShown:
    """Return a page of their notices, unread ones first, then the newest; the last one where there are fewer."""
    with services.database.reading() as session:
        pages = pages_of(notices.count(session, someone.id), PAGE)
        page = min(page, pages)
        found = notices.of(session, someone.id, PAGE, (page - 1) * PAGE)
        rows = {row.id: row for row in documents.load_all(session, {one.document_id for one in found})}
        names = persons.called(session, {one.actor for one in found}, language)
        shown_here = tuple(
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
        )
        return NoticesShown(shown_here, notices.unread(session, someone.id), page, pages)


def mark_read(services: Services, someone: Someone, ids: Collection[int] | None) -> None:
    """Mark these of their notices as read, or all."""
    with services.database.writing() as session:
        notices.mark_read(session, someone.id, ids)


def run(services: Services, jobs: Sequence[JobRef]) -> None:
    """Mail each person what they were told and have not read. Raises Unavailable when no mail can be sent now."""
    for job in jobs:
        while mail.is_possible(services.settings) and _mail(services, job.key):
            pass


def _mail(services: Services, person_id: str) -> bool:
    """Mail the next letter to a person; return whether there was one. Raises Unavailable.

    That it is sent is written down before it is sent. Where nobody knows what became of that, after a crash or a line
    that broke, it is sent once more under the same name, and then no more.
    """
    with services.database.writing() as session:
        person = session.get(Person, person_id)
        found = notices.next_letter(session, person_id) if person and person.active else ()
        if not person or not found:
            return False
        name = next((one.letter for one in found if one.letter), "") or new_id()
        lines = _lines(services, session, person, found)
        begun = max(one.sendings for one in found)
        if not lines or begun >= SENDINGS:
            _mark(found)
            if begun:
                _log.warning("letter %s to %s may not have arrived; it is sent no more", name, person_id)
            return True
        for one in found:
            one.letter, one.sendings = name, begun + 1
        letter = mail.digest(services.settings, person, lines, MAILED, name)
    try:
        mail.send(services.settings, letter)
    except mail.Uncertain:
        raise
    except Unavailable:  # it was not taken: that counts for nothing
        with services.database.writing() as session:
            for one in notices.of_letter(session, name):
                one.sendings = begun
        raise
    with services.database.writing() as session:
        _mark(notices.of_letter(session, name))
    return True


def _mark(found: Sequence[Notice]) -> None:
    moment = now()
    for one in found:
        one.mailed_at = moment


def _lines(services: Services, session: Session, person: Person, found: Sequence[Notice]) -> list[tuple[str, str, str]]:
    """Return (kind, title, note) of each notice of a document that they still see: a letter is no way around that."""
    someone = accounts.someone_of(person)
    rows = {row.id: row for row in documents.load_all(session, {one.document_id for one in found})}
    return [
        (one.kind, shown.card(services, row, person.language).title.text, one.note)
        for one in found
        if (row := rows.get(one.document_id)) and desk.sees(someone, row)
    ]
