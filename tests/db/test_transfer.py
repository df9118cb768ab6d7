"""A library moves between databases of either kind: every row arrives as it is, or none does."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from sqlalchemy import delete, select, text

from kb.catalog import documents, files, trace
from kb.catalog.access import PUBLIC
from kb.catalog.tables import Document, File, Relation
from kb.core.clock import now
from kb.core.errors import Conflict, Unavailable
from kb.db.database import Database
from kb.db.transfer import transfer
from kb.db.upgrade import upgrade
from kb.jobs import queue
from kb.jobs.queue import Job
from tests.db.versions.library import GUIDE, fill

Fresh = Callable[[], Database]


@pytest.fixture
def fresh(url: str, tmp_path: Path) -> Iterator[Fresh]:
    """Make empty databases of the kind opposite to `url`: of SQLite beside PostgreSQL and the other way round."""
    with ExitStack() as opened:

        def make() -> Database:
            made = opened.enter_context(closing(Database(f"sqlite:///{tmp_path}/other.sqlite3")))
            upgrade(made, tmp_path)
            return made

        yield make


def ignore(_done: int, _total: int) -> None:
    pass


def test_a_library_moves_to_the_other_kind_and_back_row_by_row(
    database: Database, fresh: Fresh, sqlite_url: str
) -> None:
    fill(database)
    other = fresh()
    there = transfer(database, other, ignore)
    assert there["document"] == 3
    assert there["page_text"] == 1
    assert all(there[name] for name in ("event", "job", "relation", "revision", "tombstone", "searched"))
    if not database.sqlite:  # and back into an empty one of its kind
        with closing(Database(sqlite_url)) as home:
            assert transfer(other, home, ignore) == there
    with other.reading() as session:
        guide = documents.by_import_id(session, "guide-1")
        assert guide is not None
        assert documents.get(session, guide.id, PUBLIC).title["ar"]["text"] == GUIDE
        with database.reading() as before:
            assert trace.verify(session, [trace.head(before)], ignore).fault is None


def test_a_library_of_sqlite_moves_to_postgresql(migrated_sqlite: Path, postgres_url: str, tmp_path: Path) -> None:
    with closing(Database(f"sqlite:///{tmp_path}/from.sqlite3")) as source, closing(Database(postgres_url)) as target:
        upgrade(source, tmp_path)
        fill(source)
        assert transfer(source, target, ignore)["document"] == 3
        with target.writing() as session:
            documents.create(session, type="news", actor="x", title={"ar": "خبر"})  # numbers of events go on


def entangle(database: Database) -> list[tuple[str, str | None]]:
    """Add files and documents that name each other before and behind themselves, by the order of their ids."""
    with database.writing() as session:
        made = [documents.create(session, type="news", actor="x", title={"ar": f"خبر {n}"}) for n in range(3)]
        newest = [
            files.attach(session, made[0], digest=f"{n:064}", name="x.pdf", media_type="x", size=1) for n in range(9)
        ]
        session.flush()
        ids = sorted(file.id for file in newest)
        after = dict(zip(ids, [*ids[4:], ids[1], ids[0], ids[2], None], strict=True))
        for file in newest:
            file.successor_id = after[file.id]
        for one in made:
            for other in made:
                if one is not other:
                    session.add(Relation(source_id=one.id, kind="related", target_id=other.id))
    return sorted(after.items())


def test_what_names_rows_that_come_after_it_moves_too_and_back(
    database: Database, fresh: Fresh, sqlite_url: str
) -> None:
    fill(database)
    wanted = entangle(database)
    assert any(next_ and next_ > id for id, next_ in wanted)
    assert any(next_ and next_ < id for id, next_ in wanted)
    other = fresh()
    there = transfer(database, other, ignore)
    with other.reading() as session:
        query = select(File.id, File.successor_id).where(File.id.in_([id for id, _ in wanted])).order_by(File.id)
        assert [tuple(row) for row in session.execute(query)] == wanted
    if not database.sqlite:
        with closing(Database(sqlite_url)) as home:
            assert transfer(other, home, ignore) == there


def test_of_sqlite_what_names_rows_that_come_after_it_moves_to_postgresql(
    migrated_sqlite: Path, postgres_url: str, tmp_path: Path
) -> None:
    with closing(Database(f"sqlite:///{tmp_path}/from.sqlite3")) as source, closing(Database(postgres_url)) as target:
        upgrade(source, tmp_path)
        fill(source)
        wanted = entangle(source)
        transfer(source, target, ignore)
        with target.reading() as session:
            found = dict(session.execute(select(File.id, File.successor_id)).tuples().all())
        assert all(found[id] == next_ for id, next_ in wanted)


def test_numbers_of_jobs_go_on_where_they_were_though_the_last_jobs_are_gone(database: Database, fresh: Fresh) -> None:
    fill(database)
    with database.writing() as session:
        queue.put(session, "extract", "last", now())
    with database.writing() as session:
        last = max(session.scalars(select(Job.id)))
        session.execute(delete(Job).where(Job.id == last))
    other = fresh()
    transfer(database, other, ignore)
    with other.writing() as session:
        queue.put(session, "extract", "next", now())
    with other.reading() as session:
        assert max(session.scalars(select(Job.id))) == last + 1


def test_a_database_that_holds_anything_is_left_alone(database: Database, fresh: Fresh) -> None:
    fill(database)
    other = fresh()
    with other.writing() as session:
        documents.create(session, type="news", actor="x", title={"ar": "خبر"})
    with pytest.raises(Conflict, match="holds rows"):
        transfer(database, other, ignore)
    with other.reading() as session:
        assert len(session.scalars(select(Document)).all()) == 1


def test_a_row_that_arrives_otherwise_leaves_the_target_empty(database: Database, fresh: Fresh) -> None:
    fill(database)
    other = fresh()
    spoil = "CREATE TRIGGER spoil AFTER INSERT ON page_text BEGIN UPDATE page_text SET text = 'x'; END"
    with other.writing() as session:
        session.execute(text(spoil))
    with pytest.raises(Unavailable, match="page_text"):
        transfer(database, other, ignore)
    with other.reading() as session:
        assert session.scalars(select(Document)).all() == []
