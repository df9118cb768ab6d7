"""The past at the desk in a real browser: nothing that axe finds, no page wider than a phone, the keyboard alone."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from kb.app import open_services
from kb.catalog import documents
from kb.catalog.tables import State
from kb.core.settings import Settings
from kb.services import accounts, deposit
from kb.services.context import Services
from kb.services.deposit import Deposit
from kb.web.site import create_site
from tests.browser.conftest import serving
from tests.browser.visiting import judged, signed_in

pytestmark = pytest.mark.browser

PASSWORD = "خمس نخلات على الواد"


@dataclass(frozen=True)
class Running:
    services: Services
    address: str
    secret: str
    document: str
    closed: str

    def paths(self) -> list[str]:
        past = f"/desk/documents/{self.document}/revisions"
        return ["/desk/audit?first=2026-13-01", past, f"{past}?before=1&after=2", f"/people/{self.closed}"]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with open_services(Settings(home=tmp_path_factory.mktemp("trace"))) as services:
        boss = accounts.invite(services, "test", email="boss@example.ma", name="المديرة", role="administrator")
        secret = accounts.redeem(services, boss.secret, PASSWORD)
        closed = accounts.invite(services, "test", email="gone@example.ma", name="Karim", role="curator").id
        accounts.change(services, "test", closed, active=False)
        with services.database.writing() as session:
            wanted = Deposit(type="news", title={"ar": "خبر", "fr": "Nouvelle"}, state=State.DRAFT)
            id = deposit.create(session, wanted, actor=f"person:{closed}").id
        with services.database.writing() as session:
            document = documents.load(session, id)
            documents.edit(session, document, actor=f"person:{boss.id}", summary={"ar": "ملخص", "fr": "Résumé"})
        with serving(create_site(services)) as address:
            yield Running(services, address, secret, id, closed)


def visiting(browser: Browser, running: Running, width: int, *, scripts: bool = True) -> AbstractContextManager[Page]:
    how: dict[str, Any] = {"viewport": {"width": width, "height": 900}, "bypass_csp": True}
    return signed_in(browser, running.address, running.secret, **how, java_script_enabled=scripts)


@pytest.mark.parametrize(("language", "width"), [("ar", 320), ("fr", 1366)])
def test_axe_finds_nothing_and_no_page_is_wider_than_its_window(
    browser: Browser, running: Running, language: str, width: int
) -> None:
    found = []
    with visiting(browser, running, width) as page:
        for path in running.paths():
            page.goto(f"{running.address}/{language}{path}")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
            found += [(path, *each) for each in judged(page)]
    assert found == []


@pytest.mark.parametrize("scripts", [True, False])
def test_versions_are_compared_and_taken_back_by_the_keyboard_and_without_scripts(
    browser: Browser, running: Running, *, scripts: bool
) -> None:
    with visiting(browser, running, 1366, scripts=scripts) as page:
        page.goto(f"{running.address}/fr/desk/documents/{running.document}/revisions")
        page.locator("select[name=before]").focus()
        page.keyboard.press("End")
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_url("**before=1&after=*")
        expect(page.locator("ins, del").first).to_be_attached()
        page.locator("button[name=number][value='1']").focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**done=*")
        expect(page.locator("[role=status]")).to_be_visible()
    with running.services.database.writing() as session:
        document = documents.load(session, running.document)
        assert document.summary == {}
        documents.edit(session, document, actor="x", summary={"ar": f"ملخص {scripts}"})


def test_the_trace_is_narrowed_by_the_keyboard_alone(browser: Browser, running: Running) -> None:
    with visiting(browser, running, 390) as page:
        page.goto(f"{running.address}/ar/desk/audit")
        page.locator("#document").focus()
        page.keyboard.type(running.document)
        page.keyboard.press("Enter")
        page.wait_for_url(f"**document={running.document}*")
        expect(page.locator("tbody tr").nth(1)).to_be_visible()
