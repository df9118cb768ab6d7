"""Persons, their roles and what opens the house to them."""

import datetime as dt
from threading import Thread

import pytest
from sqlalchemy import select

from kb.catalog import keys, people
from kb.catalog import vocabulary as vocabularies
from kb.catalog.keys import Purpose
from kb.catalog.organisations import install
from kb.catalog.people import ROLES, Person, PersonRole
from kb.catalog.rights import LEAST, Act, Someone
from kb.catalog.tables import Event
from kb.core import clock
from kb.core.errors import Conflict, Invalid, NotFound
from kb.db.database import Database

HOUR = dt.timedelta(hours=1)


def add(database: Database, email: str = "amina@example.ma", role: str = "curator", **more: object) -> str:
    with database.writing() as session:
        if more.get("organisation_id"):
            install(session, vocabularies.load().organisations.values())
        return people.create(session, email=email, name="أمينة", role=role, actor="test", **more).id


def later(monkeypatch: pytest.MonkeyPatch, by: dt.timedelta) -> None:
    moment = clock.now() + by
    for module in (keys, people):
        monkeypatch.setattr(module, "now", lambda: moment)


def test_an_address_is_one_account_however_its_letters_are_written(database: Database) -> None:
    add(database, "Amina@Example.MA")
    with pytest.raises(Conflict):
        add(database, " amina@example.ma ")


@pytest.mark.parametrize("email", ["", "amina", "amina@", "a b@c.ma", "a@b@c", "x@y\r\nBcc: z", "<a@b.ma>"])
def test_what_is_no_address_opens_no_account(database: Database, email: str) -> None:
    with pytest.raises(Invalid) as wrong:
        add(database, email)
    assert set(wrong.value.problems) == {"email"}
    with database.reading() as session:
        assert people.everybody(session) == []


def test_every_problem_of_an_account_is_told_at_once(database: Database) -> None:
    with pytest.raises(Invalid) as wrong, database.writing() as session:
        people.create(session, email="x", name=" ", role="king", actor="t", organisation_id="nobody", language="xx")
    assert set(wrong.value.problems) == {"email", "name", "role", "organisation", "language"}


def test_who_is_confined_belongs_to_a_body(database: Database) -> None:
    with pytest.raises(Invalid):
        add(database, confined=True)
    add(database, confined=True, organisation_id="mtnra")


def test_the_last_administrator_stays_one(database: Database) -> None:
    first = add(database, role="administrator")
    with database.writing() as session:
        for change in ({"role": "reader"}, {"active": False}):
            with pytest.raises(Conflict):
                people.edit(session, people.get(session, first), actor="t", **change)
    add(database, "second@example.ma", "administrator")
    with database.writing() as session:
        people.edit(session, people.get(session, first), actor="t", role="reader")
        assert people.administrators(session) == 1


def test_each_change_of_an_account_is_in_the_trace(database: Database) -> None:
    id = add(database)
    with database.writing() as session:
        people.edit(session, people.get(session, id), actor="boss", role="reader", name="أمينة")
    with database.reading() as session:
        told = [(event.actor, event.action, event.note) for event in session.scalars(select(Event).order_by(Event.id))]
    assert told == [
        ("test", "person.create", f"{id} curator"),
        ("boss", "person.edit", f"{id} role: curator > reader"),
    ]


def test_a_visit_ends_when_it_is_not_used_and_when_its_time_is_over(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = add(database)
    with database.writing() as session:
        secret = keys.begin(session, people.get(session, id), lasts=3 * HOUR, agent="x" * 900)
    with database.reading() as session:
        assert keys.visit(session, secret, HOUR) is not None
        assert keys.visit(session, secret + "x", HOUR) is None
        assert session.scalars(select(keys.Visit.id)).one() != secret, "only a digest is kept"
        later(monkeypatch, 2 * HOUR)
        assert keys.visit(session, secret, HOUR) is None
        assert keys.visit(session, secret, 9 * HOUR) is not None
        later(monkeypatch, 4 * HOUR)
        assert keys.visit(session, secret, 9 * HOUR) is None


def test_a_closed_account_has_no_visit_and_no_key(database: Database) -> None:
    id = add(database)
    with database.writing() as session:
        person = people.get(session, id)
        secret = keys.begin(session, person, lasts=HOUR, agent="")
        key = keys.cut_key(session, person, "harvester", [Act.DEPOSIT], HOUR)
    with database.writing() as session:
        assert keys.api_key(session, key) is not None
        people.edit(session, people.get(session, id), actor="t", active=False)
    with database.reading() as session:
        assert keys.visit(session, secret, HOUR) is None
        assert keys.api_key(session, key) is None


def test_a_key_can_be_revoked_by_its_owner_alone(database: Database) -> None:
    mine, other = add(database), add(database, "o@example.ma")
    with database.writing() as session:
        secret = keys.cut_key(session, people.get(session, mine), "harvester", [], HOUR)
        [key] = keys.api_keys(session, mine)
        with pytest.raises(NotFound):
            keys.revoke(session, other, key.id)
        assert keys.api_key(session, secret) is not None
        keys.revoke(session, mine, key.id)
    with database.reading() as session:
        assert keys.api_key(session, secret) is None
        assert keys.api_keys(session, mine) == []


def test_a_link_serves_once_and_a_newer_one_voids_it(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    id = add(database)
    with database.writing() as session:
        person = people.get(session, id)
        old = keys.cut_link(session, Purpose.INVITE, person, HOUR)
        new = keys.cut_link(session, Purpose.RESET, person, HOUR)
    with database.writing() as session:
        with pytest.raises(NotFound):
            keys.link(session, old)
        link = keys.link(session, new)
        keys.use(session, link)
        with pytest.raises(Conflict):
            keys.use(session, link)
    with database.writing() as session:
        with pytest.raises(NotFound):
            keys.link(session, new)
        last = keys.cut_link(session, Purpose.RESET, people.get(session, id), HOUR)
        later(monkeypatch, 2 * HOUR)
        with pytest.raises(NotFound):
            keys.link(session, last)


def test_after_four_failures_each_try_waits_longer_up_to_a_minute(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = []
    moment = clock.now()
    monkeypatch.setattr(keys, "now", lambda: moment)
    for _ in range(12):
        with database.writing() as session:
            waits.append(keys.wait(session, "nobody@example.ma"))
            keys.failed(session, "nobody@example.ma")
    assert waits == [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60]
    with database.writing() as session:
        keys.succeeded(session, "nobody@example.ma")
        assert keys.wait(session, "nobody@example.ma") == 0


def test_a_try_waits_for_one_that_is_being_counted(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = clock.now()
    monkeypatch.setattr(keys, "now", lambda: moment)
    waits = []

    def attempt() -> None:
        with database.writing() as session:
            waits.append(keys.wait(session, "nobody@example.ma"))

    with database.writing() as session:
        for _ in range(3):
            keys.failed(session, "nobody@example.ma")
    other = Thread(target=attempt)
    with database.writing() as session:
        assert keys.wait(session, "nobody@example.ma") == 0
        other.start()
        other.join(0.3)  # time enough to read what is not counted yet
        keys.failed(session, "nobody@example.ma")
    other.join()
    assert waits == [1]


@pytest.mark.parametrize("act", Act)
def test_each_act_is_allowed_from_its_least_role_on(act: Act) -> None:
    allowed = [role for role in ROLES if Someone("x", "n", "e", role).may(act)]
    assert allowed == list(ROLES[ROLES.index(LEAST[act]) :])


def test_who_is_confined_acts_on_their_own_body_only() -> None:
    curator = Someone("x", "n", "e", PersonRole.CURATOR, organisation="mtnra", confined=True)
    assert curator.may_with(Act.CURATE, "mtnra")
    assert not curator.may_with(Act.CURATE, "other")
    assert not curator.may_with(Act.CURATE, None)


def test_a_key_never_allows_more_than_its_scopes_nor_than_its_owner() -> None:
    narrow = Someone("x", "n", "e", PersonRole.CURATOR, scopes=frozenset({Act.DEPOSIT, Act.PEOPLE}))
    assert [act for act in Act if narrow.may(act)] == [Act.DEPOSIT]


def test_persons_are_found_by_how_events_name_them(database: Database) -> None:
    id = add(database)
    with database.reading() as session:
        assert people.names(session, {f"person:{id}", "operator", "person:gone"}) == {f"person:{id}": "أمينة"}
        assert session.get_one(Person, id).role == PersonRole.CURATOR
