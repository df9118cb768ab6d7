"""One document of an import: what its item asks for, and making it so, or only looking what that would do."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from kb.catalog import desk, documents, relations, trace
from kb.catalog.rights import Someone
from kb.catalog.sidecar import Sidecar
from kb.catalog.tables import Document, Event, Role, State
from kb.core.errors import Forbidden, Invalid
from kb.services import deposit
from kb.services.context import Services
from kb.services.deposit import Deposit
from kb.services.sources import Item

ACTOR = "import"
CREATED, CHANGED, UNCHANGED = "created", "changed", "unchanged"

Noting = Callable[[Session, Document, str], None]
"""Told the document and what was done to it, in the transaction that does it."""


def unnoted(_session: Session, _document: Document, _change: str) -> None:
    """Write nothing more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bare:
    """What is said of each file that has no sidecar; `by` is who brings all of them, None an operator.

    A `dry` run tells what would become of each, and writes nothing.
    """

    type: str = deposit.PUBLICATION
    language: str = ""
    state: str = State.PUBLISHED
    by: Someone | None = None
    dry: bool = False


def wish(services: Services, item: Item, told: Sidecar | None, bare: Bare) -> Deposit:
    """Return the document that an item asks for; its bytes are in the store then, but in a dry run. Raises KbError."""
    originals: list[deposit.Original] = []
    actor = bare.by.actor if bare.by else ACTOR
    for path, role, language in list(_files(item, told)):
        if bare.dry:
            originals.append(deposit.look(services, path, role=role, language=language))
            continue
        with path.open("rb") as stream:
            if role == Role.ORIGINAL:
                originals += deposit.store_with_attachments(services, stream, path.name, language=language, actor=actor)
            else:
                originals.append(deposit.store(services, stream, path.name, role=role, language=language, actor=actor))
    import_id = (told.id if told else "") or (deposit.by_digest(originals[0].digest) if originals else "")
    if not import_id:
        raise Invalid({"id": "required"})
    if told is None:
        wanted = Deposit(type=bare.type, import_id=import_id, language=bare.language, state=bare.state, files=originals)
    else:
        wanted = _described(services, told, import_id, originals, bare.state)
    return deposit.bounded(wanted, bare.by)


def keep(
    services: Services, wanted: Deposit, bare: Bare, *, is_bare: bool = False, noting: Noting = unnoted
) -> tuple[str, str, str]:
    """Create or change the document; return its id, what was done and its state. A dry run does so and takes it back.

    `noting` writes what is to be in the same transaction. Raises KbError.
    """
    with services.database.writing() as session:
        done = _keep(session, wanted, bare, is_bare=is_bare, noting=noting)
        if bare.dry:
            session.rollback()
    return done


def _keep(session: Session, wanted: Deposit, bare: Bare, *, is_bare: bool, noting: Noting) -> tuple[str, str, str]:
    by, actor = bare.by, bare.by.actor if bare.by else ACTOR
    document = documents.by_import_id(session, wanted.import_id or "")
    before = _told(session, document) if document else None
    if document is None:
        document = deposit.create(session, wanted, actor=actor)
    elif by and not (desk.may_edit(by, document) or (is_bare and deposit.is_public(document))):
        raise Forbidden("forbidden.curate")
    elif not is_bare:
        deposit.change(session, document, wanted, actor=actor)
    change = CREATED if before is None else UNCHANGED if before == _told(session, document) else CHANGED
    if change == CHANGED and not trace.tells(session, document.id):  # a file or a relation that came, and no more
        session.add(Event(document_id=document.id, actor=actor, action="edit"))
    noting(session, document, change)
    return document.id, change, document.state


def _told(session: Session, document: Document) -> tuple[object, ...]:
    """Return what an import can change of a document, to be compared."""
    said = relations.said_by(session, document)
    columns = [getattr(document, column.key) for column in document.__mapper__.column_attrs if column.key not in _OWN]
    return (
        *columns,
        document.theme_codes,
        tuple((file.digest, file.role, file.successor_id is None) for file in document.files),
        tuple((row.kind, row.target_key, row.target_text, row.note, row.page) for row in said),
    )


_OWN: Final = frozenset({"revision", "changed_at"})


def is_there(path: Path) -> bool:
    """Tell whether it is a file; a name that no disk can have is none, and no error."""
    return os.path.isfile(path)  # noqa: PTH113 - Path.is_file raises for such a name


def _files(item: Item, told: Sidecar | None) -> Iterator[tuple[Path, str, str]]:
    """Yield (path, role, language) of each file, the one beside the sidecar first. None may lie outside the folder."""
    if item.file is not None:
        yield item.file, "original", told.language if told else ""
    for file in told.files if told else ():
        path = item.folder / file.path
        if not path.resolve().is_relative_to(item.folder.resolve()):
            raise Invalid({"file": "path-leaves-folder"})
        if not is_there(path):
            raise Invalid({"file": f"missing: {file.path}"})
        if path != item.file:
            yield path, file.role, file.language


def _described(
    services: Services, told: Sidecar, import_id: str, originals: Sequence[deposit.Original], state: str
) -> Deposit:
    """Check what only the types and vocabularies can judge. Raises Invalid with every problem at once."""
    problems: dict[str, str] = {}
    vocabulary, kind = services.vocabulary, services.types.get(told.type)
    data = {}
    if kind is None:
        problems["type"] = "unknown"
    else:
        try:
            data = kind.clean(told.data, told.language or "fr")
        except Invalid as error:
            problems |= {f"data.{name}": problem for name, problem in error.problems.items()}
    if set(told.themes) - vocabulary.themes.keys():
        problems["themes"] = "unknown"
    if {link.kind for link in told.relations} - vocabulary.relations.keys():
        problems["relation"] = "unknown"
    if problems:
        raise Invalid(problems)
    body = vocabulary.find_organisation(told.organisation) if told.organisation else None
    return Deposit(
        type=told.type,
        import_id=import_id,
        title=told.title,
        summary=told.summary,
        language=told.language,
        audience=told.audience,
        period=told.date,
        organisation_id=body,
        organisation_text=told.organisation_text or ("" if body else told.organisation),
        themes=told.themes,
        data=data,
        state=told.state or state,
        files=originals,
        links=told.relations,
    )
