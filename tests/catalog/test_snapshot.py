"""Which versions a reader is told of: those that people made."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from kb.catalog import documents, files, snapshot
from kb.catalog.access import PUBLIC
from kb.catalog.tables import Document
from kb.core.text import Page
from kb.db.database import Database
from tests.catalog.library import ACTOR, attached, published


def after(database: Database, id: str, *steps: Callable[[Session, Document], object]) -> list[int]:
    """The versions that are told once each step was a commit of its own."""
    for step in steps:
        with database.writing() as session:
            step(session, documents.load(session, id))
    with database.reading() as session:
        return [number for number, _ in snapshot.turns(documents.history(session, id, PUBLIC))]


def imported(database: Database) -> str:
    with database.writing() as session:
        document = published(session, title={"fr": {"text": "scan 12", "state": "draft"}})
        attached(session, document)
        return document.id


def read(session: Session, document: Document) -> None:
    """What the house does by itself when a file has come."""
    files.mark_read(session, document.files[0], [Page(1, "نص")], stamp="pdf/1", warnings=["page-cut"], language="ar")
    heading = {"ar": {"text": "دليل المواعيد", "state": "draft"}}
    documents.edit(session, document, actor=ACTOR, language="ar", title=heading)


def test_reading_a_file_is_no_version_of_its_own(database: Database) -> None:
    assert after(database, imported(database), read) == [2]


def test_a_change_of_words_files_or_themes_is_a_version(database: Database) -> None:
    told = after(
        database,
        imported(database),
        read,
        lambda session, document: documents.edit(session, document, actor=ACTOR, summary={"ar": "ملخص"}),
        lambda session, document: documents.edit(session, document, actor=ACTOR, themes=["reception"]),
        lambda session, document: attached(session, document, digest="cd34", name="ملحق.pdf"),
        lambda session, document: documents.edit(session, document, actor=ACTOR, title={"ar": "دليل المواعيد"}),
    )
    assert told == [6, 5, 4, 3, 2]


def test_a_version_is_dated_from_its_beginning(database: Database) -> None:
    id = imported(database)
    after(database, id, read)
    with database.reading() as session:
        newest, oldest = documents.history(session, id, PUBLIC)
        assert snapshot.turns([newest, oldest]) == [(2, oldest.taken_at)]
        assert newest.taken_at > oldest.taken_at
