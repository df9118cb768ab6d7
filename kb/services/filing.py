"""The files of a document at the desk: one more, one in the place of another, and what each is to the document."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO

from sqlalchemy.orm import Session

from kb.catalog import files, succession
from kb.catalog.rights import Someone
from kb.catalog.tables import Document, Event, Role
from kb.catalog.translated import pick
from kb.core.errors import Invalid
from kb.services import deposit, editing, quotas, shown
from kb.services.context import Services
from kb.services.views import FileShown

PER_DOCUMENT = 200
"""Files of one document."""


@dataclass(frozen=True, slots=True)
class Folder:
    """The files of a document, the newest readings last; `newer` tells which number took the place of which."""

    id: str
    title: str
    files: tuple[FileShown, ...]
    newer: Mapping[int, int]


def opened(services: Services, someone: Someone, id: str, language: str) -> Folder:
    """Return the files of a document that they may describe. Raises as `editing.load`."""
    with services.database.reading() as session:
        document = editing.load(session, someone, id)
        numbers = {file.id: file.number for file in document.files}
        newer = {f.number: numbers[f.successor_id] for f in document.files if f.successor_id in numbers}
        found = tuple(shown.file(file) for file in document.files)
        return Folder(document.id, pick(document.title, language)[0], found, newer)


def add(
    services: Services, someone: Someone, id: str, stream: BinaryIO, name: str, *, role: str, replaces: int = 0
) -> int:
    """Add a file, in the place of the one of this number where that is not 0; return its number. It is read at once.

    Bytes that the document has already take the place of another as any do. Raises as `editing.load`, Invalid where
    they take none, for an empty file, an unknown role and too many files, Quota where it is more than one may bring in
    a day, TooLarge, Unavailable.
    """
    _check({0: role})
    size = stream.seek(0, os.SEEK_END)
    stream.seek(0)
    if not size:
        raise Invalid({"file": "empty-file"})
    with services.database.writing() as session:
        _demand_room(editing.load(session, someone, id))
        quotas.count(services, session, someone, size)
    kept = deposit.store(services, stream, name, role=role, actor=someone.actor)
    with services.database.writing() as session:
        document = editing.load(session, someone, id)
        _demand_room(document)
        earlier = files.numbered(document, replaces) if replaces else None
        held = {file.id for file in document.files}
        row = files.attach(
            session,
            document,
            digest=kept.digest,
            name=kept.name,
            media_type=kept.media_type,
            size=kept.size,
            role=role,
        )
        if earlier is not None and earlier is not row:
            files.replace(session, earlier, row)
        elif row.id in held:
            raise Invalid({"file": "already-here" if row.successor_id is None else "older-version"})
        _tell(session, document, someone, succession.ADDED, f"{row.number}" + (f" > {replaces}" if replaces else ""))
        return row.number


def set_roles(services: Services, someone: Someone, id: str, roles: Mapping[int, str]) -> None:
    """Say what files are to the document, by number. Raises as `editing.load`, NotFound, Invalid."""
    _check(roles)
    with services.database.writing() as session:
        document = editing.load(session, someone, id)
        for number, role in roles.items():
            file = files.numbered(document, number)
            if file.role != role:
                file.role = role
                _tell(session, document, someone, "role", f"{number} {role}")


def _demand_room(document: Document) -> None:
    if len(document.files) >= PER_DOCUMENT:
        raise Invalid({"file": "too-many"})


def _check(roles: Mapping[int, str]) -> None:
    if set(roles.values()) - set(Role):
        raise Invalid({"role": "unknown"})


def _tell(session: Session, document: Document, someone: Someone, action: str, note: str) -> None:
    session.add(Event(document_id=document.id, actor=someone.actor, action=action, note=note))
