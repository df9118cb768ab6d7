"""«لماذا ظهرت؟»: each hit tells which of its words answer and how, with one click to tighten."""

import re
from html import unescape

import pytest
from starlette.testclient import TestClient

from kb.services import find
from kb.services.answers import Ask
from tests.visited import House

PUBLIC = frozenset({"public"})


def told_of_each_hit(visitor: TestClient, q: str) -> list[str]:
    """The pages that the hits of a question lead to for all they have to tell."""
    page = visitor.get("/ar/search", params={"q": q}).text
    links = re.findall(r'<a class="told" href="([^"]+)"', page)
    return [unescape(visitor.get(unescape(link)).text) for link in links]


@pytest.mark.parametrize(
    ("q", "step", "found"),
    [
        ("تبسيط", "written", "تبسيط"),
        ("الاداريه", "spelling", "الإدارية"),
        ("مسطرة", "family", "المساطر"),
        ("المساظر", "like", "المساطر"),
        ("simplifcation", "like", "simplification"),
        ("وبتبسيط", "form", "تبسيط"),
        ("تبس*", "beginning", "تبسيط"),
        ("procedures", "spelling", "procédures"),
        ("procédure", "form", "procédures"),
        ("simplification des procédures", "thesaurus", "تبسيط"),
    ],
)
def test_a_hit_tells_the_step_that_joined_its_words(
    house: House, visitor: TestClient, q: str, step: str, found: str
) -> None:
    answer = find.find(house.services, Ask(q=q), PUBLIC, "ar")
    told = {(one.step, form) for hit in answer.found for one in hit.why for form in one.found}
    assert (step, found) in told, told
    pages = told_of_each_hit(visitor, q)
    assert any(f'<bdi class="form">{found}</bdi>' in page for page in pages)


@pytest.mark.parametrize(("q", "precision"), [("الاداريه", "written"), ("المساظر", "same"), ("مسطرة", "same")])
def test_one_click_tightens_the_search(visitor: TestClient, q: str, precision: str) -> None:
    assert any(f"precision={precision}" in page.partition('id="told"')[2] for page in told_of_each_hit(visitor, q))


def test_a_hit_that_the_list_no_longer_holds_leads_to_the_list(house: House, visitor: TestClient) -> None:
    answer = visitor.get(f"/fr/search/hit/{house.ids['news']}?q=zzzqqq&sort=newest")
    assert (answer.status_code, answer.headers["location"]) == (303, "/fr/search?q=zzzqqq&v=1&sort=newest")


def test_a_list_without_a_question_has_nothing_to_tell(visitor: TestClient) -> None:
    assert "لماذا ظهرت؟" not in visitor.get("/ar/search").text
