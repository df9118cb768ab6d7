"""Corrections, drafts and the links of a document as rows, on both databases."""

import pytest
from sqlalchemy import true, update

from kb.catalog import corrections, documents, drafts, files, relations
from kb.catalog.relations import Wanted
from kb.core.errors import Invalid, NotFound
from kb.db.database import Database
from tests.catalog.library import ACTOR, PAGES, attached, draft, forget_jobs, jobs, published


def made(database: Database) -> tuple[str, str]:
    """Return the ids of a document and of its file, read."""
    with database.writing() as session:
        document = published(session)
        file = attached(session, document)
        files.mark_read(session, file, PAGES, stamp="pdf/1")
        found = document.id, file.id
    forget_jobs(database)
    return found


def test_a_correction_asks_for_the_index_and_makes_a_revision_of_its_document(database: Database) -> None:
    id, file_id = made(database)
    with database.writing() as session:
        before = documents.load(session, id).revision
        file = files.load(session, file_id)
        assert corrections.add(session, file, 1, "تبسيط المساطر العمومية", actor=ACTOR) == 1
    assert jobs(database) == [id]
    with database.reading() as session:
        file = files.load(session, file_id)
        assert documents.load(session, id).revision == before + 1
        assert [page.text for page in corrections.pages_of(session, [file])[file_id]] == [
            "تبسيط المساطر العمومية",
            "تحسين الاستقبال",
        ]
        assert next(text for _, text, _ in corrections.texts(session, file)) == "تبسيط المساطر العمومية"
        assert corrections.counts(session, file) == {1: 1}
        told = [corrections.page_to_read(session, file, number) for number in (1, 2)]
        assert [(page.text, corrected) for page, corrected in told] == [
            ("تبسيط المساطر العمومية", True),
            ("تحسين الاستقبال", False),
        ]


def test_a_correction_outlives_its_page_and_goes_with_its_document(database: Database) -> None:
    id, file_id = made(database)
    with database.writing() as session:
        corrections.add(session, files.load(session, file_id), 2, "تحسين الإرشاد", actor=ACTOR)
    with database.writing() as session:
        file = files.load(session, file_id)
        files.mark_read(session, file, PAGES[:1], stamp="pdf/2")
        corrections.settle(session, file)
    with database.reading() as session:
        stood, total = corrections.lost(session, true(), 10)
        assert ([(one.row.page, one.standing) for one in stood], total) == ([(2, "lost")], 1)
        with pytest.raises(NotFound):
            corrections.history(session, files.load(session, file_id), 2)
    with database.writing() as session:
        documents.destroy(session, documents.load(session, id), actor=ACTOR, reason="خطأ")
        assert corrections.lost(session, true(), 10) == ([], 0)


def test_corrections_at_which_nobody_has_looked_are_looked_at_without_a_new_revision(database: Database) -> None:
    id, file_id = made(database)
    with database.writing() as session:
        file = files.load(session, file_id)
        corrections.add(session, file, 2, "تحسين الإرشاد", actor=ACTOR)
    with database.writing() as session:
        session.execute(update(corrections.Correction).values(standing=None))
        files.mark_read(session, files.load(session, file_id), PAGES[:1], stamp="pdf/2")
    with database.writing() as session:
        before = documents.load(session, id).revision
        assert corrections.lost(session, true(), 10) == ([], 0)
        assert (corrections.settle_unknown(session, 5), corrections.settle_unknown(session, 5)) == (1, 0)
    with database.reading() as session:
        assert corrections.lost(session, true(), 10)[1] == 1
        assert documents.load(session, id).revision == before


def test_what_a_document_says_of_others_is_put_in_order_at_once(database: Database) -> None:
    with database.writing() as session:
        source, other = draft(session, "مصدر"), published(session, "هدف")
        first, second = Wanted(kind="cites", text="كتاب"), Wanted(kind="related", target=other.id, page=4)
        documents.edit(session, source, actor=ACTOR, links=[first, second])
        rows = relations.said_by(session, source)
        assert [(row.kind, row.target_id, row.page) for row in rows] == [("cites", None, 0), ("related", other.id, 4)]
        told = len(documents.events(session, source.id))
        kept = [Wanted(kind=row.kind, text=row.target_text, page=row.page, row=row.id) for row in rows]
        documents.edit(session, source, actor=ACTOR, links=kept)
        assert len(documents.events(session, source.id)) == told, "the same again is no change"
        documents.edit(session, source, actor=ACTOR, links=kept[::-1])
        assert [row.kind for row in relations.said_by(session, source)] == ["related", "cites"]
        for wrong in (source.id, "zzzzzzzzzz"):
            with pytest.raises(Invalid):
                documents.edit(session, source, actor=ACTOR, links=[Wanted(kind="cites", target=wrong)])


def test_a_draft_is_one_persons_and_the_last_they_typed(database: Database) -> None:
    for text in ("أول", "ثان"):
        with database.writing() as session:
            drafts.keep(session, "person:a", "/desk/new/law", [("title.ar", text)], most=5, days=1)
    with database.writing() as session:
        held = drafts.held(session, "person:a", "/desk/new/law")
        assert held is not None
        assert held[1] == [("title.ar", "ثان")]
        assert drafts.held(session, "person:b", "/desk/new/law") is None
        drafts.drop(session, "person:a", "/desk/new/law")
        assert drafts.held(session, "person:a", "/desk/new/law") is None
