"""What is on its way into the library: uploads of many files, and imports of a table with its files."""

import datetime as dt
from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import BigInteger, ForeignKey, Index, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from kb.core.clock import new_id, now
from kb.core.errors import NotFound
from kb.db.columns import Json, Text, UtcDateTime
from kb.db.database import Base

IMPORT: Final = "import"
"""State of a batch whose files wait for an import: none of them becomes a document by itself."""


class UploadState(StrEnum):
    RECEIVING = "receiving"
    HELD = "held"  # whole, and waits for an import
    PACKED = "packed"  # an archive that waits to be unpacked
    UNPACKED = "unpacked"  # what was in it is in the batch, or in an import
    DONE = "done"  # it is in the library
    REFUSED = "refused"
    EXPIRED = "expired"


WAITING: Final = (UploadState.RECEIVING, UploadState.HELD, UploadState.PACKED)
"""The states in which bytes of an upload wait outside the library."""


class Batch(Base):
    """What one person brings together. `type`, `language` and `state` are what was chosen for all of it.

    The state may be IMPORT.
    """

    __tablename__ = "batch"
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    owner: Mapped[str] = mapped_column(Text, index=True)
    type: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(Text)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=now)

    uploads: Mapped[list["Upload"]] = relationship(
        back_populates="batch", order_by="Upload.number", cascade="all, delete-orphan"
    )


class Upload(Base):
    """One file of a batch, from its first byte to what became of it.

    `path` is where it lay in the folder that was chosen, its own name included. `size` and `sha256` ("" when unsaid)
    are what was announced, `modified` the time of the file itself in milliseconds: together they tell the same file
    when it is chosen again. `code` says why it was refused, `same` that its bytes were in the library before.
    """

    __tablename__ = "upload"
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    batch_id: Mapped[str] = mapped_column(ForeignKey("batch.id"))
    number: Mapped[int]
    owner: Mapped[str] = mapped_column(Text)
    path: Mapped[str] = mapped_column(Text)
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(Text, default="")
    modified: Mapped[int] = mapped_column(BigInteger, default=0)
    state: Mapped[str] = mapped_column(Text, default=UploadState.RECEIVING)
    code: Mapped[str] = mapped_column(Text, default="")
    same: Mapped[bool] = mapped_column(default=False)
    document_id: Mapped[str] = mapped_column(Text, default="")
    file_number: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=now)
    ended_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)

    batch: Mapped[Batch] = relationship(back_populates="uploads")

    __table_args__ = (Index("upload_of_owner", "owner", "created_at"), Index("ix_upload_batch_id", "batch_id"))

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]


class Brought(Base):
    """Files that one person brought by another door than an upload: to a document, in an archive, for an import."""

    __tablename__ = "brought"
    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[str] = mapped_column(Text)
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=now)
    files: Mapped[int]
    size: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (Index("brought_by", "owner", "at"),)


class Stage(StrEnum):
    """How far an import is. It is checked before it is asked for, and may be taken back after it was done."""

    CHECKING = "checking"
    CHECKED = "checked"
    RUNNING = "running"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"
    REFUSED = "refused"


class RowState(StrEnum):
    NEW = "new"  # nobody has looked at it yet
    RIGHT = "right"
    WRONG = "wrong"
    DONE = "done"
    UNDONE = "undone"
    LEFT = "left"  # it stays though the rest was taken back


class BulkImport(Base):
    """A table of descriptions, with its files in a batch or a folder. `problem` is why nothing of it can be taken.

    `spare` are files that no row names, `type` is that of rows that state none. `name` is the path of the table.
    """

    __tablename__ = "bulk_import"
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    owner: Mapped[str] = mapped_column(Text, index=True)
    name: Mapped[str] = mapped_column(Text)
    type: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    stage: Mapped[str] = mapped_column(Text, default=Stage.CHECKING)
    problem: Mapped[str] = mapped_column(Text, default="")
    spare: Mapped[Sequence[str]] = mapped_column(Json, default=list)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=now)
    ended_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class BulkRow(Base):
    """One row of the table: `cells` are [heading, text] each, `change` what it does or would do to the library.

    `problems` are [heading, message key, value] each. `events` is how much somebody
    had done to the document when the row was done: more tells that it was changed since. `before` is the version that
    the row changed, 0 where it made the document. `note` says why it stays when the rest is taken back.
    """

    __tablename__ = "bulk_row"
    import_id: Mapped[str] = mapped_column(ForeignKey("bulk_import.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    cells: Mapped[Sequence[Sequence[str]]] = mapped_column(Json)
    state: Mapped[str] = mapped_column(Text, default=RowState.NEW)
    change: Mapped[str] = mapped_column(Text, default="")
    problems: Mapped[Sequence[Sequence[str]]] = mapped_column(Json, default=list)
    document_id: Mapped[str] = mapped_column(Text, default="")
    events: Mapped[int] = mapped_column("event_id", default=0)
    before: Mapped[int] = mapped_column(default=0)
    note: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (Index("bulk_row_state", "import_id", "state"),)


def new_batch(session: Session, *, owner: str, type: str, language: str, state: str) -> Batch:
    batch = Batch(id=new_id(), owner=owner, type=type, language=language, state=state)
    session.add(batch)
    session.flush()
    return batch


def batch(session: Session, id: str, owner: str) -> Batch:
    """Return one's own batch. Raises NotFound, for another's too."""
    found = session.get(Batch, id)
    if found is None or found.owner != owner:
        raise NotFound(id)
    return found


def upload(session: Session, id: str, owner: str, *, lock: bool = False) -> Upload:
    """Return one's own upload, with `lock` for no other to change meanwhile. Raises NotFound, for another's too."""
    found = session.get(Upload, id, with_for_update=lock or None)
    if found is None or found.owner != owner:
        raise NotFound(id)
    return found


def add(session: Session, batch: Batch, **facts: Any) -> Upload:
    """Add a file to the batch; `facts` are columns of the upload."""
    one = Upload(id=new_id(), batch_id=batch.id, owner=batch.owner, number=_last(session, batch) + 1, **facts)
    session.add(one)
    session.flush()
    return one


def _last(session: Session, batch: Batch) -> int:
    return session.scalar(select(func.max(Upload.number)).where(Upload.batch_id == batch.id)) or 0


def unfinished(session: Session, owner: str, *, of_imports: bool = False) -> list[Upload]:
    """Return what somebody has still to do something with: of deposits, or of imports by a table."""
    query = select(Upload).join(Batch).where(Upload.owner == owner)
    query = query.where(Upload.state.in_((UploadState.RECEIVING, UploadState.HELD)))
    query = query.where((Batch.state == IMPORT) if of_imports else (Batch.state != IMPORT))
    return list(session.scalars(query.order_by(Upload.created_at, Upload.number)))


def batches(session: Session, owner: str, limit: int) -> list[tuple[Batch, int]]:
    """Return one's latest deposits, newest first, with how many files each has."""
    count = select(func.count()).where(Upload.batch_id == Batch.id).scalar_subquery()
    query = select(Batch, count).where(Batch.owner == owner, Batch.state != IMPORT)
    return list(session.execute(query.order_by(Batch.created_at.desc(), Batch.id).limit(limit)).tuples())


def brought(session: Session, owner: str, since: dt.datetime) -> tuple[int, int]:
    """Return (files, bytes) that somebody has brought since then, or announced, and that were not refused."""
    query = select(func.count(), func.coalesce(func.sum(Upload.size), 0))
    kept = Upload.state.not_in((UploadState.REFUSED, UploadState.UNPACKED))
    files, size = session.execute(query.where(Upload.owner == owner, Upload.created_at >= since, kept)).one()
    sums = select(func.coalesce(func.sum(Brought.files), 0), func.coalesce(func.sum(Brought.size), 0))
    more, larger = session.execute(sums.where(Brought.owner == owner, Brought.at >= since)).one()
    return files + int(more), int(size) + int(larger)


def count(session: Session, owner: str, files: int, size: int) -> None:
    """Count files that somebody brings by another door than an upload."""
    session.add(Brought(owner=owner, files=files, size=size))


def refused(session: Session, owner: str, since: dt.datetime) -> int:
    """Return how many files of somebody were refused since then."""
    query = select(func.count()).where(Upload.owner == owner, Upload.created_at >= since)
    return session.scalar(query.where(Upload.state == UploadState.REFUSED)) or 0


def same_file(session: Session, batch: Batch, *, path: str, size: int, sha256: str, modified: int) -> list[Upload]:
    """Return the uploads of the batch's owner that announced this very file, latest first.

    Where both times a digest was told it decides; else path, size and time of the file do.
    """
    query = select(Upload).where(Upload.owner == batch.owner, Upload.size == size, Upload.path == path)
    found = session.scalars(query.order_by(Upload.created_at.desc(), Upload.number.desc()))
    return [one for one in found if (one.sha256 == sha256 if one.sha256 and sha256 else one.modified == modified > 0)]


def at(session: Session, batch: str, path: str, sha256: str) -> list[Upload]:
    """Return the uploads of a batch that have this path and announced this digest."""
    query = select(Upload).where(Upload.batch_id == batch, Upload.path == path, Upload.sha256 == sha256)
    return list(session.scalars(query))


def led_others(session: Session, document_id: str, owner: str) -> bool:
    """Return whether somebody else brought a file of the document and was led to it: for them it is in the library."""
    query = select(Upload.id).where(Upload.document_id == document_id, Upload.owner != owner)
    return session.scalar(query.limit(1)) is not None


def count_open(session: Session, owner: str) -> int:
    query = select(func.count()).where(Upload.owner == owner, Upload.state.in_(WAITING))
    return session.scalar(query) or 0


def waiting(session: Session) -> list[Upload]:
    """Return all uploads whose bytes wait outside the library, anybody's."""
    return list(session.scalars(select(Upload).where(Upload.state.in_(WAITING))))


def move(session: Session, upload: Upload, target: Batch) -> None:
    """Take an upload into another batch; the one that it leaves goes where that was all of it."""
    before = upload.batch
    if before is target:
        return
    upload.number = _last(session, target) + 1
    upload.batch = target
    session.flush()
    session.expire(before, ["uploads"])
    if not before.uploads:
        session.delete(before)


def forget_refused(session: Session, before: dt.datetime) -> None:
    """Remove uploads that were refused before then, with the batches of which nothing is left, and older counts."""
    session.execute(delete(Upload).where(Upload.state == UploadState.REFUSED, Upload.created_at < before))
    inside = select(Upload.id).where(Upload.batch_id == Batch.id)
    session.execute(delete(Batch).where(Batch.created_at < before, ~inside.exists()))
    session.execute(delete(Brought).where(Brought.at < before))


def forget(session: Session, before: dt.datetime) -> None:
    """Remove the batches that were begun before and of which nothing waits any more."""
    open_ = select(Upload.id).where(Upload.batch_id == Batch.id, Upload.state.in_(WAITING))
    for batch in session.scalars(select(Batch).where(Batch.created_at < before, ~open_.exists())):
        session.delete(batch)
