"""A file whose bytes are here becomes a document of who brought it, or is refused by name."""

from collections.abc import Sequence
from typing import BinaryIO, Final

from kb.catalog import intake
from kb.catalog.intake import UploadState
from kb.catalog.rights import Someone
from kb.core.clock import now
from kb.core.errors import Conflict, Invalid, KbError, Quota, Unavailable
from kb.ingest import media, sandbox
from kb.ingest.extraction import ExtractionError, Unsupported
from kb.ingest.parts import Parts
from kb.services import deposit, quotas
from kb.services.context import Services
from kb.services.deposit import Chosen, Original

PATH_CHARS: Final = 500
_CHUNK: Final = 4 * 1024 * 1024
_TAKEN: Final = frozenset({*media.NAMES, media.ENCRYPTED, media.DAMAGED, media.EMPTY})


def parts(services: Services) -> Parts:
    return Parts(services.settings.uploads)


def settle(services: Services, someone: Someone, id: str) -> None:
    """Make a document of an upload whose bytes have all come. What cannot be taken is refused. Raises Unavailable."""
    with services.database.reading() as session:
        upload = intake.upload(session, id, someone.actor)
        path, language = upload.path, upload.batch.language
    store, name = parts(services), deposit.safe_name(path)
    try:
        _demand_readable(store, id, name)
        with store.open(id) as stream:
            kept = deposit.bring(services, stream, name, language)
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


def take(services: Services, someone: Someone, batch_id: str, path: str, size: int, stream: BinaryIO) -> None:
    """Take in one file of a form without scripts, whole. Raises Unavailable, once the batch says that it is refused."""
    id = ""
    try:
        with services.database.writing() as session:
            batch = intake.batch(session, batch_id, someone.actor)
            quotas.check(services, session, someone, size)
            upload = intake.add(session, batch, path=clean_path(path), size=size, code=unfit(services, size))
            upload.state = UploadState.REFUSED if upload.code else UploadState.RECEIVING
            upload.ended_at = now() if upload.code else None
            id, refused = upload.id, bool(upload.code)
        if not refused:
            _copy(parts(services), id, stream)
            settle(services, someone, id)
    except Quota as error:
        refuse_unseen(services, someone, batch_id, path, error.problem)
    except Unavailable as error:
        if id:
            refuse(services, someone, id, error.code)
            parts(services).drop(id)
        raise


def refuse_unseen(services: Services, someone: Someone, batch_id: str, path: str, code: str) -> None:
    """Write into the batch that a file was not taken at all."""
    with services.database.writing() as session:
        batch = intake.batch(session, batch_id, someone.actor)
        upload = intake.add(session, batch, path=clean_path(path), size=0, code=code)
        upload.state, upload.ended_at = UploadState.REFUSED, now()


def clean_path(path: str) -> str:
    """Return a path that stays in its folder: names without control and bidi signs, forward slashes."""
    names = [deposit.safe_name(name) for name in path.replace("\\", "/").split("/") if name.strip(". ")]
    return "/".join(names[-20:])[-PATH_CHARS:].lstrip("/") or "file"


def code_of(error: KbError) -> str:
    """Return the key of the words for what is wrong with a file: an Invalid names it."""
    if isinstance(error, Invalid):
        return next(iter(error.problems.values())).partition(" ")[0].rstrip(":")
    return error.code


def unfit(services: Services, size: int) -> str:
    if size > services.settings.max_upload_bytes:
        return "too-large"
    return "" if size else "empty-file"


def _demand_readable(store: Parts, id: str, name: str) -> None:
    try:
        kind = sandbox.sniff(store.path(id), name)
    except ExtractionError:
        return
    if kind == media.ZIP:
        raise Invalid({"file": "archive"})
    demand_kind(kind)


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
