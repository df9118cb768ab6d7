"""An import as its page shows it: how far it is, what each row does or did, and what is wrong where."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kb.catalog.content_type import ContentType
from kb.catalog.intake import BulkImport, BulkRow, RowState, Stage
from kb.catalog.rights import Act, Someone, demand
from kb.catalog.tabular import headings, is_of
from kb.core.paging import pages_of
from kb.services import bulk
from kb.services.context import Services
from kb.writing.table import Table

SHOWN: Final = 200
"""Problems that a page names; the file of problems names all."""

PAGE: Final = 100
"""Rows of a page of an import."""

RECENT: Final = 50
_NOT_WRONG: Final = tuple(state for state in RowState if state != RowState.WRONG)


@dataclass(frozen=True, slots=True)
class Wrong:
    """`heading` is the column as the table has it, `code` the key of the words, `value` what stands there."""

    row: int
    heading: str
    code: str
    value: str


@dataclass(frozen=True, slots=True)
class RowShown:
    number: int
    title: str
    state: str
    change: str
    document: str
    note: str


@dataclass(frozen=True, slots=True)
class ImportShown:
    """`counts` has the number of rows by their state and, of those that are right or done, by their change.

    `wrong` are the first problems; `rows` those of the `page` that is shown, of `pages` of all that are not wrong.
    """

    id: str
    name: str
    type: str
    stage: str
    problem: str
    begun: dt.datetime
    total: int
    counts: Mapping[str, int]
    rows: tuple[RowShown, ...]
    wrong: tuple[Wrong, ...]
    spare: tuple[str, ...]
    page: int
    pages: int

    @property
    def is_moving(self) -> bool:
        return self.stage in {Stage.CHECKING, Stage.RUNNING, Stage.UNDOING}

    @property
    def ended(self) -> int:
        """Return how many rows the present stage has behind it."""
        waiting = {Stage.CHECKING: RowState.NEW, Stage.RUNNING: RowState.RIGHT, Stage.UNDOING: RowState.DONE}
        return self.total - self.counts.get(waiting.get(Stage(self.stage), ""), 0)


def latest(services: Services, someone: Someone) -> list[tuple[str, str, str, dt.datetime, int]]:
    """Return (id, name of the table, stage, begun, rows) of one's own imports, the latest first."""
    demand(someone, Act.IMPORT)
    with services.database.reading() as session:
        count = select(func.count()).where(BulkRow.import_id == BulkImport.id).scalar_subquery()
        query = select(BulkImport, count).where(BulkImport.owner == someone.actor)
        rows = session.execute(query.order_by(BulkImport.created_at.desc(), BulkImport.id).limit(RECENT)).tuples()
        return [(one.id, one.name.removeprefix(bulk.ASIDE), one.stage, one.created_at, number) for one, number in rows]


def show(services: Services, someone: Someone, id: str, page: int = 1) -> ImportShown:
    """Return a page of one's own import, the last one where there are fewer. Raises NotFound."""
    demand(someone, Act.IMPORT)
    with services.database.reading() as session:
        found = bulk.own(session, someone, id)
        counts = _counts(session, id)
        total = sum(counts[state] for state in RowState)
        pages = pages_of(total - counts[RowState.WRONG], PAGE)
        page = min(page, pages)
        listed = bulk.rows_of(session, id, *_NOT_WRONG, limit=PAGE, offset=(page - 1) * PAGE)
        wrong = bulk.rows_of(session, id, RowState.WRONG, limit=SHOWN)
        return ImportShown(
            id=found.id,
            name=found.name.removeprefix(bulk.ASIDE),
            type=found.type,
            stage=found.stage,
            problem=found.problem,
            begun=found.created_at,
            total=total,
            counts=counts,
            rows=tuple(_row(row) for row in listed),
            wrong=tuple(problem for row in wrong for problem in _wrong(row))[:SHOWN],
            spare=tuple(found.spare),
            page=page,
            pages=pages,
        )


def _counts(session: Session, id: str) -> Counter[str]:
    query = select(BulkRow.state, BulkRow.change, func.count()).where(BulkRow.import_id == id)
    found: Counter[str] = Counter()
    for state, change, number in session.execute(query.group_by(BulkRow.state, BulkRow.change)).tuples():
        found[state] += number
        if change and state != RowState.WRONG:
            found[change] += number
    return found


def problems(services: Services, someone: Someone, id: str) -> list[Wrong]:
    """Return everything that is wrong, in the order of the rows. Raises NotFound."""
    demand(someone, Act.IMPORT)
    with services.database.reading() as session:
        bulk.own(session, someone, id)
        return [problem for row in bulk.rows_of(session, id, RowState.WRONG) for problem in _wrong(row)]


def template(services: Services, kind: ContentType, language: str, title: str) -> Table:
    """Return an empty table with the columns of a type, headed in the reader's language."""
    found = headings(kind, language, services.vocabulary.languages)
    return Table(title=title, language=language, columns=tuple(found), rows=())


def _row(row: BulkRow) -> RowShown:
    own = (text for head, text in row.cells if not any(is_of(key, head) for key in ("file", "id", "type")))
    title = next((text for text in own if any(map(str.isalpha, text))), "")
    return RowShown(row.number, title, row.state, row.change, row.document_id, row.note)


def _wrong(row: BulkRow) -> Iterator[Wrong]:
    if row.state == RowState.WRONG:
        yield from (Wrong(row.number, heading, code, value) for heading, code, value in row.problems)
