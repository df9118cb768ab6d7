"""The desk in a real browser: by keyboard, by two people at once, without scripts, and for everybody."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from kb.app import worker
from kb.catalog.tables import State
from kb.services import curate, deposit
from kb.web.site import create_site
from tests.browser import visiting
from tests.browser.conftest import serving
from tests.browser.test_access import broken_rules
from tests.browser.visiting import judged
from tests.ingest import pdfs
from tests.web.desks import Desk, desk

__all__ = ["desk"]

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def served(desk: Desk) -> Iterator[str]:
    """The address of the desk of this module."""
    with serving(create_site(desk.services)) as address:
        yield address


def bring(desk: Desk, name: str, folder: Path) -> str:
    """Deposit a PDF of two pages as the contributor."""
    path = folder / f"{name}.pdf"
    first, second = (pdfs.stream(b"BT /F 12 Tf 72 700 Td (%s, page %d) Tj ET" % (name.encode(), n)) for n in (1, 2))
    kids = b"<< /Type /Pages /Kids [3 0 R 6 0 R] /Count 2 >>"
    path.write_bytes(pdfs.pdf({2: kids, 4: first, 6: pdfs.PAGE.replace(b"4 0 R", b"7 0 R"), 7: second}))
    given = {"title": name, "type": "publication", "language": "fr", "state": "submitted"}
    with path.open("rb") as stream:
        id, _, _ = deposit.upload(desk.services, stream, path.name, by=desk.people["contributor"], **given)
    worker(desk.services).drain()
    return id


@contextmanager
def signed_in(browser: Browser, served: str, desk: Desk, who: str, **how: Any) -> Iterator[Page]:
    how = {"viewport": {"width": 1366, "height": 800}, "reduced_motion": "reduce"} | how
    with visiting.signed_in(browser, served, desk.browsers[who].cookies["session"], **how) as page:
        yield page


def shows(page: Page, title: str) -> None:
    """Wait for the page of this title, and for its script, which hears the keys."""
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    page.wait_for_load_state()


def test_documents_are_published_one_after_the_other_by_keyboard_alone(
    browser: Browser, served: str, desk: Desk, tmp_path: Path
) -> None:
    ids = [bring(desk, f"Clavier {n}", tmp_path) for n in (1, 2, 3)]
    with signed_in(browser, served, desk, "curator") as page:
        page.goto(f"{served}/fr/desk?q=clavier&sort=oldest")
        page.get_by_role("link", name="Clavier 1").focus()
        page.keyboard.press("Enter")
        shows(page, "Clavier 1")
        page.keyboard.press("j")
        shows(page, "Clavier 2")
        page.keyboard.press("k")
        shows(page, "Clavier 1")
        page.locator('[name="title.fr"]').press("End")
        page.keyboard.type(" jk")
        shows(page, "Clavier 1")
        for title in ("Clavier 2", "Clavier 3"):
            page.keyboard.press("Control+Enter")
            shows(page, title)
        page.keyboard.press("Control+Enter")
        shows(page, "Boîte de relecture")
    assert {desk.state(id) for id in ids} == {State.PUBLISHED}


def test_pages_turn_in_place_and_a_publication_is_taken_back(
    browser: Browser, served: str, desk: Desk, tmp_path: Path
) -> None:
    id = bring(desk, "Tourner", tmp_path)
    with signed_in(browser, served, desk, "curator") as page:
        page.goto(f"{served}/fr/desk/documents/{id}?q=tourner")
        page.locator('[name="title.fr"]').fill("Tourner sans perdre")
        page.get_by_role("button", name="Page suivante").click()
        expect(page.locator("#picture")).to_have_attribute("src", f"/desk/documents/{id}/pages/1/2/image")
        expect(page.locator("#nth-page")).to_have_text("Page 2 sur 2")
        expect(page.locator('[name="title.fr"]')).to_have_value("Tourner sans perdre")
        page.locator("#primary").click()
        page.get_by_role("button", name="Annuler la publication").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Tourner sans perdre")
    assert desk.state(id) == State.SUBMITTED


def test_two_curators_on_one_document_choose_field_by_field(
    browser: Browser, served: str, desk: Desk, tmp_path: Path
) -> None:
    id = bring(desk, "Ensemble", tmp_path)
    here = f"{served}/fr/desk/documents/{id}"
    with signed_in(browser, served, desk, "curator") as mine, signed_in(browser, served, desk, "other") as theirs:
        mine.goto(here)
        theirs.goto(here)
        expect(theirs.locator("main")).to_contain_text("Ouvert par")
        with theirs.expect_navigation():
            theirs.get_by_role("button", name="Prendre la main").click()
        theirs.locator('[name="title.fr"]').fill("Ensemble, à eux")
        theirs.locator('[name="summary.fr"]').fill("Leur résumé")
        theirs.get_by_role("button", name="Enregistrer", exact=True).click()
        expect(theirs.locator("main")).to_contain_text("enregistré")
        mine.locator('[name="title.fr"]').fill("Ensemble, à moi")
        mine.get_by_role("button", name="Enregistrer", exact=True).click()
        mine.get_by_role("checkbox", name="Prendre la main").check()
        mine.get_by_role("button", name="Enregistrer", exact=True).click()
        expect(mine.get_by_role("heading", level=1)).to_have_text("Deux personnes ont modifié ce document")
        mine.get_by_role("radio", name="Votre version").check()
        mine.get_by_role("button", name="Enregistrer ces choix").click()
        expect(mine.get_by_role("heading", level=1)).to_have_text("Ensemble, à moi")
        theirs.reload()
        theirs.get_by_role("button", name="Prendre la main").click()
        expect(theirs.locator('[name="title.fr"]')).to_have_value("Ensemble, à moi")
        expect(theirs.locator('[name="summary.fr"]')).to_have_value("Leur résumé")


def test_everything_is_done_without_scripts(browser: Browser, served: str, desk: Desk, tmp_path: Path) -> None:
    first, second = bring(desk, "Sobre 1", tmp_path), bring(desk, "Sobre 2", tmp_path)
    with signed_in(browser, served, desk, "curator", java_script_enabled=False) as page:
        page.goto(f"{served}/fr/desk?q=sobre&sort=title")
        page.get_by_role("link", name="Sobre 1").click()
        page.locator('[name="title.fr"]').fill("Sobre un")
        with page.expect_navigation():
            page.get_by_role("button", name="Page suivante").click()
        expect(page.locator('[name="title.fr"]')).to_have_value("Sobre un")
        page.locator("#primary").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Sobre 2")
        page.locator("details.why summary").click()
        page.locator("#note").fill("Quelle date ?")
        with page.expect_navigation():
            page.get_by_role("button", name="Renvoyer au déposant").click()
        page.goto(f"{served}/fr/desk?tab=returned&q=sobre")
        page.get_by_label("Choisir Sobre 2").check()
        page.get_by_role("button", name="Publier").click()
        expect(page.locator(".told")).to_contain_text("publié")
    assert (desk.state(first), desk.state(second)) == (State.PUBLISHED, State.PUBLISHED)


@pytest.mark.parametrize("scripts", [True, False])
def test_all_are_chosen_at_once_only_where_scripts_run(
    browser: Browser, served: str, desk: Desk, tmp_path: Path, *, scripts: bool
) -> None:
    bring(desk, f"Choisir {scripts}", tmp_path)
    with signed_in(browser, served, desk, "curator", java_script_enabled=scripts) as page:
        page.goto(f"{served}/fr/desk?q=choisir")
        expect(page.locator("label.all")).to_be_visible(visible=scripts)
        expect(page.locator("#chosen")).to_be_visible(visible=scripts)


@pytest.mark.parametrize("language", ["ar", "fr"])
def test_the_pages_of_the_desk_are_for_everybody(
    browser: Browser, served: str, desk: Desk, tmp_path: Path, language: str
) -> None:
    ids = [bring(desk, f"Pour tous {language} {n}", tmp_path) for n in (1, 2)]
    curate.step(desk.services, desk.people["curator"], ids[1], State.RETURNED, "La date", seen=True)
    paths = ["/desk", "/desk?tab=all&q=tous", "/desk?q=zzz", "/desk/due", "/desk/notices", f"/desk/documents/{ids[0]}"]
    failed: list[Any] = []
    for who in ("curator", "contributor"):
        with signed_in(browser, served, desk, who, bypass_csp=True) as page:
            for path in paths if who == "curator" else [f"/desk/documents/{id}" for id in ids] + ["/desk/notices"]:
                page.goto(f"{served}/{language}{path}", wait_until="load")
                for scheme in ("light", "dark"):
                    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                    failed += [(path, scheme, *each) for each in judged(page)]
                failed += [(path, rule, evidence) for rule, evidence in broken_rules(page) if evidence]
    assert not failed, "\n".join(map(str, failed))
