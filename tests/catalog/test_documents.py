"""Making, changing, finding and listing documents."""

import datetime as dt

import pytest
from sqlalchemy import select

from kb.catalog import documents, workflow
from kb.catalog.access import PUBLIC
from kb.catalog.authority import Organisation
from kb.catalog.period import Period
from kb.catalog.tables import DocumentKey, DocumentTheme, Event, File, PageText, Relation, Revision, State
from kb.core.errors import Conflict, Gone, Invalid, NotFound
from kb.db.database import Database
from tests.catalog.library import ACTOR, attached, draft, published


def test_a_new_document_is_a_draft_with_all_that_was_said(database: Database) -> None:
    period = Period(dt.date(2010, 1, 1), dt.date(2011, 12, 31), "year", text="2010/2011")
    with database.writing() as session:
        session.add(Organisation(id="dra"))
        session.flush()
        made = documents.create(
            session,
            type="yearly_report",
            actor=ACTOR,
            import_id="report-2011",
            title={"ar": "  حصيلة 2010-2011 ", "fr": {"text": "Bilan", "state": "draft"}, "en": ""},
            language="ar",
            period=period,
            organisation_id="dra",
            organisation_text="وزارة تحديث القطاعات العامة",
            themes=["b", "a", "b"],
            data={"kind": "report"},
        )
    with database.reading() as session:
        found = documents.load(session, made.id)
        assert found.state == State.DRAFT
        assert found.title == {
            "ar": {"text": "حصيلة 2010-2011", "state": "reviewed"},
            "fr": {"text": "Bilan", "state": "draft"},
        }
        assert (found.period, found.organisation_text) == (period, "وزارة تحديث القطاعات العامة")
        assert found.theme_codes == {"a", "b"}
        assert found.data == {"kind": "report"}
        assert [e.action for e in documents.events(session, made.id)] == ["create"]


def test_every_problem_is_told_at_once_and_nothing_is_made(database: Database) -> None:
    with pytest.raises(Invalid) as refusal, database.writing() as session:
        draft(session, " ", audience="everybody", organisation_id="nobody")
    assert refusal.value.problems == {"title": "required", "audience": "unknown", "organisation": "unknown"}
    with database.reading() as session:
        assert documents.counts(session, PUBLIC).total == 0
        assert session.scalars(select(Event)).all() == []


def test_a_title_is_required(database: Database) -> None:
    with pytest.raises(Invalid), database.writing() as session:
        documents.create(session, type="publication", actor=ACTOR)


def test_a_title_state_that_does_not_exist_is_refused(database: Database) -> None:
    with pytest.raises(Invalid), database.writing() as session:
        documents.create(session, type="publication", actor=ACTOR, title={"ar": {"text": "دليل", "state": "perfect"}})


@pytest.mark.parametrize("import_id", ["", "x" * 201])
def test_an_import_id_has_a_sane_length(database: Database, import_id: str) -> None:
    with pytest.raises(Invalid), database.writing() as session:
        documents.create(session, type="publication", actor=ACTOR, title={"ar": "دليل"}, import_id=import_id)


def test_an_import_id_names_one_document(database: Database) -> None:
    with database.writing() as session:
        first = documents.create(session, type="law", actor=ACTOR, title={"ar": "قانون"}, import_id="law-1")
        with pytest.raises(Invalid):
            documents.create(session, type="law", actor=ACTOR, title={"ar": "قانون"}, import_id="law-1")
        found = documents.by_import_id(session, "law-1")
        assert found is not None
        assert found.id == first.id
        assert documents.by_import_id(session, "law-2") is None


def test_an_edit_changes_what_is_given_and_leaves_the_rest(database: Database) -> None:
    with database.writing() as session:
        made = draft(session, themes=["a"], language="ar", data={"kind": "guide"})
    with database.writing() as session:
        document = documents.load(session, made.id)
        documents.edit(session, document, actor=ACTOR, summary={"fr": "Résumé"}, themes=["b"], period=None)
    with database.reading() as session:
        found = documents.load(session, made.id)
        assert found.summary == {"fr": {"text": "Résumé", "state": "reviewed"}}
        assert (set(found.theme_codes), found.language) == ({"b"}, "ar")
        assert found.data == {"kind": "guide"}
        assert "ar" in found.title


def test_an_edit_that_says_nothing_new_leaves_no_revision(database: Database) -> None:
    with database.writing() as session:
        made = draft(session, themes=["a"], data={"kind": "guide"})
    with database.writing() as session:
        document = documents.load(session, made.id)
        same = {"ar": "دليل تبسيط المساطر"}
        documents.edit(
            session, document, actor=ACTOR, title=same, themes=["a"], data={"kind": "guide"}, audience="public"
        )
    with database.reading() as session:
        assert documents.load(session, made.id).revision == 1
        assert [e.action for e in documents.events(session, made.id)] == ["create"]


def test_an_edit_of_an_earlier_revision_is_a_conflict(database: Database) -> None:
    with database.writing() as session:
        made = draft(session)
    with database.writing() as session:
        documents.edit(session, documents.load(session, made.id), actor=ACTOR, language="ar", revision=1)
    with pytest.raises(Conflict), database.writing() as session:
        documents.edit(session, documents.load(session, made.id), actor=ACTOR, language="fr", revision=1)


def test_a_row_changed_by_somebody_else_meanwhile_is_a_conflict(database: Database) -> None:
    with database.writing() as session:
        id = draft(session).id
    with database.reading() as session:
        stale = documents.load(session, id)
        session.expunge_all()
    with database.writing() as session:
        documents.edit(session, documents.load(session, id), actor=ACTOR, language="fr")

    def save() -> None:
        with database.writing() as session:
            session.add(stale)
            documents.edit(session, stale, actor=ACTOR, language="en")

    with pytest.raises(Conflict):
        save()


def test_titles_sort_without_article_and_hamza(database: Database) -> None:
    with database.writing() as session:
        written = ["النزاهة", "إصلاح الإدارة", "الأرشيف", "استقبال المرتفقين", "بوابة"]
        made = [draft(session, title) for title in written]
        ordered = sorted(made, key=lambda d: d.sort_title)
        assert [d.title["ar"]["text"] for d in ordered] == [
            "الأرشيف",
            "استقبال المرتفقين",
            "إصلاح الإدارة",
            "بوابة",
            "النزاهة",
        ]


def test_an_endless_title_can_be_stored_and_sorted(database: Database) -> None:
    with database.writing() as session:
        assert len(draft(session, "طويل " * 20_000).sort_title) <= documents.SORT_KEY_LENGTH


def test_a_reader_gets_what_is_published_for_them(database: Database) -> None:
    with database.writing() as session:
        open_, reserved = published(session), published(session, audience="administration")
        hidden = draft(session)
    with database.reading() as session:
        assert documents.get(session, open_.id, PUBLIC).id == open_.id
        assert documents.get(session, reserved.id, PUBLIC | {"administration"}).id == reserved.id
        for id in (reserved.id, hidden.id, "nothinghere"):
            with pytest.raises(NotFound):
                documents.get(session, id, PUBLIC)


def test_a_withdrawn_document_says_why_to_those_who_could_read_it(database: Database) -> None:
    with database.writing() as session:
        open_, reserved = published(session), published(session, audience="administration")
        for document in (open_, reserved):
            workflow.move(session, document, State.WITHDRAWN, actor=ACTOR, reason="نسخة قديمة")
    with database.reading() as session:
        with pytest.raises(Gone) as gone:
            documents.get(session, open_.id, PUBLIC)
        assert gone.value.reason == "نسخة قديمة"
        with pytest.raises(NotFound):
            documents.get(session, reserved.id, PUBLIC)


def test_a_destroyed_document_leaves_its_address_and_nothing_else(database: Database) -> None:
    with database.writing() as session:
        kept, gone = published(session, "باق"), published(session, "زائل", themes=["a"])
        session.add(
            PageText(file_id=attached(session, gone).id, stamp="x/1", number=1, text="نص", origin="text", quality=1)
        )
        session.add(Relation(source_id=gone.id, kind="related", target_id=kept.id, target_key="title:باق"))
        session.add(Relation(source_id=kept.id, kind="related", target_id=gone.id, target_key="title:زائل"))
    with database.writing() as session:
        documents.destroy(session, documents.load(session, gone.id), actor=ACTOR, reason="بطلب من الجهة")
    with database.reading() as session:
        with pytest.raises(Gone, match="بطلب من الجهة"):
            documents.get(session, gone.id, PUBLIC)
        for table in (File, PageText, DocumentTheme):
            assert session.scalars(select(table)).all() == []
        assert {row.document_id for row in session.scalars(select(Revision))} == {kept.id}
        assert {row.document_id for row in session.scalars(select(DocumentKey))} == {kept.id}
        (relation,) = session.scalars(select(Relation))
        assert (relation.target_id, relation.target_key) == (None, "title:زائل")


def test_a_destroyed_draft_was_never_there_for_readers(database: Database) -> None:
    with database.writing() as session:
        made = draft(session)
    with database.writing() as session:
        documents.destroy(session, documents.load(session, made.id), actor=ACTOR, reason="")
    with database.reading() as session, pytest.raises(NotFound):
        documents.get(session, made.id, PUBLIC)


def test_an_id_is_never_used_twice(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    with database.writing() as session:
        first = published(session)
    with database.writing() as session:
        documents.destroy(session, documents.load(session, first.id), actor=ACTOR, reason="خطأ")
    with database.writing() as session:
        second = published(session)
    offered = iter([first.id, second.id, "abcdefghjk"])
    monkeypatch.setattr(documents, "new_id", lambda: next(offered))
    with database.writing() as session:
        assert draft(session).id == "abcdefghjk"
