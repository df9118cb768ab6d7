"""Data in a page that forbids scripts: a real browser keeps it as data and has nothing to complain of."""

import json

import pytest
from playwright.sync_api import Browser, ConsoleMessage

from tests.visited import House

pytestmark = pytest.mark.browser


def test_what_a_page_tells_search_engines_offends_no_policy(browser: Browser, server: str, house: House) -> None:
    page = browser.new_page()
    said: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            said.append(message.text)

    page.on("console", hear)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(f"{server}/ar/d/{house.ids['guide']}")
    data = page.locator('script[type="application/ld+json"]').text_content()
    assert json.loads(data or "")["@graph"][0]["@id"] == f"{server}/d/{house.ids['guide']}"
    assert page.evaluate("document.querySelector('link[rel=canonical]').href") == page.url
    assert said == []
    page.close()
