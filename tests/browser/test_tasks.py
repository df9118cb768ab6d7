"""Eight tasks of readers, each done twice: by keyboard alone, and by pointer without a line of JavaScript."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.visiting import opened
from tests.visited import House

pytestmark = pytest.mark.browser

MOST_TABS = 140


@dataclass(frozen=True)
class Hands:
    """Does what a reader does, with the means that the reader has."""

    page: Page
    server: str
    keys: bool

    def open(self, path: str) -> None:
        self.page.goto(self.server + path)

    def reach(self, target: Locator) -> None:
        """Tab to it, as far as a patient reader goes."""
        for _ in range(MOST_TABS):
            if target.evaluate("e => e === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        pytest.fail(f"{target} is not reached by Tab")

    def follow(self, selector: str) -> None:
        target = self.page.locator(selector).first
        if self.keys:
            self.reach(target)
            self.page.keyboard.press("Enter")
        else:
            target.click()

    def write(self, selector: str, text: str) -> None:
        target = self.page.locator(selector)
        if self.keys:
            self.reach(target)
            self.page.keyboard.type(text)
        else:
            target.fill(text)

    def tick(self, selector: str) -> None:
        target = self.page.locator(selector)
        if self.keys:
            self.reach(target)
            self.page.keyboard.press("Space")
        else:
            target.check()
        expect(target).to_be_checked()


@pytest.fixture(scope="module", params=["keyboard", "no JavaScript"])
def hands(request: pytest.FixtureRequest, browser: Browser, server: str) -> Iterator[Hands]:
    keys = request.param == "keyboard"
    size = {"width": 1366, "height": 900} if keys else {"width": 390, "height": 844}
    with opened(browser, java_script_enabled=keys, viewport=size) as page:
        page.set_default_timeout(15000)
        yield Hands(page, server, keys)


def test_search(hands: Hands, house: House) -> None:
    hands.open("/ar/")
    if hands.keys:
        hands.page.keyboard.press("/")
        hands.page.keyboard.type("تبسيط المساطر")
        hands.page.keyboard.press("Enter")
    else:
        hands.write("#q", "تبسيط المساطر")
        hands.follow(".sbox .btn.pri")
    expect(hands.page).to_have_url(re.compile(r"/ar/search\?q="))
    expect(hands.page.locator(".hit").first).to_be_visible()


def test_filter_and_lift_the_filter(hands: Hands, house: House) -> None:
    hands.open("/ar/search?q=تبسيط")
    if not hands.keys:
        hands.follow(".fpanel > summary")
    hands.tick("input[name=type][value=publication]")
    hands.follow(".apply button")
    expect(hands.page).to_have_url(re.compile("type=publication"))
    hands.follow("a.chip.on")
    expect(hands.page).not_to_have_url(re.compile("type=publication"))


def test_open_a_hit(hands: Hands, house: House) -> None:
    hands.open("/ar/search?q=تبسيط المساطر")
    if hands.keys:  # past the filters, by the second link of the page
        for key in ("Tab", "Tab", "Enter"):
            hands.page.keyboard.press(key)
        expect(hands.page.locator("#results")).to_be_focused()
    hands.follow(".hit h2 a")
    expect(hands.page).to_have_url(re.compile(f"/ar/d/{house.ids['guide']}"))


def test_go_to_the_next_hit_in_a_document(hands: Hands, house: House) -> None:
    hands.open(f"/ar/d/{house.ids['guide']}/f/1/p/1")
    hands.write("#dq", "المساطر")
    hands.follow(".rbar form button")
    expect(hands.page.locator("article mark").first).to_have_text("المساطر")
    here = hands.page.url
    hands.follow("a[data-key=KeyN]")
    expect(hands.page).not_to_have_url(here)
    expect(hands.page.locator("article mark").first).to_be_visible()


def test_read_a_practice_to_its_last_section(hands: Hands, house: House) -> None:
    hands.open(f"/ar/d/{house.ids['practice']}")
    last = hands.page.locator("nav.toc a").last
    anchor = last.get_attribute("href") or ""
    hands.follow(f"nav.toc a[href='{anchor}']")
    expect(hands.page).to_have_url(re.compile(f"{re.escape(anchor)}$"))
    expect(hands.page.locator(anchor)).to_be_in_viewport()


def test_switch_the_language_and_stay(hands: Hands, house: House) -> None:
    hands.open("/ar/search?q=تبسيط&sort=newest")
    hands.follow(".langs a[hreflang=fr]")
    expect(hands.page).to_have_url(re.compile(r"/fr/search\?q=.*sort=newest"))
    hands.open("/")
    assert hands.page.url.endswith("/fr/"), "and are met in it the next time"
    hands.follow(".langs a[hreflang=ar]")
    expect(hands.page).to_have_url(re.compile("/ar/$"))


def test_deposit_a_document(hands: Hands) -> None:
    hands.open("/ar/upload")
    name = "بلاغ-1.txt" if hands.keys else "بلاغ-2.txt"
    content = f"بلاغ توضيحي حول الإيداع {name}".encode()
    # What the dialogue of the system does is not a page's: the file is handed to the field.
    hands.page.locator("#file").set_input_files({"name": name, "mimeType": "text/plain", "buffer": content})
    hands.follow("form[method=post] button")
    expect(hands.page).to_have_url(re.compile("/ar/d/[a-z0-9]{10}/f/1/receipt$"))


def test_search_for_a_phrase_in_the_advanced_form(hands: Hands) -> None:
    hands.open("/ar/search/advanced")
    hands.write("#phrase", "تبسيط المساطر")
    hands.follow("main form button[type=submit]")
    expect(hands.page).to_have_url(re.compile(r"phrase="))
    expect(hands.page.locator(".hit").first).to_be_visible()
