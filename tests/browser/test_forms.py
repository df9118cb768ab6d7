"""A practice is described and a page put right in a browser: with scripts, without, by keyboard, on any width."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from kb.catalog import documents
from tests.browser.visiting import enrolled, judged, signed_in
from tests.visited import House, settle

pytestmark = pytest.mark.browser

NEW = "/ar/desk/new/good_practice"
FILLED = {
    "title.ar": "شباك موحد لتسليم الوثائق",
    "data.period.y1": "2019",
    "data.before.ar": "كان المرتفق ينتظر **45 يوما**.",
    "data.done.ar": "- جمع الشبابيك\n- تكوين الأعوان",
    "data.pilot": "جماعة سلا",
    "data.cost.low": "20.000".replace(".", ""),
    "data.success_factors": "التزام الرئيس",
    "data.obstacles.0.obstacle": "قلة الموظفين",
    "data.conditions": "مقر واحد",
    "data.contact.role": "رئيس المصلحة",
}


@pytest.fixture(scope="module")
def secret(house: House) -> str:
    return enrolled(house.services, "writer@example.ma", "curator")


@pytest.fixture
def page(browser: Browser, server: str, secret: str) -> Iterator[Page]:
    with signed_in(browser, server, secret, viewport={"width": 1366, "height": 900}) as made:
        said: list[str] = []
        made.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        made.on("pageerror", lambda error: said.append(str(error)))
        yield made
        assert not [text for text in said if "status of" not in text]


def field(page: Page, name: str) -> Any:
    return page.locator(f'[name="{name}"]')


def fill(page: Page) -> None:
    for name, value in FILLED.items():
        field(page, name).fill(value)
    field(page, "data.level").select_option("communal")
    field(page, "data.stage").select_option("extended")


def indicator(page: Page, row: int, name: str, before: str, after: str) -> None:
    for column, value in (("name", name), ("before", before), ("after", after), ("date", "2023")):
        page.locator(f'[data-rows="data.indicators"] [name$=".{column}"]').nth(row).fill(value)


def press(page: Page, what: str) -> None:
    page.locator(f'button[value="{what}"]').first.click()


def indicators(house: House, page: Page) -> list[str]:
    """Return the names of what was saved, in order."""
    expect(page).to_have_url(re.compile(r"/ar/desk/documents/[a-z0-9]{10}/edit\?saved=1"))
    with house.services.database.reading() as session:
        document = documents.load(session, page.url.split("/")[6])
        assert document.title["ar"]["text"] == FILLED["title.ar"]
        return [row["name"] for row in document.data["indicators"]]


def test_a_practice_with_a_table_is_made_without_scripts(
    browser: Browser, server: str, secret: str, house: House
) -> None:
    with signed_in(browser, server, secret, java_script_enabled=False) as page:
        page.goto(server + NEW)
        fill(page)
        indicator(page, 0, "أجل التسليم", "45", "7")
        with page.expect_navigation():
            press(page, "add:data.indicators")
        expect(field(page, "title.ar")).to_have_value(FILLED["title.ar"])
        indicator(page, 1, "عدد الزيارات", "3", "1")
        with page.expect_navigation():
            press(page, "up:data.indicators.1")
        press(page, "save")
        assert indicators(house, page) == ["عدد الزيارات", "أجل التسليم"]


def test_rows_come_and_go_by_the_script_and_are_saved_in_their_order(page: Page, server: str, house: House) -> None:
    page.goto(server + NEW)
    fill(page)
    indicator(page, 0, "أجل التسليم", "45", "7")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.is_navigation_request() else None)
    press(page, "add:data.indicators")
    indicator(page, 1, "عدد الزيارات", "3", "1")
    press(page, "add:data.indicators")
    indicator(page, 2, "خطأ", "", "")
    page.locator('[data-rows="data.indicators"] > div').nth(2).locator('button[value^="remove:"]').click()
    page.locator('[data-rows="data.indicators"] > div').nth(1).locator('button[value^="up:"]').click()
    assert asked == [], "no page was fetched"
    press(page, "save")
    assert indicators(house, page) == ["عدد الزيارات", "أجل التسليم"]


def test_enter_in_a_field_saves_and_a_mistake_is_reached_from_the_list_by_keyboard(page: Page, server: str) -> None:
    page.goto(server + NEW)
    field(page, "data.cost.low").fill("كثير")
    field(page, "data.cost.low").press("Enter")
    expect(page.locator("#problems")).to_be_visible()
    page.locator('#problems a[href="#data.cost.low"]').focus()
    page.keyboard.press("Enter")
    expect(field(page, "data.cost.low")).to_be_focused()
    expect(field(page, "data.cost.low")).to_have_value("كثير")


def test_every_field_and_button_is_reached_by_the_keyboard(page: Page, server: str) -> None:
    page.goto(server + "/ar/desk/new/lesson")
    wanted = page.locator("#entry input:not([type=hidden]), #entry textarea, #entry select, #entry button").count()
    page.locator("#entry button").first.focus()
    reached = set()
    for _ in range(2 * wanted):
        reached.add(page.evaluate("[...document.querySelectorAll('#entry *')].indexOf(document.activeElement)"))
        page.keyboard.press("Tab")
    closed = page.locator("#entry details:not([open]) :is(input:not([type=hidden]), select)").count()
    assert len(reached - {-1}) >= wanted - closed


def test_what_is_typed_is_kept_by_the_script_and_stands_there_again(page: Page, server: str) -> None:
    page.clock.install()
    page.goto(server + "/ar/desk/new/workshop")
    field(page, "title.ar").fill("ورش لم يكتمل")
    with page.expect_response(lambda answer: answer.status == 204):
        page.clock.run_for(16_000)
    expect(page.locator("#kept")).not_to_be_empty()
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(server + "/ar/desk/new/workshop")
    expect(field(page, "title.ar")).to_have_value("ورش لم يكتمل")
    press(page, "discard")
    expect(field(page, "title.ar")).to_have_value("")


def test_a_page_is_put_right_beside_its_picture(page: Page, server: str, house: House) -> None:
    address = f"{server}/ar/desk/documents/{house.ids['plan']}/pages/1/1"
    page.goto(address)
    assert page.locator("img.scan").evaluate("picture => picture.decode().then(() => picture.naturalWidth)") > 0
    read = page.locator("#text").input_value()
    page.locator("#text").fill(re.sub("room", "chamber", read, count=1))
    page.locator("#entry button[type=submit]").click()
    expect(page.locator("#history del")).to_have_text(re.compile("room"))
    settle(house.services)
    page.goto(f"{server}/ar/d/{house.ids['plan']}/f/1/p/1?q=chamber")
    expect(page.locator("#hit-1 rect").first).to_be_attached()
    page.goto(address)
    page.locator("#history button").first.click()
    expect(page.locator("#history .tag")).to_have_text("متراجع عنه")
    settle(house.services)


PAGES = (
    "/desk/new",
    "/desk/new/good_practice",
    "/desk/new/law",
    "/desk/documents/{practice}/edit",
    "/desk/documents/{plan}/pages/1/1",
    "/desk/documents/{plan}/files",
    "/desk/corrections",
)


@pytest.mark.parametrize(
    ("language", "scheme", "width"),
    [("ar", "light", 1366), ("ar", "dark", 390), ("fr", "light", 320), ("en", "dark", 1366)],
)
def test_axe_finds_nothing_and_no_page_is_wider_than_its_window(
    browser: Browser, server: str, house: House, secret: str, language: str, scheme: str, width: int
) -> None:
    how: dict[str, Any] = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme, "bypass_csp": True}
    found = []
    with signed_in(browser, server, secret, **how) as page:
        for path in PAGES:
            page.goto(server + f"/{language}" + path.format(**house.ids))
            if path.endswith("good_practice"):
                page.locator('button[value="save"]').first.click()
                expect(page.locator("#problems")).to_be_visible()
                page.wait_for_load_state()
            found += [(path, *each) for each in judged(page)]
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    assert not found
