"""What people put right of the text of pages: kept beside what was read, never in its place, and laid over it."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, cast

from sqlalchemy import ColumnElement, ForeignKey, Index, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, selectinload

from kb.catalog import files, overlay
from kb.catalog.overlay import Stretch
from kb.catalog.tables import Document, Event, File
from kb.core.clock import now
from kb.core.errors import NotFound
from kb.core.text import Page
from kb.db.columns import HIGHEST, Json, Text, UtcDateTime
from kb.db.database import Base

Standing = Literal["fits", "read", "lost", "undone"]


class Correction(Base):
    """Some words of one page, and what `actor` wrote in their place; see overlay.Stretch. Undone, it stays.

    `standing` is how it stood when the text of its page last changed, None while nobody has looked.
    """

    __tablename__ = "correction"
    id: Mapped[int] = mapped_column(primary_key=True)
    file_id: Mapped[str] = mapped_column(ForeignKey("file.id"))
    page: Mapped[int]
    actor: Mapped[str] = mapped_column(Text)
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=now)
    before: Mapped[list[str]] = mapped_column(Json)
    after: Mapped[str] = mapped_column(Text)
    left: Mapped[list[str]] = mapped_column(Json)
    right: Mapped[list[str]] = mapped_column(Json)
    place: Mapped[int]
    undone_by: Mapped[str] = mapped_column(Text, default="")
    undone_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    standing: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (Index("correction_of_page", "file_id", "page"), Index("correction_standing", "standing", "id"))

    @property
    def stretch(self) -> Stretch:
        return Stretch(tuple(self.before), self.after, tuple(self.left), tuple(self.right), self.place)


@dataclass(frozen=True, slots=True)
class Stood:
    """A correction and how it stands: it fits, the page reads so by itself now, its words are gone, or it is undone."""

    row: Correction
    standing: Standing


def add(session: Session, file: File, number: int, text: str, *, actor: str) -> int:
    """Keep what the text puts right of the page as it is shown; return how many stretches. Raises NotFound."""
    shown = page(session, file, number)
    found = overlay.stretches(shown.text, text)
    for one in found:
        session.add(
            Correction(
                file_id=file.id,
                page=number,
                actor=actor,
                before=list(one.before),
                after=one.after,
                left=list(one.left),
                right=list(one.right),
                place=one.at,
            )
        )
    if found:
        _tell(session, file, number, actor, "correct")
    session.flush()
    _settle(session, file, number)
    return len(found)


def undo(session: Session, file: File, number: int, id: int, *, actor: str) -> None:
    """Take one back; those that came after it stay where they fit. Raises NotFound for none of this page."""
    row = session.get(Correction, id) if 0 < id <= HIGHEST else None
    if row is None or (row.file_id, row.page) != (file.id, number):
        raise NotFound(f"{file.id} page {number} correction {id}")
    if row.undone_at is None:
        row.undone_by, row.undone_at = actor, now()
        _tell(session, file, number, actor, "uncorrect")
    session.flush()
    _settle(session, file, number)


def _tell(session: Session, file: File, number: int, actor: str, action: str) -> None:
    session.add(Event(document_id=file.document_id, actor=actor, action=action, note=f"{file.number}/{number}"))


def drop(session: Session, file_ids: Collection[str]) -> None:
    session.execute(delete(Correction).where(Correction.file_id.in_(file_ids)))


def page(session: Session, file: File, number: int) -> Page:
    """Return the page as it is shown, put right where people did, without boxes. Raises NotFound."""
    read = files.as_page(files.page(session, file, number))
    return _laid(read, _standing(session, [file.id], number).get((file.id, number), ()))


def page_to_read(session: Session, file: File, number: int) -> tuple[Page, bool]:
    """Return the page as it is shown, with its boxes, and whether it was read otherwise. Raises NotFound."""
    read = files.as_page(files.page(session, file, number, with_boxes=True), with_boxes=True)
    over = _standing(session, [file.id], number).get((file.id, number), ())
    laid, fits = overlay.laid(read, over) if over else (read, ())
    return laid, any(fits)


def pages_of(session: Session, some: Sequence[File]) -> dict[str, list[Page]]:
    """Return {file id: its pages as they are shown, in order, without boxes} in two queries."""
    over = _standing(session, [file.id for file in some])
    rows = files.pages_of(session, some)
    return {id: [_laid(files.as_page(row), over.get((id, row.number), ())) for row in rows[id]] for id in rows}


def texts(session: Session, file: File) -> list[tuple[int, str, str]]:
    """Return (number, text, language) of each page as it is shown: what it takes to look for words in all of them."""
    over = _standing(session, [file.id])
    return [
        (number, _laid(Page(number, text), over.get((file.id, number), ())).text, language)
        for number, text, language in files.texts(session, file)
    ]


def counts(session: Session, file: File) -> dict[int, int]:
    """Return how many corrections each page has that are not undone."""
    query = select(Correction.page, func.count()).where(Correction.file_id == file.id, Correction.undone_at.is_(None))
    return dict(session.execute(query.group_by(Correction.page).order_by(Correction.page)).tuples().all())


def history(session: Session, file: File, number: int) -> list[Stood]:
    """Return every correction of a page, the latest first, each as it stands now. Raises NotFound."""
    query = select(Correction).where(Correction.file_id == file.id, Correction.page == number)
    rows = list(session.scalars(query.order_by(Correction.id)))
    return _stood(files.as_page(files.page(session, file, number)), rows)[::-1]


def settle(session: Session, file: File, number: int = 0) -> None:
    """Look how the corrections of a file, or of one page of it, stand now that its text is another."""
    query = select(Correction.page).where(Correction.file_id == file.id, Correction.undone_at.is_(None)).distinct()
    for page in session.scalars(query.where(Correction.page == number) if number else query).all():
        _settle(session, file, page)


def settle_unknown(session: Session, most: int) -> int:
    """Look how the corrections of so many pages stand at which nobody has looked yet; return of how many it was."""
    unknown = select(Correction.file_id, Correction.page).where(_UNDECIDED).distinct().limit(most)
    pages = session.execute(unknown).tuples().all()
    for file_id, number in pages:
        _settle(session, files.load(session, file_id), number)
    return len(pages)


def _settle(session: Session, file: File, number: int) -> None:
    """Keep how each correction of the page stands: by a statement, for it is no change of the document."""
    query = select(Correction).where(Correction.file_id == file.id, Correction.page == number)
    rows = list(session.scalars(query.where(Correction.undone_at.is_(None)).order_by(Correction.id)))
    try:
        stood = _stood(files.as_page(files.page(session, file, number)), rows)
    except NotFound:  # another reading gave fewer pages
        stood = [Stood(row, "lost") for row in rows]
    by_standing: dict[Standing, list[int]] = {}
    for one in stood:
        by_standing.setdefault(one.standing, []).append(one.row.id)
    for standing, ids in by_standing.items():
        session.execute(update(Correction).where(Correction.id.in_(ids)).values(standing=standing))


UNFIT: Final[tuple[Standing, ...]] = ("lost", "read")
"""How corrections stand that do not fit the last reading any more."""


def lost(
    session: Session, of: ColumnElement[bool], limit: int, offset: int = 0, standings: Sequence[str] = UNFIT
) -> tuple[list[Stood], int]:
    """Return those that stand so, latest first, and how many there are; `of` says of which documents."""
    asked = (Correction.undone_at.is_(None), Correction.standing.in_(standings), of)
    joined = select(Correction).join(File, File.id == Correction.file_id).join(Document).where(*asked)
    total = session.scalar(select(func.count()).select_from(joined.subquery())) or 0
    rows = session.scalars(joined.order_by(Correction.id.desc()).limit(limit).offset(offset))
    return [Stood(row, cast("Standing", row.standing)) for row in rows], total


def files_of(session: Session, some: Sequence[Stood]) -> dict[str, File]:
    """Return the files that these were made in, with their documents, by id, in two queries."""
    query = select(File).where(File.id.in_({one.row.file_id for one in some})).options(selectinload(File.document))
    return {file.id: file for file in session.scalars(query)}


_UNDECIDED: Final = Correction.standing.is_(None) & Correction.undone_at.is_(None)


def _stood(read: Page, rows: Sequence[Correction]) -> list[Stood]:
    active = [row for row in rows if row.undone_at is None]
    _, fits = overlay.laid(read, [row.stretch for row in active])
    fitting = dict(zip((row.id for row in active), fits, strict=True))
    words = read.text.split()

    def standing(row: Correction) -> Standing:
        if row.undone_at is not None:
            return "undone"
        if fitting[row.id]:
            return "fits"
        return "read" if overlay.is_read(words, row.stretch) else "lost"

    return [Stood(row, standing(row)) for row in rows]


def _standing(session: Session, file_ids: Iterable[str], number: int = 0) -> Mapping[tuple[str, int], list[Stretch]]:
    query = select(Correction).where(Correction.file_id.in_(list(file_ids)), Correction.undone_at.is_(None))
    if number:
        query = query.where(Correction.page == number)
    found: dict[tuple[str, int], list[Stretch]] = {}
    for row in session.scalars(query.order_by(Correction.id)):
        found.setdefault((row.file_id, row.page), []).append(row.stretch)
    return found


def _laid(read: Page, over: Sequence[Stretch]) -> Page:
    return overlay.laid(read, over)[0] if over else read
