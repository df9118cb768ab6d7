"""What became of each file that somebody brought, from its first byte until its text is read."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from kb.catalog import desk, documents, files, intake
from kb.catalog.intake import IMPORT, Upload, UploadState
from kb.catalog.rights import Someone
from kb.catalog.tables import Document, FileState, State
from kb.jobs import queue
from kb.services import settling, shown
from kb.services.context import Services
from kb.services.views import Said

RECENT: Final = 10
MOVING: Final = frozenset({"receiving", "packed", "waiting", "reading", "ocr"})
"""What changes without anybody doing anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """`standing` is the key of the words for it: receiving, whole, waiting, reading, ocr, no-ocr, read, failed,
    refused, expired or gone. An archive is packed, unpacked or, waiting for its import, table; files that do are held.
    `code` says why of the last few. `offset` of `size` bytes have come; `page` of `pages` are
    read; `quality` is a share. `document` is "" where there is none, `at_desk` and `in_room` where it can be opened.
    """

    id: str
    number: int
    path: str
    size: int
    standing: str
    code: str = ""
    offset: int = 0
    same: bool = False
    document: str = ""
    file: int = 0
    title: Said | None = None
    page: int = 0
    pages: int = 0
    quality: float = 0.0
    at_desk: bool = False
    in_room: bool = False

    @property
    def is_moving(self) -> bool:
        return self.standing in MOVING


@dataclass(frozen=True, slots=True)
class BatchShown:
    id: str
    begun: dt.datetime
    arrivals: tuple[Arrival, ...]

    @property
    def is_settled(self) -> bool:
        return not any(one.is_moving for one in self.arrivals)

    @property
    def counts(self) -> Mapping[str, int]:
        """How many are still on their way, in the library, were there before, and are not taken."""
        found = {"moving": 0, "in": 0, "same": 0, "out": 0}
        for one in self.arrivals:
            if one.standing in {"refused", "expired", "gone"}:
                found["out"] += 1
            elif one.standing in {"receiving", "whole", "packed", "held", "table"}:
                found["moving"] += 1
            elif one.standing != "unpacked":
                found["same" if one.same else "in"] += 1
        return found


@dataclass(frozen=True, slots=True)
class Overview:
    """One's own unfinished uploads, and the latest batches with their day and how many files each has."""

    unfinished: tuple[Arrival, ...]
    batches: tuple[tuple[str, dt.datetime, int], ...]


def held(services: Services, someone: Someone, language: str) -> tuple[Arrival, ...]:
    """Return what one has sent, or begun to send, for an import that has not begun."""
    with services.database.reading() as session:
        waiting = intake.unfinished(session, someone.actor, of_imports=True)
        return _arrivals(services, session, someone, waiting, language)


def overview(services: Services, someone: Someone, language: str) -> Overview:
    with services.database.reading() as session:
        waiting = intake.unfinished(session, someone.actor)
        latest = intake.batches(session, someone.actor, RECENT)
        return Overview(
            _arrivals(services, session, someone, waiting, language),
            tuple((batch.id, batch.created_at, count) for batch, count in latest if count),
        )


def batch(services: Services, someone: Someone, id: str, language: str) -> BatchShown:
    """Return one's own batch. Raises NotFound."""
    with services.database.reading() as session:
        found = intake.batch(session, id, someone.actor)
        return BatchShown(
            found.id, found.created_at, _arrivals(services, session, someone, list(found.uploads), language)
        )


def one(services: Services, someone: Someone, id: str, language: str) -> Arrival:
    """Return one's own upload. Raises NotFound."""
    with services.database.reading() as session:
        return _arrivals(services, session, someone, [intake.upload(session, id, someone.actor)], language)[0]


def _arrivals(
    services: Services, session: Session, someone: Someone, uploads: Sequence[Upload], language: str
) -> tuple[Arrival, ...]:
    ids = {upload.document_id for upload in uploads if upload.document_id}
    found = {document.id: document for document in documents.load_all(session, ids)} if ids else {}
    read = [file.id for document in found.values() for file in document.files]
    running = queue.running(session, files.EXTRACT, read) if read else set()
    return tuple(
        _arrival(services, someone, upload, found.get(upload.document_id), running, language) for upload in uploads
    )


def _arrival(
    services: Services,
    someone: Someone,
    upload: Upload,
    document: Document | None,
    running: set[str],
    language: str,
) -> Arrival:
    if document is None:
        return _outside(services, upload)
    file = next((file for file in document.files if file.number == upload.file_number), None)
    at_desk, in_room = desk.sees(someone, document), _is_shown(someone, document)
    if file is None or not (at_desk or in_room):
        return _of(upload, "gone")
    told = shown.file(file)
    receipt: Mapping[str, float] = file.receipt or {}
    standing = "read"
    if file.state == FileState.WAITING:
        standing = "reading" if file.id in running else "waiting"
    elif file.state == FileState.FAILED:
        standing = "failed"
    elif told.unread:
        standing = "ocr" if told.being_read else "no-ocr"
    return Arrival(
        id=upload.id,
        number=upload.number,
        path=upload.path,
        size=upload.size,
        standing=standing,
        code=file.failure if standing == "failed" else "",
        offset=upload.size,
        same=upload.same,
        document=document.id,
        file=file.number,
        title=shown.card(services, document, language).title,
        page=file.pages - told.unread,
        pages=file.pages,
        quality=float(receipt.get("quality", 0.0)),
        at_desk=at_desk,
        in_room=in_room,
    )


def _outside(services: Services, upload: Upload) -> Arrival:
    """Tell of a file that is in no document: it is on its way, or was never taken, or its document is gone."""
    if upload.state == UploadState.RECEIVING:
        offset = settling.parts(services).size(upload.id)
        return _of(upload, "whole" if offset == upload.size else "receiving", offset)
    if upload.state == UploadState.HELD:
        return _of(upload, "held" if upload.batch.state == IMPORT else "table", upload.size)
    if upload.state in {UploadState.PACKED, UploadState.UNPACKED}:
        return _of(upload, str(upload.state), upload.size)
    known = {UploadState.REFUSED: "refused", UploadState.EXPIRED: "expired"}
    return _of(upload, known.get(UploadState(upload.state), "gone"))


def _of(upload: Upload, standing: str, offset: int = 0) -> Arrival:
    return Arrival(
        id=upload.id,
        number=upload.number,
        path=upload.path,
        size=upload.size,
        standing=standing,
        code=upload.code,
        offset=offset,
    )


def _is_shown(someone: Someone, document: Document) -> bool:
    return document.state == State.PUBLISHED and document.audience in someone.audience
