"""The door to the database: what is refused, what is kept, and what failures are called."""

import datetime as dt
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError, OperationalError

from kb.catalog.tables import Event, Tombstone
from kb.core.errors import Conflict, Unavailable
from kb.db import database as door
from kb.db.columns import storable
from kb.db.database import Database

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.timezone(dt.timedelta(hours=1)))


def note(actor: str = "رقية") -> Event:
    return Event(document_id="a", actor=actor, action="create", at=NOON)


def actors(database: Database) -> list[str]:
    with database.reading() as session:
        return [event.actor for event in session.query(Event).order_by(Event.id)]


def test_writing_keeps_all_on_clean_exit(database: Database) -> None:
    with database.writing() as session:
        session.add_all([note("ليلى"), note("عمر")])
    assert actors(database) == ["ليلى", "عمر"]


def test_an_error_leaves_no_trace(database: Database) -> None:
    def break_off() -> None:
        with database.writing() as session:
            session.add(note())
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_off()
    assert actors(database) == []


def test_what_was_written_can_still_be_read_after_the_session(database: Database) -> None:
    with database.writing() as session:
        event = note()
        session.add(event)
    assert event.actor == "رقية"


def test_a_moment_is_another_after_any_commit_and_the_same_without(database: Database) -> None:
    first = database.moment()
    actors(database)
    assert database.moment() == first
    with database.writing() as session:
        session.add(note())
        session.flush()
        assert actors(database) == []
        database.moment()  # while somebody writes, it may be another; it must not wait
    second = database.moment()
    assert second != first
    with (
        closing(Database(database.engine.url.render_as_string(hide_password=False))) as other,
        other.writing() as session,
    ):
        session.add(note())
    assert database.moment() not in {first, second}


def test_a_moment_may_lack_what_others_wrote_as_long_ago_as_is_allowed_and_nothing_of_ours(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = 100.0
    monkeypatch.setattr("kb.db.database.time.monotonic", lambda: clock)
    first = database.moment(within=1.0)
    address = database.engine.url.render_as_string(hide_password=False)
    with closing(Database(address)) as other, other.writing() as session:
        session.add(note())
    clock = 100.9
    assert database.moment(within=1.0) == first
    assert (second := database.moment(within=0.5)) != first
    with database.writing() as session:
        session.add(note())
    assert (third := database.moment(within=1.0)) not in {first, second}
    with closing(Database(address)) as other, other.writing() as session:
        session.add(note())
    clock = 102.5
    assert database.moment(within=1.0) not in {first, second, third}


def test_a_reading_session_refuses_to_write_rows(database: Database) -> None:
    with database.reading() as session:
        session.add(note())
        with pytest.raises(RuntimeError, match="cannot write"):
            session.flush()
        session.expunge_all()


def test_a_reading_session_refuses_statements_that_write(database: Database) -> None:
    with pytest.raises((DBAPIError, Unavailable)), database.reading() as session:
        session.execute(update(Event).values(actor="x"))


def test_writing_works_on_the_connection_that_read(database: Database) -> None:
    for _ in range(3):
        actors(database)
        with database.writing() as session:
            session.add(note())
    assert len(actors(database)) == 3


def test_a_moment_comes_back_in_utc_with_its_zone(database: Database) -> None:
    with database.writing() as session:
        session.add(note())
    with database.reading() as session:
        at = session.query(Event).one().at
    assert at == NOON
    assert at.tzinfo is dt.UTC


def test_a_moment_without_zone_is_refused(database: Database) -> None:
    with pytest.raises(Exception, match="zone"), database.writing() as session:
        session.add(Event(actor="x", action="create", at=dt.datetime(2026, 1, 1)))  # noqa: DTZ001 -- the mistake


def test_text_is_kept_composed_and_without_what_a_database_refuses(database: Database) -> None:
    with database.writing() as session:
        session.add(note("ا\u0653ل\x00 e\u0301\ud800"))
    assert actors(database) == ["آل é"]


def test_storable_text_is_left_alone() -> None:
    assert storable("القانون 31.13") == "القانون 31.13"


def test_eight_writers_wait_their_turn(database: Database) -> None:
    errors: list[Exception] = []

    def write(who: int) -> None:
        try:
            for _ in range(20):
                with database.writing() as session:
                    session.add(note(str(who)))
        except Unavailable as error:
            errors.append(error)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert sorted(actors(database)) == sorted(str(n) for n in range(8) for _ in range(20))


def test_forty_readers_find_a_connection(database: Database) -> None:
    together = threading.Barrier(40, timeout=20)
    seen: list[int] = []

    def read() -> None:
        with database.reading() as session:
            together.wait()
            seen.append(session.query(Event).count())

    threads = [threading.Thread(target=read) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [0] * 40


def test_a_reading_session_sees_one_moment(database: Database) -> None:
    with database.reading() as reading:
        before = reading.query(Event).count()
        with database.writing() as session:
            session.add(note())
        assert reading.query(Event).count() == before
    assert len(actors(database)) == 1


def test_a_wrong_statement_keeps_its_own_error(database: Database) -> None:
    with pytest.raises(DBAPIError), database.reading() as session:
        session.execute(text("SELECT nothing FROM nowhere"))


def test_an_error_does_not_repeat_what_was_asked_with(database: Database) -> None:
    with pytest.raises(DBAPIError) as caught, database.reading() as session:
        session.execute(text("SELECT nothing FROM event WHERE note = :typed"), {"typed": "rokia@example.ma"})
    assert "rokia" not in str(caught.value)


def test_the_same_key_twice_is_a_conflict(database: Database) -> None:
    with database.writing() as session:
        session.add(Tombstone(id="a"))
    with pytest.raises(Conflict), database.writing() as session:
        session.add(Tombstone(id="a"))


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch, sqlite_url: str) -> Database:
    monkeypatch.setattr(door, "BUSY_SECONDS", 0.1)
    return Database(sqlite_url)


def hold(url: str) -> sqlite3.Connection:
    holder = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    return holder


def test_a_lock_held_too_long_is_unavailable(impatient: Database, sqlite_url: str) -> None:
    holder = hold(sqlite_url)
    with pytest.raises(Unavailable), impatient.writing() as session:
        session.add(note())
    holder.close()
    with impatient.writing() as session:
        session.add(note())
    impatient.close()


def test_readers_read_while_a_writer_holds_the_lock(impatient: Database, sqlite_url: str) -> None:
    holder = hold(sqlite_url)
    assert actors(impatient) == []
    holder.close()
    impatient.close()


def test_a_full_disk_is_unavailable_and_heals(impatient: Database) -> None:
    with impatient.reading() as session:
        size = session.scalars(text("PRAGMA page_count")).one()

    def fill(pages: int) -> None:
        with impatient.writing() as session:
            session.execute(text(f"PRAGMA max_page_count={pages}"))
            session.add_all(note("س" * 5000) for _ in range(20))

    with pytest.raises(Unavailable, match="full"):
        fill(size)
    fill(size + 1000)
    assert len(actors(impatient)) == 20
    impatient.close()


def test_an_input_output_error_names_its_likeliest_cause() -> None:
    broken = sqlite3.OperationalError("disk I/O error")
    broken.sqlite_errorcode = sqlite3.SQLITE_IOERR | (19 << 8)  # SQLITE_IOERR_SHMSIZE, as a full tmpfs gives it
    with pytest.raises(Unavailable, match="is the disk full"), door.failures_named():
        raise OperationalError("SELECT 1", {}, broken)


def test_a_file_that_is_no_database_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "kb.sqlite3").write_bytes(b"no database at all" * 1000)
    database = Database(f"sqlite:///{tmp_path}/kb.sqlite3")
    with pytest.raises(Unavailable):
        actors(database)


def test_a_folder_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/nowhere/kb.sqlite3")
    with pytest.raises(Unavailable), database.writing() as session:
        session.add(note())


def test_a_server_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    database = Database(f"postgresql://postgres@/library?host={tmp_path}")
    with pytest.raises(Unavailable):
        actors(database)


@pytest.mark.slow
def test_a_connection_cut_by_the_server_is_unavailable_once(postgres_url: str) -> None:
    database = Database(postgres_url)
    with pytest.raises(Unavailable), database.reading() as session:
        session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    assert actors(database) == []
    database.close()
