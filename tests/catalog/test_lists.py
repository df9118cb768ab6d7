"""Lists, counts and versions: in order, for these eyes only, in few queries."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from kb.catalog import documents, workflow
from kb.catalog.access import PUBLIC
from kb.catalog.authority import Organisation
from kb.catalog.briefs import briefs
from kb.catalog.documents import Counts
from kb.catalog.tables import State
from kb.core.errors import NotFound
from kb.db.database import Database
from tests.catalog.library import ACTOR, attached, draft, published


@contextmanager
def queries(database: Database) -> Iterator[list[str]]:
    """The SELECT statements that are sent meanwhile."""
    sent: list[str] = []

    def note(*given: object) -> None:
        statement = str(given[2])
        if statement.startswith("SELECT"):
            sent.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield sent
    event.remove(database.engine, "before_cursor_execute", note)


def test_cards_come_in_the_order_asked_and_for_these_eyes_only(database: Database) -> None:
    with database.writing() as session:
        a, b = published(session, "أ"), published(session, "ب")
        hidden = draft(session)
    with database.reading() as session:
        cards = documents.cards(session, [b.id, hidden.id, "nothinghere", a.id, b.id], PUBLIC)
        assert [card.id for card in cards] == [b.id, a.id]


def test_twenty_cards_take_three_queries(database: Database) -> None:
    with database.writing() as session:
        ids = [published(session, f"دليل {n}", themes=["a", "b"]).id for n in range(20)]
        for document in documents.load_all(session, ids):
            attached(session, document, digest=document.id)
    with queries(database) as sent, database.reading() as session:
        for card in documents.cards(session, ids, PUBLIC):
            assert (len(card.files), len(card.themes)) == (1, 2)
    assert len(sent) == 3


def test_what_a_list_shows_takes_two_queries_and_is_what_documents_and_files_say(database: Database) -> None:
    with database.writing() as session:
        ids = [published(session, f"دليل {n}", language="ar").id for n in range(20)]
        hidden = draft(session).id
        for document in documents.load_all(session, ids):
            for n in range(2):
                attached(session, document, digest=document.id, name=f"{n}.pdf").receipt = {"languages": [["fr", n]]}
    with queries(database) as sent, database.reading() as session:
        found = briefs(session, [*ids, hidden, "nothinghere"], PUBLIC)
    assert len(sent) == 2
    with database.reading() as session:
        assert found.keys() == set(ids)
        for document in documents.cards(session, ids, PUBLIC):
            brief = found[document.id]
            for name in ("type", "state", "title", "summary", "language", "organisation_id", "organisation_text"):
                assert getattr(brief, name) == getattr(document, name)
            for name in ("date_first", "date_last", "date_precision", "date_text"):
                assert getattr(brief, name) == getattr(document, name)
            assert [(f.name, f.language, f.pages, list(f.read_in)) for f in brief.files] == [
                (f.name, f.language, f.pages, list(f.read_in)) for f in document.files
            ]


def test_the_latest_are_newest_first_and_published(database: Database) -> None:
    with database.writing() as session:
        ids = [published(session, f"خبر {n}", "news").id for n in range(3)]
        published(session, type="law")
        draft(session, type="news")
        for n, document in enumerate(documents.load_all(session, ids)):
            document.published_at = dt.datetime(2026, 1, 1 + ids.index(document.id), tzinfo=dt.UTC)
            assert n < 3
    with database.reading() as session:
        assert [d.id for d in documents.latest(session, PUBLIC, 2, "news")] == [ids[2], ids[1]]


def test_counts_are_of_what_the_reader_sees(database: Database) -> None:
    with database.writing() as session:
        session.add(Organisation(id="dra"))
        session.flush()
        published(session, themes=["a", "b"], organisation_id="dra")
        published(session, type="law", themes=["a"], organisation_text="جماعة واحة الزيتون")
        published(session, type="law", themes=["c"], audience="organisation:dra", organisation_id="dra")
        draft(session, themes=["a"])
    with database.reading() as session:
        assert documents.counts(session, PUBLIC) == Counts(
            2, {"publication": 1, "law": 1}, {"a": 2, "b": 1}, {"dra": 1, "جماعة واحة الزيتون": 1}
        )
        assert documents.counts(session, PUBLIC | {"organisation:dra"}).total == 3


def test_the_index_is_told_of_published_documents_of_every_audience(database: Database) -> None:
    with database.writing() as session:
        open_, reserved = published(session), published(session, audience="administration")
        draft(session)
    with database.reading() as session:
        assert documents.revisions(session) == {open_.id: 1, reserved.id: 1}


def test_a_reader_sees_the_versions_that_were_for_them(database: Database) -> None:
    with database.writing() as session:
        id = draft(session, "سري").id
    with database.writing() as session:
        workflow.move(session, documents.load(session, id), State.PUBLISHED, actor=ACTOR)
        documents.edit(session, documents.load(session, id), actor=ACTOR, audience="administration")
    for changes in ({"audience": "public"}, {"language": "ar"}):
        with database.writing() as session:
            documents.edit(session, documents.load(session, id), actor=ACTOR, **changes)  # type: ignore[arg-type]  # str
    with database.reading() as session:
        assert [r.number for r in documents.history(session, id, PUBLIC)] == [4, 3]
        assert [r.number for r in documents.history(session, id, PUBLIC | {"administration"})] == [4, 3, 2]
        assert documents.version(session, id, 3, PUBLIC).snapshot["title"]["ar"]["text"] == "سري"
        for number in (1, 2, 5, 0, 2**31, 10**30):
            with pytest.raises(NotFound):
                documents.version(session, id, number, PUBLIC)
