"""Two people on one document, in a browser: one is asked before taking it over, and chooses field by field after."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from kb.catalog.tables import State
from kb.web.site import create_site
from tests.browser.conftest import serving
from tests.browser.test_access import broken_rules
from tests.browser.test_desk import bring, signed_in
from tests.browser.visiting import judged
from tests.web.desks import Desk, desk

__all__ = ["desk"]

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def served(desk: Desk) -> Iterator[str]:
    with serving(create_site(desk.services)) as address:
        yield address


@contextmanager
def asked(browser: Browser, served: str, desk: Desk, here: str, where: str = "", **how: Any) -> Iterator[Page]:
    """The page that one gets who saves what another has taken over and saved meanwhile."""
    with (
        signed_in(browser, served, desk, "curator", **how) as mine,
        signed_in(browser, served, desk, "other") as theirs,
    ):
        mine.goto(here + where)
        theirs.goto(here)
        with theirs.expect_navigation():
            theirs.locator('button[value="take-over"]').click()
        theirs.locator('[name="title.fr"]').fill("À eux")
        theirs.locator('[name="summary.fr"]').fill("Leur résumé, qui dit en bien des mots ce que le document apporte")
        save(theirs)
        mine.locator('[name="title.fr"]').fill("À moi")
        mine.locator('[name="summary.fr"]').fill("Mon résumé")
        save(mine)
        expect(mine.locator("#asked")).to_be_visible()
        yield mine


def save(page: Page) -> None:
    """Save, and wait for what comes of it, with its scripts."""
    with page.expect_navigation():
        page.locator('#entry button[value="save"]:visible').first.click()


@pytest.mark.parametrize("where", ["", "/edit"])
@pytest.mark.parametrize("scripts", [True, False])
def test_one_takes_over_knowingly_and_chooses_without_losing_a_word(
    browser: Browser, served: str, desk: Desk, tmp_path: Path, *, scripts: bool, where: str
) -> None:
    here = f"{served}/fr/desk/documents/{bring(desk, f'A deux {scripts}{where[1:]}', tmp_path)}"
    with asked(browser, served, desk, here, where, java_script_enabled=scripts) as mine:
        expect(mine.locator('[name="title.fr"]')).to_have_value("À moi")
        save(mine)
        expect(mine.locator("#asked")).to_be_visible()
        mine.locator("#asked a").click()
        mine.locator("#over").check()
        save(mine)
        expect(mine.get_by_role("heading", level=1)).to_have_text("Deux personnes ont modifié ce document")
        expect(mine.locator("#merge")).to_contain_text("س. العلوي")
        mine.locator('button[value="merge"]').click()
        expect(mine.locator("#problems")).to_contain_text("Titre")
        mine.locator('[name="choose.title"][value="mine"]').check()
        mine.locator('[name="choose.summary"][value="theirs"]').check()
        mine.locator('button[value="merge"]').click()
        expect(mine.locator('[name="title.fr"]')).to_have_value("À moi")
        expect(mine.locator('[name="summary.fr"]')).to_have_value(
            "Leur résumé, qui dit en bien des mots ce que le document apporte"
        )
    with signed_in(browser, served, desk, "other") as theirs:
        theirs.goto(f"{served}/fr/desk/notices")
        expect(theirs.locator(".notices li").first).to_contain_text("Quelqu’un a pris la main")


def test_all_of_it_is_done_by_keyboard(browser: Browser, served: str, desk: Desk, tmp_path: Path) -> None:
    id = bring(desk, "Clavier a deux", tmp_path)
    with asked(browser, served, desk, f"{served}/fr/desk/documents/{id}") as page:
        expect(page.locator("#asked")).to_be_focused()
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.locator("#over").focus()
        page.keyboard.press("Space")
        page.keyboard.press("Control+Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Deux personnes ont modifié ce document")
        for name in ("choose.title", "choose.summary"):
            page.locator(f'[name="{name}"][value="mine"]').focus()
            page.keyboard.press("Space")
            page.keyboard.press("ArrowDown")
            expect(page.locator(f'[name="{name}"][value="theirs"]')).to_be_checked()
        page.locator('button[value="merge"]').focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**did=published*")
    assert desk.state(id) == State.PUBLISHED


@pytest.mark.parametrize("language", ["ar", "fr"])
def test_the_question_and_the_merge_are_for_everybody(
    browser: Browser, served: str, desk: Desk, tmp_path: Path, language: str
) -> None:
    here = f"{served}/{language}/desk/documents/{bring(desk, f'Ensemble {language}', tmp_path)}"
    failed: list[Any] = []
    with asked(browser, served, desk, here, bypass_csp=True) as page:
        failed += [("asked", *each) for each in wrong(page)]
        page.locator("#over").check()
        save(page)
        expect(page.locator("#merge")).to_be_visible()
        failed += [("merge", *each) for each in wrong(page)]
        page.locator('button[value="merge"]').click()
        expect(page.locator("#problems")).to_be_visible()
        failed += [("missing", *each) for each in wrong(page)]
    assert not failed, "\n".join(map(str, failed))


def wrong(page: Page) -> Iterator[tuple[Any, ...]]:
    """What a program finds wrong with the page, light and dark, and on every width."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        yield from ((scheme, *each) for each in judged(page))
    yield from ((rule, evidence) for rule, evidence in broken_rules(page) if evidence)
