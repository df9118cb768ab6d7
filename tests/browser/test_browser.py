"""What only a browser can see: contrast, reflow, focus, weight, and life without scripts or a mouse."""

import io
import re
import zipfile
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.visiting import AXE, PAGES, RULES, address, opened
from tests.visited import House

pytestmark = pytest.mark.browser

WIDTHS = (320, 390, 768, 1024, 1366)
SMALL = """() => [...document.querySelectorAll('a[href],button,input:not([type=hidden]),select,summary')].filter(e => {
  if (!e.offsetParent || e.closest('p,.snip,.crumbs,.did,.hint,.rel,.kv,h1,h2,h3,.skip')) return false;
  const r = (e.closest('label') || e).getBoundingClientRect();
  return r.width && (r.width < 24 || r.height < 24);
}).map(e => e.outerHTML.slice(0, 120))"""
WITHOUT_RING = """() => [...document.querySelectorAll('a[href],button,input,select,summary')].filter(e => {
  if (e.tabIndex < 0 || !e.offsetParent) return false;
  e.focus();
  return e.matches(':focus-visible') && getComputedStyle(e).outlineStyle === 'none' && !e.closest('.sbox');
}).map(e => e.outerHTML.slice(0, 120))"""
CUT_OFF = """() => [...document.querySelectorAll('h1,h2,h3,p,dd,dt,.btn,.chip,.tag')].filter(e =>
  e.offsetParent && !e.matches('.vh') && e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== 'inline'
).map(e => e.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("width", [1366, 320])
def test_a_suggestion_is_chosen_by_keyboard(browser: Browser, server: str, house: House, width: int) -> None:
    with opened(browser, viewport={"width": width, "height": 700}, bypass_csp=True) as page:
        page.goto(f"{server}/ar/search")
        page.locator("#q").press_sequentially("دليل تبس")
        option = page.get_by_role("listbox").get_by_role("option")
        expect(option).to_have_count(1)
        page.keyboard.press("ArrowDown")
        expect(option).to_have_attribute("aria-selected", "true")
        page.evaluate(AXE + ";0")
        assert page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)["violations"] == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.keyboard.press("Escape")
        expect(option).to_be_hidden()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        expect(page).to_have_url(f"{server}/ar/d/{house.ids['guide']}")


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_nothing_runs_off_the_side_at_any_width(browser: Browser, server: str, house: House, language: str) -> None:
    wide, small = [], []
    with opened(browser) as page:
        for name in PAGES:
            page.goto(address(server, house, language, name))
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 800})
                over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
                if over > 0:
                    wide.append((name, width, over))
                small += [(name, width, target) for target in page.evaluate(SMALL)]
    assert not wide
    assert not small


def test_text_may_be_spaced_out(browser: Browser, server: str, house: House) -> None:
    """WCAG 1.4.12: the spacing a reader may impose, put in as a user style would be."""
    spaced = "*{line-height:1.5!important;letter-spacing:.12em!important;word-spacing:.16em!important}"
    with opened(browser, viewport={"width": 390, "height": 800}, bypass_csp=True) as page:
        for name in PAGES:
            page.goto(address(server, house, "fr", name))
            page.add_style_tag(content=spaced + "p{margin-block-end:2em!important}")
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, name
            assert not page.evaluate(CUT_OFF), name


def test_every_control_shows_where_the_focus_is(browser: Browser, server: str, house: House) -> None:
    with opened(browser, viewport={"width": 1366, "height": 900}) as page:
        for name in PAGES:
            page.goto(address(server, house, "ar", name))
            page.keyboard.press("Tab")
            assert not page.evaluate(WITHOUT_RING), name


def test_no_page_breaks_the_policy_or_logs_an_error(browser: Browser, server: str, house: House) -> None:
    said: list[str] = []
    with opened(browser) as page:
        page.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        for name in PAGES:
            page.goto(address(server, house, "ar", name), wait_until="load")
    left = [text for text in said if not re.search("status of 4(04|10)", text)]
    assert not left


def test_the_results_are_reached_by_keyboard_alone(browser: Browser, server: str, house: House) -> None:
    with opened(browser, viewport={"width": 1366, "height": 900}) as page:
        page.goto(server + "/ar/")
        page.keyboard.press("/")
        page.keyboard.type("تبسيط المساطر")
        page.keyboard.press("Enter")
        page.wait_for_url("**/ar/search?q=*")
        for key in ("Tab", "Tab", "Enter"):
            page.keyboard.press(key)
        expect(page.locator("#results")).to_be_focused()
        presses = 0
        while not page.evaluate("!!document.activeElement.closest('.hit')"):
            page.keyboard.press("Tab")
            presses += 1
            assert presses < 12
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/ar/d/{house.ids['guide']}**")


def test_everything_works_without_scripts_on_a_phone(browser: Browser, server: str, house: House) -> None:
    with opened(browser, java_script_enabled=False, viewport={"width": 390, "height": 844}) as page:
        page.goto(server + "/ar/")
        page.locator("#q").fill("تبسيط")
        page.locator(".sbox .btn.pri").click()
        page.locator("summary.btn").click()
        page.locator("input[name=type][value=publication]").check()
        page.locator(".apply button").click()
        assert "type=publication" in page.url
        page.locator("a.chip.on").click()
        assert "type=publication" not in page.url
        page.locator("#sort").select_option("newest")
        page.locator(".rhead button.nojs").click()
        assert "sort=newest" in page.url
        page.goto(f"{server}/ar/d/{house.ids['guide']}/f/1/p/1")
        page.locator("#dq").fill("المساطر")
        page.locator(".rbar button").click()
        expect(page.locator("article mark").first).to_have_text("المساطر")
        page.locator("nav.pager a[rel=next]").click()
        assert "/p/2?q=" in page.url
        page.locator(".langs a[hreflang=fr]").click()
        assert "/fr/d/" in page.url
        assert "/p/2?q=" in page.url


def test_a_file_is_deposited_without_scripts(browser: Browser, server: str) -> None:
    with opened(browser, java_script_enabled=False) as page:
        page.goto(server + "/ar/upload")
        file = {"name": "بلاغ.txt", "mimeType": "text/plain", "buffer": "بلاغ توضيحي حول الإيداع".encode()}
        page.locator("#file").set_input_files(file)  # type: ignore[arg-type]
        page.locator("form[method=post] button").click()
        assert re.search("/ar/d/[a-z0-9]{10}/f/1/receipt$", page.url)


def test_a_visitor_who_switched_is_met_in_that_language(browser: Browser, server: str) -> None:
    with opened(browser, locale="ar-MA") as page:
        page.goto(server + "/")
        assert page.url.endswith("/ar/")
        page.locator(".langs a[hreflang=en]").click()
        page.goto(server + "/")
        assert page.url.endswith("/en/")


def test_the_result_page_keeps_to_its_weight(browser: Browser, server: str, house: House) -> None:
    sizes: dict[str, int] = {}
    with opened(browser, viewport={"width": 1366, "height": 900}) as page:
        wire = page.context.new_cdp_session(page)
        wire.send("Network.enable")
        wire.on("Network.loadingFinished", lambda e: sizes.update({e["requestId"]: int(e["encodedDataLength"])}))
        page.goto(address(server, house, "ar", "results"), wait_until="networkidle")
        elements = page.evaluate("document.querySelectorAll('*').length")
    assert len(sizes) <= 20
    assert sum(sizes.values()) <= 120 * 1024
    assert elements <= 900


def test_forced_colours_and_print_keep_the_words(browser: Browser, server: str, house: House) -> None:
    with opened(browser, forced_colors="active", reduced_motion="reduce") as page:
        page.goto(address(server, house, "ar", "sheet"))
        expect(page.locator("h1")).to_be_visible()
        page.emulate_media(media="print")
        expect(page.locator("header .gov")).to_be_hidden()
        expect(page.locator("#g-problem")).to_be_visible()
        assert len(page.pdf()) > 1000


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
            page.evaluate(AXE + ";0")
            result = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
            assert not [(v["id"], v["nodes"][0]["html"], v["nodes"][0]["any"][:1]) for v in result["violations"]], (
                scheme
            )
        page.locator("li.filebox a").first.click()
        assert re.search(f"/{language}/d/[a-z0-9]{{10}}$", page.url)
