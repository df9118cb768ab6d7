"""What a command imported, written down document by document, so that it is taken back as an import of the desk is."""

from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kb.catalog.intake import BulkImport, BulkRow, RowState, Stage
from kb.catalog.tables import Document
from kb.core.clock import new_id, now
from kb.core.errors import Conflict, NotFound
from kb.services import bulk, bulk_rows, wishes
from kb.services.context import Services
from kb.services.wishes import ACTOR, UNCHANGED, Bare

LAST: Final = "last"
_NAMED: Final = 500
_NAME: Final = "file"


@dataclass(slots=True)
class Record:
    """An import that is under way. It is written down from its first document that is made or changed, none before."""

    bare: Bare
    id: str = ""
    _rows: int = field(default=0)

    def noting(self, name: str) -> wishes.Noting:
        """Return what writes a document down under the name of its item, in the transaction that makes it."""

        def note(session: Session, document: Document, change: str) -> None:
            if change == UNCHANGED or self.bare.dry:
                return
            self.id = self.id or new_id()
            if session.get(BulkImport, self.id) is None:  # nor is it where the transaction of an earlier one failed
                done = BulkImport(id=self.id, owner=ACTOR, name=name[-_NAMED:], type=self.bare.type)
                done.state, done.stage, done.ended_at = self.bare.state, Stage.DONE, now()
                session.add(done)
            self._rows += 1
            row = BulkRow(import_id=self.id, number=self._rows, cells=[[_NAME, name[-_NAMED:]]])
            session.add(row)
            bulk_rows.write_down(session, row, document, change)

        return note


@dataclass(frozen=True, slots=True)
class Undone:
    """How many documents were taken back, and (name, document, why) of each that stays."""

    number: int
    left: tuple[tuple[str, str, str], ...]


def undo(services: Services, id: str) -> Undone:
    """Take an import back, anybody's, for an operator; one that was stopped goes on. LAST is the newest of a command
    that is not taken back yet. Raises NotFound, and Conflict for one that was never done.
    """
    with services.database.writing() as session:
        found = _last(session) if id == LAST else session.get(BulkImport, id)
        if found is None:
            raise NotFound(f"import {id}")
        if found.stage not in {Stage.DONE, Stage.UNDOING, Stage.UNDONE}:
            raise Conflict(f"the import is {found.stage}")
        id = found.id
        if found.stage == Stage.DONE:
            found.stage = Stage.UNDOING
    while bulk.undo_some(services, None, id):
        pass
    with services.database.reading() as session:
        undone = select(func.count()).where(BulkRow.import_id == id, BulkRow.state == RowState.UNDONE)
        stays = bulk.rows_of(session, id, RowState.LEFT)
        left = tuple((row.cells[0][1], row.document_id, row.note) for row in stays)
        return Undone(session.scalar(undone) or 0, left)


def _last(session: Session) -> BulkImport | None:
    query = select(BulkImport).where(BulkImport.owner == ACTOR, BulkImport.stage.in_((Stage.DONE, Stage.UNDOING)))
    return session.scalars(query.order_by(BulkImport.created_at.desc(), BulkImport.id).limit(1)).first()
