"""Signing in with a password and a code, as a person does it, without scripts."""

import re
from collections.abc import Iterator
from typing import Final

import pytest

from kb.app import open_services
from kb.catalog import one_time, people
from kb.core import clock
from kb.core.settings import Settings
from kb.services import accounts
from kb.services.context import Services
from kb.services.entering import StepOwed
from kb.web.site import create_site
from tests.visited import Browser

OWN: Final = {"Origin": "http://testserver"}
PASSWORD: Final = "خمس نخلات على الواد"
STEP: Final = "/ar/sign-in/second-step"
MINE: Final = "/ar/profile/second-step"


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """A library whose administrators must have a second factor."""
    home = tmp_path_factory.mktemp("steps") / "home"
    with open_services(Settings(home=home, second_factor_roles=("administrator",))) as opened:
        yield opened


@pytest.fixture
def visitor(services: Services) -> Browser:
    return Browser(create_site(services), client=("127.0.0.1", 5), follow_redirects=False, headers=OWN)


def invited(services: Services, role: str) -> str:
    email = f"{clock.new_id()}@example.ma"
    link = accounts.invite(services, "test", email=email, name="اسم", role=role)
    try:
        accounts.redeem(services, link.secret, PASSWORD)
    except StepOwed:
        assert role == "administrator"
    return email


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert found, page
    return found[1]


def letters(page: str) -> str:
    """Return the secret as the page spells it out for who cannot read a square."""
    found = re.search(r"<code><bdi dir=\"ltr\">([A-Z2-7 ]{39})</bdi>", page)
    assert found, page
    return found[1].replace(" ", "")


def code(secret: str, steps: int = 0) -> str:
    moment = clock.now()
    return one_time.code_at(secret, moment.fromtimestamp(moment.timestamp() + 30 * steps, moment.tzinfo))


def recovery(page: str) -> list[str]:
    return re.findall(r"<bdi dir=\"ltr\">([A-Z2-7]{4}(?:-[A-Z2-7]{4}){5})</bdi>", page)


def test_whose_role_asks_for_it_is_led_to_set_it_and_comes_to_where_they_were(
    services: Services, visitor: Browser
) -> None:
    email = invited(services, "administrator")
    answer = visitor.post("/ar/sign-in", data={"email": email, "password": PASSWORD, "next": "/ar/people"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{STEP}?next=%2Far%2Fpeople")
    assert visitor.get("/ar/people").status_code == 303, "nothing else is open"
    page = visitor.get(answer.headers["location"]).text
    assert 'class="square"' in page
    secret, sealed = letters(page), hidden(page, "sealed")
    wrong = visitor.post(STEP, data={"code": "000000", "sealed": sealed, "next": "/ar/people"})
    assert wrong.status_code == 422
    assert letters(wrong.text) == secret, "a typing slip does not cost the square that was read"
    done = visitor.post(STEP, data={"code": code(secret), "sealed": hidden(wrong.text, "sealed"), "next": "/ar/people"})
    assert done.status_code == 200
    assert len(recovery(done.text)) == 10
    assert 'href="/ar/people"' in done.text
    assert done.headers["cache-control"] == "private, no-store"
    assert visitor.get("/ar/people").status_code == 200


def test_it_is_set_asked_for_and_taken_off_by_its_owner(services: Services, visitor: Browser) -> None:
    email = invited(services, "curator")
    given = {"email": email, "password": PASSWORD}
    assert visitor.post("/ar/sign-in", data=given).headers["location"] == "/ar/profile"
    page = visitor.get(MINE).text
    secret = letters(page)
    answer = visitor.post(
        MINE,
        data={
            "csrf": hidden(page, "csrf"),
            "sealed": hidden(page, "sealed"),
            "password": PASSWORD,
            "code": code(secret),
        },
    )
    codes = recovery(answer.text)
    assert len(codes) == 10
    page = visitor.get(MINE).text
    assert not recovery(page)
    assert secret not in page
    visitor.cookies.clear()
    assert visitor.post("/ar/sign-in", data=given).headers["location"] == STEP
    asked = visitor.get(STEP).text
    assert 'autocomplete="one-time-code"' in asked
    assert 'class="square"' not in asked
    answer = visitor.post(STEP, data={"code": code(secret, 1), "next": "/ar/desk"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/ar/desk")
    token = hidden(visitor.get(MINE).text, "csrf")
    off = {"csrf": token, "password": PASSWORD, "code": codes[0]}
    assert visitor.post(f"{MINE}/off", data=off).headers["location"] == MINE
    assert letters(visitor.get(MINE).text) != secret


def test_new_codes_for_paper_are_shown_once(services: Services, visitor: Browser) -> None:
    email = invited(services, "reader")
    visitor.post("/ar/sign-in", data={"email": email, "password": PASSWORD})
    page = visitor.get(MINE).text
    given = {"csrf": hidden(page, "csrf"), "sealed": hidden(page, "sealed"), "password": PASSWORD}
    first = recovery(visitor.post(MINE, data={**given, "code": code(letters(page))}).text)
    token = hidden(visitor.get(MINE).text, "csrf")
    answer = visitor.post(f"{MINE}/codes", data={"csrf": token, "password": PASSWORD, "code": first[0]})
    assert len(set(recovery(answer.text)) - set(first)) == 10
    again = visitor.post(f"{MINE}/codes", data={"csrf": token, "password": PASSWORD, "code": first[1]})
    assert again.status_code == 422


def test_without_a_right_password_before_it_the_page_of_the_code_leads_to_the_password(visitor: Browser) -> None:
    assert visitor.get(STEP).headers["location"] == "/ar/sign-in"
    assert visitor.post(STEP, data={"code": "123456"}).status_code == 401
    visitor.cookies.set("half", "x" * 43)
    assert visitor.get(STEP).headers["location"] == "/ar/sign-in"


def test_what_was_typed_into_a_form_that_came_too_late_comes_through_both_steps(
    services: Services, visitor: Browser
) -> None:
    email = invited(services, "administrator")
    typed = {"typed.name": "متأخر <b>", "next": "/ar/people"}
    asked = visitor.post("/ar/sign-in", data={"email": email, "password": PASSWORD, **typed})
    assert asked.status_code == 200
    assert "متأخر &lt;b&gt;" in asked.text
    done = visitor.post(STEP, data={"code": code(letters(asked.text)), "sealed": hidden(asked.text, "sealed"), **typed})
    assert len(recovery(done.text)) == 10
    assert '<form action="/ar/people"' in done.text
    assert 'name="name" value="متأخر &lt;b&gt;"' in done.text


def test_guessing_of_codes_is_slowed(services: Services, visitor: Browser) -> None:
    email = invited(services, "administrator")
    visitor.post("/ar/sign-in", data={"email": email, "password": PASSWORD})
    sealed = hidden(visitor.get(STEP).text, "sealed")
    tries = [visitor.post(STEP, data={"code": f"{n:06}", "sealed": sealed}) for n in range(6)]
    assert [answer.status_code for answer in tries] == [422] * 4 + [429] * 2
    assert int(tries[-1].headers["Retry-After"]) >= 1


def test_an_administrator_takes_it_off_who_lost_it(services: Services, visitor: Browser) -> None:
    boss = invited(services, "administrator")
    visitor.post("/ar/sign-in", data={"email": boss, "password": PASSWORD})
    page = visitor.get(STEP).text
    visitor.post(STEP, data={"code": code(letters(page)), "sealed": hidden(page, "sealed")})
    with services.database.reading() as session:
        person = people.by_email(session, boss)
        assert person
        id = person.id
    page = visitor.get(f"/ar/people/{id}").text
    assert f'action="/ar/people/{id}/second-step"' in page
    answer = visitor.post(f"/ar/people/{id}/second-step", data={"csrf": hidden(page, "csrf")})
    assert answer.status_code == 303
    assert visitor.get("/ar/people").status_code == 303, "whoever was in under that account is out"


def test_the_key_of_a_program_opens_nothing_of_the_account_itself(services: Services, visitor: Browser) -> None:
    visitor.post("/ar/sign-in", data={"email": invited(services, "curator"), "password": PASSWORD})
    token = hidden(visitor.get("/ar/profile").text, "csrf")
    made = visitor.post("/ar/profile/keys", data={"csrf": token, "key": "k", "days": "30"}).text
    [key] = re.findall(r"kb_[A-Za-z0-9_-]{43}", made)
    visitor.cookies.clear()
    token = visitor.token()
    visitor.headers["Authorization"] = f"Bearer {key}"
    new = {"old": PASSWORD, "password": "سبع نخلات على الواد", "again": "سبع نخلات على الواد"}
    for path in ("", "/password", "/sessions", "/keys", "/keys/revoke", "/second-step/codes", "/second-step/off"):
        answer = visitor.post(f"/ar/profile{path}", data={"csrf": token, "name": "x", "language": "ar", **new})
        assert answer.status_code == 403, path
        assert "session" not in visitor.cookies, path
    for path in ("", "/second-step"):
        assert visitor.get(f"/ar/profile{path}").status_code == 403, path


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_pages_speak_each_language(services: Services, visitor: Browser, language: str) -> None:
    email = invited(services, "administrator")
    visitor.post(f"/{language}/sign-in", data={"email": email, "password": PASSWORD})
    page = visitor.get(f"/{language}/sign-in/second-step").text
    assert not re.search(r">\s*(factor|recovery|account)\.[a-z.-]+\s*<", page)
    assert f'lang="{language}"' in page
