"""An import of a table with its files, from the first look to the last row, and back again.

First it is looked what each row would do; that writes nothing into the library. Then, when it is asked for, each row is
done in a transaction of its own that also says so here: a kill at any moment repeats nothing and loses nothing.
"""

import datetime as dt
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb.catalog import intake, tabular
from kb.catalog.intake import BulkImport, BulkRow, RowState, Stage, UploadState
from kb.catalog.rights import Act, Someone, demand
from kb.catalog.tabular import Cells
from kb.core.clock import new_id, now
from kb.core.errors import Conflict, Invalid, KbError, NotFound, refused_by_disk
from kb.ingest.extraction import ExtractionError
from kb.jobs import queue
from kb.jobs.queue import JobRef
from kb.services import accounts, bulk_rows, deposit, quotas, sources, tabled
from kb.services.context import Services
from kb.services.wishes import Bare

BULK: Final = "bulk"
"""Kind of the jobs; the key is the import's id."""

ASIDE: Final = "table-"
"""What the name of a table begins with that was chosen apart from its files, and may be called as one of them."""

SLICE: Final = 20
"""Rows of one job: files that come in meanwhile wait for no more."""

_MOVING: Final = (Stage.CHECKING, Stage.RUNNING, Stage.UNDOING)


def folder(services: Services, id: str) -> Path:
    """Return where the files of an import wait for it."""
    return services.settings.uploads / f"import-{id}"


def prepare(services: Services) -> tuple[str, Path]:
    """Return the id of an import to be, and an empty folder for its files. Raises Unavailable."""
    id = new_id()
    place = folder(services, id)
    try:
        place.mkdir(mode=0o700, parents=True)
    except OSError as error:
        raise refused_by_disk("the folder of uploads", error) from error
    return id, place


def begin(
    services: Services, someone: Someone, id: str, *, table: str, type: str, state: str, taken: Sequence[str] = ()
) -> None:
    """Begin to look at an import whose files are in its folder; `table` is the path of the table there, "" to find it.

    `taken` are the uploads that its files waited in, which are its own from then on. Raises Invalid, and the folder is
    gone then, where there is no table or it cannot be read, Quota where the files are more than one may bring in a day,
    and Conflict where another import has taken an upload.
    """
    demand(someone, Act.IMPORT)
    place = folder(services, id)
    try:
        deposit.check_choices(services, someone, type=type, language="", state=state)
        path = place / table if table else _table(place)
        rows = _rows(services, path, type)
    except KbError:
        discard(services, id)
        raise
    with services.database.writing() as session:
        for upload in taken:
            _take(session, someone, upload)  # it is counted once, by the import
        name = path.relative_to(place).as_posix()
        made = BulkImport(id=id, owner=someone.actor, name=name, type=type, state=state)
        named = {part for _, cells in rows for _, text in cells for part in tabular.paths(text)}
        inside = [_named_from(path, each) for each in sorted(place.rglob("*")) if each.is_file() and each != path]
        made.spare = [name for name in inside if name not in named]
        if inside:
            quotas.count(services, session, someone, _bytes(place), len(inside))
        session.add(made)
        session.flush()
        session.add_all(BulkRow(import_id=id, number=n, cells=[list(cell) for cell in cells]) for n, cells in rows)
        queue.put(session, BULK, id, now())


def _take(session: Session, someone: Someone, upload: str) -> None:
    found = intake.upload(session, upload, someone.actor, lock=True)
    if found.state != UploadState.HELD:
        raise Conflict(f"it is {found.state}")
    found.state = UploadState.UNPACKED
    session.flush()


def confirm(services: Services, someone: Someone, id: str) -> None:
    """Have the rows done that were found right. Raises Conflict unless all are looked at, NotFound."""
    _step(services, someone, id, Stage.CHECKED, Stage.RUNNING)


def undo(services: Services, someone: Someone, id: str) -> None:
    """Have what the import made taken back, where nobody has changed it since. Raises as `confirm`."""
    _step(services, someone, id, Stage.DONE, Stage.UNDOING)


def drop(services: Services, someone: Someone, id: str) -> None:
    """Give up an import that nobody has asked for yet. Raises as `confirm`."""
    with services.database.writing() as session:
        found = own(session, someone, id)
        if found.stage not in {Stage.CHECKING, Stage.CHECKED}:
            raise Conflict(f"it is {found.stage}")
        for row in rows_of(session, id):
            session.delete(row)
        session.flush()
        session.delete(found)
    discard(services, id)


def own(session: Session, someone: Someone, id: str) -> BulkImport:
    """Return one's own import. Raises NotFound."""
    found = session.get(BulkImport, id)
    if found is None or found.owner != someone.actor:
        raise NotFound(id)
    return found


def rows_of(session: Session, id: str, *states: str, limit: int | None = None, offset: int = 0) -> Sequence[BulkRow]:
    query = select(BulkRow).where(BulkRow.import_id == id).order_by(BulkRow.number).limit(limit).offset(offset)
    return session.scalars(query.where(BulkRow.state.in_(states)) if states else query).all()


def run(services: Services, jobs: Sequence[JobRef]) -> None:
    """Go on with each import by a slice, and ask for the next. Raises Unavailable: then it is tried again."""
    for job in jobs:
        with services.database.reading() as session:
            found = session.get(BulkImport, job.key)
            stage = found.stage if found else ""
            owner = found.owner if found else ""
        if stage not in _MOVING:
            continue
        someone = accounts.known(services, owner)
        if someone is None:
            _refuse(services, job.key, "closed")
        elif _WORK[Stage(stage)](services, someone, job.key):
            with services.database.writing() as session:
                queue.put(session, BULK, job.key, now())


def discard(services: Services, id: str) -> None:
    shutil.rmtree(folder(services, id), ignore_errors=True)


def sweep(services: Services) -> None:
    """Give up imports that were looked at and not asked for in time, and folders of none."""
    before = now() - dt.timedelta(seconds=services.settings.upload_keep_seconds)
    with services.database.writing() as session:
        for old in session.scalars(
            select(BulkImport).where(BulkImport.stage == Stage.CHECKED, BulkImport.created_at < before)
        ):
            old.stage, old.ended_at = Stage.REFUSED, now()
            old.problem = "expired"
        kept = set(session.scalars(select(BulkImport.id).where(BulkImport.stage.in_((*_MOVING, Stage.CHECKED)))))
    for place in services.settings.uploads.glob("import-*"):
        with suppress(OSError):
            if place.name.removeprefix("import-") not in kept and place.stat().st_mtime < before.timestamp():
                shutil.rmtree(place)


def _check(services: Services, someone: Someone, id: str) -> bool:
    """Look at the next rows; return whether there are more."""
    with services.database.reading() as session:
        bare, base = _how(services, session, someone, id, dry=True)
        waiting = [(row.number, row.cells) for row in rows_of(session, id, RowState.NEW, limit=SLICE)]
        last = waiting[-1][0] if waiting else 0
        before = select(BulkRow.number, BulkRow.cells).where(BulkRow.import_id == id, BulkRow.number < last)
        taken: dict[str, int] = {}
        for number, cells in session.execute(before.order_by(BulkRow.number)).tuples():
            if given := bulk_rows.identifier(cells):
                taken.setdefault(given, number)
    read = tabled.reader(services, bare.type, bare.state)
    for number, cells in waiting:
        earlier = {given: first for given, first in taken.items() if first < number}
        change, problems = bulk_rows.look(services, bare, read, base, cells, earlier)
        with services.database.writing() as session:
            row = session.get_one(BulkRow, (id, number))
            row.state = RowState.WRONG if problems else RowState.RIGHT
            row.change, row.problems = change, problems
    return _goes_on(services, id, RowState.NEW, Stage.CHECKED)


def _do(services: Services, someone: Someone, id: str) -> bool:
    """Do the next rows; return whether there are more."""
    with services.database.reading() as session:
        bare, base = _how(services, session, someone, id, dry=False)
        waiting = [(row.number, row.cells) for row in rows_of(session, id, RowState.RIGHT, limit=SLICE)]
    read = tabled.reader(services, bare.type, bare.state)
    for number, cells in waiting:
        bulk_rows.do(services, bare, read, base, id, number, cells)
    return _goes_on(services, id, RowState.RIGHT, Stage.DONE)


def undo_some(services: Services, someone: Someone | None, id: str) -> bool:
    """Take back what the next rows did, for an operator where that is nobody; return whether there are more."""
    with services.database.reading() as session:
        waiting = [row.number for row in rows_of(session, id, RowState.DONE, limit=SLICE)]
    for number in waiting:
        with services.database.writing() as session:
            bulk_rows.take_back(session, someone, session.get_one(BulkRow, (id, number)))
    return _goes_on(services, id, RowState.DONE, Stage.UNDONE)


def _how(services: Services, session: Session, someone: Someone, id: str, *, dry: bool) -> tuple[Bare, Path]:
    """Return how rows are taken, and the folder that their files are named from: that of the table."""
    found = session.get_one(BulkImport, id)
    return Bare(type=found.type, state=found.state, by=someone, dry=dry), (folder(services, id) / found.name).parent


def _goes_on(services: Services, id: str, state: str, after: Stage) -> bool:
    """Return whether rows are left in this state; where none is, the import is at its next stage."""
    with services.database.writing() as session:
        if rows_of(session, id, state, limit=1):
            return True
        found = session.get_one(BulkImport, id)
        if found.stage != after:
            found.stage, found.ended_at = after, now()
    if after == Stage.DONE:
        discard(services, id)
    return False


_WORK: Final[Mapping[Stage, Callable[[Services, Someone, str], bool]]] = {
    Stage.CHECKING: _check,
    Stage.RUNNING: _do,
    Stage.UNDOING: undo_some,
}


def _refuse(services: Services, id: str, problem: str) -> None:
    with services.database.writing() as session:
        found = session.get_one(BulkImport, id)
        found.stage, found.problem, found.ended_at = Stage.REFUSED, problem, now()


def _step(services: Services, someone: Someone, id: str, origin: Stage, target: Stage) -> None:
    demand(someone, Act.IMPORT)
    with services.database.writing() as session:
        found = own(session, someone, id)
        if found.stage == target:
            return
        if found.stage != origin:
            raise Conflict(f"it is {found.stage}")
        found.stage = target
        queue.put(session, BULK, id, now())


def _table(place: Path) -> Path:
    found = sorted(path for path in place.rglob("*") if path.is_file() and sources.is_table(path))
    if not found:
        sheets = [path for path in place.rglob("*") if path.suffix.lower() in sources.TABLE_SUFFIXES]
        found = sheets if len(sheets) == 1 else []
    if not found:
        raise Invalid({"table": "no-table"})
    return found[0]


def _rows(services: Services, path: Path, type: str) -> list[tuple[int, Cells]]:
    try:
        return tabled.rows(services, path, type, path.name)
    except ExtractionError as error:
        raise Invalid({"table": error.code}) from error


def _bytes(place: Path) -> int:
    return sum(each.stat().st_size for each in place.rglob("*") if each.is_file())


def _named_from(table: Path, file: Path) -> str:
    return Path(os.path.relpath(file, table.parent)).as_posix()
