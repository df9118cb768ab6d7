"""What a page says of itself to programs: its address, and the same page in other languages."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from kb.api.routes import create_router
from kb.core.settings import Settings
from kb.web.site import create_site
from tests.visited import House

PUBLIC = "https://rassid.example.ma"


@pytest.fixture
def published(house: House) -> Iterator[TestClient]:
    """The same site behind a public address."""
    settings = Settings(home=house.services.settings.home, public_url=PUBLIC)
    site = create_site(replace(house.services, settings=settings), create_router)
    with TestClient(site, raise_server_exceptions=False, follow_redirects=False) as client:
        yield client


def links(text: str, rel: str) -> list[str]:
    found = re.findall(rf'<link rel="{rel}"[^>]*>', text)
    return [match[1] for link in found if (match := re.search(r'href="([^"]*)"', link))]


def test_a_page_names_its_full_address_and_its_languages(house: House, published: TestClient) -> None:
    text = published.get(f"/fr/d/{house.ids['guide']}?q=tout").text
    assert links(text, "canonical") == [f"{PUBLIC}/fr/d/{house.ids['guide']}"]
    spoken = dict(re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">', text))
    assert spoken == {
        code: f"{PUBLIC}/{language}/d/{house.ids['guide']}"
        for code, language in (("ar", "ar"), ("fr", "fr"), ("en", "en"), ("x-default", "ar"))
    }


def test_without_a_public_address_it_is_the_host_that_was_asked_and_let_in(visitor: TestClient) -> None:
    assert links(visitor.get("/ar/").text, "canonical") == ["http://testserver/ar/"]
    assert visitor.get("/ar/", headers={"Host": "evil.example"}).status_code == 400
    other = visitor.get("/ar/", headers={"Host": "LOCALHOST:8000", "X-Forwarded-Host": "evil.example"})
    assert links(other.text, "canonical") == ["http://localhost:8000/ar/"]
    assert "evil" not in other.text


def test_an_error_names_no_address_of_its_own(visitor: TestClient) -> None:
    assert "canonical" not in visitor.get("/ar/nothing").text


@pytest.mark.parametrize("path", ["/ar/", "/ar/search?q=دليل", "/ar/search/advanced", "/ar/help/search", "/ar/api"])
def test_every_page_has_exactly_one_canonical_address(visitor: TestClient, path: str) -> None:
    assert len(links(visitor.get(path).text, "canonical")) == 1
