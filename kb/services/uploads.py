"""Files come in one by one or many at once, whole or piece by piece, and each becomes a document of who brings it.

What has come of a file waits in a folder of its own until it is whole. Then it goes the way of every deposit, bytes
first and then one transaction, and only after that is it acknowledged.
"""

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from kb.catalog import documents, intake
from kb.catalog.intake import IMPORT, WAITING, Batch, Upload, UploadState
from kb.catalog.rights import Act, Someone, demand
from kb.catalog.tables import State
from kb.core.clock import now
from kb.core.errors import TooLarge
from kb.ingest.parts import Misplaced, Parts
from kb.services import deposit, quotas, settling
from kb.services.context import Services

REMEMBERED: Final = dt.timedelta(days=90)
"""So long one can look up what became of what one brought."""
_ENDED: Final = (UploadState.REFUSED, UploadState.EXPIRED)
FRESH_SECONDS: Final = 3600.0
"""A file of nobody may be one that is just being announced."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What is said of all files of a batch; the language may be "": then each text tells its own."""

    type: str = deposit.PUBLICATION
    language: str = ""
    state: str = State.DRAFT


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """A file before its bytes. `path` is relative to the folder that was chosen, `modified` in milliseconds."""

    path: str
    size: int
    sha256: str = ""
    modified: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """How far an upload is: `offset` bytes have come and are kept."""

    id: str
    batch: str
    state: str
    offset: int


def open_batch(services: Services, someone: Someone, chosen: Chosen) -> str:
    """Begin to bring files together; return the batch's id.

    Raises Forbidden, Invalid for what no form offers, and Quota where too much was refused today.
    """
    demand(someone, Act.DEPOSIT)
    with services.database.writing() as session:
        quotas.check_refused(services, session, someone)
        return _opened(services, session, someone, chosen).id


def _opened(services: Services, session: Session, someone: Someone, chosen: Chosen) -> Batch:
    told = {"type": chosen.type, "language": chosen.language, "state": chosen.state}
    if chosen.state == IMPORT:
        demand(someone, Act.IMPORT)
    else:
        deposit.check_choices(services, someone, **told)
    return intake.new_batch(session, owner=someone.actor, **told)


def begin(services: Services, someone: Someone, within: str | Chosen, file: Announced) -> Standing:
    """Announce a file of one's batch, or of a new one. One that was begun before goes on where it ended, in this batch.

    One that cannot be taken is refused at once, and says so in the batch. Raises NotFound, Quota, Unavailable, and
    Invalid as `open_batch`; then no batch is begun either.
    """
    demand(someone, Act.DEPOSIT)
    path = settling.clean_path(file.path)
    with services.database.writing() as session:
        batch = (
            intake.batch(session, within, someone.actor)
            if isinstance(within, str)
            else _opened(services, session, someone, within)
        )
        earlier = _earlier(session, batch, path, file)
        if earlier is None:
            most = settling.most(services, for_import=batch.state == IMPORT)
            quotas.check(services, session, someone, file.size, most=most)
            code = settling.unfit(file.size, most)
            upload = intake.add(
                session, batch, path=path, size=file.size, sha256=file.sha256, modified=file.modified, code=code
            )
            upload.state = UploadState.REFUSED if code else UploadState.RECEIVING
            upload.ended_at = now() if code else None
            if not code:
                settling.parts(services).begin(upload.id)
        elif earlier.state in {UploadState.RECEIVING, UploadState.HELD}:
            upload = earlier
            intake.move(session, upload, batch)
            upload.size = file.size
        elif earlier.batch_id == batch.id:
            upload = earlier
        else:
            quotas.check(services, session, someone, 0)
            upload = _again(session, batch, earlier)
        return Standing(upload.id, upload.batch_id, upload.state, _offset(services, upload))


def append(services: Services, someone: Someone, id: str, offset: int, data: bytes) -> Standing:
    """Take the next piece; the last one makes the file a document. Raises Misplaced with the place that is wanted.

    Also NotFound, Forbidden, TooLarge beyond what was announced, Unavailable. What was taken once can be sent again
    empty at the end, to learn what became of it.
    """
    demand(someone, Act.DEPOSIT)
    with services.database.reading() as session:
        upload = intake.upload(session, id, someone.actor)
        state, size = upload.state, upload.size
    if state != UploadState.RECEIVING:
        return standing(services, someone, id)
    if offset + len(data) > size:
        raise TooLarge("file", size)
    length = settling.parts(services).append(id, offset, data)
    if length == size:
        finish(services, someone, id)
    return standing(services, someone, id)


def standing(services: Services, someone: Someone, id: str) -> Standing:
    """Return how far one's own upload is. Raises NotFound."""
    with services.database.reading() as session:
        upload = intake.upload(session, id, someone.actor)
        return Standing(upload.id, upload.batch_id, upload.state, _offset(services, upload))


def finish(services: Services, someone: Someone, id: str) -> None:
    """Make a document of a file that is whole. Doing it twice makes one. Raises Misplaced, NotFound, Unavailable."""
    store = settling.parts(services)
    with services.database.reading() as session:
        upload = intake.upload(session, id, someone.actor)
        if upload.state != UploadState.RECEIVING:
            return
        size, sha256 = upload.size, upload.sha256
    if (length := store.size(id)) != size:
        raise Misplaced(length)
    if sha256 and _digest(store, id) != sha256:
        settling.refuse(services, someone, id, "changed-meanwhile")
        store.drop(id)
    else:
        settling.settle(services, someone, id)


def drop(services: Services, someone: Someone, id: str) -> bool:
    """Give up an unfinished upload of one's own; return whether it was for an import. Raises NotFound."""
    with services.database.writing() as session:
        upload = intake.upload(session, id, someone.actor)
        of_import = upload.batch.state == IMPORT
        if upload.state in {UploadState.RECEIVING, UploadState.HELD}:
            session.delete(upload)
            session.flush()
        if upload.state != UploadState.PACKED:
            settling.parts(services).drop(id)
    return of_import


def _earlier(session: Session, batch: Batch, path: str, file: Announced) -> Upload | None:
    """Return one's own upload of the same file: one that is unfinished, or one whose document is there."""
    found = intake.same_file(session, batch, path=path, size=file.size, sha256=file.sha256, modified=file.modified)
    for upload in found:
        if (upload.batch.state == IMPORT) != (batch.state == IMPORT):
            continue  # the one becomes documents, the other waits for a table
        if upload.state in WAITING:
            return upload
        there = documents.load_all(session, [upload.document_id]) if upload.document_id else []
        if upload.state == UploadState.DONE and there and there[0].state != State.WITHDRAWN:
            return upload
    return None


def _again(session: Session, batch: Batch, earlier: Upload) -> Upload:
    """Say in this batch too what became of a file that somebody brings again; its bytes need not come again."""
    upload = intake.add(session, batch, path=earlier.path, size=earlier.size, sha256=earlier.sha256, same=True)
    upload.document_id, upload.file_number = earlier.document_id, earlier.file_number
    upload.state, upload.ended_at, upload.modified = UploadState.DONE, now(), earlier.modified
    return upload


def _offset(services: Services, upload: Upload) -> int:
    return (
        upload.size
        if upload.state not in {UploadState.RECEIVING, *_ENDED}
        else settling.parts(services).size(upload.id)
    )


def _digest(store: Parts, id: str) -> str:
    with store.open(id) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sweep(services: Services) -> int:
    """Give up what has not gone on for as long as the settings allow; return how many files.

    What was refused is forgotten after as long, old batches after REMEMBERED.
    """
    seconds = services.settings.upload_keep_seconds
    store = settling.parts(services)
    before = now() - dt.timedelta(seconds=seconds)
    with services.database.writing() as session:
        waiting = intake.waiting(session)
        for upload in waiting:
            begun = max(store.changed(upload.id), upload.created_at.timestamp())
            if begun < before.timestamp():
                upload.state, upload.ended_at = UploadState.EXPIRED, now()
        kept = {upload.id for upload in waiting if upload.state != UploadState.EXPIRED}
        intake.forget_refused(session, min(before, now() - quotas.DAY))
        intake.forget(session, now() - REMEMBERED)
    return store.sweep(kept, FRESH_SECONDS)
