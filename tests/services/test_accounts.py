"""Signing in and out, links, keys for programs: from nobody to an administrator and back."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import extract_parameters
from argon2.profiles import RFC_9106_LOW_MEMORY
from sqlalchemy import event

from kb.catalog import keys, people
from kb.catalog.keys import Purpose
from kb.catalog.rights import Act, Someone
from kb.core import clock
from kb.core.errors import Conflict, Forbidden, Invalid, NotFound, SignInRefused, TooMany
from kb.core.settings import Settings
from kb.services import accounts
from kb.services.context import Services
from tests.conftest import SHIPPED
from tests.opening import house_of

GOOD = "خمس نخلات على الواد"
OTHER = "a bicycle in the rain"
BOSS = "boss@example.ma"


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    with house_of(Settings(home=tmp_path / "home")) as opened:
        yield opened


def test_a_password_is_kept_by_the_parameters_of_rfc_9106() -> None:
    kept = SHIPPED.hash(GOOD)
    assert extract_parameters(kept) == RFC_9106_LOW_MEMORY
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")


@pytest.fixture
def boss(services: Services) -> Someone:
    """The first administrator, signed in."""
    secret = accounts.first(services)
    assert secret
    visit = accounts.redeem(services, secret, GOOD, email=BOSS, name="المديرة")
    someone = accounts.who(services, visit)
    assert someone is not None
    return someone


def test_the_first_administrator_comes_by_a_link_that_is_offered_to_nobody_after(
    services: Services, boss: Someone
) -> None:
    assert boss.may(Act.PEOPLE)
    assert accounts.first(services) is None


def test_that_the_trial_is_over_is_asked_of_the_database_once(services: Services) -> None:
    assert services.trial.is_on()
    people_asked: list[str] = []
    event.listen(services.database.engine, "before_cursor_execute", lambda *a: people_asked.append(a[2]))
    secret = accounts.first(services)
    assert secret
    accounts.redeem(services, secret, GOOD, email=BOSS, name="المديرة")
    assert not services.trial.is_on()
    people_asked.clear()
    assert not services.trial.is_on()
    assert people_asked == []


def test_of_two_links_for_the_first_administrator_only_the_newer_is_good(services: Services) -> None:
    old, new = accounts.first(services), accounts.first(services)
    assert old
    assert new
    with pytest.raises(NotFound):
        accounts.redeem(services, old, GOOD, email=BOSS, name="x")
    with pytest.raises(Invalid):
        accounts.redeem(services, new, GOOD, email="no address", name="x")
    assert accounts.holder(services, new) == (Purpose.FIRST, ""), "a mistake does not use the link up"
    accounts.redeem(services, new, GOOD, email=BOSS, name="x")


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("short", "too-short"),
        ("x" * 201, "too-long"),
        ("aaaaaaaaaaaaaaa", "too-simple"),
        ("abcdefghijklmnop", "too-simple"),
        ("zyxwvutsrqpo", "too-simple"),
        ("boss is the best", "too-known"),
        ("motdepasse2024!", "too-common"),
    ],
)
def test_a_password_that_is_easily_guessed_is_refused(services: Services, password: str, problem: str) -> None:
    secret = accounts.first(services)
    assert secret
    with pytest.raises(Invalid) as wrong:
        accounts.redeem(services, secret, password, email=BOSS, name="المديرة")
    assert wrong.value.problems == {"password": problem}


def test_a_password_is_the_same_however_a_keyboard_composes_its_letters(services: Services, boss: Someone) -> None:
    accounts.change_password(services, boss, GOOD, "été en forêt à midi")
    assert accounts.sign_in(services, BOSS, "e\u0301te\u0301 en fore\u0302t a\u0300 midi")


def test_who_signs_in_is_known_until_they_sign_out(services: Services, boss: Someone) -> None:
    secret = accounts.sign_in(services, " BOSS@example.ma ", GOOD, "Firefox")
    assert accounts.who(services, secret) == boss
    accounts.sign_out(services, boss, secret)
    assert accounts.who(services, secret) is None
    assert accounts.who(services, "") is None


@pytest.mark.parametrize("email", [BOSS, "nobody@example.ma", "", "x" * 5000])
def test_wrong_password_and_unknown_address_are_refused_alike(services: Services, boss: Someone, email: str) -> None:
    with pytest.raises(SignInRefused):
        accounts.sign_in(services, email, "wrong")


@pytest.mark.parametrize("email", [BOSS, "nobody@example.ma"])
def test_the_fifth_try_must_wait_even_with_the_right_password(
    services: Services, boss: Someone, email: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = clock.now()
    monkeypatch.setattr(keys, "now", lambda: moment)
    for _ in range(4):
        with pytest.raises(SignInRefused):
            accounts.sign_in(services, email, "wrong")
    with pytest.raises(TooMany) as told:
        accounts.sign_in(services, email, GOOD)
    assert 0 < told.value.seconds <= 1


def test_an_invited_person_chooses_a_password_and_is_in(services: Services, boss: Someone) -> None:
    invited = accounts.invite(services, boss, email="new@example.ma", name="جديد", role="contributor")
    with pytest.raises(SignInRefused):
        accounts.sign_in(services, "new@example.ma", "")
    assert accounts.holder(services, invited.secret) == (Purpose.INVITE, "new@example.ma")
    visit = accounts.redeem(services, invited.secret, OTHER)
    someone = accounts.who(services, visit)
    assert someone is not None
    assert someone.may(Act.DEPOSIT)
    assert not someone.may(Act.CURATE)
    with pytest.raises(NotFound):
        accounts.redeem(services, invited.secret, GOOD)


def test_only_who_may_opens_accounts_and_changes_them(services: Services, boss: Someone) -> None:
    invited = accounts.invite(services, boss, email="c@example.ma", name="x", role="curator")
    curator = accounts.who(services, accounts.redeem(services, invited.secret, OTHER))
    assert curator is not None
    with pytest.raises(Forbidden):
        accounts.invite(services, curator, email="d@example.ma", name="x", role="reader")
    with pytest.raises(Forbidden):
        accounts.change(services, curator, curator.id, role="administrator")
    with pytest.raises(Forbidden):
        accounts.reset(services, curator, boss.id)


def test_a_new_password_ends_every_other_visit(services: Services, boss: Someone) -> None:
    elsewhere = accounts.sign_in(services, BOSS, GOOD)
    with pytest.raises(Invalid):
        accounts.change_password(services, boss, "wrong", OTHER)
    here = accounts.change_password(services, boss, GOOD, OTHER)
    assert accounts.who(services, elsewhere) is None
    assert accounts.who(services, here) == boss
    with pytest.raises(SignInRefused):
        accounts.sign_in(services, BOSS, GOOD)


def test_guessing_the_old_password_from_an_open_session_is_slowed(services: Services, boss: Someone) -> None:
    for _ in range(4):
        with pytest.raises(Invalid):
            accounts.change_password(services, boss, "wrong", OTHER)
    with pytest.raises(TooMany):
        accounts.change_password(services, boss, GOOD, OTHER)


def test_who_forgot_gets_a_link_and_nobody_learns_who_has_an_account(services: Services, boss: Someone) -> None:
    assert accounts.forgotten(services, "nobody@example.ma") is None
    link = accounts.forgotten(services, BOSS)
    assert link is not None
    assert accounts.sign_in(services, BOSS, GOOD), "the old one is good until then"
    accounts.redeem(services, link.secret, OTHER)
    assert accounts.sign_in(services, BOSS, OTHER)


def test_a_closed_account_is_out_at_once(services: Services, boss: Someone) -> None:
    invited = accounts.invite(services, boss, email="c@example.ma", name="x", role="curator")
    visit = accounts.redeem(services, invited.secret, OTHER)
    with services.database.writing() as session:
        key = keys.cut_key(session, people.get(session, invited.id), "k", [Act.CURATE], dt.timedelta(days=1))
    assert accounts.program(services, key) is not None
    accounts.change(services, boss, invited.id, active=False)
    assert accounts.who(services, visit) is None
    assert accounts.program(services, key) is None
    with pytest.raises(SignInRefused):
        accounts.sign_in(services, "c@example.ma", OTHER)
    with pytest.raises(Conflict):
        accounts.change(services, boss, boss.id, active=False)
