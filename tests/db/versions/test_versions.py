"""The library of every earlier version opens with this one and says what it said."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select

from kb.catalog import documents, files, organisations, relations, trace
from kb.catalog.access import PUBLIC
from kb.catalog.tables import Event, Tombstone
from kb.core.errors import Gone
from kb.db import upgrade as upgrades
from kb.db.database import Database
from kb.db.upgrade import upgrade
from kb.jobs import queue
from tests.db.versions.library import EMAIL, GUIDE, LAW, TEXT

LIBRARIES = sorted((Path(__file__).parents[2] / "fixtures" / "versions").glob("*.sql"))


@pytest.fixture(params=LIBRARIES, ids=lambda path: path.stem)
def library(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """The library of one version, brought up to this one."""
    path = tmp_path / "kb.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(request.param.read_text("utf-8"))
    database = Database(f"sqlite:///{path}")
    upgrade(database, tmp_path / "kept")
    yield database
    database.close()


def test_every_version_of_the_schema_has_its_library() -> None:
    steps = {path.name.partition("_")[0] for path in (upgrades.MIGRATIONS / "versions").glob("*.py")}
    assert {path.stem for path in LIBRARIES} == steps


def test_its_documents_are_all_there(library: Database) -> None:
    with library.reading() as session:
        guide = documents.by_import_id(session, "guide-1")
        assert guide is not None
        assert documents.get(session, guide.id, PUBLIC).title["ar"]["text"] == GUIDE
        assert guide.title["fr"] == {"text": "Guide pratique", "state": "draft"}
        assert guide.period is not None
        assert (guide.period.first.year, guide.period.precision) == (2019, "year")
        assert guide.theme_codes == {"simplification"}
        assert guide.organisation_text == "وزارة إصلاح الإدارة"
        assert guide.organisation is not None
        assert "الانتقال الرقمي" in organisations.label(guide.organisation, "ar")[0]
        assert documents.counts(session, PUBLIC).total == 2


def test_its_files_and_pages_are_read_as_before(library: Database) -> None:
    with library.reading() as session:
        guide = documents.by_import_id(session, "guide-1")
        assert guide is not None
        (file,) = guide.files
        assert (file.name, file.digest, file.read_by, file.warnings) == ("دليل.pdf", "ab" * 32, "pdf/1", ["no-title"])
        assert [(page.text, page.label) for page in files.pages(session, file)] == [(TEXT, "أ")]


def test_its_relations_and_its_past_are_there(library: Database) -> None:
    with library.reading() as session:
        guide = documents.by_import_id(session, "guide-1")
        assert guide is not None
        links = relations.of(session, guide, PUBLIC)
        assert [link.other and link.other.title["ar"]["text"] for link in links] == [LAW, None]
        assert documents.history(session, guide.id, PUBLIC) != []
        assert [event.action for event in documents.events(session, guide.id)][:2] == ["create", "publish"]
        assert queue.counts(session)["index"]["waiting"] >= 3


def test_what_was_withdrawn_or_destroyed_stays_so(library: Database) -> None:
    with library.reading() as session:
        old = documents.by_import_id(session, "news-1")
        assert old is not None
        with pytest.raises(Gone, match="نسخة قديمة"):
            documents.get(session, old.id, PUBLIC)
        assert session.scalars(select(Tombstone.reason)).all() == ["خطأ"]


def test_it_can_be_worked_on(library: Database) -> None:
    with library.writing() as session:
        guide = documents.by_import_id(session, "guide-1")
        assert guide is not None
        documents.edit(session, guide, actor="محرر", summary={"ar": "ملخص جديد"})
        revision = guide.revision
    with library.reading() as session:
        found = documents.by_import_id(session, "guide-1")
        assert found is not None
        assert found.revision == revision + 1


def test_its_trace_is_chained_and_names_nobody(library: Database) -> None:
    with library.reading() as session:
        found = trace.verify(session, [], lambda _done, _total: None)
        said = " ".join(session.scalars(select(Event.note)))
    assert found.fault is None
    assert found.events > 3
    assert EMAIL not in said
    assert "harvester" not in said
