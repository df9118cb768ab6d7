"""Who has a document open at the desk: whoever would change it meanwhile is asked first, and the other is told."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from kb.catalog import desk, locks, notices, people
from kb.catalog.locks import DocumentLock
from kb.catalog.notices import News
from kb.catalog.rights import Act, Someone
from kb.catalog.tables import Document
from kb.core.errors import Conflict, Forbidden
from kb.services import persons
from kb.services.context import Services


@dataclass(frozen=True, slots=True)
class Held:
    """Who has a document open, and since when; `mark` is of that very lock, to be taken over and no other."""

    name: str
    since: dt.datetime
    mark: str


class OpenElsewhere(Conflict):
    """Somebody else has the document open, and is not asked away in silence; `held` says who."""

    code = "open-elsewhere"

    def __init__(self, held: Held) -> None:
        super().__init__(held.name)
        self.held = held


def of_others(session: Session, ids: list[str], someone: Someone, language: str) -> dict[str, Held]:
    """Return who else has these documents open now, by document."""
    found = locks.of_others(session, ids, someone.actor)
    names = persons.called(session, {lock.actor for lock in found.values()}, language)
    return {id: _held(lock, names.get(lock.actor, "")) for id, lock in found.items()}


def opened_by(services: Services, someone: Someone, id: str) -> Held | None:
    """Return who else has the document open now."""
    with services.database.reading() as session:
        return of_others(session, [id], someone, someone.language).get(id)


def heed(services: Services, session: Session, document: Document, someone: Someone, over: str = "") -> None:
    """Raise OpenElsewhere where another has the document open, unless `over` is the mark of that lock.

    Then it is taken over, and the other is told.
    """
    lock = locks.held(session, document, someone.actor)
    if lock is None:
        return
    if over != _mark(lock):
        raise OpenElsewhere(_held(lock, persons.called(session, {lock.actor}, someone.language).get(lock.actor, "")))
    _take(services, session, document, someone, lock.actor)


def take_over(services: Services, someone: Someone, id: str) -> None:
    """Take the lock that another has on the document, who is told. Raises NotFound, Forbidden."""
    with services.database.writing() as session:
        document = desk.load(session, id, someone)
        if not desk.may_edit(someone, document):
            raise Forbidden(f"forbidden.{Act.CURATE}")
        lock = locks.held(session, document, someone.actor)
        _take(services, session, document, someone, lock.actor if lock else "")


def lock(services: Services, someone: Someone, id: str) -> None:
    """Lock the document for them, or prolong their lock; silent where another has one, or they may not change it."""
    with services.database.writing() as session:
        document = desk.load(session, id, someone)
        if desk.may_edit(someone, document):
            locks.take(session, document, someone.actor, _lasts(services))


def _take(services: Services, session: Session, document: Document, someone: Someone, before: str) -> None:
    locks.take(session, document, someone.actor, _lasts(services), over=True)
    if other := people.id_of(before):
        notices.tell(session, [other], document, News.TAKEN_OVER, actor=someone.actor)


def _lasts(services: Services) -> dt.timedelta:
    return dt.timedelta(seconds=services.settings.lock_seconds)


def _held(lock: DocumentLock, name: str) -> Held:
    return Held(name, lock.since, _mark(lock))


def _mark(lock: DocumentLock) -> str:
    return f"{lock.since:%Y%m%d%H%M%S%f}"
