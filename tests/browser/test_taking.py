"""What a reader takes along, where only a browser can tell: the kept list, copying, selected words, paper."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.visiting import opened
from tests.visited import House

pytestmark = pytest.mark.browser

SELECT = """() => { const range = document.createRange(); range.selectNodeContents(document.querySelector('mark'));
  getSelection().removeAllRanges(); getSelection().addRange(range); }"""


def test_a_list_is_kept_in_the_browser_and_in_no_other_place(browser: Browser, server: str, house: House) -> None:
    guide = house.ids["guide"]
    with opened(browser) as page:
        page.goto(f"{server}/ar/search?q=المساطر")
        keep = page.locator(f"[data-keep='{guide}']")
        keep.click()
        expect(keep).to_contain_text("في لائحتك")
        page.goto(f"{server}/ar/d/{house.ids['practice']}")
        page.locator("[data-keep]").click()
        assert not [cookie for cookie in page.context.cookies() if "list" in cookie["name"]]
        page.goto(f"{server}/ar/reading-list")
        page.wait_for_url(f"**/reading-list?id={house.ids['practice']}&id={guide}")
        page.locator(f"[data-drop='{guide}']").click()
        page.wait_for_url(f"**/reading-list?id={house.ids['practice']}")
        page.goto(f"{server}/fr/reading-list")
        page.wait_for_url(f"**/fr/reading-list?id={house.ids['practice']}")


def test_a_list_that_was_sent_can_be_added_to_one_s_own(browser: Browser, server: str, house: House) -> None:
    with opened(browser) as page:
        page.goto(f"{server}/ar/reading-list?id={house.ids['guide']}&id={house.ids['practice']}")
        page.locator("[data-all]").click()
        page.goto(f"{server}/ar/reading-list")
        page.wait_for_url(f"**/reading-list?id={house.ids['guide']}&id={house.ids['practice']}")


def test_a_spoilt_list_is_an_empty_one(browser: Browser, server: str) -> None:
    with opened(browser) as page:
        page.goto(f"{server}/ar/reading-list")
        for spoilt in ("{", "[1, null]", '["<img>"]', '{"a": 1}'):
            page.evaluate("spoilt => localStorage.setItem('rassid-list', spoilt)", spoilt)
            page.goto(f"{server}/ar/reading-list")
            expect(page.locator(".empty")).to_be_visible()


def test_words_that_are_selected_are_the_ones_that_are_cited(browser: Browser, server: str, house: House) -> None:
    with opened(browser) as page:
        page.goto(f"{server}/ar/d/{house.ids['guide']}/f/1/p/1?q=المساطر")
        page.locator("details.cite summary").click()
        page.evaluate(SELECT)
        page.locator("[data-chosen]").click()
        expect(page.locator(".quoted")).to_contain_text("«المساطر»")


def test_a_reference_is_copied_letter_by_letter(browser: Browser, server: str, house: House) -> None:
    with opened(browser, permissions=["clipboard-read", "clipboard-write"]) as page:
        page.goto(f"{server}/ar/d/{house.ids['guide']}/cite")
        button = page.locator("[data-copy='ref-ar']")
        button.click()
        expect(button).to_contain_text("تم النسخ")
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied == page.locator("#ref-ar").inner_text()
        assert f"{server}/d/{house.ids['guide']}" in copied


@pytest.mark.parametrize("path", ["/d/{practice}", "/d/{guide}/f/1/p/1?q=المساطر", "/search?q=المساطر"])
def test_on_paper_there_is_the_address_and_no_navigation(
    browser: Browser, server: str, house: House, path: str
) -> None:
    with opened(browser) as page:
        page.goto(f"{server}/ar{path.format(**house.ids)}")
        printed = page.locator(".printed")
        expect(printed).to_be_hidden()
        page.emulate_media(media="print")
        expect(printed).to_be_visible()
        expect(printed).to_contain_text(server)
        expect(printed).to_contain_text("تاريخ الاطلاع")
        for gone in (".top", ".foot", ".crumbs", ".take", ".takes"):
            for one in page.locator(gone).all():
                expect(one).to_be_hidden()
        if "q=" in path:
            expect(page.locator("mark").first).to_be_visible()
        assert page.pdf().startswith(b"%PDF")
