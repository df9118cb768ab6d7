"""The states of a document."""

import pytest

from kb.catalog import documents, workflow
from kb.catalog.access import PUBLIC
from kb.catalog.tables import State
from kb.catalog.workflow import TRANSITIONS
from kb.core.errors import Conflict, Invalid
from kb.db.database import Database
from tests.catalog.library import ACTOR, draft


def test_every_state_can_be_reached_and_left() -> None:
    reached, before = {State.DRAFT}, set[State]()
    while reached != before:
        before = set(reached)
        reached |= {t.target for t in TRANSITIONS if t.origin in before}
    assert reached == set(State)
    assert {t.origin for t in TRANSITIONS} == set(State)


def test_a_step_is_in_the_table_once() -> None:
    assert len({(t.origin, t.target) for t in TRANSITIONS}) == len(TRANSITIONS)


@pytest.mark.parametrize("origin", State)
@pytest.mark.parametrize("target", State)
def test_a_step_that_is_not_in_the_table_is_a_conflict(sqlite_url: str, origin: State, target: State) -> None:
    database = Database(sqlite_url)
    open_ = any((t.origin, t.target) == (origin, target) for t in TRANSITIONS)
    with database.writing() as session:
        document = draft(session)
        document.state = origin
        if open_:
            workflow.move(session, document, target, actor=ACTOR, reason="نسخة قديمة")
        else:
            with pytest.raises(Conflict):
                workflow.move(session, document, target, actor=ACTOR, reason="نسخة قديمة")
        assert document.state == (target if open_ else origin)
    database.close()


def test_a_state_that_does_not_exist_is_a_conflict(database: Database) -> None:
    with database.writing() as session, pytest.raises(Conflict):
        workflow.move(session, draft(session), "archived", actor=ACTOR)


def test_readers_are_owed_a_reason_for_a_withdrawal(database: Database) -> None:
    with database.writing() as session:
        document = draft(session)
        workflow.move(session, document, State.PUBLISHED, actor=ACTOR)
        with pytest.raises(Invalid) as refusal:
            workflow.move(session, document, State.WITHDRAWN, actor=ACTOR, reason="  ")
        assert refusal.value.problems == {"reason": "required"}
        assert document.state == State.PUBLISHED


def test_each_step_writes_who_did_it_and_why(database: Database) -> None:
    with database.writing() as session:
        document = draft(session)
        workflow.move(session, document, State.PUBLISHED, actor=ACTOR)
        workflow.move(session, document, State.WITHDRAWN, actor="المدير", reason=" نسخة قديمة ")
        workflow.move(session, document, State.PUBLISHED, actor=ACTOR)
        done = [(e.actor, e.action, e.note) for e in documents.events(session, document.id)]
        assert done == [
            (ACTOR, "create", ""),
            (ACTOR, "publish", ""),
            ("المدير", "withdraw", "نسخة قديمة"),
            (ACTOR, "restore", ""),
        ]


def test_a_restored_document_keeps_its_first_day_and_loses_the_reason(database: Database) -> None:
    with database.writing() as session:
        document = draft(session)
        workflow.move(session, document, State.PUBLISHED, actor=ACTOR)
        day = document.published_at
        workflow.move(session, document, State.WITHDRAWN, actor=ACTOR, reason="نسخة قديمة")
        assert document.withdrawn_at is not None
        workflow.move(session, document, State.PUBLISHED, actor=ACTOR)
    with database.reading() as session:
        found = documents.get(session, document.id, PUBLIC)
        assert (found.published_at, found.withdrawn_at, found.withdrawn_reason) == (day, None, "")


def test_the_steps_open_from_a_state_are_those_of_the_table(database: Database) -> None:
    with database.writing() as session:
        document = draft(session)
        assert [step.action for step in workflow.steps(document)] == ["publish"]
