"""When the largest thing of a page is there for somebody on a slow line: 400 ms to the server and 50 KB a second.

`python -m bench.paint http://127.0.0.1:8000` asks a running library for each kind of page, five times with an empty
cache, in Chromium, and prints median and extremes of the largest contentful paint, the bytes, the shift of the layout.
"""

import os
import re
import shutil
import sys
from statistics import median

from playwright.sync_api import Browser, sync_playwright

from bench.report import machine, put, table

TIMES = 5
_SLOW = {"offline": False, "latency": 400, "downloadThroughput": 50 * 1024, "uploadThroughput": 25 * 1024}
_WATCH = """
window.paint = 0; window.shift = 0;
new PerformanceObserver(l => { for (const e of l.getEntries()) window.paint = e.startTime })
  .observe({type: 'largest-contentful-paint', buffered: true});
new PerformanceObserver(l => { for (const e of l.getEntries()) if (!e.hadRecentInput) window.shift += e.value })
  .observe({type: 'layout-shift', buffered: true});
"""


def painted(browser: Browser, address: str) -> tuple[float, float, float]:
    """Return seconds to the largest paint, KB that came, and the shift."""
    context = browser.new_context(viewport={"width": 1366, "height": 900})
    page = context.new_page()
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", _SLOW)
    came: list[float] = []
    line.on("Network.loadingFinished", lambda event: came.append(event["encodedDataLength"]))
    page.add_init_script(_WATCH)
    page.goto(address, wait_until="load")
    page.wait_for_timeout(1500)
    paint, shift = page.evaluate("[window.paint, window.shift]")
    context.close()
    return paint / 1000, sum(came) / 1024, shift


def main(address: str) -> None:
    with sync_playwright() as playwright:
        program = os.environ.get("KB_CHROMIUM") or shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        page.goto(f"{address}/ar/search?q=تبسيط المساطر")
        hits = re.findall(r'href="(/ar/d/[a-z0-9]{10}/f/1/p/\d+[^"#]*)', page.content())
        page.goto(f"{address}/ar/practices")
        practices = re.findall(r'href="(/ar/d/[a-z0-9]{10})', page.content())
        kinds = {
            "home": "/ar/",
            "results": "/ar/search?q=تبسيط المساطر",
            "page of a document": hits[0].replace("&amp;", "&"),
            "practice": practices[0],
            "list": "/ar/browse",
        }
        rows = []
        for name, path in kinds.items():
            paints, sizes, shifts = zip(*(painted(browser, address + path) for _ in range(TIMES)), strict=True)
            seconds = f"{median(paints):.2f} ({min(paints):.2f} to {max(paints):.2f})"
            rows.append([name, seconds, f"{median(sizes):.0f}", f"{max(shifts):.3f}"])
        browser.close()
    text = f"{machine()}\n\n" + table(["page, cold", "largest paint, s", "KB", "shift"], rows)
    print(text)
    put("paint", text)


if __name__ == "__main__":
    main(*sys.argv[1:])
