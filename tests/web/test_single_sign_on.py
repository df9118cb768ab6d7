"""Signing in by a real provider of identities, and every way in which that does not open the door."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, urlsplit

import pytest

from kb.app import open_services
from kb.catalog import people
from kb.catalog.people import PersonRole
from kb.core.settings import Settings
from kb.services import accounts
from kb.services.context import Services
from kb.web.site import create_site
from tests import identities
from tests.visited import Browser
from tests.waiting import free_port

BOSS, GUEST = "boss@example.ma", "guest@example.ma"
PASSWORD = "خمس نخلات على الواد"


@dataclass(frozen=True)
class Place:
    services: Services

    def browser(self, **changes: object) -> Browser:
        """A new browser at a site whose settings differ so."""
        services = replace(self.services, settings=self.services.settings.model_copy(update=changes))
        return Browser(create_site(services), headers={"Origin": "http://testserver"}, follow_redirects=False)

    def role(self, email: str) -> str:
        with self.services.database.reading() as session:
            person = people.by_email(session, email)
            return f"{person.role}@{person.organisation_id or ''}" if person else ""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with identities.running("http://testserver/sign-in/return", "http://testserver/ar/") as issuer:
        settings = Settings(
            home=tmp_path_factory.mktemp("sso") / "home",
            oidc_issuer=issuer,
            oidc_client_id="rassid",
            oidc_client_secret=identities.SECRET,
            oidc_claim="groups",
            oidc_roles=("chiefs=curator@mtnra", "masters=administrator"),
        )
        with open_services(settings) as services:
            invited = accounts.invite(services, "test", email=BOSS, name="المديرة", role="administrator")
            accounts.redeem(services, invited.secret, PASSWORD)
            accounts.invite(services, "test", email=GUEST, name="ضيف", role="contributor")
            yield Place(services)


def come_back(browser: Browser, login: str, onward: str = "", *, refuse: bool = False) -> str:
    """Go to the provider and sign in there; return the path by which the browser is sent back."""
    sent = browser.get("/ar/sign-in/provider", params={"next": onward} if onward else {})
    assert sent.status_code == 303, sent.text
    address = urlsplit(identities.sign_in(sent.headers["location"], login, refuse=refuse))
    assert f"{address.scheme}://{address.netloc}" == "http://testserver"
    return f"{address.path}?{address.query}"


def test_somebody_invited_is_let_in_without_a_password_and_comes_to_where_they_were(place: Place) -> None:
    browser = place.browser()
    assert 'href="/ar/sign-in/provider?next=/ar/profile"' in browser.get("/ar/sign-in?next=/ar/profile").text
    browser.cookies.set("session", "planted")
    before = browser.cookies["session"]
    answer = browser.get(come_back(browser, GUEST, "/ar/profile"))
    assert (answer.status_code, answer.headers["location"]) == (303, "/ar/profile")
    session, other = sorted(answer.headers.get_list("set-cookie"), key=lambda cookie: not cookie.startswith("session="))
    assert re.fullmatch(r"session=[\w-]{43}; Path=/; HttpOnly; SameSite=Lax", session)
    assert before not in session, "a session that was planted before is of no use"
    assert other.startswith("provider=; "), "what was kept for the way is taken away"
    fresh = place.browser()
    fresh.cookies.set("session", session.partition(";")[0].removeprefix("session="))
    assert GUEST in fresh.get("/ar/profile").text


def test_the_browser_is_sent_with_pkce_state_and_nonce_and_no_secret(place: Place) -> None:
    sent = place.browser().get("/ar/sign-in/provider")
    asked = parse_qs(urlsplit(sent.headers["location"]).query)
    assert asked["response_type"] == ["code"]
    assert asked["code_challenge_method"] == ["S256"]
    assert all(len(asked[name][0]) >= 32 for name in ("state", "nonce", "code_challenge"))
    assert identities.SECRET not in sent.headers["location"]
    [cookie] = sent.headers.get_list("set-cookie")
    assert "HttpOnly; SameSite=Lax" in cookie
    assert "Max-Age=600" in cookie
    again = parse_qs(urlsplit(place.browser().get("/ar/sign-in/provider").headers["location"]).query)
    assert asked["state"] != again["state"]
    assert asked["nonce"] != again["nonce"]


def test_a_return_serves_once_and_only_the_browser_that_was_sent(place: Place) -> None:
    sent, other = place.browser(), place.browser()
    back = come_back(sent, GUEST)
    stolen = other.get(back)
    assert stolen.status_code == 401
    assert "استغرق الدخول وقتا طويلا" in stolen.text
    other.get("/ar/sign-in/provider")
    assert other.get(back).status_code == 401, "nor one that was sent for itself"
    assert sent.get(back).status_code == 303
    assert sent.get(back).status_code == 401
    assert "session" not in other.cookies


@pytest.mark.parametrize("change", ["state=forged", "code=forged", "iss=https://other.example"])
def test_what_was_changed_on_the_way_opens_nothing(place: Place, change: str) -> None:
    browser = place.browser()
    name, _, value = change.partition("=")
    back = re.sub(rf"\b{name}=[^&]*", f"{name}={value}", come_back(browser, GUEST))
    assert change in back
    answer = browser.get(back)
    assert answer.status_code == 401
    assert "لم تؤكد خدمة هوية الإدارة هويتك" in answer.text
    assert "session" not in browser.cookies


def test_who_refuses_there_is_told_so_here(place: Place) -> None:
    browser = place.browser()
    answer = browser.get(come_back(browser, GUEST, refuse=True))
    assert answer.status_code == 401
    assert 'role="alert"' in answer.text


def test_an_address_that_was_not_verified_opens_no_account(place: Place) -> None:
    with place.services.database.writing() as session:
        people.create(session, email="unverified@example.ma", name="x", role="reader", actor="test")
    browser = place.browser()
    answer = browser.get(come_back(browser, "unverified@example.ma"))
    assert answer.status_code == 403
    assert "لم تؤكد خدمة هوية الإدارة عنوان بريدك" in answer.text


def test_a_stranger_stays_outside_unless_newcomers_are_let_in_as_readers(place: Place) -> None:
    browser = place.browser()
    answer = browser.get(come_back(browser, "stranger@example.ma"))
    assert answer.status_code == 403
    assert "لا حساب مفتوحا هنا لعنوانك" in answer.text
    assert place.role("stranger@example.ma") == ""
    browser = place.browser(oidc_newcomers=True)
    assert browser.get(come_back(browser, "stranger@example.ma")).status_code == 303
    assert place.role("stranger@example.ma") == "reader@"


def test_a_closed_account_is_not_opened_by_the_provider(place: Place) -> None:
    with place.services.database.writing() as session:
        person = people.create(session, email="closed@example.ma", name="x", role="reader", actor="test")
        people.edit(session, person, actor="test", active=False)
    browser = place.browser(oidc_newcomers=True)
    assert browser.get(come_back(browser, "closed@example.ma")).status_code == 403
    browser = place.browser()
    assert browser.get(come_back(browser, "closed+chiefs@example.ma")).status_code == 403


def test_the_claim_decides_role_and_body_where_it_says_anything(place: Place) -> None:
    browser = place.browser()
    assert browser.get(come_back(browser, "new+chiefs@example.ma")).status_code == 303
    assert place.role("new@example.ma") == "curator@mtnra"
    browser = place.browser()
    assert browser.get(come_back(browser, "new+others@example.ma")).status_code == 303
    assert place.role("new@example.ma") == "curator@mtnra", "a group that is not mapped changes nothing"
    browser = place.browser(oidc_claim="")
    assert browser.get(come_back(browser, GUEST.replace("@", "+chiefs@"))).status_code == 303
    assert place.role(GUEST).startswith("contributor"), "no claim, no say"


def test_the_last_administrator_stays_one_whatever_the_provider_says(place: Place) -> None:
    browser = place.browser()
    assert browser.get(come_back(browser, "boss+chiefs@example.ma")).status_code == 303
    assert place.role(BOSS).startswith(PersonRole.ADMINISTRATOR)


ELSEWHERE = ("https://evil.example/", "//evil.example", "/ar//evil.example", "/ar/\\evil", "javascript:x")


@pytest.mark.parametrize("onward", ELSEWHERE)
def test_nobody_is_led_elsewhere(place: Place, onward: str) -> None:
    browser = place.browser()
    assert browser.get(come_back(browser, GUEST, onward)).headers["location"] == "/ar/profile"


def test_who_signs_out_may_sign_out_of_the_provider_too(place: Place) -> None:
    browser = place.browser()
    browser.get(come_back(browser, GUEST))
    token = re.findall(r'name="csrf" value="([0-9a-f]+)"', browser.get("/ar/profile").text)[0]
    left = browser.post("/ar/sign-out", data={"csrf": token})
    assert left.headers["location"] == "/ar/signed-out"
    page = browser.get("/ar/signed-out").text
    assert f'href="{place.services.settings.oidc_issuer}/session/end?client_id=rassid&amp;post_logout' in page
    assert browser.get("/ar/profile").status_code == 303


def test_a_provider_that_is_away_is_said_and_the_password_still_opens(place: Place) -> None:
    browser = place.browser(oidc_issuer=f"http://127.0.0.1:{free_port()}")
    answer = browser.get("/ar/sign-in/provider")
    assert answer.status_code == 503
    assert "لم تُجب خدمة هوية الإدارة" in answer.text
    assert browser.post("/ar/sign-in", data={"email": BOSS, "password": PASSWORD}).status_code == 303
    assert browser.get("/ar/signed-out").status_code == 200


def test_without_a_provider_there_is_no_trace_of_one(place: Place) -> None:
    browser = place.browser(oidc_issuer="")
    assert "provider" not in browser.get("/ar/sign-in").text
    for address in ("/ar/sign-in/provider", "/sign-in/return?code=x&state=y", "/ar/signed-out"):
        assert browser.get(address).status_code == 404
