"""What the tests of a browser share: the pages they visit, and the rules of accessibility these are held to."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import axe_core_python
from playwright.sync_api import Browser, Page

from kb.services import accounts
from kb.services.context import Services
from tests.visited import House

AXE = next(Path(axe_core_python.__file__).parent.rglob("axe.min.js")).read_text("utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PAGES = {
    "home": "/",
    "browse": "/browse",
    "body": "/organisations/reform-department",
    "activity": "/activity",
    "results": "/search?q=تبسيط المساطر&type=publication",
    "all": "/search",
    "narrowed": "/search?q=تبسيط&year_from=2010&year_to=2030&not_type=law",
    "answer": "/search?q=الجرد والتدوين والمصادقة",
    "facet": "/search/facet/theme?q=تبسيط&not_theme=reception",
    "nothing": "/search?q=zzzqqq&type=law",
    "hit": "/search/hit/{guide}?q=تبسيط",
    "record": "/d/{guide}",
    "page": "/d/{guide}/f/1/p/1?q=المساطر",
    "sheet": "/d/{practice}",
    "table": "/d/{commitment}",
    "cite": "/d/{guide}/cite?page=1&words=المساطر",
    "list": "/reading-list?id={guide}&id={practice}&id={withdrawn}",
    "empty list": "/reading-list",
    "practices": "/practices?level=regional",
    "commitments": "/commitments",
    "receipt": "/d/{guide}/f/1/receipt",
    "failed": "/d/{broken}",
    "refused": "/d/{broken}/f/1/receipt",
    "withdrawn": "/d/{withdrawn}",
    "picture": "/d/{plan}/f/1/p/1?q=room",
    "suggestions": "/suggest?q=تبسيط",
    "advanced": "/search/advanced?all=تبسيط&phrase=المساطر",
    "help": "/help/search",
    "accessibility": "/accessibility",
    "privacy": "/data-protection",
    "map": "/map",
    "upload": "/upload",
    "api": "/api",
    "browse nothing": "/browse?type=nothing",
    "themes": "/themes",
    "theme": "/themes/simplification",
    "bodies": "/organisations",
    "types": "/types",
    "years": "/years",
    "collections": "/collections",
    "compare": "/practices/compare?id={practice}",
    "reports": "/reports",
    "laws": "/laws",
    "workshops": "/workshops",
    "lessons": "/lessons",
    "news": "/news",
    "sign-in": "/sign-in",
    "missing": "/nothing",
}


@contextmanager
def opened(browser: Browser, **how: Any) -> Iterator[Page]:
    context = browser.new_context(**how)
    try:
        yield context.new_page()
    finally:
        context.close()


@contextmanager
def signed_in(browser: Browser, address: str, secret: str, **how: Any) -> Iterator[Page]:
    """A page of the person whose visit to this site the secret is."""
    with opened(browser, **how) as page:
        page.context.add_cookies([{"name": "session", "value": secret, "url": address}])
        yield page


def enrolled(services: Services, email: str, role: str, name: str = "محررة") -> str:
    """Open an account; return the secret of its first visit."""
    invited = accounts.invite(services, "test", email=email, name=name, role=role)
    return accounts.redeem(services, invited.secret, "خمس نخلات على الواد")


def address(server: str, house: House, language: str, name: str) -> str:
    return f"{server}/{language}{PAGES[name].format(**house.ids)}"


def judged(page: Page) -> list[tuple[str, str]]:
    """Return what axe finds on the page that is open: each rule with the first element that breaks it."""
    page.evaluate(AXE + ";0")
    result = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    return [(v["id"], v["nodes"][0]["html"][:160]) for v in result["violations"]]
