"""What a reader's form brings: one file that becomes a document, or an archive of many."""

import os
import tempfile
from pathlib import Path
from typing import BinaryIO, Unpack

from kb.catalog.rights import Someone
from kb.catalog.tables import State
from kb.core.errors import Invalid, TooLarge, refused_by_disk
from kb.core.text import DocumentId
from kb.services import deposit, enclosed, importing, naming, quotas
from kb.services.context import Services
from kb.services.deposit import Chosen
from kb.services.importing import Summary
from kb.services.wishes import Bare

_CHUNK = 1024 * 1024


def receive(
    services: Services, stream: BinaryIO, name: str, *, by: Someone | None = None, **chosen: Unpack[Chosen]
) -> tuple[DocumentId, int, State] | Summary:
    """Take in what came, and count it where somebody brings it. Raises as `deposit.upload`, and Quota.

    Of a ZIP each file becomes a document of the type, language and state that were chosen, or as its sidecar says;
    the summary tells what became of each. The title is for a single file.
    """
    if stream.read(4) in enclosed.ZIP:
        stream.seek(0)
        with tempfile.NamedTemporaryFile(dir=services.settings.spool, prefix="upload-") as spooled:
            _copy(stream, spooled, services.settings.max_upload_bytes)
            path = Path(spooled.name)
            if enclosed.is_archive(path):
                bare = Bare(type=chosen["type"], language=chosen["language"], state=chosen["state"], by=by)
                deposit.check_choices(services, by, type=bare.type, language=bare.language, state=bare.state)
                return _told(importing.take_in_archive(services, path, naming.safe_name(name), bare))
    size = stream.seek(0, os.SEEK_END)
    stream.seek(0)
    if by is not None and size:
        with services.database.writing() as session:
            quotas.count(services, session, by, size)
    return deposit.upload(services, stream, name, by=by, **chosen)


def _told(summary: Summary) -> Summary:
    """Raise Invalid where nothing at all could be taken, for one reason: it is the archive's."""
    if not summary.kept and len(summary.refused) == 1 and ": " not in summary.refused[0].path:
        raise Invalid({"file": summary.refused[0].error.code})
    return summary


def _copy(stream: BinaryIO, spooled: "tempfile._TemporaryFileWrapper[bytes]", limit: int) -> None:
    size = 0
    try:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if size > limit:
                raise TooLarge("file", limit)
            spooled.write(chunk)
        spooled.flush()
    except OSError as error:
        raise refused_by_disk("the spool", error) from error
