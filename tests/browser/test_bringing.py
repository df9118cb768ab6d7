"""Many files through the page of deposits in a browser: dropped, chosen, cut off, by keyboard and without scripts."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.visiting import enrolled, judged, signed_in
from tests.visited import House, settle
from tests.web.test_bringing import zip_of

pytestmark = pytest.mark.browser

DROP = """async ([zone, files]) => {
  const data = new DataTransfer();
  files.forEach(([name, text]) => data.items.add(new File([text], name, { type: 'text/plain' })));
  const how = { dataTransfer: data, bubbles: true, cancelable: true };
  for (const kind of ['dragover', 'drop']) document.querySelector(zone).dispatchEvent(new DragEvent(kind, how));
}"""

LISTEN = """() => {
  window.said = [];
  const hear = () => document.querySelectorAll('#ups .hint').forEach(hint => window.said.push(hint.textContent));
  new MutationObserver(hear).observe(document.body, { subtree: true, childList: true, characterData: true });
}"""


@pytest.fixture(scope="module")
def secret(house: House) -> str:
    return enrolled(house.services, "depositor@example.ma", "curator")


@pytest.fixture
def page(browser: Browser, server: str, secret: str) -> Iterator[Page]:
    with signed_in(browser, server, secret, viewport={"width": 1366, "height": 900}) as made:
        said: list[str] = []
        made.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        made.on("pageerror", lambda error: said.append(str(error)))
        made.goto(server + "/ar/desk/deposit")
        yield made
        assert not [text for text in said if "status of" not in text and "net::ERR" not in text]


def test_nothing_leads_to_what_was_sent_before_anything_was(page: Page) -> None:
    expect(page.locator("#done")).to_be_attached()
    expect(page.locator("#done")).to_be_hidden()


def test_files_that_are_dropped_are_taken_and_told_of_as_they_are_read(page: Page, house: House) -> None:
    files = [[f"تقرير {n}.txt", f"تقرير مسحوب رقم {n} عن الاستقبال في الإدارة"] for n in range(6)]
    page.evaluate(DROP, ["#drop", files])
    expect(page.locator("#ups .up[data-standing=waiting], #ups .up[data-standing=read]")).to_have_count(6)
    expect(page).to_have_url(re.compile("/ar/desk/deposit/[a-z0-9]{10}$"))
    settle(house.services)
    expect(page.locator("#ups .up[data-standing=read]")).to_have_count(6)
    with page.expect_navigation():
        page.click("#done a")
    expect(page.locator("#ups .up[data-standing=read]")).to_have_count(6)
    expect(page.locator("#ups")).not_to_have_attribute("data-events", re.compile("."))


def test_a_folder_brings_all_its_files(page: Page, tmp_path: Path) -> None:
    folder = tmp_path / "مجلد"
    (folder / "فرع").mkdir(parents=True)
    for name in ("أول.txt", "فرع/ثان.txt", ".hidden"):
        (folder / name).write_text(f"نص {name} من مجلد", "utf-8")
    page.click(".drop .more summary")
    page.set_input_files("#folder", folder)
    expect(page.locator("#ups .up a")).to_have_count(2)
    assert {text.strip() for text in page.locator("#ups .name").all_inner_texts()} == {
        "مجلد/أول.txt",
        "مجلد/فرع/ثان.txt",
    }


def test_what_is_cut_off_goes_on_and_what_was_closed_is_resumed(page: Page, server: str, tmp_path: Path) -> None:
    large = tmp_path / "كبير.txt"
    large.write_text("سطر من نص طويل\n" * 500_000, "utf-8")
    pieces: list[str] = []

    def cut(route: Route) -> None:
        pieces.append(route.request.headers["upload-offset"])
        if len(pieces) == 2:
            route.abort("connectionreset")
        else:
            route.continue_()

    page.evaluate(LISTEN)
    page.route("**/desk/uploads/*", cut)
    page.set_input_files("#file", large)
    expect(page.locator("#ups .up a").first).to_be_visible(timeout=60_000)
    assert any("انقطع الاتصال" in text for text in page.evaluate("window.said")), "for the second until it goes on"
    assert pieces[1] == pieces[2] == str(5 * 1024 * 1024), "the piece is sent again, and nothing twice"
    page.unroute("**/desk/uploads/*")

    other = tmp_path / "مغلق.txt"
    other.write_text("سطر من نص آخر طويل\n" * 500_000, "utf-8")
    sent: list[str] = []

    def close(route: Route) -> None:
        sent.append(route.request.headers["upload-offset"])
        if sent[-1] == "0":
            route.continue_()

    page.route("**/desk/uploads/*", close)
    page.goto(server + "/ar/desk/deposit")
    page.set_input_files("#file", other)
    expect(page.locator("#ups progress")).to_have_js_property("value", 5 * 1024 * 1024)
    page.unroute_all(behavior="ignoreErrors")
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(server + "/ar/desk/deposit")
    expect(page.locator("#unfinished")).to_contain_text("مغلق.txt")
    page.on("request", lambda request: sent.append(request.headers.get("upload-offset", "")))
    page.set_input_files("#file", other)
    expect(page.locator("#ups .up a").first).to_be_visible(timeout=60_000)
    assert sent.count("0") == 1


@pytest.mark.parametrize("scripts", [True, False])
def test_by_keyboard_and_without_scripts(
    browser: Browser, server: str, secret: str, house: House, *, scripts: bool
) -> None:
    name = f"بلا سكريبت {scripts}.txt"
    with signed_in(
        browser, server, secret, java_script_enabled=scripts, viewport={"width": 390, "height": 844}
    ) as page:
        page.goto(server + "/ar/desk/deposit")
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.locator("#file").evaluate("e => e === document.activeElement"):
                break
        else:
            pytest.fail("the field is not reached by Tab")
        page.set_input_files("#file", {"name": name, "mimeType": "text/plain", "buffer": name.encode() * 9})
        if not scripts:
            page.click("#bring button[type=submit]")
            expect(page).to_have_url(re.compile("/ar/desk/deposit/[a-z0-9]{10}$"))
        expect(page.locator("#ups .up", has_text=name)).to_be_visible()
        expect(page.locator("#ups .up a").first).to_be_visible()


@pytest.mark.parametrize(("language", "width"), [("ar", 1366), ("fr", 390), ("ar", 320)])
def test_the_pages_break_no_rule_of_accessibility(
    browser: Browser, server: str, secret: str, house: House, language: str, width: int
) -> None:
    how: dict[str, Any] = {"viewport": {"width": width, "height": 900}, "bypass_csp": True}
    with signed_in(browser, server, secret, **how) as page:
        page.goto(f"{server}/{language}/desk/deposit")
        page.evaluate(
            DROP,
            [
                "#drop",
                [["axe.txt", f"نص {language} {width}"], ["خبيث.exe", "MZ" + "\x00\x01\x90" * 900], ["vide.txt", ""]],
            ],
        )
        expect(page.locator("#ups .up")).to_have_count(3)
        expect(page.locator("#ups .up[data-standing=refused]")).to_have_count(2)
        for _ in range(2):
            assert not judged(page)
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
            page.reload()


def test_an_archive_is_unpacked_before_ones_eyes_or_looked_at_by_its_table(page: Page, house: House) -> None:
    plain = zip_of({"فرع/مرفق.txt": "نص من داخل الأرشيف".encode(), "a.exe": b"MZ\x90\x00" + bytes(range(256)) * 8})
    told = zip_of({"metadata.csv": "id;title_ar\narchive-1;عنوان من جدول\n".encode()})
    for name, data in (("تقارير.zip", plain), ("دفعة.zip", told)):
        page.set_input_files("#file", {"name": name, "mimeType": "application/zip", "buffer": data})
    expect(page.locator("#ups .up[data-standing=table]")).to_be_visible()
    settle(house.services)
    page.click("#done a")
    expect(page.locator("#ups .up[data-standing=unpacked]")).to_contain_text("تقارير.zip")
    expect(page.locator("#ups .up", has_text="تقارير.zip/فرع/مرفق.txt").locator("a").first).to_be_visible()
    expect(page.locator("#ups .up[data-standing=refused]")).to_contain_text("a.exe")
    assert not judged(page)
    page.click("[data-standing=table] button[value=import]")
    expect(page).to_have_url(re.compile("/ar/desk/imports/[a-z0-9]{10}$"))
    settle(house.services)
    expect(page.locator("button[value=confirm]")).to_be_visible()


def test_an_import_goes_on_where_the_line_broke_and_where_it_was_closed(
    page: Page, server: str, house: House, tmp_path: Path
) -> None:
    table, large = tmp_path / "t.csv", tmp_path / "كبير.txt"
    table.write_text("id;title_ar;file\npieces-1;عنوان;كبير.txt\n", "utf-8")
    large.write_text("سطر من نص طويل في استيراد\n" * 400_000, "utf-8")

    def close(route: Route) -> None:
        if route.request.headers.get("upload-offset") == "0":
            route.continue_()

    def choose(page: Page) -> None:
        page.goto(server + "/ar/desk/imports")
        page.set_input_files("#table", table)
        page.set_input_files("#file", large)
        page.click("#bring button[type=submit]")

    page.route("**/desk/uploads/*", close)
    choose(page)
    expect(page.locator("#ups progress").last).to_have_js_property("value", 5 * 1024 * 1024)
    later = page.context.new_page()
    page.close()
    later.goto(server + "/ar/desk/imports")
    expect(later.locator("#unfinished")).to_contain_text("كبير.txt")
    again: list[str] = []
    later.on("request", lambda request: again.append(request.headers.get("upload-offset", "")))
    choose(later)
    expect(later).to_have_url(re.compile("/ar/desk/imports/[a-z0-9]{10}$"), timeout=20_000)
    assert "0" not in again, "what had come is not sent again"
    settle(house.services)
    expect(later.locator("button[value=confirm]")).to_be_visible(timeout=20_000)


@pytest.mark.parametrize(("language", "width", "scripts"), [("ar", 1366, True), ("fr", 390, True), ("en", 320, False)])
def test_a_table_is_imported_and_taken_back_and_its_pages_break_no_rule(
    browser: Browser, server: str, secret: str, house: House, language: str, width: int, *, scripts: bool
) -> None:
    name = f"{language}{width}"
    table = f"file;id;title;date\n{name}.txt;{name};عنوان {name};2019\nabsent.pdf;x-{name};عنوان;أمس\n"
    how: dict[str, Any] = {"viewport": {"width": width, "height": 900}, "bypass_csp": True}
    with signed_in(browser, server, secret, **how, java_script_enabled=scripts) as page:
        page.goto(f"{server}/{language}/desk/imports")
        pages = [page.url]
        page.set_input_files("#table", {"name": "t.csv", "mimeType": "text/csv", "buffer": table.encode()})
        page.set_input_files("#file", {"name": f"{name}.txt", "mimeType": "text/plain", "buffer": name.encode()})
        page.click("form[enctype] button[type=submit]")
        expect(page).to_have_url(re.compile("/desk/imports/[a-z0-9]{10}$"))
        settle(house.services)
        pages.append(page.url)
        for act in ("confirm", "undo"):
            page.goto(page.url)
            expect(page.locator(".wrong tbody tr")).to_have_count(2)
            with page.expect_navigation():
                page.click(f"button[value={act}]")
            settle(house.services)
        page.goto(page.url)
        expect(page.locator("h1")).to_be_visible()
        expect(page.locator("button[value=undo]")).to_have_count(0)
    with signed_in(browser, server, secret, **how) as page:
        for address in pages:
            page.goto(address)
            assert not judged(page)
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
