"""Signing in and out as a person does it, and what is open to whom."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from starlette.routing import Route
from starlette.testclient import TestClient

from kb.app import open_services, worker
from kb.catalog import keys
from kb.catalog.people import ROLES
from kb.core import clock
from kb.core.settings import Settings
from kb.services import accounts
from kb.services.context import Services
from kb.web.site import OUTSIDE, PAGES, create_site
from tests.mail import mail_server
from tests.visited import Browser

OWN = {"Origin": "http://testserver"}
PASSWORD = "خمس نخلات على الواد"
BOSS = "boss@example.ma"


def browser(services: Services) -> Browser:
    return Browser(create_site(services), client=("127.0.0.1", 5), follow_redirects=False, headers=OWN)


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """A library with one person of each role; each address is <role>@example.ma."""
    with open_services(Settings(home=tmp_path_factory.mktemp("accounts"))) as opened:
        for role in ROLES:
            invited = accounts.invite(opened, "test", email=f"{role}@example.ma", name=f"اسم {role}", role=role)
            accounts.redeem(opened, invited.secret, PASSWORD)
        yield opened


@pytest.fixture
def mailbox() -> Iterator[tuple[str, list[bytes]]]:
    with mail_server() as opened:
        yield opened


@pytest.fixture
def visitor(services: Services) -> Browser:
    return browser(services)


def hold(visitor: Browser, secret: str) -> None:
    """Let the browser bring this session."""
    with suppress(KeyError):
        del visitor.cookies["session"]
    visitor.cookies.set("session", secret)


def enter(visitor: Browser, role: str = "curator", **more: str) -> Browser:
    fields = {"email": f"{role}@example.ma", "password": PASSWORD, **more}
    assert visitor.post("/ar/sign-in", data=fields).status_code == 303
    return visitor


def test_who_signs_in_gets_a_new_secret_and_comes_back_to_where_they_were(visitor: Browser) -> None:
    asked = visitor.get("/ar/profile")
    assert (asked.status_code, asked.headers["location"]) == (303, "/ar/sign-in?next=%2Far%2Fprofile")
    hold(visitor, "planted")
    page = visitor.get(asked.headers["location"])
    assert 'value="/ar/profile"' in page.text
    fields = {"email": "curator@example.ma", "password": PASSWORD, "next": "/ar/profile"}
    answer = visitor.post("/ar/sign-in", data=fields)
    assert (answer.status_code, answer.headers["location"]) == (303, "/ar/profile")
    [cookie] = answer.headers.get_list("set-cookie")
    assert re.fullmatch(r"session=[\w-]{43}; Path=/; HttpOnly; SameSite=Lax", cookie)


def test_behind_tls_the_cookie_is_of_this_host_alone(services: Services) -> None:
    settings = services.settings.model_copy(update={"public_url": "https://rassid.example"})
    secured = browser(replace(services, settings=settings))
    secured.base_url = "https://testserver"
    answer = secured.post(
        "/ar/sign-in",
        data={"email": "reader@example.ma", "password": PASSWORD},
        headers={"Origin": "https://testserver"},
    )
    assert answer.headers["set-cookie"].startswith("__Host-session=")
    assert "; Secure" in answer.headers["set-cookie"]


def test_who_signs_out_is_out_with_that_secret_for_good(visitor: Browser) -> None:
    enter(visitor)
    held = visitor.cookies["session"]
    page = visitor.get("/ar/profile").text
    token = re.findall(r'name="csrf" value="([0-9a-f]+)"', page)[0]
    assert visitor.post("/ar/sign-out", data={"csrf": token}).status_code == 303
    hold(visitor, held)
    assert visitor.get("/ar/profile").status_code == 303


def test_known_and_unknown_accounts_are_refused_in_the_same_words(visitor: Browser) -> None:
    told = [
        visitor.post("/ar/sign-in", data={"email": email, "password": "wrong wrong"})
        for email in ("reader@example.ma", "nobodyy@example.ma")
    ]
    assert [answer.status_code for answer in told] == [401, 401]
    plain = [re.sub(r'(value="[^"]*")', "", answer.text) for answer in told]
    assert plain[0] == plain[1]


def test_guessing_is_slowed_whatever_the_client_claims_to_be(visitor: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = clock.now()
    monkeypatch.setattr(keys, "now", lambda: moment)
    statuses = [
        visitor.post(
            "/ar/sign-in",
            data={"email": "guessed@example.ma", "password": f"guess {n}"},
            headers={"X-Forwarded-For": f"192.0.2.{n}", "User-Agent": f"agent {n}"},
        ).status_code
        for n in range(8)
    ]
    assert statuses == [401] * 4 + [429] * 4


@pytest.mark.parametrize(
    "address", ["https://evil.example/", "//evil.example", "/ar//evil.example", "javascript:x", "\\x"]
)
def test_signing_in_leads_nowhere_else(visitor: Browser, address: str) -> None:
    answer = visitor.post("/ar/sign-in", data={"email": "reader@example.ma", "password": PASSWORD, "next": address})
    assert (answer.status_code, answer.headers["location"]) == (303, "/ar/profile")


def test_what_was_typed_outlives_the_session(visitor: Browser) -> None:
    enter(visitor, "administrator")
    page = visitor.get("/ar/people").text
    token = re.findall(r'name="csrf" value="([0-9a-f]+)"', page)[0]
    fields = {"csrf": token, "email": "late@example.ma", "name": "متأخر <b>", "role": "reader", "language": "ar"}
    hold(visitor, "ended")
    late = visitor.post("/ar/people", data=fields)
    assert late.status_code == 401
    assert "محفوظ" in late.text
    carried = dict(re.findall(r'name="(typed\.[^"]+|next)" value="([^"]*)"', late.text))
    assert carried["next"] == "/ar/people"
    carried["typed.name"] = carried["typed.name"].replace("&lt;", "<").replace("&gt;", ">")
    again = visitor.post("/ar/sign-in", data={**carried, "email": "administrator@example.ma", "password": PASSWORD})
    assert again.status_code == 200
    assert 'action="/ar/people"' in again.text
    sent = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', again.text.partition('action="/ar/people"')[2]))
    assert sent["name"] == "متأخر &lt;b&gt;"
    assert visitor.post("/ar/people", data=sent).status_code == 200


def test_an_address_has_one_account_and_a_mistake_is_told_beside_its_field(visitor: Browser) -> None:
    enter(visitor, "administrator")
    token = re.findall(r'name="csrf" value="([0-9a-f]+)"', visitor.get("/ar/people").text)[0]
    fields = {"csrf": token, "email": "reader@example.ma", "name": "", "role": "reader", "language": "ar"}
    answer = visitor.post("/ar/people", data=fields)
    assert answer.status_code == 422
    assert 'aria-describedby="e-name' in answer.text
    answer = visitor.post("/ar/people", data={**fields, "name": "اسم"})
    assert 'id="e-email"' in answer.text


def test_a_person_changes_their_own_account_ends_sessions_and_makes_a_key(services: Services) -> None:
    here, elsewhere = enter(browser(services), "contributor"), enter(browser(services), "contributor")
    token = re.findall(r'name="csrf" value="([0-9a-f]+)"', here.get("/ar/profile").text)[0]
    assert here.post("/ar/profile", data={"csrf": token, "name": "اسم جديد", "language": "fr"}).status_code == 303
    assert "اسم جديد" in here.get("/fr/profile").text
    assert here.post("/ar/profile/sessions", data={"csrf": token}).status_code == 303
    assert elsewhere.get("/ar/profile").status_code == 303
    made = here.post("/fr/profile/keys", data={"csrf": token, "key": "moissonneur", "scope": ["deposit", "people"]})
    assert made.status_code == 403, "people is beyond a contributor"
    made = here.post("/fr/profile/keys", data={"csrf": token, "key": "moissonneur", "scope": "deposit", "days": "30"})
    [key] = re.findall(r"kb_[\w-]+", made.text)
    assert key not in here.get("/fr/profile").text
    program = TestClient(create_site(services), headers={"Authorization": f"Bearer {key}"})
    assert program.get("/ar/").status_code == 200
    [id] = re.findall(r'name="id" value="([^"]+)"', here.get("/fr/profile").text)
    assert here.post("/fr/profile/keys/revoke", data={"csrf": token, "id": id}).status_code == 303
    assert program.get("/ar/").status_code == 401


@pytest.mark.parametrize("value", ["Bearer", "Bearer kb_x", "bearer x", "Bearer kb_" + "a" * 43, "kb_" + "a" * 43])
def test_a_key_that_is_no_good_is_refused_and_not_taken_for_a_visitor(services: Services, value: str) -> None:
    answer = TestClient(create_site(services)).get("/ar/search", headers={"Authorization": value})
    assert answer.status_code == 401


@pytest.mark.parametrize("value", ["Basic eDp5", "Negotiate YII=", "Digest username=x"])
def test_what_a_proxy_asks_its_visitors_for_is_none_of_our_business(visitor: Browser, value: str) -> None:
    visitor.headers["Authorization"] = value
    assert visitor.get("/ar/search").status_code == 200
    enter(visitor)
    assert visitor.get("/ar/profile").status_code == 200, "the session counts"


def test_what_somebody_signed_in_is_sent_stays_out_of_caches(visitor: Browser) -> None:
    assert visitor.get("/ar/").headers["cache-control"] != "private, no-store"
    enter(visitor)
    assert visitor.get("/ar/").headers["cache-control"] == "private, no-store"


@pytest.mark.parametrize("role", ROLES)
def test_accounts_are_managed_by_the_administrator_alone(visitor: Browser, role: str) -> None:
    enter(visitor, role)
    assert visitor.get("/ar/people").status_code == (200 if role == "administrator" else 403)
    assert ('href="/ar/people"' in visitor.get("/ar/").text) == (role == "administrator")
    assert visitor.get("/ar/upload").status_code == (403 if role == "reader" else 303)
    assert visitor.get("/ar/desk/deposit").status_code == (403 if role == "reader" else 200)


def test_with_accounts_a_stranger_signs_in_before_bringing_files(visitor: Browser) -> None:
    assert visitor.get("/ar/upload").headers["location"] == "/ar/sign-in?next=%2Far%2Fupload"
    assert 'href="/ar/upload"' not in visitor.get("/ar/").text


def test_every_form_of_ours_is_refused_without_its_token_and_with_one_of_another(services: Services) -> None:
    """Walk the table of routes: whatever takes a POST."""
    inside, other = enter(browser(services), "administrator"), enter(browser(services), "administrator")
    foreign = re.findall(r'name="csrf" value="([0-9a-f]+)"', other.get("/ar/people").text)[0]
    routes = [*(("/ar", page.router) for page in PAGES), *(("", router) for router in OUTSIDE)]
    paths = {
        prefix + route.path
        for prefix, router in routes
        for route in router.routes
        if isinstance(route, Route) and "POST" in (route.methods or ())
    }
    assert len(paths) >= 12
    for path in sorted(paths):
        filled = re.sub(r"\{(number|page)\}", "1", path.replace("{secret}", "s" * 43))
        filled = re.sub(r"\{\w+\}", "a" * 10, filled)
        for token in ({}, {"csrf": ""}, {"csrf": foreign}, {"csrf": "zz"}):
            answer = TestClient.post(inside, filled, data=token, files=_empty(path))
            assert answer.status_code in {400, 403}, (path, token, answer.status_code)


def _empty(path: str) -> dict[str, tuple[str, bytes]] | None:
    return {"x": ("", b"")} if path.endswith(("/upload", "/deposit", "/imports", "/files")) else None


def test_a_link_by_mail_opens_an_account(tmp_path: Path, mailbox: tuple[str, list[bytes]]) -> None:
    server, letters = mailbox
    settings = Settings(home=tmp_path / "home", smtp=server, mail_from="Rassid <rassid@example.ma>")
    with open_services(settings) as opened:
        secret = accounts.first(opened)
        boss = browser(opened)
        fields = {"email": BOSS, "name": "المديرة", "password": PASSWORD, "again": PASSWORD}
        assert boss.post(f"/ar/link/{secret}", data=fields | {"again": "other"}).status_code == 422
        assert boss.post(f"/ar/link/{secret}", data=fields).status_code == 303
        token = re.findall(r'name="csrf" value="([0-9a-f]+)"', boss.get("/ar/people").text)[0]
        new = {"csrf": token, "email": "new@example.ma", "name": "جديد", "role": "curator", "language": "ar"}
        assert boss.post("/ar/people", data=new).status_code == 303
        forgetful = browser(opened)
        for address in (BOSS, "nobody@example.ma"):
            assert "إن كان لهذا العنوان حساب" in forgetful.post("/ar/forgot", data={"email": address}).text
        worker(opened).drain()
        read = [message_from_bytes(raw, policy=policy.default) for raw in letters]
        assert [letter["To"] for letter in read] == ["new@example.ma", BOSS]
        assert read[0]["Subject"] == "دعوة إلى منصة رصيد"
        [link] = re.findall(r"http://127\.0\.0\.1:8000(/link/\S+)", read[0].get_content())
        page = browser(opened)
        assert page.get(link).headers["location"] == f"/ar{link}"
        assert page.post(f"/ar{link}", data={"password": PASSWORD, "again": PASSWORD}).status_code == 303
        assert page.get("/ar/profile").status_code == 200
        assert browser(opened).get(f"/ar{link}").status_code == 404


def test_nobody_gives_themselves_rights_by_a_field_that_the_form_has_not(visitor: Browser) -> None:
    enter(visitor, "reader")
    token = re.findall(r'name="csrf" value="([0-9a-f]+)"', visitor.get("/ar/profile").text)[0]
    more = {"role": "administrator", "organisation_id": "mtnra", "confined": "", "active": "1", "email": "x@example.ma"}
    fields = {"csrf": token, "name": "اسم", "language": "ar", **more}
    assert visitor.post("/ar/profile", data=fields).status_code == 303
    assert "reader@example.ma" in visitor.get("/ar/profile").text
    assert visitor.get("/ar/people").status_code == 403
