"""The states of a document."""

import datetime as dt

import pytest
from sqlalchemy.orm import Session

from kb.catalog import documents, workflow
from kb.catalog.access import PUBLIC
from kb.catalog.people import PersonRole
from kb.catalog.rights import Someone
from kb.catalog.tables import Document, State
from kb.catalog.workflow import TRANSITIONS
from kb.core.errors import Conflict, Forbidden, Invalid, NotFound
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
        workflow.move(session, draft(session), "forgotten", actor=ACTOR)


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
        assert [step.action for step in workflow.steps(document)] == ["submit", "publish", "discard"]


def someone(role: PersonRole, id: str = "a", body: str = "") -> Someone:
    return Someone(id, "أمينة", "a@example.ma", role, body, confined=bool(body))


def actions(who: Someone, document: Document) -> set[str]:
    return {step.action for step in workflow.open_to(who, document)}


@pytest.mark.parametrize("state", State)
def test_whoever_brings_documents_acts_on_their_own_until_they_are_submitted(database: Database, state: State) -> None:
    allowed = {
        State.DRAFT: {"submit", "discard"},
        State.SUBMITTED: {"recall"},
        State.RETURNED: {"submit", "discard"},
    }
    with database.writing() as session:
        document = documents.create(session, type="news", actor="person:a", title={"ar": "خبر"})
        document.state = state
        assert actions(someone(PersonRole.CONTRIBUTOR), document) == allowed.get(state, set())
        assert actions(someone(PersonRole.CONTRIBUTOR, "b"), document) == set()
        assert actions(someone(PersonRole.READER), document) == set()
        assert actions(someone(PersonRole.CURATOR, "b"), document) == {s.action for s in workflow.steps(document)}


def test_a_confined_curator_acts_on_documents_of_their_body_only(database: Database) -> None:
    with database.writing() as session:
        document = draft(session)
        document.organisation_id = "mtnra"
        assert actions(someone(PersonRole.CURATOR, body="mtnra"), document) != set()
        assert actions(someone(PersonRole.CURATOR, body="finance"), document) == set()
        with pytest.raises(Forbidden):
            workflow.demand(someone(PersonRole.CURATOR, body="finance"), document, State.PUBLISHED)
        session.rollback()


def test_every_step_has_somebody_who_may_take_it() -> None:
    for step in TRANSITIONS:
        assert someone(PersonRole.CURATOR).may(step.act), step


MINUTE = dt.timedelta(minutes=1)


def submitted(session: Session) -> Document:
    document = draft(session)
    workflow.move(session, document, State.SUBMITTED, actor=ACTOR)
    return document


def test_a_publication_is_undone_to_the_state_before_and_nobody_can_tell(database: Database) -> None:
    with database.writing() as session:
        document = submitted(session)
    with database.writing() as session:
        workflow.move(session, documents.load(session, document.id), State.PUBLISHED, actor=ACTOR)
    with database.writing() as session:
        document = documents.load(session, document.id)
        workflow.undo(session, document, actor=ACTOR, within=MINUTE)
        assert (document.state, document.published_at) == (State.SUBMITTED, None)
    with database.reading() as session, pytest.raises(NotFound):
        documents.get(session, document.id, PUBLIC)


def test_a_publication_is_undone_for_a_short_while_only(database: Database) -> None:
    with database.writing() as session:
        document = submitted(session)
    with database.writing() as session:
        workflow.move(session, documents.load(session, document.id), State.PUBLISHED, actor=ACTOR)
    with database.writing() as session, pytest.raises(Conflict):
        workflow.undo(session, documents.load(session, document.id), actor=ACTOR, within=dt.timedelta(0))


def test_what_was_restored_is_not_undone(database: Database) -> None:
    with database.writing() as session:
        document = draft(session)
    for state in (State.PUBLISHED, State.WITHDRAWN, State.PUBLISHED):
        with database.writing() as session:
            document = documents.load(session, document.id)
            workflow.move(session, document, state, actor=ACTOR, reason="خطأ")
    with database.reading() as session:
        assert workflow.undoable(session, documents.load(session, document.id), MINUTE) is None
