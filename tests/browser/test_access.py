"""What WCAG 2.2 asks of every page and axe does not see, on one walk through them in each language."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.visiting import PAGES, address, opened
from tests.visited import House

pytestmark = pytest.mark.browser

WIDTHS = (320, 390, 768, 1024, 1366)
CONTROLS = "a[href],button,input:not([type=hidden]),select,textarea,summary"
# Let a page be styled as its reader may, past the policy, which binds only what pages bring.
STYLED = "css => { const s = new CSSStyleSheet(); s.replaceSync(css); document.adoptedStyleSheets = [s]; }"
SPACED = "*{line-height:1.5!important;letter-spacing:.12em!important;word-spacing:.16em!important}"
PLACED = SPACED + "p{margin-block-end:2em!important}"
LARGE = "html{font-size:212.5%!important}"
OVER = "() => document.documentElement.scrollWidth - innerWidth"
SMALL = """selector => [...document.querySelectorAll(selector)].filter(e => {
  if (!e.checkVisibility() || e.closest('p,.snip,.crumbs,.did,.hint,.rel,.kv,h1,h2,h3,.skip,svg')) return false;
  const r = (e.closest('label') || e).getBoundingClientRect();
  return r.width && (r.width < 23.9 || r.height < 23.9);
}).map(e => e.outerHTML.slice(0, 120))"""
CUT_OFF = """() => [...document.querySelectorAll('h1,h2,h3,p,dd,dt,.btn,.chip,.tag')].filter(e =>
  e.checkVisibility() && !e.matches('.vh') && e.scrollWidth > e.clientWidth + 1
  && getComputedStyle(e).display !== 'inline'
).map(e => e.outerHTML.slice(0, 120))"""
# Each control in turn: is the focus seen (2.4.7), and is the control (2.4.11)?
UNSEEN = """selector => [...document.querySelectorAll(selector)].filter(e => {
  if (e.tabIndex < 0 || !e.checkVisibility({ visibilityProperty: true }) || e.closest('svg')) return false;
  e.focus();
  const ring = getComputedStyle(e.closest('.sbox') || e), r = e.getBoundingClientRect();
  if (e.matches(':focus-visible') && ring.outlineStyle === 'none' && ring.boxShadow === 'none') return true;
  const x = Math.min(Math.max(r.left + r.width / 2, 0), innerWidth - 1);
  const at = document.elementFromPoint(x, Math.min(Math.max(r.top + Math.min(r.height / 2, 12), 0), innerHeight - 1));
  return !at || !(e.contains(at) || at.contains(e) || (e.closest('label') || e).contains(at));
}).map(e => e.outerHTML.slice(0, 160))"""
# Who speaks to a computer says what is written: the name of a control holds its visible words (2.5.3).
MISNAMED = """() => [...document.querySelectorAll('a[aria-label],button[aria-label],summary[aria-label]')].filter(e => {
  const plain = s => s.replace(/[\\u2066-\\u2069]/g, '').replace(/\\s+/g, ' ').trim().toLowerCase();
  const seen = plain(e.innerText ?? '');  // a link in a drawing has none
  return e.checkVisibility() && seen && !plain(e.getAttribute('aria-label')).includes(seen);
}).map(e => e.outerHTML.slice(0, 160))"""
MOVING = """() => [...document.querySelectorAll('*')].filter(e => {
  const s = getComputedStyle(e);
  const moves = s.animationName !== 'none' && parseFloat(s.animationDuration) > 0.01;
  return moves || parseFloat(s.transitionDuration) > 0.01 || s.scrollBehavior === 'smooth';
}).map(e => e.tagName + '.' + e.className)"""


def broken_rules(page: Page) -> Iterator[tuple[str, Any]]:
    """Every (rule, evidence) that the page now open fails."""
    page.keyboard.press("Tab")
    yield "focus", page.evaluate(UNSEEN, CONTROLS)
    yield "name", page.evaluate(MISNAMED)
    yield "motion", page.evaluate(MOVING)
    page.evaluate(STYLED, LARGE)
    yield "twice as large", page.evaluate(OVER) > 0 or page.evaluate(CUT_OFF)
    page.evaluate(STYLED, "")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        yield f"reflow at {width}", max(0, page.evaluate(OVER))
        yield f"targets at {width}", page.evaluate(SMALL, CONTROLS)
        if width in (320, 390):
            page.evaluate(STYLED, PLACED)
            yield f"spacing at {width}", page.evaluate(OVER) > 0 or page.evaluate(CUT_OFF)
            page.evaluate(STYLED, "")
    page.set_viewport_size({"width": 1366, "height": 800})


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_every_page_can_be_used_at_any_width_size_and_spacing(
    browser: Browser, server: str, house: House, language: str
) -> None:
    failed: list[tuple[str, str, Any]] = []
    said: list[str] = []
    with opened(browser, viewport={"width": 1366, "height": 800}, reduced_motion="reduce") as page:
        page.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        for name in PAGES:
            page.goto(address(server, house, language, name), wait_until="load")
            failed += [(name, rule, evidence) for rule, evidence in broken_rules(page) if evidence]
    assert not failed
    assert not [text for text in said if not re.search("status of 4(04|10)", text)], "the policy or a script failed"


def test_a_word_without_end_makes_no_page_wider_than_a_phone(browser: Browser, server: str, house: House) -> None:
    """Titles, names of bodies and what was asked, all in one word."""
    endless = """() => {
      const box = '.rel li a,.row.between>a.fx,.row.between>a[dir],h1,h3,dd.fx';
      const bare = [...document.querySelectorAll(box)].filter(e => !e.querySelector('svg,input,img'));
      bare.forEach(e => { e.textContent = 'x'.repeat(90); });
    }"""
    wider: list[tuple[str, int]] = []
    with opened(browser, viewport={"width": 320, "height": 800}) as page:
        for name in PAGES:
            page.goto(address(server, house, "fr", name), wait_until="load")
            page.evaluate(endless)
            wider += [(name, over)] if (over := page.evaluate(OVER)) > 0 else []
    assert not wider


def test_the_first_tabs_skip_to_results_and_content(browser: Browser, server: str, house: House) -> None:
    with opened(browser, viewport={"width": 1366, "height": 900}) as page:
        page.goto(address(server, house, "ar", "results"))
        for number, target in ((1, "main"), (2, "results")):
            page.goto(address(server, house, "ar", "results"))
            for _ in range(number):
                page.keyboard.press("Tab")
            box = page.locator(":focus").bounding_box()
            assert box is not None
            assert box["y"] >= 0, "it is shown while it has the focus"
            page.keyboard.press("Enter")
            expect(page.locator(f"#{target}")).to_be_focused()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_form_with_errors_shows_them_first_and_leads_to_each(browser: Browser, server: str, *, scripts: bool) -> None:
    with opened(browser, java_script_enabled=scripts) as page:
        page.goto(server + "/ar/upload")
        page.locator("form[method=post] button").click()
        expect(page.locator("#problems")).to_be_focused()
        expect(page).to_have_title(re.compile("^لم يُقبل الإيداع"))
        field = page.locator("#file")
        expect(field).to_have_attribute("aria-invalid", "true")
        described = (field.get_attribute("aria-describedby") or "").split()
        assert "e-file" in described
        assert all(page.locator(f"#{id}").count() == 1 for id in described)
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(field).to_be_focused()


def test_forced_colours_keep_controls_marks_and_focus_visible(browser: Browser, server: str, house: House) -> None:
    bare = """() => [...document.querySelectorAll(
      '.btn,.chip,.tag,input:not([type=hidden],[type=file]),select,mark')].filter(e => {
      const s = getComputedStyle(e);
      return e.checkVisibility() && !e.closest('.sbox') && s.borderStyle === 'none' && s.outlineStyle === 'none'
        && s.appearance === 'none' && !(e.tagName === 'MARK' && s.backgroundColor !== 'rgba(0, 0, 0, 0)');
    }).map(e => e.outerHTML.slice(0, 100))"""
    with opened(browser, forced_colors="active", viewport={"width": 1366, "height": 800}) as page:
        for name in ("home", "results", "record", "page", "sheet", "upload", "missing"):
            page.goto(address(server, house, "ar", name))
            assert not page.evaluate(bare), name
            page.keyboard.press("Tab")
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid", name


def test_print_leaves_out_what_paper_cannot_do(browser: Browser, server: str, house: House) -> None:
    with opened(browser) as page:
        for name, kept in (("sheet", "#g-problem"), ("results", ".hits"), ("record", "h1"), ("page", "article")):
            page.goto(address(server, house, "ar", name))
            page.emulate_media(media="print")
            for gone in ("header .gov", ".top", ".foot", ".langs"):
                expect(page.locator(gone).first).to_be_hidden()
            expect(page.locator(kept).first).to_be_visible()
            assert page.pdf().count(b"/Type /Page\n") <= 6, name
            page.emulate_media(media="screen")


@pytest.mark.parametrize(("language", "document"), [("fr", "guide"), ("ar", "accueil")])
def test_a_document_keeps_its_own_language_and_direction(
    browser: Browser, server: str, house: House, language: str, document: str
) -> None:
    """An Arabic document in the French interface, and the reverse: its words run their way from the page's edge."""
    with opened(browser, viewport={"width": 1366, "height": 900}) as page:
        page.goto(f"{server}/{language}/d/{house.ids[document]}")
        own = {"fr": ("rtl", "left", "ar"), "ar": ("ltr", "right", "fr")}[language]
        facts = "e => [getComputedStyle(e).direction, getComputedStyle(e).textAlign, e.lang]"
        assert tuple(page.locator("h1").evaluate(facts)) == own
        assert page.evaluate("document.documentElement.lang") == language


def test_tifinagh_is_drawn_with_our_font_and_loaded_only_where_it_stands(browser: Browser, server: str) -> None:
    with opened(browser) as page:
        fonts: list[str] = []
        page.on("request", lambda request: fonts.append(request.url) if "/fonts/" in request.url else None)
        page.goto(server + "/ar/help/search", wait_until="networkidle")
        wire = page.context.new_cdp_session(page)
        wire.send("DOM.enable")
        wire.send("CSS.enable")
        root = wire.send("DOM.getDocument")["root"]["nodeId"]
        node = wire.send("DOM.querySelector", {"nodeId": root, "selector": "[lang=zgh]"})["nodeId"]
        drawn = wire.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
        assert [one["isCustomFont"] for one in drawn if one["glyphCount"] > 4] == [True]
        assert sum("tfng" in url for url in fonts) == 1
        assert not [url for url in fonts if "naskh" in url], "the reading font is for texts"
