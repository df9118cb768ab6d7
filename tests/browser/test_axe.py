"""No page breaks a rule of accessibility that a program can judge: three languages, light and dark, two widths.

Right to left and left to right are both judged in both widths and both schemes, with every rule on every page; French
and English share theirs, for colours and widths know only the direction.
"""

from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.visiting import PAGES, address, judged, opened
from tests.visited import House

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("language", "scheme", "width"),
    [
        ("ar", "light", 1366),
        ("ar", "dark", 390),
        ("fr", "light", 390),
        ("en", "dark", 1366),
    ],
)
def test_axe_finds_nothing(browser: Browser, server: str, house: House, language: str, scheme: str, width: int) -> None:
    found = []
    how: dict[str, Any] = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme, "bypass_csp": True}
    with opened(browser, **how) as page:
        for name in PAGES:
            page.goto(address(server, house, language, name))
            found += [(name, *each) for each in judged(page)]
    assert not found
