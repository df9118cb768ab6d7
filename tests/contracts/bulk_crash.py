"""An import of a table while the house is killed, and its undo: each row is done once, and taken back once.

`python -m tests.contracts.bulk_crash [KILLS] [ROWS]` kills the web process and its workers together at ten random
moments of an import of 120 rows unless told else, and at ten of its undo, starts them again each time, and ends with
the figures. Half of the rows make documents, half change some that are there. It fails at the first that is lost or
done twice.
"""

import csv
import io
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

from sqlalchemy import func, select

from kb.app import open_services, worker
from kb.catalog import documents
from kb.catalog.intake import BulkImport, BulkRow, RowState, Stage
from kb.catalog.tables import Event
from kb.core.settings import Settings
from kb.db.database import Database
from kb.services import accounts, reading
from kb.services.context import Services
from tests.contracts.deposit_crash import EMAIL, PASSWORD, House, signed_in
from tests.waiting import eventually

BEFORE, AFTER = "عنوان قبل الاستيراد", "عنوان بعد الاستيراد"
PATIENCE = 300.0


def run(home: Path, kills: int, rows: int, chance: random.Random) -> int:
    """Import and undo so many rows under so many kills each; return how many kills. Raises AssertionError."""
    with open_services(Settings(home=home)) as services:
        invited = accounts.invite(services, "test", email=EMAIL, name="crash", role="curator")
        accounts.redeem(services, invited.secret, PASSWORD)
        with services.database.writing() as session:
            for number in range(0, rows, 2):
                documents.create(
                    session,
                    type="publication",
                    actor="test",
                    import_id=f"row{number}",
                    title={"ar": f"{BEFORE} {number}"},
                )
        assert not worker(services).drain().failed
        before = _told(services)
    house = House(home)
    house.start()
    with closing(Database(f"sqlite:///{home}/kb.sqlite3")) as database:
        id = _look(house, database, rows)
        done = _under_kills(house, database, id, "confirm", kills, rows, chance)
        _imported(home, rows)
        done += _under_kills(house, database, id, "undo", kills, rows, chance)
    house.kill()
    _undone(home, before)
    return done


def _look(house: House, database: Database, rows: int) -> str:
    """Bring the table and its files, and have them looked at."""
    text = io.StringIO()
    lines = [(f"row{n}", f"{AFTER} {n}", f"row{n}.txt") for n in range(rows)]
    csv.writer(text).writerows([("id", "title_ar", "file"), *lines])
    files = [("file", (f"row{n}.txt", f"نص الصف رقم {n} وحده".encode())) for n in range(rows)]
    client, csrf = signed_in(house.address)
    with closing(client):
        sent = [("table", ("t.csv", text.getvalue().encode())), *files]
        answer = client.post(
            "/ar/desk/imports", data={"csrf": csrf, "type": "publication", "state": "draft"}, files=sent
        )
        assert answer.status_code == 303, answer.text
    id = answer.headers["location"].rpartition("/")[2]
    eventually(lambda: _stage(database, id) == Stage.CHECKED, PATIENCE)
    assert _count(database, id, RowState.RIGHT) == rows
    return id


def _under_kills(
    house: House, database: Database, id: str, act: str, kills: int, rows: int, chance: random.Random
) -> int:
    """Ask for something, and kill the house each time a random share of it is done, until all of it is."""
    origin, after = (RowState.RIGHT, Stage.DONE) if act == "confirm" else (RowState.DONE, Stage.UNDONE)
    client, csrf = signed_in(house.address)
    with closing(client):
        assert client.post(f"/ar/desk/imports/{id}", data={"csrf": csrf, "act": act}).status_code == 303
    moments = sorted(chance.sample(range(1, rows), kills))
    for moment in moments:
        eventually(lambda m=moment: rows - _count(database, id, origin) >= m, PATIENCE)  # type: ignore[misc]
        threading.Event().wait(chance.uniform(0, 0.03))
        house.kill()
        house.start()
    eventually(lambda: _stage(database, id) == after, PATIENCE)
    return len(moments)


def _stage(database: Database, id: str) -> str:
    with database.reading() as session:
        return session.get_one(BulkImport, id).stage


def _count(database: Database, id: str, state: str) -> int:
    with database.reading() as session:
        query = select(func.count()).select_from(BulkRow).where(BulkRow.import_id == id, BulkRow.state == state)
        return session.scalar(query) or 0


def _imported(home: Path, rows: int) -> None:
    """Every row is done, and done once."""
    with closing(Database(f"sqlite:///{home}/kb.sqlite3")) as database, database.reading() as session:
        found = {one.import_id: one for one in session.scalars(documents.whole())}
        assert len(found) == rows, f"{len(found)} documents of {rows} rows"
        by_people = select(Event.document_id, Event.action).where(Event.actor != reading.ACTOR)
        deeds = Counter(session.execute(by_people).tuples())
        for number in range(rows):
            one = found[f"row{number}"]
            assert one.title["ar"]["text"] == f"{AFTER} {number}"
            assert [file.name for file in one.files] == [f"row{number}.txt"]
            assert deeds[one.id, "create"] == 1
            assert deeds[one.id, "edit"] == 1 - number % 2


def _undone(home: Path, before: dict[str, tuple[object, ...]]) -> None:
    """What was made is gone, what was changed is as it was, and nothing else."""
    with open_services(Settings(home=home)) as services:
        assert not worker(services).drain().failed
        assert _told(services) == before
        with services.database.reading() as session:
            counts = Counter(session.scalars(select(Event.action)))
        assert counts["revert"] == counts["destroy"] == counts["unfile"] == len(before)
        assert list(services.store.verify()) == []


def _told(services: Services) -> dict[str, tuple[object, ...]]:
    with services.database.reading() as session:
        return {one.id: (one.title, one.state, len(one.files)) for one in session.scalars(documents.whole())}


def main(kills: str = "10", rows: str = "120") -> None:
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as home:
        done = run(Path(home), int(kills), int(rows), random.Random())
    sys.stdout.write(
        f"{done} kills of web and workers in an import of {rows} rows and its undo: 0 lost, 0 doubled; "
        f"{time.monotonic() - began:.0f} s\n"
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
