"""«لماذا ظهرت؟»: each hit tells which of its words answer and how, with one click to tighten."""

from html import unescape

import pytest
from starlette.testclient import TestClient

from kb.services import find
from kb.services.answers import Ask
from tests.visited import House

PUBLIC = frozenset({"public"})


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
    page = unescape(visitor.get("/ar/search", params={"q": q}).text)
    assert f'<bdi class="form">{found}</bdi>' in page


@pytest.mark.parametrize(("q", "precision"), [("الاداريه", "written"), ("المساظر", "same"), ("مسطرة", "same")])
def test_one_click_tightens_the_search(visitor: TestClient, q: str, precision: str) -> None:
    page = unescape(visitor.get("/ar/search", params={"q": q}).text)
    assert "لماذا ظهرت؟" in page
    assert f"precision={precision}" in page.partition('class="hits"')[2]


def test_a_list_without_a_question_has_nothing_to_tell(visitor: TestClient) -> None:
    assert "لماذا ظهرت؟" not in visitor.get("/ar/search").text
