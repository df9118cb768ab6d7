"""The pages of accounts in a browser: judged by axe, and a whole life of an account by keyboard and without scripts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from kb.app import open_services
from kb.catalog import one_time, people
from kb.core import clock
from kb.core.settings import Settings
from kb.services import accounts, own_factor
from kb.services.context import Services
from kb.web.site import create_site
from tests.browser.conftest import serving
from tests.browser.test_tasks import Hands
from tests.browser.visiting import judged, opened

pytestmark = pytest.mark.browser

SLOW = 60_000
"""Milliseconds: a password is made hard to guess by what it costs to check."""

PASSWORD = "خمس نخلات على الواد"
BOSS = "boss@example.ma"


@dataclass(frozen=True)
class Desk:
    services: Services
    address: str

    def invite(self, email: str, role: str) -> str:
        """Return the path of the link that opens the account."""
        return f"/link/{accounts.invite(self.services, 'test', email=email, name='اسم', role=role).secret}"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A site with an administrator and a provider of identities that is away."""
    home = tmp_path_factory.mktemp("accounts") / "home"
    with open_services(Settings(home=home, oidc_issuer="http://127.0.0.1:9", oidc_client_id="rassid")) as services:
        invited = accounts.invite(services, "test", email=BOSS, name="المديرة", role="administrator")
        accounts.redeem(services, invited.secret, PASSWORD)
        with serving(create_site(services)) as address:
            yield Desk(services, address)


def enter(page: Page, desk: Desk, language: str) -> None:
    page.goto(f"{desk.address}/{language}/sign-in")
    page.fill("[name=email]", BOSS)
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    expect(page).to_have_url(re.compile("/profile"), timeout=SLOW)


@pytest.mark.parametrize(("language", "scheme", "width"), [("ar", "light", 320), ("fr", "dark", 1366)])
def test_axe_finds_nothing(browser: Browser, desk: Desk, language: str, scheme: str, width: int) -> None:
    found: dict[str, list[tuple[str, str]]] = {}
    how: dict[str, Any] = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme, "bypass_csp": True}
    outside = [
        "/sign-in",
        "/forgot",
        "/signed-out",
        "/sign-in/provider",
        desk.invite(f"{language}@example.ma", "reader"),
    ]
    with opened(browser, **how) as page:
        for path in outside:
            page.goto(f"{desk.address}/{language}{path}")
            found[path] = judged(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        enter(page, desk, language)
        found["/profile"] = judged(page)
        page.goto(f"{desk.address}/{language}/people")
        found["/people"] = judged(page)
        page.click("main table a")
        expect(page).to_have_url(re.compile("/people/[^/]+$"))
        page.wait_for_load_state()
        found["/people/{id}"] = judged(page)
        found |= second_step(page, desk, language)
    assert not {path: violations for path, violations in found.items() if violations}


def second_step(page: Page, desk: Desk, language: str) -> dict[str, list[tuple[str, str]]]:
    """Set the second step up, be asked for it, and take it off again; return what axe says of each page."""
    found = {}
    page.goto(f"{desk.address}/{language}/profile/second-step")
    secret = page.inner_text("main ol code").replace(" ", "")
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]  # type: ignore[index]
    page.fill("[name=code]", "000000")
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    found["/profile/second-step"] = judged(page)
    page.fill("[name=code]", one_time.code_at(secret, clock.now()))
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    expect(page.locator("main ol code")).to_have_count(10, timeout=SLOW)
    paper = page.locator("main ol code").first.inner_text()
    found["the codes on paper"] = judged(page)
    page.click("main .btn.pri")
    found["the second step that is on"] = judged(page)
    page.context.clear_cookies()
    page.goto(f"{desk.address}/{language}/sign-in")
    page.fill("[name=email]", BOSS)
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    expect(page).to_have_url(re.compile("/sign-in/second-step"), timeout=SLOW)
    found["/sign-in/second-step"] = judged(page)
    page.fill("[name=code]", paper)
    page.click("main button[type=submit]")
    expect(page).to_have_url(re.compile("/profile"), timeout=SLOW)
    with desk.services.database.reading() as session:
        boss = people.by_email(session, BOSS)
        assert boss
        id = boss.id
    assert own_factor.reset(desk.services, "test", id)
    return found


@pytest.fixture(params=["keyboard", "no JavaScript"])
def hands(request: pytest.FixtureRequest, browser: Browser, desk: Desk) -> Iterator[Hands]:
    keys = request.param == "keyboard"
    size = {"width": 1366, "height": 900} if keys else {"width": 390, "height": 844}
    with opened(browser, java_script_enabled=keys, viewport=size) as page:
        page.set_default_timeout(15000)
        yield Hands(page, desk.address, keys)


def test_an_account_is_opened_used_and_left(hands: Hands, desk: Desk) -> None:
    email = "keys@example.ma" if hands.keys else "plain@example.ma"
    hands.open(f"/ar{desk.invite(email, 'contributor')}")
    hands.write("[name=password]", PASSWORD)
    hands.write("[name=again]", "كلمة أخرى غير الأولى")
    hands.follow("main button[type=submit]")
    expect(hands.page.locator("[name=again]")).to_have_attribute("aria-invalid", "true")
    hands.write("[name=password]", PASSWORD)
    hands.write("[name=again]", PASSWORD)
    hands.follow("main button[type=submit]")
    expect(hands.page).to_have_url(re.compile("/ar/profile"), timeout=SLOW)
    hands.follow("form[action$='/sign-out'] button")
    expect(hands.page).to_have_url(re.compile("/ar/signed-out"), timeout=SLOW)
    hands.open("/ar/profile")
    expect(hands.page).to_have_url(re.compile(r"/ar/sign-in\?next="), timeout=SLOW)
    hands.write("[name=email]", email)
    hands.write("[name=password]", PASSWORD)
    hands.follow("main button[type=submit]")
    expect(hands.page).to_have_url(re.compile("/ar/profile"), timeout=SLOW)
    expect(hands.page.locator("main")).to_contain_text(email)
