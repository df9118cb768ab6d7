"""An import of what has come piece by piece and waits: nothing of it is sent a second time, whatever becomes of it."""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from kb.catalog import intake
from kb.catalog.intake import IMPORT, UploadState
from kb.catalog.rights import Act, Someone, demand
from kb.core.errors import Conflict, Invalid, refused_by_disk
from kb.services import bulk, enclosed, laid, settling
from kb.services.context import Services


def begin_batch(services: Services, someone: Someone, batch: str, *, table: str, type: str, state: str) -> str:
    """Begin to look at an import whose files are those of a batch; return its id. `table` is the path of the table
    there, "" to find it. Raises NotFound, as `bulk.begin`, and Invalid where a file is not whole yet: all of it stays.
    """
    demand(someone, Act.IMPORT)
    with services.database.reading() as session:
        found = intake.batch(session, batch, someone.actor)
        if found.state != IMPORT:
            raise Conflict("it is a deposit")
        if not found.uploads or any(one.state != UploadState.HELD for one in found.uploads):
            raise Invalid({"file": "unfinished"})
        uploads = [(one.id, one.path) for one in found.uploads]
    return _begin(services, someone, uploads, table=table, type=type, state=state)


def begin_archive(services: Services, someone: Someone, id: str) -> str:
    """Begin to look at the import of an archive that was deposited; return its id. Raises as `begin_batch`."""
    demand(someone, Act.IMPORT)
    with services.database.reading() as session:
        found = intake.upload(session, id, someone.actor)
        if found.state != UploadState.HELD:
            raise Conflict(f"it is {found.state}")
        path, type, state = found.path, found.batch.type, found.batch.state
    return _begin(services, someone, [(id, path)], table="", type=type, state=state)


def _begin(
    services: Services, someone: Someone, uploads: Sequence[tuple[str, str]], *, table: str, type: str, state: str
) -> str:
    id, place = bulk.prepare(services)
    try:
        for upload, path in uploads:
            _lay(services, place / path, upload)
            if enclosed.is_archive(place / path):
                laid.unpack(services.settings, place / path, place)
        laid.lift(place)
        taken = [upload for upload, _ in uploads]
        bulk.begin(services, someone, id, table=table, type=type, state=state, taken=taken)
    except BaseException:
        bulk.discard(services, id)
        raise
    for upload in taken:
        settling.parts(services).drop(upload)
    return id


def _lay(services: Services, target: Path, upload: str) -> None:
    """Give the bytes of an upload a second name; they are copied where the disk knows no such thing."""
    source = settling.parts(services).path(upload)
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            os.link(source, target)
        except FileExistsError:
            raise
        except OSError:
            shutil.copyfile(source, target)
    except (FileExistsError, NotADirectoryError, IsADirectoryError) as error:
        raise Invalid({"file": "twice"}) from error
    except OSError as error:
        raise refused_by_disk("the folder of uploads", error) from error
