"""An archive that was deposited becomes the files that are in it: each a file of the deposit, with a line of its own.

It is unpacked into a folder beside it, and its files are taken from there some at a time, each in a transaction of its
own: a kill at any moment loses none and doubles none.
"""

import hashlib
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from kb.catalog import intake
from kb.catalog.intake import Upload, UploadState
from kb.catalog.rights import Someone
from kb.core.clock import now
from kb.core.errors import KbError, Unavailable, refused_by_disk
from kb.ingest.extraction import Empty
from kb.jobs import queue
from kb.jobs.queue import JobRef
from kb.services import accounts, enclosed, settling
from kb.services.context import Services
from kb.services.settling import UNPACK, Packed

SLICE: Final = 20
"""Files of one job: those that come in meanwhile wait for no more."""

_PREFIX: Final = "unpacked-"


def run(services: Services, jobs: Sequence[JobRef]) -> None:
    """Go on with each archive by some files, and ask for the next. Raises Unavailable: then it is tried again."""
    for job in jobs:
        with services.database.reading() as session:
            found = session.get(Upload, job.key)
            owner = found.owner if found and found.state == UploadState.PACKED else ""
        if not owner:
            continue
        someone = accounts.known(services, owner)
        if someone is None:
            _end(services, job.key, UploadState.EXPIRED)
        elif _go_on(services, someone, job.key):
            with services.database.writing() as session:
                queue.put(session, UNPACK, job.key, now())


def _go_on(services: Services, someone: Someone, id: str) -> bool:
    """Take the next files of an archive; return whether there may be more."""
    place = _folder(services, id)
    if not place.is_dir() and not settling.parts(services).path(id).is_file():  # as in a library that was restored
        _end(services, id, UploadState.EXPIRED)
        return False
    try:
        if not place.is_dir():
            _unpack(services, someone, id, place)
    except Unavailable:
        raise
    except KbError as error:
        _end(services, id, UploadState.REFUSED, settling.code_of(error))
        return False
    waiting = sorted(path for path in place.rglob("*") if path.is_file())
    for path in waiting[:SLICE]:
        _take(services, someone, id, path, path.relative_to(place).as_posix())
    if len(waiting) > SLICE:
        return True
    _end(services, id, UploadState.UNPACKED)
    return False


def _unpack(services: Services, someone: Someone, id: str, place: Path) -> None:
    """Lay the files of an archive out, and name those that are refused. Raises ExtractionError where there are none."""
    with enclosed.unpacked(settling.parts(services).path(id), services.settings) as (folder, refused):
        if not refused and not any(path.is_file() for path in folder.rglob("*")):
            raise Empty("nothing in the archive")
        for one in refused:
            _note(services, someone, id, one.name, settling.code_of(one.error))
        part = place.with_name(f"{place.name}.part")
        try:
            shutil.rmtree(part, ignore_errors=True)
            shutil.copytree(folder, part)
            part.rename(place)
        except OSError as error:
            raise refused_by_disk("the folder of uploads", error) from error


def _take(services: Services, someone: Someone, id: str, path: Path, name: str) -> None:
    """Take one file in, unless that was done before a kill; then it is no more in the folder."""
    within, batch, archive = _within(services, id, name)
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        packed = Packed(digest, archive)
        if not _told(services, batch, within, digest):
            stream.seek(0)
            try:
                settling.take(services, someone, batch, within, path.stat().st_size, stream, packed)
            except Unavailable:
                with services.database.writing() as session:  # it is no refusal: its turn comes again
                    for upload in intake.at(session, batch, within, digest):
                        session.delete(upload)
                raise
    path.unlink(missing_ok=True)


def _told(services: Services, batch: str, within: str, digest: str = "") -> bool:
    """Return whether it is told already what became of a file; what a kill left half done is forgotten.

    Archives of one name may hold files of one name: the digest of its bytes tells which it is.
    """
    with services.database.writing() as session:
        for upload in intake.at(session, batch, within, digest):
            if upload.state != UploadState.RECEIVING:
                return True
            settling.parts(services).drop(upload.id)
            session.delete(upload)
    return False


def _note(services: Services, someone: Someone, id: str, name: str, code: str) -> None:
    within, batch, _ = _within(services, id, name)
    if not _told(services, batch, within):
        settling.refuse_unseen(services, someone, batch, within, code)


def _within(services: Services, id: str, name: str) -> tuple[str, str, int]:
    """Return what a file of an archive is called in its batch, the batch, and the size of the archive."""
    with services.database.reading() as session:
        upload = session.get_one(Upload, id)
        return settling.clean_path(f"{upload.path}/{name}"), upload.batch_id, upload.size


def _end(services: Services, id: str, state: UploadState, code: str = "") -> None:
    with services.database.writing() as session:
        upload = session.get_one(Upload, id)
        upload.state, upload.code, upload.ended_at = state, code, now()
    settling.parts(services).drop(id)
    shutil.rmtree(_folder(services, id), ignore_errors=True)


def _folder(services: Services, id: str) -> Path:
    return services.settings.uploads / f"{_PREFIX}{id}"


def sweep(services: Services) -> None:
    """Remove folders of archives that nobody unpacks any more."""
    with services.database.reading() as session:
        kept = {upload.id for upload in intake.waiting(session) if upload.state == UploadState.PACKED}
    for place in services.settings.uploads.glob(f"{_PREFIX}*"):
        with suppress(OSError):
            if place.name.removeprefix(_PREFIX).removesuffix(".part") not in kept:
                shutil.rmtree(place)
