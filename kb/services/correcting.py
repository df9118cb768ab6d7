"""The text of a page is put right by hand: beside its picture, over what was read, by a curator."""

import datetime as dt
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from kb.catalog import corrections, desk, files
from kb.catalog.corrections import Standing, Stood
from kb.catalog.rights import Act, Someone
from kb.catalog.tables import Document, File
from kb.catalog.translated import pick
from kb.core.errors import Conflict, Forbidden, Invalid, NotFound
from kb.core.paging import pages_of
from kb.core.text import Page
from kb.db.columns import storable
from kb.ingest.gallery import Wanted, has_cover, has_pages
from kb.services import persons
from kb.services.context import Services

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")

SLICE: Final = 100
"""Pages whose corrections are looked at in one transaction."""


@dataclass(frozen=True, slots=True)
class PutRight:
    """Some words that were put right: who did, when, what stood around them, and how it stands now."""

    id: int
    by: str
    at: dt.datetime
    before: str
    after: str
    left: str
    right: str
    standing: Standing
    undone_by: str = ""
    undone_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class PageOpened:
    """A page as it is put right. `seen` is a digest of the text as it is shown, to know whether it is still so."""

    id: str
    title: str
    state: str
    file: int
    name: str
    number: int
    pages: int
    text: str
    language: str
    seen: str
    pictured: bool
    history: tuple[PutRight, ...]


@dataclass(frozen=True, slots=True)
class Lost:
    """A correction that fits no more, and where it was made."""

    id: str
    title: str
    file: int
    page: int
    made: PutRight


@dataclass(frozen=True, slots=True)
class AllLost:
    """`page` is the one that is shown of `pages`."""

    rows: tuple[Lost, ...]
    total: int
    page: int
    pages: int


def opened(services: Services, someone: Someone, id: str, number: int, page: int, language: str) -> PageOpened:
    """Return a page to be put right. Raises NotFound, Forbidden for who sees the document and may not curate it."""
    with services.database.reading() as session:
        document, file = _load(session, someone, id, number)
        shown = corrections.page(session, file, page)
        history = corrections.history(session, file, page)
        names = _names(session, history, language)
        return PageOpened(
            id=document.id,
            title=pick(document.title, language)[0],
            state=document.state,
            file=number,
            name=file.name,
            number=page,
            pages=file.pages,
            text=shown.text,
            language=shown.language or file.language or document.language,
            seen=_digest(shown),
            pictured=_is_pictured(file, page),
            history=tuple(_told(one, names) for one in history),
        )


def save(services: Services, someone: Someone, id: str, number: int, page: int, text: str, seen: str) -> int:
    """Keep what was put right; return how many places. Raises as `opened`, Conflict where the text is another by now,
    and Invalid for a text that is too long.
    """
    kept = _CONTROL.sub(" ", storable(text)).replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    if len(kept) > services.settings.max_page_chars:
        raise Invalid({"text": "too-long"})
    with services.database.writing() as session:
        _, file = _load(session, someone, id, number)
        if _digest(corrections.page(session, file, page)) != seen:
            raise Conflict(f"{id} file {number} page {page}")
        return corrections.add(session, file, page, kept, actor=someone.actor)


def undo(services: Services, someone: Someone, id: str, number: int, page: int, correction: int) -> None:
    """Take one correction back. Raises as `opened`."""
    with services.database.writing() as session:
        _, file = _load(session, someone, id, number)
        corrections.undo(session, file, page, correction, actor=someone.actor)


def lost(services: Services, someone: Someone, page: int, language: str, standing: str = "") -> AllLost:
    """Return a page of the corrections of what they may curate that the last readings have no place for, latest first;
    the last one where there are fewer. `standing` is one of corrections.UNFIT, or "" for all of them.
    """
    size = services.settings.page_size
    curated, wanted = desk.curated_by(someone), (standing,) if standing else corrections.UNFIT
    with services.database.reading() as session:
        stood, total = corrections.lost(session, curated, size, (page - 1) * size, wanted)
        pages = pages_of(total, size)
        if page > pages:
            page = pages
            stood, total = corrections.lost(session, curated, size, (page - 1) * size, wanted)
        found = corrections.files_of(session, stood)
        names = _names(session, stood, language)
        return AllLost(tuple(_lost(found[one.row.file_id], one, names, language) for one in stood), total, page, pages)


def _lost(file: File, one: Stood, names: Mapping[str, str], language: str) -> Lost:
    title = pick(file.document.title, language)[0]
    return Lost(file.document_id, title, file.number, one.row.page, _told(one, names))


def settle(services: Services) -> None:
    """Look how corrections stand at which nobody has looked, as those of an earlier version or of another library."""
    more = SLICE
    while more == SLICE:
        with services.database.writing() as session:
            more = corrections.settle_unknown(session, SLICE)


def picture(services: Services, someone: Someone, id: str, number: int, page: int, across: int) -> Wanted:
    """Return the picture of a page of a document in any state. Raises as `opened`; NotFound where there is none."""
    with services.database.reading() as session:
        document = desk.load(session, id, someone)
        file = files.numbered(document, number)
        if not _is_pictured(file, page) or page > (file.pages or services.settings.max_pages):
            raise NotFound(f"{id} file {number} picture {page}")
        return Wanted(services.store.path(file.digest), file.digest, file.media_type, page, across)


def _load(session: Session, someone: Someone, id: str, number: int) -> tuple[Document, File]:
    document = desk.load(session, id, someone)
    if not someone.may_with(Act.CURATE, document.organisation_id):
        raise Forbidden(f"forbidden.{Act.CURATE}")
    return document, files.numbered(document, number)


def _is_pictured(file: File, page: int) -> bool:
    return has_pages(file.media_type) or (page == 1 and has_cover(file.media_type))


def _digest(page: Page) -> str:
    return hashlib.sha256(page.text.encode()).hexdigest()[:16]


def _told(one: Stood, names: Mapping[str, str]) -> PutRight:
    row = one.row
    return PutRight(
        id=row.id,
        by=names.get(row.actor, row.actor),
        at=row.at,
        before=" ".join(row.before),
        after=row.after,
        left=" ".join(row.left),
        right=" ".join(row.right),
        standing=one.standing,
        undone_by=names.get(row.undone_by, row.undone_by),
        undone_at=row.undone_at,
    )


def _names(session: Session, some: Sequence[Stood], language: str) -> dict[str, str]:
    """Return what the persons are called who put right or took back; another actor is called as the trace does."""
    return persons.called(session, {actor for one in some for actor in (one.row.actor, one.row.undone_by)}, language)
