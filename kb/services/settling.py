"""A file whose bytes are here becomes a document of who brought it, or is refused by name."""

from collections.abc import Sequence
from typing import BinaryIO, Final, NamedTuple

from kb.catalog import intake
from kb.catalog.intake import IMPORT, UploadState
from kb.catalog.rights import Act, Someone
from kb.core.clock import now
from kb.core.errors import Conflict, Invalid, KbError, Quota, Unavailable
from kb.ingest import media, sandbox
from kb.ingest.extraction import ExtractionError, Unsupported
from kb.ingest.parts import Parts
from kb.jobs import queue
from kb.services import deposit, enclosed, naming, quotas
from kb.services.context import Services
from kb.services.deposit import Chosen, Original

PATH_CHARS: Final = 500
UNPACK: Final = "unpack"
"""Kind of the jobs that unpack an archive; the key is the upload's id."""
_CHUNK: Final = 4 * 1024 * 1024
_TAKEN: Final = frozenset({*media.NAMES, media.ENCRYPTED, media.DAMAGED, media.EMPTY})


def parts(services: Services) -> Parts:
    return Parts(services.settings.uploads)


def settle(services: Services, someone: Someone, id: str) -> None:
    """Make a document of an upload whose bytes have all come. What cannot be taken is refused. Raises Unavailable."""
    with services.database.reading() as session:
        upload = intake.upload(session, id, someone.actor)
        path, language, held = upload.path, upload.batch.language, upload.batch.state == IMPORT
    store, name = parts(services), naming.safe_name(path)
    if held:
        set_aside(services, someone, id, UploadState.HELD)
        return
    try:
        if _demand_readable(store, id, name) == media.ZIP:
            _open(services, someone, id)
            return
        with store.open(id) as stream:
            kept = deposit.bring(services, stream, name, language, someone)
        for last in (False, True):
            try:
                _enter(services, someone, id, kept)
                break
            except Conflict:  # the same bytes came by another door in the same moment: now they are there
                if last:
                    raise
    except Unavailable:
        raise
    except KbError as error:
        refuse(services, someone, id, code_of(error))
    store.drop(id)


class Packed(NamedTuple):
    """What is known of a file out of an archive: its digest, and the bytes of the archive as it was packed."""

    sha256: str = ""
    archive: int = 0


def take(
    services: Services,
    someone: Someone,
    batch_id: str,
    path: str,
    size: int,
    stream: BinaryIO,
    packed: Packed = Packed(),  # noqa: B008 - it never changes
) -> None:
    """Take in one file of a form without scripts, or of an archive, whole.

    Raises Unavailable, once the batch says that it is refused.
    """
    id = ""
    try:
        with services.database.writing() as session:
            batch = intake.batch(session, batch_id, someone.actor)
            quotas.check(services, session, someone, size, packed=packed.archive)
            code = unfit(size, most(services))
            upload = intake.add(session, batch, path=clean_path(path), size=size, sha256=packed.sha256, code=code)
            upload.state = UploadState.REFUSED if upload.code else UploadState.RECEIVING
            upload.ended_at = now() if upload.code else None
            id, refused = upload.id, bool(upload.code)
        if not refused:
            _copy(parts(services), id, stream)
            settle(services, someone, id)
    except Quota as error:
        refuse_unseen(services, someone, batch_id, path, error.problem, packed.sha256)
    except Unavailable as error:
        if id:
            refuse(services, someone, id, error.code)
            parts(services).drop(id)
        raise


def refuse_unseen(services: Services, someone: Someone, batch_id: str, path: str, code: str, sha256: str = "") -> None:
    """Write into the batch that a file was not taken at all."""
    with services.database.writing() as session:
        batch = intake.batch(session, batch_id, someone.actor)
        upload = intake.add(session, batch, path=clean_path(path), size=0, sha256=sha256, code=code)
        upload.state, upload.ended_at = UploadState.REFUSED, now()


def clean_path(path: str) -> str:
    """Return a path that stays in its folder: names without control and bidi signs, forward slashes."""
    names = [naming.safe_name(name) for name in path.replace("\\", "/").split("/") if name.strip(". ")]
    return "/".join(names[-20:])[-PATH_CHARS:].lstrip("/") or "file"


def code_of(error: KbError) -> str:
    """Return the key of the words for what is wrong with a file: an Invalid names it."""
    if isinstance(error, Invalid):
        return next(iter(error.problems.values())).partition(" ")[0].rstrip(":")
    return error.code


def most(services: Services, *, for_import: bool = False) -> int:
    """Return how many bytes a file may have. What waits for an import may be an archive of many."""
    return services.settings.max_archive_bytes if for_import else services.settings.max_upload_bytes


def unfit(size: int, most: int) -> str:
    """Say why a file of so many bytes is not taken, "" for nothing."""
    if size > most:
        return "too-large"
    return "" if size else "empty-file"


def _demand_readable(store: Parts, id: str, name: str) -> str:
    """Return the media type, "" for what says nothing of itself. Raises Unsupported."""
    try:
        kind = sandbox.sniff(store.path(id), name)
    except ExtractionError:
        return ""
    if kind != media.ZIP:
        demand_kind(kind)
    return kind


def _open(services: Services, someone: Someone, id: str) -> None:
    """Have an archive unpacked; one with a table waits for its owner to ask for the import. Raises KbError."""
    if not enclosed.has_table(parts(services).path(id), services.settings):
        set_aside(services, someone, id, UploadState.PACKED)
    elif someone.may(Act.IMPORT):
        set_aside(services, someone, id, UploadState.HELD)
    else:
        raise Invalid({"file": "archive-table"})


def set_aside(services: Services, someone: Someone, id: str, state: UploadState) -> None:
    """Keep an upload that is whole for what is to be done with it. Raises Conflict for one that is not."""
    with services.database.writing() as session:
        upload = intake.upload(session, id, someone.actor, lock=True)
        if upload.state not in {UploadState.RECEIVING, UploadState.HELD, state}:
            raise Conflict(f"it is {upload.state}")
        if parts(services).size(id) != upload.size:
            raise Conflict("it is not whole")
        upload.state, upload.ended_at = state, now()
        if state == UploadState.PACKED:
            queue.put(session, UNPACK, id, now())


def demand_kind(kind: str) -> None:
    """Raise Unsupported for what no reader of ours opens. What is damaged or has a password is taken, and says so."""
    if kind not in _TAKEN:
        raise Unsupported


def _copy(store: Parts, id: str, stream: BinaryIO) -> None:
    store.begin(id)
    length = 0
    while data := stream.read(_CHUNK):
        length = store.append(id, length, data)


def _enter(services: Services, someone: Someone, id: str, kept: Sequence[Original]) -> None:
    with services.database.writing() as session:
        upload = intake.upload(session, id, someone.actor, lock=True)
        if upload.state != UploadState.RECEIVING:
            return
        batch = upload.batch
        earlier = deposit.known(session, kept)
        if earlier:
            file = deposit.led_to(earlier, batch.state, someone)
            upload.same, upload.document_id, upload.file_number = True, file.document_id, file.number
        else:
            chosen = Chosen(title="", type=batch.type, language=batch.language, state=batch.state)
            upload.document_id = deposit.enter(session, kept, someone, **chosen).id
            upload.file_number = 1
        upload.state, upload.ended_at = UploadState.DONE, now()


def end(services: Services, someone: Someone, id: str, *, state: UploadState, code: str = "") -> None:
    with services.database.writing() as session:
        upload = intake.upload(session, id, someone.actor, lock=True)
        if upload.state == UploadState.RECEIVING:
            upload.state, upload.code, upload.ended_at = state, code, now()


def refuse(services: Services, someone: Someone, id: str, code: str) -> None:
    end(services, someone, id, state=UploadState.REFUSED, code=code)
