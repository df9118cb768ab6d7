"""Changes in their order, for programs that keep a copy: nothing missed, nothing told that was not public."""

import datetime as dt
from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from kb.catalog import documents, harvest, organisations, vocabulary, workflow
from kb.catalog.access import PUBLIC
from kb.catalog.harvest import Asked, Change, Group
from kb.catalog.tables import Document, State
from kb.db.database import Database
from tests.catalog.library import ACTOR, draft, published

BODY = "reform-department"


def changes(database: Database, asked: Asked | None = None) -> list[Change]:
    with database.reading() as session:
        return harvest.changes(session, asked or Asked(PUBLIC), 100)


def made(database: Database, name: str = "دليل", **sheet: object) -> str:
    with database.writing() as session:
        organisations.install(session, [replace(vocabulary.load().organisations[BODY], links=())])
        return published(session, name, **sheet).id  # type: ignore[arg-type]  # by name


def load(session: Session, id: str) -> Document:
    return documents.load(session, id)


def withdraw(database: Database, id: str) -> None:
    with database.writing() as session:
        workflow.move(session, load(session, id), State.WITHDRAWN, actor=ACTOR, reason="نسخة قديمة")


def edit(database: Database, id: str, **changed: object) -> None:
    with database.writing() as session:
        documents.edit(session, load(session, id), actor=ACTOR, **changed)  # type: ignore[arg-type]  # by name


def test_documents_come_in_the_order_of_their_last_change(database: Database) -> None:
    first, second = made(database, "الأول"), made(database, "الثاني")
    edit(database, first, title={"ar": "الأول من جديد"})
    assert [change.id for change in changes(database)] == [second, first]


def test_a_list_goes_on_after_a_place_and_what_changed_meanwhile_is_at_its_end(database: Database) -> None:
    ids = [made(database, f"دليل {number}") for number in range(4)]
    with database.reading() as session:
        begun = harvest.changes(session, Asked(PUBLIC), 2)
    assert [change.id for change in begun] == ids[:2]
    edit(database, ids[0], title={"ar": "تغيّر"})
    with database.reading() as session:
        rest = harvest.changes(session, Asked(PUBLIC), 100, (begun[-1].at, begun[-1].id))
    assert [change.id for change in rest] == [*ids[2:], ids[0]]


def test_drafts_and_what_is_reserved_were_never_there(database: Database) -> None:
    with database.writing() as session:
        draft(session)
    made(database, audience="administration")
    assert changes(database) == []
    with database.reading() as session:
        assert harvest.earliest(session, PUBLIC) is None
        assert harvest.count(session, Asked(PUBLIC)) == 0


def test_what_was_withdrawn_is_gone_from_that_moment_whatever_is_done_to_it_since(database: Database) -> None:
    id = made(database)
    withdraw(database, id)
    (gone,) = changes(database)
    assert (gone.id, gone.gone) == (id, True)
    with database.writing() as session:
        workflow.move(session, load(session, id), State.DRAFT, actor=ACTOR)
    edit(database, id, title={"ar": "عنوان لم ينشر"}, themes=["reception"])
    assert changes(database) == [gone]


def test_what_is_reserved_after_it_was_public_is_gone(database: Database) -> None:
    id = made(database)
    edit(database, id, audience="administration")
    assert [(change.id, change.gone) for change in changes(database)] == [(id, True)]
    edit(database, id, audience="public")
    assert [(change.id, change.gone) for change in changes(database)] == [(id, False)]


def test_what_is_published_again_is_there_again(database: Database) -> None:
    id = made(database)
    withdraw(database, id)
    with database.writing() as session:
        workflow.move(session, load(session, id), State.PUBLISHED, actor=ACTOR)
    assert [(change.id, change.gone) for change in changes(database)] == [(id, False)]


@pytest.mark.parametrize("reserved", [False, True])
def test_what_was_destroyed_is_gone_even_if_it_was_reserved_last(database: Database, reserved: bool) -> None:  # noqa: FBT001
    id = made(database)
    if reserved:
        edit(database, id, audience="administration")
    with database.writing() as session:
        documents.destroy(session, load(session, id), actor=ACTOR, reason="بطلب")
    assert [(change.id, change.gone) for change in changes(database)] == [(id, True)]
    assert [change.id for change in changes(database, Asked(PUBLIC, group=Group("theme", "reception")))] == [id]


def test_a_destroyed_document_that_was_never_public_was_never_there(database: Database) -> None:
    id = made(database, audience="administration")
    withdraw(database, id)
    with database.writing() as session:
        workflow.move(session, load(session, id), State.DRAFT, actor=ACTOR)
    edit(database, id, audience="public")
    with database.writing() as session:
        documents.destroy(session, load(session, id), actor=ACTOR, reason="بطلب")
    assert changes(database) == []


def test_groups_hold_what_is_in_them_and_what_was_when_it_went(database: Database) -> None:
    themed = made(database, themes=["reception"], organisation_id=BODY)
    made(database, type="law", data={})
    gone = made(database, themes=["reception", "simplification"])
    withdraw(database, gone)
    with database.writing() as session:
        workflow.move(session, load(session, gone), State.DRAFT, actor=ACTOR)
    edit(database, gone, themes=["digital"])

    def held(kind: harvest.Kind, value: str = "") -> set[str]:
        return {change.id for change in changes(database, Asked(PUBLIC, group=Group(kind, value)))}

    assert held("theme", "reception") == {themed, gone} == held("theme")
    assert held("theme", "simplification") == {gone}
    assert held("theme", "digital") == set()
    assert held("body", BODY) == {themed} == held("body")
    assert len(held("type")) == 3
    assert held("type", "publication") == {themed, gone}
    by_id = {change.id: change.groups for change in changes(database)}
    assert by_id[themed] == {Group("type", "publication"), Group("theme", "reception"), Group("body", BODY)}
    assert by_id[gone] == {Group("type", "publication"), Group("theme", "reception"), Group("theme", "simplification")}


def test_the_first_moment_of_a_span_is_in_it_and_the_last_is_not(database: Database) -> None:
    id = made(database)
    at = changes(database)[0].at
    tick = dt.timedelta(microseconds=1)
    assert [change.id for change in changes(database, Asked(PUBLIC, since=at, until=at + tick))] == [id]
    assert changes(database, Asked(PUBLIC, since=at + tick)) == []
    assert changes(database, Asked(PUBLIC, until=at)) == []
    with database.reading() as session:
        first, last = harvest.earliest(session, PUBLIC), harvest.latest(session, PUBLIC)
    assert first is not None
    assert first <= at == last
