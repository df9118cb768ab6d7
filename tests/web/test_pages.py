"""What every page owes its readers, whatever it is about."""

import re
from html.parser import HTMLParser

import pytest
from starlette.testclient import TestClient

from kb.web import words
from tests.visited import House

PAGES = {
    "browse": "/browse",
    "narrowed list": "/browse?type=news&type=law&year_from=2001&sort=newest",
    "list by letter": "/browse?letter=م",
    "browse nothing": "/browse?type=nothing",
    "list facet": "/browse/facet/theme",
    "themes": "/themes",
    "theme": "/themes/simplification",
    "bodies": "/organisations",
    "body": "/organisations/reform-department",
    "types": "/types",
    "years": "/years",
    "collections": "/collections",
    "activity": "/activity",
    "home": "/",
    "results": "/search?q=تبسيط المساطر",
    "all": "/search",
    "nothing": "/search?q=zzzqqq&type=law",
    "hit": "/search/hit/{guide}?q=تبسيط",
    "filled": "/search?all=تبسيط&none=رخص&precision=same",
    "advanced": "/search/advanced?all=تبسيط&phrase=المساطر&type=law&precision=written",
    "help": "/help/search",
    "accessibility": "/accessibility",
    "privacy": "/data-protection",
    "map": "/map",
    "record": "/d/{guide}",
    "page": "/d/{guide}/f/1/p/2?q=المساطر",
    "sheet": "/d/{practice}",
    "table": "/d/{commitment}",
    "receipt": "/d/{guide}/f/1/receipt",
    "failed": "/d/{broken}",
    "refused": "/d/{broken}/f/1/receipt",
    "version": "/d/{guide}/v/1",
    "suggest": "/suggest?q=تبس",
    "cite": "/d/{guide}/cite",
    "cite page": "/d/{guide}/cite?file=1&page=2&words=المساطر",
    "list": "/reading-list?id={guide}&id={practice}&id={withdrawn}",
    "empty list": "/reading-list",
    "nothing begun": "/suggest?q=zzq",
    "upload": "/upload",
    "api": "/api",
}
DIRECTIONS = {"ar": "rtl", "fr": "ltr", "en": "ltr"}


class Outline(HTMLParser):
    """The facts of a page that a test asks for."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.root: dict[str, str | None] = {}
        self.headings = 0
        self.ids: list[str] = []
        self.links: dict[str, str] = {}
        self.doubled: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if len(given) < len(attrs):
            self.doubled.append(self.get_starttag_text() or tag)
        if tag == "html":
            self.root = given
        self.headings += tag == "h1"
        if "id" in given:
            self.ids.append(given["id"] or "")
        if given.get("hreflang") and tag == "a":
            self.links[given["hreflang"] or ""] = given["href"] or ""


def keys() -> set[str]:
    """The keys of the catalogue that could not be words of a text."""
    catalogue = words.tongues()["en"].catalogue
    return {str(key) for key in vars(catalogue)["_catalog"] if isinstance(key, str) and "." in key}


@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_every_page_states_its_language_and_has_one_heading(
    visitor: TestClient, house: House, name: str, language: str
) -> None:
    answer = visitor.get(f"/{language}" + PAGES[name].format(**house.ids))
    assert answer.status_code == 200
    outline = Outline(answer.text)
    assert (outline.root["lang"], outline.root["dir"]) == (language, DIRECTIONS[language])
    assert outline.headings == 1
    assert not outline.doubled
    assert len(outline.ids) == len(set(outline.ids))
    left = [key for key in keys() if f">{key}<" in answer.text or f'"{key}"' in answer.text]
    assert not left


@pytest.mark.parametrize("name", PAGES)
def test_switching_the_language_keeps_the_page_and_the_query(visitor: TestClient, house: House, name: str) -> None:
    address = PAGES[name].format(**house.ids)
    here = visitor.get(f"/ar{address}")
    there = visitor.get(Outline(here.text).links["fr"])
    assert there.status_code == 200
    assert Outline(there.text).root["lang"] == "fr"
    assert Outline(there.text).links["ar"] == Outline(here.text).links["ar"]
    question = re.search(r'name="q" type="search" value="([^"]*)"', here.text)
    assert question is None or question[0] in there.text


def test_a_title_cannot_become_markup(visitor: TestClient, house: House) -> None:
    for address in ("/ar/", "/ar/search?q=تبسيط", f"/ar/d/{house.ids['news']}"):
        text = visitor.get(address).text
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert(1)" in text


def test_foreign_words_carry_their_language(visitor: TestClient, house: House) -> None:
    text = visitor.get("/ar/search?q=simplification").text
    assert re.search(r'<h2 class="fx" lang="fr" dir="ltr"><a href="/ar/d/' + house.ids["accueil"], text)


def test_numbers_and_months_are_those_of_morocco(visitor: TestClient, house: House) -> None:
    assert "دجنبر 2021" in visitor.get(f"/ar/d/{house.ids['guide']}").text
    assert "يناير 2018 – دجنبر 2019" in visitor.get(f"/ar/d/{house.ids['practice']}").text
    assert '<bdi dir="ltr">120.000</bdi>' in visitor.get(f"/ar/d/{house.ids['practice']}").text


def test_pages_need_no_inline_style_or_script(visitor: TestClient, house: House) -> None:
    for address in PAGES.values():
        text = visitor.get("/ar" + address.format(**house.ids)).text
        assert not re.search(r"\sstyle=|\son[a-z]+=|<style|<script(?! src=| type=\"application/ld\+json\")", text)
