"""The second step of a sign-in: set, asked for, lost and taken away."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from kb.app import open_services
from kb.catalog import keys, one_time, passwords, people, second_factor
from kb.catalog.people import ROLES, Person
from kb.catalog.rights import Someone
from kb.catalog.second_factor import HalfVisit, RecoveryCode, SecondFactor
from kb.catalog.tables import Event
from kb.core import clock
from kb.core.errors import Conflict, Forbidden, Invalid, SignInNeeded, TooMany
from kb.core.settings import Settings
from kb.services import accounts, entering, forgetting, own_factor, proving, second_step, single_sign_on
from kb.services.context import Services
from kb.services.entering import Owes, StepOwed
from kb.services.provider import Identity

GOOD = "خمس نخلات على الواد"


class Clock:
    """The moment it is, to those who compare codes and count tries."""

    def __init__(self) -> None:
        self.moment = clock.now()

    def __call__(self) -> dt.datetime:
        return self.moment

    def later(self, seconds: float) -> None:
        self.moment += dt.timedelta(seconds=seconds)


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Clock:
    moment = Clock()
    for module in (keys, second_factor, proving):
        monkeypatch.setattr(module, "now", moment)
    return moment


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """A library whose administrators must have a second factor."""
    home = tmp_path_factory.mktemp("second") / "home"
    with open_services(Settings(home=home, second_factor_roles=("administrator",))) as opened:
        yield opened


@dataclass
class One:
    """A person with a password, and what their application holds."""

    services: Services
    email: str
    secret: str = ""
    codes: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return forgetting.number_of(self.services, self.email)

    @property
    def someone(self) -> Someone:
        found = accounts.known(self.services, people.actor_of(self.id))
        assert found
        return found

    def half(self) -> str:
        """Return the secret of what is owed by who gave the password."""
        with self.services.database.writing() as session:
            entered = entering.enter(self.services, session, people.get(session, self.id), "")
        with pytest.raises(StepOwed):
            entered.visit()
        return entered.secret

    def code(self, time: Clock) -> str:
        return one_time.code_at(self.secret, time())

    def set_up(self, time: Clock) -> "One":
        offer = proving.offer(self.services, self.id, self.email)
        self.secret = offer.secret
        step = one_time.step_of(self.secret, self.code(time), time())
        assert step is not None
        with self.services.database.writing() as session:
            self.codes = second_step.put(self.services, session, people.get(session, self.id), self.secret, step)
        time.later(30)
        return self


@pytest.fixture(scope="module")
def kept() -> str:
    """What is kept of everybody's password: it is made once, for what it costs."""
    return passwords.digest(GOOD)


@pytest.fixture
def one(house: Services, request: pytest.FixtureRequest, kept: str) -> One:
    return made(house, kept, getattr(request, "param", "curator"))


def made(house: Services, kept: str, role: str = "curator") -> One:
    email = f"{clock.new_id()}@example.ma"
    with house.database.writing() as session:
        people.create(session, email=email, name="اسم", role=role, actor="test").password = kept
    return One(house, email)


def told(services: Services, id: str) -> list[str]:
    with services.database.reading() as session:
        query = select(Event.action).where(Event.note.startswith(id)).order_by(Event.id)
        return [action.rpartition(".")[2] for action in session.scalars(query) if "second-factor" in action]


def test_who_has_set_it_gets_in_by_password_and_code(one: One, time: Clock) -> None:
    one.set_up(time)
    with pytest.raises(StepOwed) as owed:
        accounts.sign_in(one.services, one.email, GOOD)
    half = owed.value.secret
    assert accounts.who(one.services, half) is None, "a half visit opens nothing"
    proved = second_step.pass_through(one.services, half, one.code(time))
    someone = accounts.who(one.services, proved.visit)
    assert someone is not None
    assert someone.email == one.email
    assert second_step.owing(one.services, half) is None, "a half visit serves once"


def test_setting_it_ends_what_was_open_before(one: One, time: Clock) -> None:
    before = accounts.sign_in(one.services, one.email, GOOD)
    offer = proving.offer(one.services, one.id, one.email)
    code = one_time.code_at(offer.secret, time())
    proved = own_factor.enrol(one.services, one.someone, GOOD, offer.sealed, code)
    assert len(proved.codes) == second_factor.CODES
    assert accounts.who(one.services, before) is None
    assert accounts.who(one.services, proved.visit)


def test_a_code_serves_once_and_an_earlier_one_not_after_it(one: One, time: Clock) -> None:
    one.set_up(time)
    time.later(60)
    earlier, code = one_time.code_at(one.secret, time() - dt.timedelta(seconds=30)), one.code(time)
    second_step.pass_through(one.services, one.half(), code)
    half = one.half()
    for spent in (code, earlier):
        with pytest.raises(Invalid):
            second_step.pass_through(one.services, half, spent)
    time.later(30)
    assert second_step.pass_through(one.services, half, one.code(time))


def test_the_code_that_proved_the_application_does_not_open_the_door(one: One, time: Clock) -> None:
    code = one.set_up(time).code(time)
    time.later(-30)
    assert one.code(time) != code
    with pytest.raises(Invalid):
        second_step.pass_through(one.services, one.half(), one.code(time))


def test_digits_of_any_script_and_spaces_are_the_same_code(one: One, time: Clock) -> None:
    one.set_up(time)
    arabic = one.code(time).translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    assert second_step.pass_through(one.services, one.half(), f" {arabic[:3]} {arabic[3:]} ")


def test_a_code_on_paper_serves_once_however_it_is_written(one: One, time: Clock) -> None:
    one.set_up(time)
    assert len(set(one.codes)) == second_factor.CODES
    written = one.codes[3].lower().replace("-", " ").replace("o", "0")
    assert second_step.pass_through(one.services, one.half(), written)
    with pytest.raises(Invalid):
        second_step.pass_through(one.services, one.half(), one.codes[3])
    assert own_factor.standing(one.services, one.someone).left == second_factor.CODES - 1
    assert told(one.services, one.id) == ["set", "paper"]


def test_a_code_on_paper_of_somebody_else_opens_nothing(house: Services, one: One, kept: str, time: Clock) -> None:
    one.set_up(time)
    other = made(house, kept).set_up(time)
    with pytest.raises(Invalid):
        second_step.pass_through(house, one.half(), other.codes[0])


def test_nothing_of_a_secret_or_a_code_is_in_the_database_as_it_is(one: One, time: Clock) -> None:
    one.set_up(time)
    with one.services.database.reading() as session:
        kept = session.get_one(SecondFactor, one.id).secret
        digests = list(session.scalars(select(RecoveryCode.id).where(RecoveryCode.person_id == one.id)))
    assert one.secret not in kept
    assert all(re.fullmatch("[0-9a-f]{64}", digest) for digest in digests)


def test_guessing_is_slowed_as_that_of_passwords_is(one: One, time: Clock) -> None:
    one.set_up(time)
    for _ in range(4):
        with pytest.raises(Invalid):
            second_step.pass_through(one.services, one.half(), "000000")
    with pytest.raises(TooMany):
        second_step.pass_through(one.services, one.half(), one.code(time))
    time.later(60)
    assert second_step.pass_through(one.services, one.half(), one.code(time))
    assert second_step.pass_through(one.services, one.half(), one.codes[0]), "the count is forgotten"


def test_a_half_visit_ends_by_itself_and_with_the_account(one: One, time: Clock) -> None:
    one.set_up(time)
    half, other = one.half(), one.half()
    time.later(second_factor.HALF_LASTS.total_seconds() + 1)
    with pytest.raises(SignInNeeded):
        second_step.pass_through(one.services, half, one.code(time))
    half = one.half()
    with one.services.database.reading() as session:
        assert session.get(HalfVisit, keys.digest(other)) is None, "what is over is swept"
    accounts.change(one.services, "test", one.id, active=False)
    with pytest.raises(SignInNeeded):
        second_step.pass_through(one.services, half, one.code(time))


@pytest.mark.parametrize("one", ["administrator"], indirect=True)
def test_whose_role_asks_for_it_sets_it_before_anything_else(one: One, time: Clock) -> None:
    half = one.half()
    owing = second_step.owing(one.services, half)
    assert owing is not None
    assert owing.owes is Owes.ENROLMENT
    with pytest.raises(SignInNeeded):
        second_step.pass_through(one.services, half, "123456")
    offer = proving.offer(one.services, one.id, one.email)
    one.secret = offer.secret
    with pytest.raises(Invalid):
        second_step.enrol_through(one.services, half, offer.sealed, "000000")
    assert proving.again(one.services, one.id, one.email, offer.sealed).secret == offer.secret
    proved = second_step.enrol_through(one.services, half, offer.sealed, one.code(time))
    assert len(proved.codes) == second_factor.CODES
    assert accounts.who(one.services, proved.visit)
    with pytest.raises(Invalid) as refused:
        own_factor.switch_off(one.services, one.someone, GOOD, proved.codes[0])
    assert refused.value.problems == {"code": "factor-required"}


def test_who_has_one_already_sets_no_other_by_the_password_alone(one: One, time: Clock) -> None:
    one.set_up(time)
    offer = proving.offer(one.services, one.id, one.email)
    with pytest.raises(SignInNeeded):
        second_step.enrol_through(one.services, one.half(), offer.sealed, one_time.code_at(offer.secret, time()))


@pytest.mark.parametrize("typed", ["رمز", "é23456", "1234567", ""])
def test_what_is_no_code_at_all_is_a_wrong_one(one: One, time: Clock, typed: str) -> None:
    offer = proving.offer(one.services, one.id, one.email)
    with pytest.raises(Invalid) as refused:
        own_factor.enrol(one.services, one.someone, GOOD, offer.sealed, typed)
    assert refused.value.problems == {"code": "wrong-code"}
    one.set_up(time)
    with pytest.raises(Invalid):
        second_step.pass_through(one.services, one.half(), typed)


def test_an_offer_of_before_replaces_none_that_is_set(one: One, time: Clock) -> None:
    offer = proving.offer(one.services, one.id, one.email)
    one.set_up(time)
    with pytest.raises(Conflict):
        own_factor.enrol(one.services, one.someone, GOOD, offer.sealed, one_time.code_at(offer.secret, time()))
    assert second_step.pass_through(one.services, one.half(), one.code(time))


def test_who_is_given_a_role_that_asks_for_it_sets_it_before_they_go_on(one: One, time: Clock) -> None:
    with one.services.database.writing() as session:
        visit = entering.welcome(one.services, session, people.get(session, one.id), "")
    accounts.change(one.services, "test", one.id, name="اسم آخر", role="curator")
    assert accounts.who(one.services, visit)
    accounts.change(one.services, "test", one.id, role="administrator")
    assert accounts.who(one.services, visit) is None
    owing = second_step.owing(one.services, one.half())
    assert owing
    assert owing.owes is Owes.ENROLMENT


def test_an_offer_is_for_one_person_and_an_hour(one: One, time: Clock, house: Services) -> None:
    theirs = proving.offer(house, "somebody-e", "else@example.ma")
    with pytest.raises(Invalid) as refused:
        own_factor.enrol(house, one.someone, GOOD, theirs.sealed, one_time.code_at(theirs.secret, time()))
    assert refused.value.problems == {"code": "offer-is-old"}
    for wrong in ("", "x" * 50, theirs.sealed):
        assert proving.again(house, one.id, one.email, wrong).secret != theirs.secret


def test_one_s_own_is_changed_only_by_who_knows_the_password(one: One, time: Clock) -> None:
    one.set_up(time)
    offer = proving.offer(one.services, one.id, one.email)
    tries = (
        lambda: own_factor.renew(one.services, one.someone, "wrong", one.code(time)),
        lambda: own_factor.switch_off(one.services, one.someone, "wrong", one.code(time)),
        lambda: own_factor.enrol(
            one.services, one.someone, "wrong", offer.sealed, one_time.code_at(offer.secret, time())
        ),
    )
    for attempt in tries:
        with pytest.raises(Invalid) as refused:
            attempt()
        assert refused.value.problems == {"password": "wrong"}


def test_new_codes_on_paper_void_the_old_and_switching_off_needs_a_code(one: One, time: Clock) -> None:
    one.set_up(time)
    with pytest.raises(Invalid):
        own_factor.renew(one.services, one.someone, GOOD, "000000")
    codes = own_factor.renew(one.services, one.someone, GOOD, one.code(time))
    with pytest.raises(Invalid):
        own_factor.switch_off(one.services, one.someone, GOOD, one.codes[0])
    visit = own_factor.switch_off(one.services, one.someone, GOOD, codes[0]).visit
    assert accounts.who(one.services, visit)
    assert own_factor.standing(one.services, one.someone).since is None
    assert told(one.services, one.id) == ["set", "renewed", "paper", "off"]


def test_an_administrator_takes_it_away_and_who_was_in_is_out(one: One, time: Clock) -> None:
    one.set_up(time)
    visit = second_step.pass_through(one.services, one.half(), one.code(time)).visit
    half = one.half()
    with pytest.raises(Forbidden):
        own_factor.reset(one.services, one.someone, one.id)
    assert own_factor.reset(one.services, "operator", one.id)
    assert accounts.who(one.services, visit) is None
    assert second_step.owing(one.services, half) is None
    assert own_factor.standing(one.services, one.someone).since is None
    assert not own_factor.reset(one.services, "operator", one.id)
    assert told(one.services, one.id) == ["set", "reset"]


def test_a_link_for_a_new_password_does_not_go_round_it(one: One, time: Clock) -> None:
    one.set_up(time)
    link = accounts.reset(one.services, "test", one.id)
    with pytest.raises(StepOwed) as owed:
        accounts.redeem(one.services, link.secret, "une autre phrase entière")
    assert second_step.pass_through(one.services, owed.value.secret, one.code(time))


def test_whom_the_provider_vouches_for_is_asked_for_nothing_more(one: One, time: Clock) -> None:
    one.set_up(time)
    visit = single_sign_on.enter(one.services, Identity(one.email, True, "x", frozenset()))
    assert accounts.who(one.services, visit)


def test_of_who_is_forgotten_nothing_of_it_is_left(one: One, time: Clock) -> None:
    one.set_up(time)
    one.half()
    id = one.id
    accounts.change(one.services, "test", id, active=False)
    forgetting.forget(one.services, "test", id)
    with one.services.database.reading() as session:
        for rows in (SecondFactor, RecoveryCode, HalfVisit):
            assert session.scalars(select(rows).where(rows.person_id == id)).all() == []


def test_without_the_key_codes_of_the_application_do_not_serve_and_those_on_paper_do(
    one: One, time: Clock, tmp_path: Path
) -> None:
    one.set_up(time)
    key = one.services.settings.second_factor_key
    before = own_factor.counts(one.services)
    key.rename(tmp_path / "key")
    try:
        assert own_factor.counts(one.services)[1] == before[0] > 0
        with pytest.raises(Invalid):
            second_step.pass_through(one.services, one.half(), one.code(time))
        assert second_step.pass_through(one.services, one.half(), one.codes[0])
    finally:
        (tmp_path / "key").rename(key)
    assert own_factor.counts(one.services) == before


def test_a_person_is_shown_with_it(one: One, time: Clock) -> None:
    with one.services.database.reading() as session:
        assert session.get_one(Person, one.id).active
    assert own_factor.standing(one.services, one.someone).since is None
    one.set_up(time)
    assert own_factor.standing(one.services, one.someone).since is not None


@pytest.mark.parametrize("wrong", ["chief", "curator,chief", "Curator"])
def test_a_setting_that_names_no_role_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="no role: "):
        Settings(second_factor_roles=tuple(wrong.split(",")))


def test_the_roles_that_settings_know_are_those_of_persons() -> None:
    assert Settings(second_factor_roles=ROLES).second_factor_roles == ROLES
