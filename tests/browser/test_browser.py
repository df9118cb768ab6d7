"""What scripts add to pages: suggestions under the search box, and what became of an archive."""

import io
import re
import zipfile
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.visiting import judged, opened
from tests.visited import House

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [1366, 320])
def test_a_suggestion_is_chosen_by_keyboard(browser: Browser, server: str, house: House, width: int) -> None:
    with opened(browser, viewport={"width": width, "height": 700}, bypass_csp=True) as page:
        page.goto(f"{server}/ar/search")
        page.locator("#q").press_sequentially("دليل تبس")
        option = page.get_by_role("listbox").get_by_role("option")
        expect(option).to_have_count(1)
        page.keyboard.press("ArrowDown")
        expect(option).to_have_attribute("aria-selected", "true")
        assert judged(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.keyboard.press("Escape")
        expect(option).to_be_hidden()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        expect(page).to_have_url(f"{server}/ar/d/{house.ids['guide']}")


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
@pytest.mark.parametrize("scripts", [True, False])
def test_an_archive_is_deposited_and_says_what_became_of_each_file(
    browser: Browser, server: str, language: str, *, scripts: bool
) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as package:
        for name, text in (("مذكرات/أولى.txt", "نص أول"), ("ثانية.txt", "نص ثان"), ("../خارج.txt", "نص")):
            package.writestr(name, text)
    file = {"name": "أرشيف.zip", "mimeType": "application/zip", "buffer": packed.getvalue()}
    how: dict[str, Any] = {"viewport": {"width": 320, "height": 800}, "bypass_csp": True}
    with opened(browser, java_script_enabled=scripts, **how) as page:
        page.goto(f"{server}/{language}/upload")
        page.locator("#file").set_input_files(file)  # type: ignore[arg-type]
        page.locator("form[method=post] button").click()
        expect(page.locator("h1")).to_have_count(1)
        expect(page.locator("li.filebox")).to_have_count(2)
        expect(page.locator(".note.bad li")).to_have_count(1)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        for scheme in ("light", "dark") if scripts else ():  # without scripts axe would wait for its timers for ever
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.evaluate("() => Promise.all(document.getAnimations().map(one => one.finished))")
            assert not judged(page), scheme
        page.locator("li.filebox a").first.click()
        expect(page).to_have_url(re.compile(f"/{language}/d/[a-z0-9]{{10}}$"))
