"""Never a silent zero: other searches that find something, through the page and the JSON."""

import re
from html import unescape

import pytest
from starlette.testclient import TestClient

from kb.services import find
from kb.services.answers import Ask
from tests.visited import WITHDRAWN, House

PUBLIC = frozenset({"public"})


def offered(visitor: TestClient, **asked: str) -> list[tuple[str, str]]:
    answer = visitor.get("/api/v1/search", params=asked).json()
    return [(one["kind"], one["said"]) for one in answer["alternatives"]]


@pytest.mark.parametrize(
    ("asked", "kind", "said"),
    [
        ({"q": "تبسيط المساظر"}, "spelling", "تبسيط المساطر"),
        ({"q": "simplificaton"}, "spelling", "simplification"),
        ({"q": "jfsd' hglsh'v"}, "keyboard", "تبسيط المساطر"),
        ({"q": "لعهيث"}, "keyboard", "guide"),
        ({"q": "l,hru"}, "keyboard", "مواقع"),
        ({"q": "تبسيط", "year": "1950"}, "filter", "1950"),
        ({"all": "تبسيط زززق"}, "fewer", "زززق"),
        ({"q": "تبسيط سنة:1950"}, "fewer", "سنة:1950"),
        ({"q": "مساطرنا", "precision": "written"}, "precision", ""),
        ({"q": "تبسزقق"}, "term", "تبسيط المساطر"),
    ],
)
def test_what_finds_nothing_or_seems_wrong_offers_what_finds_something(
    visitor: TestClient, asked: dict[str, str], kind: str, said: str
) -> None:
    found = offered(visitor, **asked)
    assert (kind, said) in found, found


def test_several_filters_are_lifted_one_by_one_and_all_together(visitor: TestClient) -> None:
    kinds = [kind for kind, _ in offered(visitor, q="تبسيط", year="1950", type="publication")]
    assert kinds == ["filter", "filters"]


@pytest.mark.parametrize(
    "asked", [{"q": "تبسيط المساطر"}, {"q": ""}, {"q": "guide"}, {"q": "استقبال المرتفقين"}, {"q": "permis"}]
)
def test_a_question_that_is_answered_is_left_alone(visitor: TestClient, asked: dict[str, str]) -> None:
    assert offered(visitor, **asked) == []


def test_each_word_of_the_other_keyboard_is_one(visitor: TestClient) -> None:
    assert [said for kind, said in offered(visitor, q="l,hru") if kind == "keyboard"] == ["مواقع"]


@pytest.mark.parametrize("q", ["procédrue", "كسكس", "budget", "SGG", "zzzqqq"])
def test_what_the_other_keyboard_makes_no_word_of_is_not_offered(visitor: TestClient, q: str) -> None:
    assert "keyboard" not in [kind for kind, _ in offered(visitor, q=q)]


def test_what_begins_alike_leads_to_itself_alone(house: House) -> None:
    answer = find.find(house.services, Ask(q="تبسزقق"), PUBLIC, "ar")
    near = [one for one in answer.alternatives if one.kind == "term"]
    assert near
    for one in near:
        assert one.ask.q or one.ask.filters
        found = find.find(house.services, one.ask, PUBLIC, "ar").total
        assert found == one.total if one.total else found


def test_each_offer_finds_as_many_as_it_says(house: House) -> None:
    ask = Ask(q="تبسيط المساظر", filters={"year": frozenset({"1950"})})
    answer = find.find(house.services, ask, PUBLIC, "ar")
    assert answer.alternatives
    for one in answer.alternatives:
        if one.total:
            assert find.find(house.services, one.ask, PUBLIC, "ar").total == one.total


def test_words_of_withdrawn_documents_mend_nothing(visitor: TestClient) -> None:
    assert WITHDRAWN.split()[1] == "مسحوب"
    assert not [said for _, said in offered(visitor, q="مسحووب") if "مسحوب" in said]


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_the_page_links_what_it_offers(visitor: TestClient, language: str) -> None:
    page = unescape(visitor.get(f"/{language}/search", params={"q": "تبسيط المساظر"}).text)
    assert re.search("[«“]\\s?<bdi>تبسيط المساطر</bdi>\\s?[»”]", page)
    empty = visitor.get(f"/{language}/search", params={"q": "تبسيط", "year": "1950"}).text
    assert f'href="/{language}/search?q=%D8%AA%D8%A8%D8%B3%D9%8A%D8%B7&amp;v=1"' in empty
