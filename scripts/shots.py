"""Every page of a running library as people see it, wide and narrow, for somebody to look at.

`python scripts/shots.py http://127.0.0.1:8000 FOLDER [--language fr] [--only search,home]` finds documents of each kind
by what the library itself lists, and writes one picture a page and width: `search-1366.png`, `search-390.png` (the
language is named where it is not Arabic, what is special at the end: `search-fr-1366-dark.png`). What the
library has no document of is left out.
"""

import argparse
import os
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import Error as BrowserError

WIDTHS = {1366: 900, 390: 844}
TALLEST = 6000  # pixels of a page that are kept: long lists are judged by their beginning
QUESTION = {"ar": "تبسيط المساطر", "fr": "simplification des procédures", "en": "procedures"}
LISTS = {
    "browse": "browse",
    "practices": "practices",
    "reports": "reports",
    "laws": "laws",
    "workshops": "workshops",
    "commitments": "commitments",
    "lessons": "lessons",
    "news": "news",
    "themes": "themes",
    "theme": "themes/simplification",
    "organisations": "organisations",
    "types": "types",
    "years": "years",
    "collections": "collections",
    "activity": "activity",
    "reading-list-empty": "reading-list",
    "advanced": "search/advanced",
    "help": "help/search",
    "upload": "upload",
    "api": "api",
    "map": "map",
    "accessibility": "accessibility",
    "data-protection": "data-protection",
    "sign-in": "sign-in",
    "error-404": "nothing-here",
}
DOCUMENT = re.compile(r"/d/([a-z0-9]{10})(?=[?#/\"]|$)")


@dataclass(frozen=True)
class Shot:
    name: str
    there: str
    scripts: bool = True
    dark: bool = False


def main() -> None:
    told = _arguments()
    told.folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        chromium = os.environ.get("KB_CHROMIUM") or shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        try:
            shots = list(_shots(browser, f"{told.address.rstrip('/')}/{told.language}", told.language))
            for shot in shots:
                if not told.only or shot.name in told.only:
                    _take(browser, shot, told.folder, "" if told.language == "ar" else f"-{told.language}")
        except BrowserError as error:
            sys.exit(f"{told.address}: {error.message.splitlines()[0]}")
        finally:
            browser.close()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("address")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--language", choices=sorted(QUESTION), default="ar")
    parser.add_argument("--only", type=lambda names: frozenset(names.split(",")), default=frozenset())
    return parser.parse_args()


def _shots(browser: Browser, site: str, language: str) -> Iterator[Shot]:
    asked = quote(QUESTION[language])
    yield Shot("home", f"{site}/")
    yield Shot("search", f"{site}/search?q={asked}")
    yield Shot("search", f"{site}/search?q={asked}", dark=True)
    yield Shot("search", f"{site}/search?q={asked}", scripts=False)
    yield Shot("empty", f"{site}/search?q=zzzqqq")
    yield Shot("suggest", f"{site}/suggest?q={asked}")
    yield Shot("facet", f"{site}/search/facet/theme?q={asked}")
    for name, path in LISTS.items():
        yield Shot(name, f"{site}/{path}")
    yield from _documents(browser, site, asked)


def _documents(browser: Browser, site: str, asked: str) -> Iterator[Shot]:
    """The pages of documents, of those that the lists and a search of this library lead to."""
    page = browser.new_page()
    found = _leading(page, f"{site}/search?q={asked}")
    practices = _leading(page, f"{site}/practices")
    if found:
        yield Shot("hit", f"{site}/search/hit/{_id(found[0])}?q={asked}")
        yield Shot("cite", f"{site}/d/{_id(found[0])}/cite")
    pages = [address for address in found if "/p/" in address]
    if pages:
        yield Shot("document", pages[0])
        yield Shot("document-text", pages[0], scripts=False)
        yield Shot("record", f"{site}/d/{_id(pages[0])}")
        yield Shot("receipt", f"{site}/d/{_id(pages[0])}/f/1/receipt")
    if practices:
        ids = list(dict.fromkeys(map(_id, practices)))
        yield Shot("practice", f"{site}/d/{ids[0]}")
        yield Shot("compare", f"{site}/practices/compare?" + "&".join(f"id={id}" for id in ids[:3]))
        yield Shot("reading-list", f"{site}/reading-list?" + "&".join(f"id={id}" for id in ids[:3]))
    for body in _leading(page, f"{site}/organisations", r"/organisations/[^/?#]+$")[:1]:
        yield Shot("organisation", body)
    for name in ("laws", "workshops", "commitments", "lessons", "news", "collections"):
        for one in _leading(page, f"{site}/{name}")[:1]:
            yield Shot(f"{name}-one", f"{site}/d/{_id(one)}")
    page.context.close()


def _leading(page: Page, there: str, pattern: str = r"/d/[a-z0-9]{10}") -> list[str]:
    """The addresses of the links of a page's main part that match."""
    page.goto(there)
    links: list[str] = page.locator("main a[href]").evaluate_all("links => links.map(a => a.href)")
    return [link for link in links if re.search(pattern, link)]


def _id(address: str) -> str:
    found = DOCUMENT.search(address)
    if found is None:
        raise ValueError(address)
    return found[1]


def _take(browser: Browser, shot: Shot, folder: Path, language: str) -> None:
    special = ("-dark" if shot.dark else "") + ("" if shot.scripts else "-nojs")
    for width, height in WIDTHS.items():
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if shot.dark else "light",
            java_script_enabled=shot.scripts,
            reduced_motion="reduce",
        )
        page = context.new_page()
        page.goto(shot.there, wait_until="networkidle")
        page.evaluate("scrollTo(0, 0)")  # a page that leads to its hit is shown from its beginning
        tall = min(int(page.evaluate("document.documentElement.scrollHeight")), TALLEST)
        path = folder / f"{shot.name}{language}-{width}{special}.png"
        page.screenshot(path=path, full_page=True, clip={"x": 0, "y": 0, "width": width, "height": tall})
        context.close()


if __name__ == "__main__":
    main()
