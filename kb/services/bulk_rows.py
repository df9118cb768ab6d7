"""One row of an import: what it would do, doing it, and taking it back."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from kb.catalog import documents, intake, tabular, trace, workflow
from kb.catalog.intake import BulkImport, BulkRow, RowState
from kb.catalog.rights import Act, Someone
from kb.catalog.tables import Document, State
from kb.catalog.tabular import Reader
from kb.core.errors import Conflict, Invalid, KbError, NotFound, Unavailable
from kb.services import reading, revisions, wishes
from kb.services.context import Services
from kb.services.sources import Item
from kb.services.wishes import CHANGED, CREATED, UNCHANGED, Bare

Pairs = Sequence[Sequence[str]]
Problems = list[list[str]]
"""The heading, the key of the words, and the value of each problem of a row."""

UNDONE_REASON: Final = "أُلغي الاستيراد الذي أدخلها · L’importation qui l’a créé a été annulée"
"""What readers are told of a document that an import had made by mistake."""

UNPUBLISHED_REASON: Final = "أُلغي الاستيراد الذي نشرها · L’importation qui l’a publié a été annulée"
"""The same of one that was there before, and that it had published."""

_TRIES: Final = 3
_SAID_CHARS: Final = 200


def look(
    services: Services, bare: Bare, read: Reader, folder: Path, cells: Pairs, taken: Mapping[str, int]
) -> tuple[str, Problems]:
    """Return what a row would do, and its problems. `taken` are the identifiers of earlier rows: two undo each other.

    Raises Unavailable.
    """
    try:
        told = read.describe(_pairs(cells))
        if told.id in taken:
            raise Invalid({"id": f"taken {taken[told.id]}"})
        wanted = wishes.wish(services, Item("", folder, lambda: told), told, bare)
        return wishes.keep(services, wanted, bare)[1], []
    except Unavailable:
        raise
    except KbError as error:
        found = problems(error, dict(_pairs(cells)))
        return "", found + [one for one in _missing(folder, cells) if one not in found]


def do(services: Services, bare: Bare, read: Reader, folder: Path, id: str, number: int, cells: Pairs) -> None:
    """Do a row and say so, in one transaction. Raises Unavailable; any other failure is kept with the row.

    What somebody else changed at the same moment is tried again at once.
    """
    for left in reversed(range(_TRIES)):
        try:
            _once(services, bare, read, folder, id, number, cells)
        except Unavailable:
            raise
        except KbError as error:
            if left and isinstance(error, Conflict):
                continue
            _refuse(services, id, number, problems(error, dict(_pairs(cells))))
        return


def _once(services: Services, bare: Bare, read: Reader, folder: Path, id: str, number: int, cells: Pairs) -> None:
    told = read.describe(_pairs(cells))
    wanted = wishes.wish(services, Item("", folder, lambda: told), told, bare)
    wishes.keep(services, wanted, bare, noting=noting(id, number))


def _refuse(services: Services, id: str, number: int, found: Problems) -> None:
    with services.database.writing() as session:
        row = session.get_one(BulkRow, (id, number))
        if row.state != RowState.DONE:  # another worker had it too
            row.state, row.problems = RowState.WRONG, found


def identifier(cells: Pairs) -> str:
    """Return the identifier that a row gives its document, "" for none."""
    return next((text for heading, text in cells if tabular.is_of("id", heading)), "")


def problems(error: KbError, cells: Mapping[str, str]) -> Problems:
    """Tell what is wrong by the column it is in; a problem with a file is in the cell that names it."""
    if not isinstance(error, Invalid):
        return [[_heading("file", cells), error.code, ""]]
    found = []
    for key, said in error.problems.items():
        code, _, more = said.partition(" ")
        if (key, code) == ("id", "required"):
            code = "no-identity"
        heading = key if key in cells else _heading(key, cells)
        found.append([heading, code.rstrip(":"), (more or cells.get(heading, ""))[:_SAID_CHARS]])
    return found


def _missing(folder: Path, cells: Pairs) -> Problems:
    """Tell the files that are not there, beside whatever else is wrong: all of a row is to be mended at once."""
    named = [
        (heading, part) for heading, text in cells if tabular.is_of("file", heading) for part in tabular.paths(text)
    ]
    inside = [(heading, part) for heading, part in named if (folder / part).resolve().is_relative_to(folder.resolve())]
    return [[heading, "missing", part] for heading, part in inside if not wishes.is_there(folder / part)]


def take_back(session: Session, someone: Someone | None, row: BulkRow) -> None:
    """Take back what a row did, or say why it stays. What readers could see keeps its address. None is an operator."""
    if row.state != RowState.DONE:  # by another worker, whose lease had run out
        return
    row.note = _taken_back(session, someone, row)
    row.state = RowState.LEFT if row.note else RowState.UNDONE


def _taken_back(session: Session, someone: Someone | None, row: BulkRow) -> str:
    if row.change == UNCHANGED:
        return "unchanged"
    if row.change != CREATED and not row.before:  # by a version of ours that did not write down which one that was
        return "was-there"
    try:
        document = documents.load(session, row.document_id)
    except NotFound:
        return "gone"
    if why := _why_left(session, someone, row, document):
        return why
    actor = someone.actor if someone else wishes.ACTOR
    if row.change != CREATED:
        revisions.take_back(session, document, row.before, actor=actor, reason=UNPUBLISHED_REASON)
    elif document.state == State.PUBLISHED:
        workflow.move(session, document, State.WITHDRAWN, actor=actor, reason=UNDONE_REASON)
    else:
        documents.destroy(session, document, actor=actor, reason=UNDONE_REASON)
    return ""


def _why_left(session: Session, someone: Someone | None, row: BulkRow, document: Document) -> str:
    """Say why a document is not to be taken back though it could be, "" where nothing speaks against it."""
    if _deeds(session, document.id) != row.events:
        return "changed-since"
    bodies = {document.organisation_id}
    if row.change == CREATED:
        if intake.led_others(session, document.id, session.get_one(BulkImport, row.import_id).owner):
            return "brought-too"
    else:
        bodies.add(revisions.body(session, document.id, row.before))
    if someone and not all(someone.may_with(Act.CURATE, body) for body in bodies):
        return "not-yours"
    return ""


def noting(id: str, number: int) -> wishes.Noting:
    """Return what writes down with a row what it did, in the transaction that does it."""

    def note(session: Session, document: Document, change: str) -> None:
        row = session.get_one(BulkRow, (id, number))
        if row.state == RowState.DONE:  # by another worker, whose lease had run out
            return
        write_down(session, row, document, change)

    return note


def write_down(session: Session, row: BulkRow, document: Document, change: str) -> None:
    """Say in the row what was done to the document; its version is still the one before."""
    session.flush()
    row.state, row.change, row.document_id = RowState.DONE, change, document.id
    row.events = _deeds(session, document.id)
    row.before = document.revision if change == CHANGED else 0


def _deeds(session: Session, id: str) -> int:
    """Return how many things somebody has done to the document; what its reading tells of it is nobody's."""
    return sum(one.actor != reading.ACTOR for one in trace.of(session, id))


def _heading(key: str, cells: Mapping[str, str]) -> str:
    """Return the heading of a column that all types have, as the table has it; its own name where it has none."""
    return next((heading for heading in cells if tabular.is_of(key, heading)), key)


def _pairs(cells: Pairs) -> list[tuple[str, str]]:
    return [(heading, text) for heading, text in cells]
