"""The small answers that programs ask every site for: robots.txt, the sitemap, OpenSearch."""

import datetime as dt
import re
import urllib.robotparser
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from starlette.testclient import TestClient

from kb.api.routes import create_router
from kb.catalog import documents
from kb.services import curate, site_map
from kb.services.context import Services
from kb.web import words
from kb.web.site import create_site
from tests.opening import library
from tests.visited import House
from tests.web.test_feeds import publish

SCHEMAS = Path(__file__).parents[1] / "fixtures" / "schemas"
MAP = etree.RelaxNG(etree.parse(SCHEMAS / "sitemap.rng"))
SEARCH = etree.RelaxNG(etree.parse(SCHEMAS / "opensearch.rng"))
NS = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
OWN = "http://testserver"


def sitemap(client: TestClient, address: str) -> Any:
    response = client.get(address.removeprefix(OWN))
    assert response.status_code == 200, address
    tree = etree.fromstring(response.content)
    MAP.assertValid(tree)
    return tree


def every(client: TestClient) -> list[Any]:
    """Each url of each part that the index names."""
    parts = sitemap(client, "/sitemap.xml").xpath("//s:loc/text()", namespaces=NS)
    return [url for part in parts for url in sitemap(client, part).iterfind("s:url", NS)]


def test_the_sitemap_has_each_public_document_in_each_language(visitor: TestClient, house: House) -> None:
    found = {url.findtext("s:loc", namespaces=NS): url for url in every(visitor)}
    told = {address for address in found if "/d/" in address}
    public = [id for name, id in house.ids.items() if name != "withdrawn"]
    assert told == {f"{OWN}/{language}/d/{id}" for id in public for language in words.LANGUAGES}
    guide = found[f"{OWN}/fr/d/{house.ids['guide']}"]
    assert guide.findtext("s:lastmod", namespaces=NS).endswith("Z")
    spoken = {link.get("hreflang"): link.get("href") for link in guide.iterfind("x:link", NS)}
    assert spoken == {
        code: f"{OWN}/{language}/d/{house.ids['guide']}"
        for code, language in (("ar", "ar"), ("fr", "fr"), ("en", "en"), ("x-default", "ar"))
    }


def test_every_address_of_the_sitemap_is_a_page_that_may_be_crawled_and_is_its_own(visitor: TestClient) -> None:
    robots = urllib.robotparser.RobotFileParser()
    robots.parse(visitor.get("/robots.txt").text.splitlines())
    addresses = [url.findtext("s:loc", namespaces=NS) for url in every(visitor)]
    assert len(addresses) == len(set(addresses))
    for address in addresses:
        assert robots.can_fetch("Googlebot", address), address
        if address.startswith(f"{OWN}/en/"):  # one language of the three
            page = visitor.get(address.removeprefix(OWN))
            assert page.status_code == 200, address
            assert f'<link rel="canonical" href="{address}">' in page.text, address
            assert "noindex" not in page.text, address


@pytest.mark.parametrize(
    ("path", "crawled"),
    [
        ("/ar/", True),
        ("/ar/d/0123456789", True),
        ("/d/0123456789/f/1/file", True),
        ("/ar/d/0123456789/f/1/p/2", True),
        ("/ar/themes/reception", True),
        ("/static/x/app.css", True),
        ("/ar/search", False),
        ("/fr/search?q=x&type=law", False),
        ("/ar/search/facet/type", False),
        ("/ar/search/feed.atom?q=x", False),
        ("/ar/browse?type=law&theme=x", False),
        ("/en/browse/feed.rss", False),
        ("/ar/suggest?q=x", False),
        ("/ar/suggest.json", False),
        ("/api/v1/search?q=x", False),
    ],
)
def test_documents_are_crawled_and_answers_to_questions_are_not(
    visitor: TestClient,
    path: str,
    crawled: bool,  # noqa: FBT001
) -> None:
    text = visitor.get("/robots.txt").text
    robots = urllib.robotparser.RobotFileParser()
    robots.parse(text.splitlines())
    assert robots.can_fetch("Bingbot", OWN + path) == crawled
    assert robots.site_maps() == [f"{OWN}/sitemap.xml"]


@pytest.fixture(name="grown")
def _grown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Services, TestClient, list[str]]]:
    monkeypatch.setattr(site_map, "PART", 2)
    with library(tmp_path / "home") as services, TestClient(create_site(services, create_router)) as client:
        yield services, client, [publish(services, f"دليل {number}") for number in range(5)]


def told(client: TestClient) -> list[str]:
    found = [url.findtext("s:loc", namespaces=NS) for url in every(client)]
    return [address.rpartition("/")[2] for address in found if "/ar/d/" in address]


def test_a_large_library_is_told_in_parts_that_do_not_move(grown: tuple[Services, TestClient, list[str]]) -> None:
    services, client, ids = grown
    assert told(client) == ids
    first = client.get("/sitemap/1.xml").content
    publish(services, "جديد")
    assert client.get("/sitemap/1.xml").content == first
    assert len(sitemap(client, "/sitemap.xml").findall("s:sitemap", NS)) == 4
    assert client.get("/sitemap/4.xml").status_code == 404
    assert client.get("/sitemap/0.xml").status_code == 404
    assert client.get("/sitemap/99999999.xml").status_code == 404


def test_what_is_not_public_is_in_no_sitemap(grown: tuple[Services, TestClient, list[str]]) -> None:
    services, client, ids = grown
    curate.withdraw(services, ids[0], "نسخة قديمة")
    with services.database.writing() as session:
        documents.create(session, type="publication", actor="test", title={"ar": "مسودة"})
        documents.edit(session, documents.load(session, ids[1]), actor="test", audience="administration")
    assert told(client) == ids[2:]


def test_an_empty_library_has_a_sitemap_of_its_lists(tmp_path: Path) -> None:
    with library(tmp_path / "home") as services, TestClient(create_site(services, create_router)) as client:
        assert f"{OWN}/ar/" in {url.findtext("s:loc", namespaces=NS) for url in every(client)}


def test_who_has_a_part_is_told_so(visitor: TestClient) -> None:
    for address in ("/sitemap.xml", "/sitemap/1.xml", "/ar/opensearch.xml"):
        tag = visitor.get(address).headers["etag"]
        assert visitor.get(address, headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_a_browser_finds_the_search_of_its_language(visitor: TestClient, language: str) -> None:
    page = visitor.get(f"/{language}/").text
    link = re.search(
        r'<link rel="search" type="application/opensearchdescription\+xml" title="[^"]+" href="([^"]+)"', page
    )
    assert link
    answered = visitor.get(link[1])
    assert answered.headers["content-type"].startswith("application/opensearchdescription+xml")
    tree = etree.fromstring(answered.content)
    SEARCH.assertValid(tree)
    urls = {one.get("type"): one.get("template") for one in tree.iterfind("{*}Url")}
    question = "المساطر"
    searching = urls["text/html"].replace("{searchTerms}", question).replace("{startPage?}", "1")
    assert searching.startswith(f"{OWN}/{language}/search?")
    assert visitor.get(searching.removeprefix(OWN)).status_code == 200
    typed = urls["application/x-suggestions+json"].replace("{searchTerms}", question[:4])
    suggested = visitor.get(typed.removeprefix(OWN))
    assert suggested.headers["content-type"].startswith("application/x-suggestions+json")
    said, completions, descriptions, addresses = suggested.json()
    assert said == question[:4]
    assert completions
    assert len(completions) == len(descriptions) == len(addresses)
    assert all(visitor.get(address.removeprefix(OWN)).status_code == 200 for address in addresses)


def test_an_address_without_a_language_sends_to_the_preferred_one(visitor: TestClient) -> None:
    sent = visitor.get("/opensearch.xml", headers={"Accept-Language": "fr"})
    assert (sent.status_code, sent.headers["location"]) == (302, "/fr/opensearch.xml")


@pytest.mark.parametrize("q", ["", "a", "%00", "م" * 900, "%F0%9F%98%80%F0%9F%98%80", "</script>"])
def test_whatever_is_typed_suggestions_are_four_lists(visitor: TestClient, q: str) -> None:
    answered = visitor.get(f"/ar/suggest.json?q={q}")
    assert answered.status_code == 200
    assert len(answered.json()) == 4


def test_whom_to_tell_of_a_hole_is_where_it_is_looked_for(house: House) -> None:
    with TestClient(house.site) as visitor:
        assert visitor.get("/.well-known/security.txt").status_code == 404, "nobody is named"
    changed = house.services.settings.model_copy(update={"security_contact": "security@example.ma"})
    with TestClient(create_site(replace(house.services, settings=changed))) as visitor:
        told = visitor.get("/.well-known/security.txt")
    fields = dict(line.split(": ", 1) for line in told.text.splitlines())
    assert fields["Contact"] == "mailto:security@example.ma"
    assert fields["Canonical"] == "http://testserver/.well-known/security.txt"
    left = dt.datetime.fromisoformat(fields["Expires"]) - dt.datetime.now(dt.UTC)
    assert dt.timedelta(days=30) < left < dt.timedelta(days=365)
