"""Relations between documents, and those that wait for a document to come."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from kb.catalog import documents, relations
from kb.catalog.access import PUBLIC
from kb.catalog.relations import citation_key, number_key, title_key
from kb.catalog.tables import Relation
from kb.db.database import Database
from tests.catalog.library import ACTOR, draft, forget_jobs, jobs, published

LAW = "القانون رقم 31.13 المتعلق بالحق في الحصول على المعلومات"


def targets(database: Database) -> list[str | None]:
    with database.reading() as session:
        return [relation.target_id for relation in session.scalars(select(Relation).order_by(Relation.id))]


@pytest.mark.parametrize("written", ["31.13", "31-13", "13.31", "13-31", "31 . 13", "رقم 31/13"])
def test_a_laws_number_is_one_key_in_all_its_spellings(written: str) -> None:
    assert number_key(written) == number_key("31.13")


@given(st.lists(st.integers(0, 9999), min_size=2, max_size=3))
def test_a_number_turned_around_is_the_same_number(groups: list[int]) -> None:
    assert number_key(".".join(map(str, groups))) == number_key("-".join(map(str, groups[::-1])))


def test_different_numbers_are_different_keys() -> None:
    numbers = ["31.13", "55.19", "54.19", "69.99", "2.17.265", "1.58.008", "5/2020", "1/2020"]
    assert len({number_key(number) for number in numbers}) == len(numbers)


@pytest.mark.parametrize(
    "cited",
    [
        "القانون 31.13",
        LAW,
        "قانون رقم 13-31",
        "القانون رقم ٣١٫١٣",
        "loi n° 31-13",
        "Loi 31.13 relative au droit d'accès à l'information",
        "Law No. 31-13",
    ],
)
def test_a_law_is_cited_by_its_number(cited: str) -> None:
    assert citation_key(cited) == number_key("31.13")


@pytest.mark.parametrize("cited", ["الدليل العملي للقانون 31.13", "قانون المالية 2019-2020", "القانون الإداري", "دليل"])
def test_a_text_about_a_law_is_cited_by_its_title(cited: str) -> None:
    assert citation_key(cited) == title_key(cited)


def test_titles_meet_whatever_their_marks_hamza_and_spaces() -> None:
    assert title_key("دليلُ  الإدارة") == title_key("دليل الادارة")


def test_a_cited_law_is_awaited_and_found_when_it_arrives(database: Database) -> None:
    with database.writing() as session:
        guide = published(session, "الدليل العملي")
        relations.add(session, guide, "explains", "القانون 13-31", page=4)
    assert targets(database) == [None]
    forget_jobs(database)
    with database.writing() as session:
        law = published(session, LAW, "law", data={"number": "31.13"})
    assert targets(database) == [law.id]
    assert set(jobs(database)) == {guide.id, law.id}
    with database.reading() as session:
        assert documents.load(session, guide.id).revision == 2


def test_a_cited_law_that_is_here_is_found_at_once(database: Database) -> None:
    with database.writing() as session:
        law = published(session, LAW, "law", data={"number": "31.13"})
    with database.writing() as session:
        relations.add(session, draft(session), "explains", "loi n° 31-13")
    assert targets(database) == [law.id]


def test_a_document_with_a_number_that_is_no_law_answers_to_no_citation(database: Database) -> None:
    with database.writing() as session:
        published(session, "رسالة", "publication", data={"number": "31.13"})
        relations.add(session, draft(session, "دليل آخر"), "explains", "القانون 31.13")
    assert targets(database) == [None]


def test_an_import_id_is_awaited_too(database: Database) -> None:
    with database.writing() as session:
        key = relations.import_key("report-2011")
        relations.add(session, draft(session), "reported_in", "تقرير سنة 2011", key=key)
    with database.writing() as session:
        title = {"ar": "حصيلة المنجزات"}
        report = documents.create(session, type="yearly_report", actor=ACTOR, title=title, import_id="report-2011")
    assert targets(database) == [report.id]


def test_a_title_given_later_answers_too(database: Database) -> None:
    with database.writing() as session:
        relations.add(session, draft(session, "مصدر"), "related", "ميثاق المرافق العمومية")
        other = draft(session, "مشروع الميثاق")
    with database.writing() as session:
        documents.edit(session, documents.load(session, other.id), actor=ACTOR, title={"ar": "ميثاق المرافق العمومية"})
    assert targets(database) == [other.id]


def test_two_documents_of_one_commit_find_each_other(database: Database) -> None:
    with database.writing() as session:
        first, second = draft(session, "الأول"), draft(session, "الثاني")
        relations.add(session, first, "related", "الثاني")
        relations.add(session, second, "related", "الأول")
    assert targets(database) == [second.id, first.id]


def test_a_document_is_never_its_own_target(database: Database) -> None:
    with database.writing() as session:
        relations.add(session, draft(session, "دليل"), "related", "دليل")
    assert targets(database) == [None]


def test_the_oldest_of_two_that_answer_is_taken(database: Database) -> None:
    with database.writing() as session:
        oldest = draft(session, "تقرير سنوي")
    with database.writing() as session:
        draft(session, "تقرير سنوي")
    with database.writing() as session:
        relations.add(session, draft(session, "مصدر"), "related", "تقرير سنوي")
    assert targets(database) == [oldest.id]


def test_a_destroyed_target_is_awaited_again(database: Database) -> None:
    with database.writing() as session:
        target = draft(session, "ميثاق")
        relations.add(session, draft(session, "مصدر"), "related", target)
    with database.writing() as session:
        documents.destroy(session, documents.load(session, target.id), actor=ACTOR, reason="")
    assert targets(database) == [None]
    with database.writing() as session:
        again = draft(session, "ميثاق")
    assert targets(database) == [again.id]


def test_the_same_relation_twice_is_one(database: Database) -> None:
    with database.writing() as session:
        source = draft(session)
        relations.add(session, source, "explains", "القانون 31.13", page=1)
        relations.add(session, source, "explains", "القانون 13.31", page=1, note="انظر المادة 2")
        relations.add(session, source, "explains", "القانون 13.31", page=2)
    with database.reading() as session:
        assert [(r.page, r.note) for r in session.scalars(select(Relation).order_by(Relation.id))] == [
            (1, "انظر المادة 2"),
            (2, ""),
        ]


def test_a_relation_is_read_from_both_ends(database: Database) -> None:
    with database.writing() as session:
        source, target = published(session, "دليل"), published(session, "ورش")
        relations.add(session, source, "presents", target, note="الفصل الأول", page=3)
    with database.reading() as session:
        (out,) = relations.of(session, documents.load(session, source.id), PUBLIC)
        (back,) = relations.of(session, documents.load(session, target.id), PUBLIC)
        assert (out.inverse, out.other and out.other.id) == (False, target.id)
        assert (back.inverse, back.other and back.other.id) == (True, source.id)
        assert back.relation.page == 3


def test_an_end_that_is_not_for_the_reader_does_not_show(database: Database) -> None:
    with database.writing() as session:
        open_, hidden = published(session, "دليل"), draft(session, "سري")
        relations.add(session, open_, "related", hidden)
        relations.add(session, hidden, "related", open_)
    with database.reading() as session:
        (link,) = relations.of(session, documents.load(session, open_.id), PUBLIC)
        assert (link.inverse, link.other) == (False, None)


def test_an_import_id_is_told_to_no_reader(database: Database) -> None:
    with database.writing() as session:
        source = published(session, "دليل")
        documents.create(session, type="publication", actor=ACTOR, title={"ar": "مسودة"}, import_id="secret-plan")
        for target, text in (("secret-plan", ""), ("not-here-yet", ""), ("decree-draft", "مرسوم منتظر")):
            key = relations.import_key(target)
            relations.add(session, source, "related", text or target, key=key)
    with database.reading() as session:
        shown = relations.of(session, documents.load(session, source.id), PUBLIC)
        assert [link.relation.target_text for link in shown] == ["مرسوم منتظر"]


def test_an_endless_citation_can_be_stored(database: Database) -> None:
    with database.writing() as session:
        relation = relations.add(session, draft(session), "related", "س" * 50_000)
        assert len(relation.target_key) <= relations.KEY_LENGTH
