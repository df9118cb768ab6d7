"""The inbox of the desk: what waits, in whose hands it is and what it lacks."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from kb.catalog import checks, inbox
from kb.catalog.inbox import Filter, Tab
from kb.catalog.rights import Someone
from kb.catalog.tables import Document, FileState
from kb.catalog.vocabulary import labelled
from kb.core.clock import now
from kb.core.paging import pages_of
from kb.services import holding, persons, shown
from kb.services.context import Services
from kb.services.holding import Held
from kb.services.views import Card


@dataclass(frozen=True, slots=True)
class Row:
    """A document of the list. `depositor` and `assigned` are names, "" for none; `share` is of trustworthy text.

    `failure` is the code of a file that could not be read, `lacks` are labels, those that keep from publishing first.
    """

    card: Card
    depositor: str
    assigned: str
    quality: str
    share: float
    lacks: tuple[str, ...]
    came: dt.datetime
    reading: bool
    failure: str = ""
    held: Held | None = None
    due: dt.date | None = None
    checked: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """`page` is the one that is shown of `pages`."""

    rows: tuple[Row, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Inbox:
    """`page` is the one that is shown of `pages`; `counts` are of every tab, whatever is filtered."""

    rows: tuple[Row, ...]
    total: int
    page: int
    pages: int
    counts: Mapping[Tab, int]
    depositors: Sequence[tuple[str, str]]


def show(services: Services, someone: Someone, wanted: Filter, page: int, language: str) -> Inbox:
    """Return one page of the inbox; the last one where there are fewer."""
    size = services.settings.page_size
    with services.database.reading() as session:
        found, total = inbox.listing(session, someone, wanted, size, (page - 1) * size)
        pages = pages_of(total, size)
        if page > pages:
            page = pages
            found, total = inbox.listing(session, someone, wanted, size, (page - 1) * size)
        return Inbox(
            rows=tuple(rows(services, session, found, someone, language)),
            total=total,
            page=page,
            pages=pages,
            counts=inbox.counts(session, someone),
            depositors=inbox.depositors(session, someone),
        )


def due(services: Services, someone: Someone, page: int, language: str) -> Due:
    """Return a page of the documents at which somebody has to look again, the longest due first; at most the last."""
    size, today = services.settings.page_size, now().astimezone().date()
    with services.database.reading() as session:
        found, total = inbox.due(session, someone, services.types.values(), today, size, (page - 1) * size)
        pages = pages_of(total, size)
        if page > pages:
            page = pages
            found, total = inbox.due(session, someone, services.types.values(), today, size, (page - 1) * size)
        return Due(tuple(rows(services, session, found, someone, language)), total, page, pages)


def titles(services: Services, someone: Someone, ids: Sequence[str], language: str) -> dict[str, str]:
    """Return the titles of those of the documents that they see at the desk."""
    with services.database.reading() as session:
        return {
            row.id: shown.card(services, row, language).title.text for row in inbox.seen(session, someone, list(ids))
        }


def rows(services: Services, session: Session, found: Sequence[Document], someone: Someone, language: str) -> list[Row]:
    """Return the documents as the desk lists them, in a few queries more."""
    held = holding.of_others(session, [document.id for document in found], someone, language)
    names = persons.called(session, {d.deposited_by for d in found} | {d.assigned_to for d in found}, language)
    return [_row(services, document, names, held.get(document.id), language) for document in found]


def _row(services: Services, document: Document, names: Mapping[str, str], held: Held | None, language: str) -> Row:
    kind = services.types[document.type]
    quality, share = inbox.quality_of(document)
    files = [file for file in document.files if file.successor_id is None]
    checked = document.data.get(checks.CHECKED_ON)
    return Row(
        card=shown.card(services, document, language),
        depositor=names.get(document.deposited_by, ""),
        assigned=names.get(document.assigned_to, ""),
        quality=quality,
        share=share,
        lacks=tuple(labelled(lack.label, language)[0] for lack in checks.lacking(kind, document)),
        came=document.created_at,
        reading=any(file.state == FileState.WAITING for file in files),
        failure=next((file.failure for file in files if file.state == FileState.FAILED), ""),
        held=held,
        due=document.review_on or _first_due(services, document),
        checked=dt.date.fromisoformat(checked["first"]) if checked else None,
    )


def _first_due(services: Services, document: Document) -> dt.date | None:
    if document.published_at is None:
        return None
    return checks.next_review(services.types[document.type], document.published_at.astimezone().date())
