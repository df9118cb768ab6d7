"""Whatever changes a document leaves one revision, one snapshot and one index job, in the same commit or not at all."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from kb.catalog import documents, files, relations, workflow
from kb.catalog.tables import Document, DocumentTheme, File, PageText, Relation, Revision, State
from kb.db.database import Base, Database
from tests.catalog.library import ACTOR, PAGES, attached, draft, forget_jobs, jobs, published


@pytest.fixture
def id(database: Database) -> str:
    """A published document with a read file, a theme and a relation, with no job open."""
    with database.writing() as session:
        document = published(session, themes=["a"])
        files.mark_read(session, attached(session, document), PAGES, stamp="pdf/1")
        relations.add(session, document, "related", "القانون 31.13")
    forget_jobs(database)
    return document.id


def revisions(database: Database, id: str) -> list[int]:
    with database.reading() as session:
        return list(
            session.scalars(select(Revision.number).where(Revision.document_id == id).order_by(Revision.number))
        )


def _retitle(session: Session, document: Document) -> None:
    documents.edit(session, document, actor=ACTOR, title={"fr": "Guide"})


def _file(session: Session, document: Document) -> File:
    return session.scalars(select(File).where(File.document_id == document.id)).one()


def _edit_page(session: Session, document: Document) -> None:
    page = session.scalars(select(PageText).where(PageText.number == 1)).one()
    page.text = "نص مصحح"


def _edit_relation(session: Session, document: Document) -> None:
    session.scalars(select(Relation)).one().note = "انظر الفصل الثاني"


def _delete_relation(session: Session, document: Document) -> None:
    session.delete(session.scalars(select(Relation)).one())


def _add_theme_row(session: Session, document: Document) -> None:
    session.add(DocumentTheme(document_id=document.id, theme="z"))


CHANGES: dict[str, Callable[[Session, Document], object]] = {
    "a field": _retitle,
    "a theme": lambda s, d: documents.edit(s, d, actor=ACTOR, themes=["b"]),
    "a theme's row": _add_theme_row,
    "no theme": lambda s, d: documents.edit(s, d, actor=ACTOR, themes=[]),
    "its state": lambda s, d: workflow.move(s, d, State.WITHDRAWN, actor=ACTOR, reason="قديم"),
    "another file": lambda s, d: attached(s, d, digest="ff"),
    "a file's own row": lambda s, d: setattr(_file(s, d), "language", "fr"),
    "a new reading": lambda s, d: files.mark_read(s, _file(s, d), PAGES[:1], stamp="pdf/2"),
    "a failed reading": lambda s, d: files.mark_failed(s, _file(s, d), "damaged-file"),
    "a page": _edit_page,
    "a relation": lambda s, d: relations.add(s, d, "presents", "المرسوم 2.17.265"),
    "a relation's row": _edit_relation,
    "no relation": _delete_relation,
    "many things": lambda s, d: [change(s, d) for change in (_retitle, _edit_page, _edit_relation)],
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_leaves_one_revision_one_snapshot_and_one_job(
    database: Database, id: str, change: Callable[[Session, Document], object]
) -> None:
    with database.writing() as session:
        change(session, documents.load(session, id))
        session.flush()
    assert revisions(database, id) == [1, 2]
    assert jobs(database) == [id]
    with database.reading() as session:
        assert documents.load(session, id).revision == 2


def test_reading_and_saying_nothing_new_leaves_nothing(database: Database, id: str) -> None:
    with database.writing() as session:
        document = documents.load(session, id)
        document.title = dict(document.title)
        document.files[0].warnings = []
    assert revisions(database, id) == [1]
    assert jobs(database) == []


def test_a_new_document_is_its_first_revision_however_often_it_is_flushed(database: Database) -> None:
    with database.writing() as session:
        document = draft(session)
        session.flush()
        attached(session, document)
        documents.edit(session, document, actor=ACTOR, language="ar")
    assert revisions(database, document.id) == [1]
    assert jobs(database) == [document.id]


def test_a_destroyed_document_is_taken_out_of_the_index(database: Database, id: str) -> None:
    with database.writing() as session:
        documents.destroy(session, documents.load(session, id), actor=ACTOR, reason="بطلب")
    assert jobs(database) == [id]


def test_a_snapshot_holds_the_sheet_the_files_the_themes_and_the_relations(database: Database, id: str) -> None:
    with database.reading() as session:
        snapshot: Any = session.scalars(select(Revision.snapshot)).one()
    assert snapshot["title"]["ar"]["text"] == "دليل تبسيط المساطر"
    assert snapshot["state"] == "published"
    assert snapshot["themes"] == ["a"]
    assert [(f["name"], f["pages"]) for f in snapshot["files"]] == [("دليل.pdf", 2)]
    assert [(r["kind"], r["target_text"]) for r in snapshot["relations"]] == [("related", "القانون 31.13")]


def test_what_a_savepoint_gave_up_is_no_change(database: Database, id: str) -> None:
    with database.writing() as session:
        document = documents.load(session, id)
        nested = session.begin_nested()
        documents.edit(session, document, actor=ACTOR, language="fr")
        nested.rollback()
    with database.reading() as session:
        assert documents.load(session, id).language == ""


def test_what_a_savepoint_kept_is_one_revision(database: Database, id: str) -> None:
    with database.writing() as session:
        document = documents.load(session, id)
        for language in ("fr", "ar"):
            with session.begin_nested():
                documents.edit(session, document, actor=ACTOR, language=language)
    assert revisions(database, id) == [1, 2]


class Broken(Exception):
    """The failure that is injected."""


def everything(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    with database.reading() as session:
        return {
            table.name: sorted((tuple(row) for row in session.execute(table.select())), key=repr)
            for table in Base.metadata.sorted_tables
        }


def work(database: Database, id: str) -> None:
    with database.writing() as session:
        document = documents.load(session, id)
        documents.edit(session, document, actor=ACTOR, title={"ar": "دليل منقح"}, themes=["b", "c"])
        files.mark_read(session, document.files[0], PAGES, stamp="pdf/2")
        attached(session, document, digest="ee")
        relations.add(session, document, "presents", draft(session, "مرفق"))
        workflow.move(session, document, State.WITHDRAWN, actor=ACTOR, reason="نسخة قديمة")


def fail_at(database: Database, n: int, what: str) -> Callable[[], None]:
    """Make the n-th statement, or the commit, fail; return what ends it."""
    count = 0

    def fail(*_: object) -> None:
        nonlocal count
        count += 1
        if count == n:
            raise Broken

    event.listen(database.engine, what, fail)
    return lambda: event.remove(database.engine, what, fail)


def test_failing_at_any_statement_or_at_the_commit_leaves_no_trace(database: Database, id: str) -> None:
    before = everything(database)
    finished, failures = False, 0
    while not finished:
        assert failures < 1000, "it comes to an end"
        heal = fail_at(database, failures + 1, "before_cursor_execute")
        try:
            work(database, id)
            finished = True
        except Broken:
            failures += 1
        heal()
        assert finished or everything(database) == before
    assert failures > 20
    after = everything(database)
    assert after != before
    heal = fail_at(database, 1, "commit")
    with pytest.raises(Broken), database.writing() as session:
        documents.edit(session, documents.load(session, id), actor=ACTOR, language="fr")
    heal()
    assert everything(database) == after
