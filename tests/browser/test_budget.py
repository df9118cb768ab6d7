"""What a page may weigh, counted by a browser that has seen nothing of us before. Time is for bench/, not for here."""

from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser

from tests.browser.visiting import address, opened
from tests.visited import House

pytestmark = pytest.mark.browser

KB = 1024
# Kind of page: bytes on the wire, requests. What a page shows of a document (pictures) comes on top of its own.
MOST = {
    "home": (110 * KB, 20),
    "results": (120 * KB, 20),
    "nothing": (120 * KB, 20),
    "record": (180 * KB, 20),
    "page": (180 * KB, 20),
    "picture": (180 * KB, 20),
    "sheet": (120 * KB, 20),
    "advanced": (110 * KB, 20),
    "upload": (134 * KB, 20),
    "missing": (110 * KB, 20),
}
HEADERS = 800  # bytes of the headers of one answer, the policy above all
MOST_ELEMENTS = 900
MOST_SHIFT = 0.02
MOST_SCRIPT = 3 * KB
MOST_STYLE = 12 * KB
SHIFTS = """window.shifted = 0; new PerformanceObserver(list => {
  for (const e of list.getEntries()) if (!e.hadRecentInput) window.shifted += e.value;
}).observe({ type: 'layout-shift', buffered: true })"""


@dataclass
class Visit:
    """The bytes of each answer on the wire, by the kind the browser gives it."""

    kinds: dict[str, str] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    elements: int = 0
    shift: float = 0.0

    def weight(self, *kinds: str) -> int:
        return sum(size for id, size in self.sizes.items() if not kinds or self.kinds.get(id) in kinds)


def cold(browser: Browser, there: str, width: int) -> Visit:
    """Visit with an empty cache and tell what came over the wire."""
    visit = Visit()
    with opened(browser, viewport={"width": width, "height": 900}) as page:
        wire = page.context.new_cdp_session(page)
        wire.send("Network.enable")
        wire.on("Network.responseReceived", lambda e: visit.kinds.update({e["requestId"]: e["type"]}))
        wire.on("Network.loadingFinished", lambda e: visit.sizes.update({e["requestId"]: int(e["encodedDataLength"])}))
        page.add_init_script(SHIFTS)
        page.goto(there, wait_until="networkidle")
        visit.elements = page.evaluate("document.querySelectorAll('*').length")
        visit.shift = page.evaluate("window.shifted")
    return visit


@pytest.mark.parametrize("kind", MOST)
def test_a_page_keeps_to_its_budget(browser: Browser, server: str, house: House, kind: str) -> None:
    visit = cold(browser, address(server, house, "ar", kind), 390 if kind == "home" else 1366)
    octets, requests = MOST[kind]
    assert visit.weight() <= octets
    assert len(visit.sizes) <= requests
    assert visit.elements <= MOST_ELEMENTS
    assert visit.shift <= MOST_SHIFT
    scripts = list(visit.kinds.values()).count("Script")
    assert visit.weight("Script") <= MOST_SCRIPT + HEADERS * scripts
    assert visit.weight("Stylesheet") <= MOST_STYLE + HEADERS
