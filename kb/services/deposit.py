"""A document comes in with its files: bytes first, then one transaction that says everything about them."""

import hashlib
import logging
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO, TypedDict, Unpack

from sqlalchemy.orm import Session

from kb.catalog import desk, documents, files, relations, succession, workflow
from kb.catalog.access import PUBLIC
from kb.catalog.period import Period
from kb.catalog.rights import Act, Someone
from kb.catalog.sidecar import SidecarRelation
from kb.catalog.tables import Document, File, Role, State
from kb.core.errors import Invalid, TooLarge
from kb.core.text import DocumentId
from kb.ingest import media, sandbox
from kb.ingest.extraction import ExtractionError
from kb.ingest.language import of as language_of
from kb.services import enclosed, naming, scanner
from kb.services.context import Services

PUBLICATION = "publication"
UPLOADER = "upload"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """A file whose bytes are in the store. `name` is as it was brought, without folders."""

    digest: str
    name: str
    media_type: str
    size: int
    role: str = Role.ORIGINAL
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deposit:
    """All that is known of a document on its way in; `data` has been through ContentType.clean."""

    type: str = PUBLICATION
    import_id: str | None = None
    title: Mapping[str, str | Mapping[str, str]] = field(default_factory=dict)
    summary: Mapping[str, str | Mapping[str, str]] = field(default_factory=dict)
    language: str = ""
    audience: str = "public"
    period: Period | None = None
    organisation_id: str | None = None
    organisation_text: str = ""
    themes: Sequence[str] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    state: str = State.PUBLISHED
    files: Sequence[Original] = ()
    links: Sequence[SidecarRelation] = ()


def store(
    services: Services,
    stream: BinaryIO,
    name: str,
    *,
    role: str = Role.ORIGINAL,
    language: str = "",
    actor: str = UPLOADER,
) -> Original:
    """Keep the bytes; on return they have reached the disk. Raises TooLarge, Unavailable, and as the scanner."""
    most = services.settings.max_upload_bytes
    if stream.seek(0, os.SEEK_END) > most:
        raise TooLarge("file", most)
    stream.seek(0)
    scanner.demand_clean(services, stream, name, actor)
    kept = services.store.put(stream, most)
    bare = naming.safe_name(name)
    media_type = _sniffed(services.store.path(kept.digest), bare)
    return Original(digest=kept.digest, name=bare, media_type=media_type, size=kept.size, role=role, language=language)


def look(services: Services, path: Path, *, role: str = Role.ORIGINAL, language: str = "") -> Original:
    """Return what `store` would of a file on the disk, and keep nothing. Raises TooLarge."""
    size = path.stat().st_size
    if size > services.settings.max_upload_bytes:
        raise TooLarge("file", services.settings.max_upload_bytes)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    name = naming.safe_name(path.name)
    return Original(digest=digest, name=name, media_type=_sniffed(path, name), size=size, role=role, language=language)


def _sniffed(path: Path, name: str) -> str:
    try:
        return sandbox.sniff(path, name)
    except ExtractionError:
        return media.UNKNOWN  # taken in all the same: why it cannot be read is said when it is read


def store_with_attachments(
    services: Services, stream: BinaryIO, name: str, *, language: str = "", actor: str = UPLOADER
) -> list[Original]:
    """Keep the bytes as `store` does and, of a message, its attachments as annexes after it. Raises as `store`."""
    kept = store(services, stream, name, language=language, actor=actor)
    found = [kept]
    if kept.media_type == media.MAIL:
        with enclosed.attached(services.store.path(kept.digest), services.settings) as attachments:
            for attachment, path in attachments:
                with path.open("rb") as part:
                    found.append(store(services, part, attachment, role=Role.ANNEX, actor=actor))
    return found


def create(session: Session, deposit: Deposit, *, actor: str) -> Document:
    """Make the document with its files and relations, in the caller's transaction."""
    sheet = _sheet(deposit)
    sheet["title"] = deposit.title or naming.named_after(deposit.files[0].name if deposit.files else "")
    document = documents.create(session, type=deposit.type, actor=actor, import_id=deposit.import_id, **sheet)
    _complete(session, document, deposit, actor)
    return document


def change(session: Session, document: Document, deposit: Deposit, *, actor: str) -> None:
    """Bring an earlier document in line with what is known now. What it says already changes nothing.

    A title that the file gave stays where none is given now.
    """
    if document.type != deposit.type:
        raise Invalid({"type": "cannot-change"})
    sheet = _sheet(deposit)
    if not deposit.language:
        del sheet["language"]
    if deposit.title:
        sheet["title"] = deposit.title
    documents.edit(session, document, actor=actor, **sheet)
    _complete(session, document, deposit, actor)


def states(by: Someone | None) -> tuple[State, ...]:
    """Return the states in which they may bring a document in, the usual one first. None is an operator."""
    if by is None or by.may(Act.CURATE):
        return State.PUBLISHED, State.DRAFT
    return State.SUBMITTED, State.DRAFT


def bounded(deposit: Deposit, by: Someone | None) -> Deposit:
    """Return the deposit as they may make it: what only a curator may publish is submitted, and a confined person
    brings for their body alone. Raises Invalid for what names another.
    """
    if by is None:
        return deposit
    body = deposit.organisation_id or (by.organisation if by.confined else None)
    if by.confined and body != by.organisation:
        raise Invalid({"organisation": "not-yours"})
    may_publish = deposit.state != State.PUBLISHED or by.may_with(Act.CURATE, body)
    return replace(deposit, organisation_id=body, state=deposit.state if may_publish else State.SUBMITTED)


def check_choices(services: Services, by: Someone | None, *, type: str, language: str, state: str) -> None:
    """Raise Invalid for what a form cannot have offered."""
    problems = {}
    if type not in services.types:
        problems["type"] = "unknown"
    if language and language not in services.vocabulary.languages:
        problems["language"] = "unknown"
    if state not in states(by):
        problems["state"] = "unknown"
    if problems:
        raise Invalid(problems)


class Chosen(TypedDict):
    """What a form says of a file; language may be "": then the text tells it."""

    title: str
    type: str
    language: str
    state: str


def upload(
    services: Services, stream: BinaryIO, name: str, *, by: Someone | None = None, **chosen: Unpack[Chosen]
) -> tuple[DocumentId, int, State]:
    """Take in one file as a form gives it; return its document, its number there and the document's state.

    Raises Invalid, TooLarge, Unavailable. `language` may be empty: then the text tells it.

    The same bytes again give the document they are in already, if it is public or they see it at the desk or, for an
    operator, is a draft where a draft is asked for; the state that is returned is the document's. They are refused
    where that document is not one to be led to. Bytes that are an annex of other documents, as the attachment of a
    message, are a document of their own as in an import.
    """
    check_choices(services, by, type=chosen["type"], language=chosen["language"], state=chosen["state"])
    kept = bring(services, stream, name, chosen["language"], by)
    with services.database.writing() as session:
        if earlier := known(session, kept):
            file = led_to(earlier, chosen["state"], by)
            return DocumentId(file.document.id), file.number, State(file.document.state)
        made = enter(session, kept, by, **chosen)
        return DocumentId(made.id), 1, State(made.state)


def bring(services: Services, stream: BinaryIO, name: str, language: str, by: Someone | None) -> Sequence[Original]:
    """Keep the bytes of one file, and of a message its attachments. Raises as `store`, and Invalid for no bytes."""
    kept = store_with_attachments(services, stream, name, language=language, actor=by.actor if by else UPLOADER)
    if not kept[0].size:
        raise Invalid({"file": "empty-file"})
    return kept


def known(session: Session, kept: Sequence[Original]) -> list[File]:
    """Return the files of the catalog that hold these bytes as more than an annex."""
    return [file for file in files.by_digest(session, kept[0].digest) if file.role != Role.ANNEX]


def enter(session: Session, kept: Sequence[Original], by: Someone | None, **chosen: Unpack[Chosen]) -> Document:
    """Make the document of a file whose bytes are kept, in the caller's transaction: only then is it acknowledged."""
    text = " ".join(chosen["title"].split())
    language = chosen["language"]
    deposit = Deposit(
        type=chosen["type"],
        import_id=by_digest(kept[0].digest),
        title={language or language_of(text, "ar"): text} if text else {},
        language=language,
        state=chosen["state"],
        files=kept,
    )
    return create(session, bounded(deposit, by), actor=by.actor if by else UPLOADER)


def led_to(earlier: Sequence[File], state: str, by: Someone | None) -> File:
    """Return the file that somebody who brings its bytes again is led to. Raises Invalid when there is none."""
    public = [each for each in earlier if is_public(each.document)]
    if by:
        others = [each for each in earlier if desk.sees(by, each.document)]
    else:
        others = [each for each in earlier if each.document.state == state == State.DRAFT]
    for file in (*public, *others):
        return file
    raise Invalid({"file": "not-public"})


def is_public(document: Document) -> bool:
    """Tell whether everybody may know that it is there."""
    return document.state == State.PUBLISHED and document.audience in PUBLIC


def by_digest(digest: str) -> str:
    """Return the import id of a file that came without one: the same bytes are the same document."""
    return f"sha256:{digest}"


def _sheet(deposit: Deposit) -> documents.Sheet:
    return documents.Sheet(
        summary=deposit.summary,
        language=deposit.language,
        audience=deposit.audience,
        period=deposit.period,
        organisation_id=deposit.organisation_id,
        organisation_text=deposit.organisation_text,
        themes=deposit.themes,
        data=deposit.data,
    )


def _complete(session: Session, document: Document, deposit: Deposit, actor: str) -> None:
    held = {file.id for file in document.files}
    brought = [
        files.attach(
            session,
            document,
            digest=file.digest,
            name=file.name,
            media_type=file.media_type,
            size=file.size,
            role=file.role,
            language=file.language,
        )
        for file in deposit.files
    ]
    succession.take_places(session, document, brought, held)
    for link in deposit.links:
        key = relations.import_key(link.target) if link.target else ""
        relations.add(session, document, link.kind, link.text or link.target, key=key, note=link.note, page=link.page)
    if document.state == State.DRAFT and deposit.state != State.DRAFT:
        workflow.move(session, document, deposit.state, actor=actor)
