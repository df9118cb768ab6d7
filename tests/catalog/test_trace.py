"""The trace is only ever added to, and whoever changes a byte of it is found."""

import datetime as dt
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from kb.catalog import documents, events, trace
from kb.catalog.events import Wanted
from kb.catalog.tables import Event, State
from kb.catalog.trace import Fault, Head, Verdict
from kb.core.clock import now
from kb.core.errors import Invalid
from kb.db.database import Database
from tests.catalog.library import ACTOR, draft, published
from tests.db.versions.library import fill


def told(session: Session, *actors: str) -> None:
    session.add_all(Event(actor=actor, action="try") for actor in actors)


def verdict(database: Database, *anchors: Head) -> Verdict:
    with database.reading() as session:
        return trace.verify(session, anchors, lambda _done, _total: None)


def head(database: Database) -> Head:
    with database.reading() as session:
        return trace.head(session)


@contextmanager
def unguarded(database: Database) -> Iterator[Session]:
    """Somebody with the rights of the database's owner, who takes the triggers away."""
    with database.writing() as session:
        if database.sqlite:
            names = session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all()
            for name in names:
                session.execute(text(f"DROP TRIGGER {name}"))
        else:
            session.execute(text("ALTER TABLE event DISABLE TRIGGER ALL"))
        yield session


def test_a_trace_that_nobody_touched_verifies(database: Database) -> None:
    assert verdict(database) == Verdict(0, Head(0, trace.START))
    fill(database)
    found = verdict(database)
    assert found.fault is None
    assert found.events == found.head.number > 5
    assert found.head == head(database)


def test_events_keep_the_order_they_were_told_in(database: Database) -> None:
    with database.writing() as session:
        told(session, "ليلى", "عمر")
        session.flush()
        told(session, "رقية")
    with database.reading() as session:
        assert session.scalars(select(Event.actor).order_by(Event.id)).all() == ["ليلى", "عمر", "رقية"]
        assert session.scalars(select(Event.id).order_by(Event.id)).all() == [1, 2, 3]


def test_events_of_a_transaction_that_fails_are_none(database: Database) -> None:
    def break_off() -> None:
        with database.writing() as session:
            told(session, "x")
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_off()
    with database.writing() as session:
        told(session, "y")
    assert verdict(database).events == 1


def test_events_of_a_savepoint_that_was_given_up_are_none(database: Database) -> None:
    with database.writing() as session:
        told(session, "before")
        nested = session.begin_nested()
        told(session, "within")
        with session.begin_nested():
            told(session, "deeper")
        nested.rollback()
        with session.begin_nested():
            told(session, "kept")
    with database.reading() as session:
        assert session.scalars(select(Event.actor).order_by(Event.id)).all() == ["before", "kept"]


def test_what_is_told_is_seen_before_it_is_written(database: Database) -> None:
    with database.writing() as session:
        document = draft(session)
        assert [event.action for event in documents.events(session, document.id)] == ["create"]


def test_an_event_leads_to_the_version_it_made(database: Database) -> None:
    with database.writing() as session:
        document = published(session)
    with database.writing() as session:
        documents.edit(session, documents.load(session, document.id), actor=ACTOR, language="ar")
    with database.writing() as session:
        documents.destroy(session, documents.load(session, document.id), actor=ACTOR, reason="بطلب")
    with database.reading() as session:
        found = [(e.action, e.revision, bool(e.seal)) for e in documents.events(session, document.id)]
    assert found == [
        ("create", 1, True),
        ("publish", 1, True),
        ("edit", 2, True),
        ("destroy", None, False),
    ]
    assert verdict(database).fault is None, "versions that went with their document are no fault"


@pytest.mark.parametrize(
    "statement", ["UPDATE event SET note = 'x'", "DELETE FROM event", "DELETE FROM event WHERE id = 1"]
)
def test_the_database_refuses_to_change_events(database: Database, statement: str) -> None:
    fill(database)
    with pytest.raises(DBAPIError, match="only ever added"), database.writing() as session:
        session.execute(text(statement))
    assert verdict(database).fault is None


COLUMNS = {
    "at": "'2026-01-01 00:00:00'",
    "document_id": "'aaaaaaaaaa'",
    "actor": "actor || 'x'",
    "action": "'edit2'",
    "note": "note || ' '",
    "revision": "coalesce(revision, 0) + 1",
    "seal": "'00'",
    "digest": "'00'",
}


@pytest.mark.parametrize("column", COLUMNS)
def test_a_change_in_any_column_is_found_at_its_row(database: Database, column: str) -> None:
    fill(database)
    for row in (1, 3, head(database).number):
        with unguarded(database) as session:
            before = session.execute(text(f"SELECT {column} FROM event WHERE id = {row}")).scalar()
            session.execute(text(f"UPDATE event SET {column} = {COLUMNS[column]} WHERE id = {row}"))
        assert verdict(database).fault == Fault(row, "altered")
        with unguarded(database) as session:
            session.execute(text(f"UPDATE event SET {column} = :before WHERE id = {row}"), {"before": before})
        assert verdict(database).fault is None


def test_a_flipped_bit_anywhere_in_any_row_is_found(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    fill(database)
    with unguarded(database) as session:
        rows = session.execute(text("SELECT id, note, actor FROM event")).all()
    for row in rows:
        for column, value in (("actor", row.actor), ("note", row.note)):
            raw = str(value).encode()
            for place in range(0, len(raw), 7):
                wrong = (raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]).decode("utf-8", "replace")
                _put(database, row.id, column, wrong)
                assert verdict(database).fault == Fault(row.id, "altered")
            _put(database, row.id, column, str(value))
    assert verdict(database).fault is None
    database.close()


def _put(database: Database, id: int, column: str, value: str) -> None:
    path = str(database.engine.url.database)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"UPDATE event SET {column} = ? WHERE id = ?", (value, id))


def test_a_row_that_was_taken_out_is_found_at_the_next(database: Database) -> None:
    fill(database)
    with unguarded(database) as session:
        session.execute(text("DELETE FROM event WHERE id = 2"))
    assert verdict(database).fault == Fault(3, "altered")


def test_a_tail_that_was_cut_off_is_seen_against_an_anchor_alone(database: Database) -> None:
    fill(database)
    anchor = head(database)
    with unguarded(database) as session:
        session.execute(text(f"DELETE FROM event WHERE id >= {anchor.number - 1}"))
    assert verdict(database).fault is None
    assert verdict(database, anchor).fault == Fault(anchor.number, "cut-off")


def test_a_chain_that_was_written_anew_is_seen_against_an_anchor(database: Database) -> None:
    fill(database)
    anchor = head(database)
    with unguarded(database) as session:
        rows = session.scalars(select(Event).order_by(Event.id)).all()
        digest = trace.START
        for row in rows:
            session.expunge(row)
            row.note = "clean"
            digest = trace.link(digest, row)
            values = {"note": row.note, "digest": digest, "id": row.id}
            session.execute(text("UPDATE event SET note = :note, digest = :digest WHERE id = :id"), values)
    assert verdict(database).fault is None
    assert verdict(database, anchor).fault == Fault(anchor.number, "another")


def test_anchors_of_the_past_are_passed_for_ever(database: Database) -> None:
    anchors = [head(database)]
    for number in range(3):
        with database.writing() as session:
            told(session, str(number))
        anchors.append(head(database))
    assert verdict(database, *anchors).fault is None


def test_an_anchor_is_read_as_it_was_written() -> None:
    anchor = Head(12, "ab" * 32)
    assert Head.read(f" {anchor}\n") == anchor
    for wrong in ("", "12", "12:zz", "x:" + "ab" * 32):
        with pytest.raises(Invalid):
            Head.read(wrong)


def test_a_version_that_was_altered_is_found_by_its_event(database: Database) -> None:
    with database.writing() as session:
        first = draft(session)
    with database.writing() as session:
        documents.edit(session, documents.load(session, first.id), actor=ACTOR, data={"number": 3, "share": 1e16})
    assert verdict(database).fault is None
    with database.writing() as session:
        session.execute(text("UPDATE revision SET audience = 'administration' WHERE number = 2"))
    assert verdict(database).fault == Fault(2, "version-altered")
    with database.writing() as session:
        session.execute(text("DELETE FROM revision WHERE number = 2"))
    assert verdict(database).fault == Fault(2, "version-missing")


def test_a_long_trace_is_read_in_batches(database: Database) -> None:
    with database.writing() as session:
        told(session, *(str(number) for number in range(1201)))
    assert verdict(database).events == 1201
    with database.reading() as session:
        assert [event.actor for event in events.each(session, Wanted())][-2:] == ["1199", "1200"]
        assert [event.actor for event in events.newest(session, Wanted(), 1, 2)] == ["1199", "1198"]


def test_events_are_narrowed_by_all_that_is_asked(database: Database) -> None:
    days = [dt.datetime(2026, 3, day, 12, tzinfo=dt.UTC) for day in (1, 2, 3)]
    with database.writing() as session:
        for day in days:
            session.add(Event(at=day, actor="a", action="try", document_id="x"))
            session.add(Event(at=day, actor="b", action="edit"))

    def found(wanted: Wanted) -> int:
        with database.reading() as session:
            assert events.count(session, wanted) == len(list(events.each(session, wanted)))
            return events.count(session, wanted)

    assert found(Wanted()) == 6
    assert found(Wanted(actor="a")) == found(Wanted(document="x")) == found(Wanted(action="edit")) == 3
    assert found(Wanted(first=days[1].date())) == found(Wanted(last=days[1].date())) == 4
    assert found(Wanted(first=days[1].date(), last=days[1].date(), actor="b")) == 1
    assert found(Wanted(last=dt.date.max)) == 6
    with database.reading() as session:
        assert (events.actors(session), events.actions(session)) == (["a", "b"], ["edit", "try"])


def test_writers_at_once_make_one_chain(database: Database) -> None:
    with database.writing() as session:
        ids = [draft(session, f"وثيقة {number}").id for number in range(4)]
    together = threading.Barrier(4, timeout=20)
    errors: list[BaseException] = []

    def write(id: str) -> None:
        try:
            together.wait()
            for number in range(6):
                with database.writing() as session:
                    document = documents.load(session, id)
                    documents.edit(session, document, actor=id, summary={"ar": str(number)})
                    told(session, id)
        except BaseException as error:  # noqa: BLE001 - told to the test, which is in another thread
            errors.append(error)

    threads = [threading.Thread(target=write, args=(id,)) for id in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    found = verdict(database)
    assert found.fault is None
    assert found.events == found.head.number == 4 + 4 * 6 * 2


def test_who_writes_no_event_waits_for_nobody(postgres_url: str) -> None:
    database = Database(postgres_url)
    with database.writing() as session:
        other = draft(session)
    holding, done = threading.Event(), threading.Event()

    def hold() -> None:
        with database.writing() as session:
            trace.chain(session, [Event(actor="slow", action="try", note="", at=now())])
            holding.set()
            assert done.wait(20)

    holder = threading.Thread(target=hold)
    holder.start()
    assert holding.wait(20)
    with database.writing() as session:  # as a worker does
        documents.load(session, other.id).state = State.DRAFT
        session.execute(text("UPDATE file SET pages = 1"))
    with database.reading() as session:
        assert trace.head(session).number == 1
    done.set()
    holder.join()
    assert verdict(database).fault is None
    database.close()
