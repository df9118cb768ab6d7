"""Files of a document and their pages."""

import pytest

from kb.catalog import documents, files
from kb.catalog.tables import FileState, Role
from kb.core.errors import Invalid, NotFound
from kb.core.text import Heading, Page
from kb.db.database import Database
from tests.catalog.library import PAGES, attached, draft, forget_jobs, jobs


@pytest.fixture
def id(database: Database) -> str:
    """A file that waits to be read."""
    with database.writing() as session:
        return attached(session, draft(session)).id


def test_an_attached_file_asks_to_be_read_in_the_same_commit(database: Database, id: str) -> None:
    assert jobs(database, "extract") == [id]
    with database.reading() as session:
        file = files.load(session, id)
        assert (file.number, file.state, file.role, file.name) == (1, FileState.WAITING, Role.ORIGINAL, "دليل.pdf")


def test_the_same_bytes_in_the_same_role_are_one_file(database: Database) -> None:
    with database.writing() as session:
        document = draft(session)
        first = attached(session, document, name="دليل.pdf")
        again = attached(session, document, name="نسخة.pdf")
        annex = files.attach(
            session,
            document,
            digest=first.digest,
            name="ملحق.pdf",
            media_type="application/pdf",
            size=10,
            role=Role.ANNEX,
        )
        assert again is first
        assert annex.number == 2


def test_an_unknown_role_is_refused(database: Database) -> None:
    with database.writing() as session, pytest.raises(Invalid):
        files.attach(
            session, draft(session), digest="a", name="a.pdf", media_type="application/pdf", size=1, role="cover"
        )


def test_files_are_numbered_in_their_document(database: Database) -> None:
    with database.writing() as session:
        first, second = draft(session), draft(session)
        made = [attached(session, d, digest=x) for d in (first, second) for x in ("a", "b")]
        assert [file.number for file in made] == [1, 2, 1, 2]
        assert files.numbered(first, 2) is made[1]
        for number in (0, 3, -1):
            with pytest.raises(NotFound):
                files.numbered(first, number)


def test_a_read_file_gives_its_pages_in_order(database: Database, id: str) -> None:
    with database.writing() as session:
        file = files.load(session, id)
        files.mark_read(session, file, PAGES[::-1], stamp="pdf/1", warnings=["no-title"], language="ar")
    with database.reading() as session:
        file = files.load(session, id)
        assert (file.state, file.read_by, file.pages, file.warnings, file.language) == (
            FileState.READ,
            "pdf/1",
            2,
            ["no-title"],
            "ar",
        )
        pages = files.pages(session, file)
        kept = [files.as_page(page, with_boxes=True) for page in pages]
        assert kept == list(PAGES)
        assert files.page(session, file, 2).label == "ب"
        for number in (0, 3, 2**31, 10**30):
            with pytest.raises(NotFound):
                files.page(session, file, number)


def test_a_language_that_was_stated_stays(database: Database, id: str) -> None:
    with database.writing() as session:
        file = files.load(session, id)
        file.language = "fr"
        files.mark_read(session, file, PAGES, stamp="pdf/1", language="ar")
        assert file.language == "fr"


@pytest.mark.parametrize("stamp", ["pdf/1", "pdf/2"])
def test_a_new_reading_takes_the_place_of_the_old(database: Database, id: str, stamp: str) -> None:
    for pages, by in ((PAGES, "pdf/1"), ([Page(1, "نص أدق")], stamp)):
        with database.writing() as session:
            files.mark_read(session, files.load(session, id), pages, stamp=by)
    with database.reading() as session:
        file = files.load(session, id)
        assert [page.text for page in files.pages(session, file)] == ["نص أدق"]
        with pytest.raises(NotFound):
            files.page(session, file, 2)


def test_a_failed_reading_keeps_the_pages_there_were(database: Database, id: str) -> None:
    with database.writing() as session:
        file = files.load(session, id)
        files.mark_read(session, file, PAGES, stamp="pdf/1")
        files.mark_failed(session, file, "too-costly")
    with database.reading() as session:
        file = files.load(session, id)
        assert (file.state, file.failure) == (FileState.READ, "too-costly")
        assert len(files.pages(session, file)) == 2


def test_what_a_file_says_of_itself_is_kept_with_an_outline_of_limited_length(database: Database, id: str) -> None:
    headings = [Heading(f"الباب {number}", number, 2) for number in range(1, files.MOST_HEADINGS + 2)]
    with database.writing() as session:
        file = files.load(session, id)
        files.mark_read(session, file, PAGES, stamp="pdf/1", meta={"author": "القسم"}, outline=headings)
    with database.reading() as session:
        file = files.load(session, id)
        assert file.meta == {"author": "القسم"}
        assert len(file.outline) == files.MOST_HEADINGS
        assert file.outline[0] == ["الباب 1", 1, 2]


def test_a_failed_file_is_tried_again_by_other_readers_only(database: Database, id: str) -> None:
    with database.writing() as session:
        files.mark_failed(session, files.load(session, id), "damaged-file", files.among(["pdf/1", "docx/1"]))
        assert files.read_by_others(session, ["docx/1", "pdf/1"]) == []
        assert files.read_by_others(session, ["docx/1", "pdf/2"]) == [id]


def test_an_old_text_that_no_new_reader_can_make_is_not_asked_for_again(database: Database, id: str) -> None:
    with database.writing() as session:
        file = files.load(session, id)
        files.mark_read(session, file, PAGES, stamp="pdf/1")
        assert files.read_by_others(session, ["pdf/2"]) == [id]
        files.mark_failed(session, file, "too-costly", files.among(["pdf/2"]))
        assert files.read_by_others(session, ["pdf/2"]) == []
        assert files.read_by_others(session, ["pdf/3"]) == [id]


def test_a_reading_heals_a_failure(database: Database, id: str) -> None:
    with database.writing() as session:
        file = files.load(session, id)
        files.mark_failed(session, file, "damaged-file")
        files.mark_read(session, file, PAGES, stamp="pdf/2")
        assert (file.state, file.failure) == (FileState.READ, "")


def test_a_file_can_be_read_again_on_demand(database: Database, id: str) -> None:
    forget_jobs(database)
    with database.writing() as session:
        files.read_again(session, files.load(session, id))
    assert jobs(database, "extract") == [id]


def test_pages_of_many_files_come_by_file(database: Database) -> None:
    with database.writing() as session:
        read, unread = (attached(session, draft(session)) for _ in range(2))
        files.mark_read(session, read, PAGES, stamp="pdf/1")
        found = files.pages_of(session, [read, unread])
        assert {key: [p.number for p in pages] for key, pages in found.items()} == {read.id: [1, 2], unread.id: []}


def test_files_are_found_by_their_bytes(database: Database) -> None:
    with database.writing() as session:
        made = {attached(session, draft(session), digest="same").id for _ in range(2)}
        attached(session, draft(session), digest="other")
        assert {file.id for file in files.by_digest(session, "same")} == made
        assert files.digests(session) == ["other", "same"]


def test_a_replaced_file_names_its_successor(database: Database) -> None:
    with database.writing() as session:
        document = draft(session)
        old, new = attached(session, document, "a"), attached(session, document, "b")
        files.replace(session, old, new)
    with database.reading() as session:
        first, second = documents.load(session, document.id).files
        assert (first.successor_id, second.successor_id) == (second.id, None)


def test_a_file_that_is_put_back_holds_again(database: Database) -> None:
    with database.writing() as session:
        document = draft(session)
        first, second = attached(session, document, "a"), attached(session, document, "b")
        files.replace(session, first, second)
        files.replace(session, second, first)
    with database.reading() as session:
        old, new = documents.load(session, document.id).files
        assert (old.successor_id, new.successor_id) == (None, old.id)


def test_a_name_of_any_length_and_script_is_kept(database: Database) -> None:
    name = "تقرير " * 500 + "\u202e.pdf"
    with database.writing() as session:
        id = attached(session, draft(session), name=name).id
    with database.reading() as session:
        assert files.load(session, id).name == name


def test_an_unknown_file_is_not_found(database: Database) -> None:
    with database.reading() as session, pytest.raises(NotFound):
        files.load(session, "nothinghere")
