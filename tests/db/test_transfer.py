"""A library moves between databases of either kind: every row arrives as it is, or none does."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from sqlalchemy import delete, select, text

from kb.catalog import documents, trace
from kb.catalog.access import PUBLIC
from kb.catalog.tables import Document
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
