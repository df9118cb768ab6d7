"""From hit to hit in a real browser: by keys and links, with scripts and without, at the place the address names."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.visiting import opened
from tests.visited import House

pytestmark = pytest.mark.browser

CURRENT = "[...document.querySelectorAll('mark.cur')].map(e => e.id)"


@pytest.mark.parametrize("scripts", [True, False])
def test_one_steps_through_the_hits_of_a_file(browser: Browser, server: str, house: House, *, scripts: bool) -> None:
    with opened(browser, viewport={"width": 390, "height": 800}, java_script_enabled=scripts) as page:
        page.goto(f"{server}/ar/d/{house.ids['guide']}/f/1/p/1?q=المساطر")
        count, ahead = page.locator("#nth"), page.locator("[data-by='1']")
        first = count.inner_text()
        ahead.click()
        expect(page.locator("mark.cur")).to_have_attribute("id", "hit-2")
        expect(page).to_have_url(re.compile("&hit=2#hit-2$"))
        expect(count).not_to_have_text(first)
        expect(page.locator("#hit-2")).to_be_in_viewport()
        page.wait_for_load_state()
        page.locator("[data-by='-1']").click()
        expect(count).to_have_text(first, timeout=15_000)


def test_keys_lead_from_hit_to_hit_and_over_the_pages(browser: Browser, server: str, house: House) -> None:
    with opened(browser, viewport={"width": 1366, "height": 800}) as page:
        page.goto(f"{server}/ar/d/{house.ids['guide']}/f/1/p/1?q=المساطر")
        here = page.locator("mark").count()
        for _ in range(here):
            page.keyboard.press("n")
        page.wait_for_url(re.compile(r"/p/[23]\?"))
        assert page.locator("#nth").inner_text().split()[1] == str(here + 1)
        page.keyboard.press("p")
        page.wait_for_url(re.compile(r"/p/1\?"))
        assert page.evaluate(CURRENT) == [f"hit-{here}"]
        page.locator("#dq").press("n")
        assert page.evaluate(CURRENT) == [f"hit-{here}"]


def test_a_box_lies_on_its_word_and_leads_to_it_in_the_text(browser: Browser, server: str, house: House) -> None:
    with opened(browser, viewport={"width": 1366, "height": 800}) as page:
        page.goto(f"{server}/ar/d/{house.ids['plan']}/f/1/p/1?q=room", wait_until="networkidle")
        box, sheet = page.locator("#hit-1 rect").first.bounding_box(), page.locator(".sheet img").bounding_box()
        assert box
        assert sheet
        assert sheet["x"] < box["x"] < box["x"] + box["width"] < sheet["x"] + sheet["width"]
        assert sheet["y"] < box["y"] < box["y"] + box["height"] < sheet["y"] + sheet["height"]
        page.locator("#hit-1").focus()
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("#text-1$"))
        expect(page.locator("#text-1")).to_be_in_viewport()
