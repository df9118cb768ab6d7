"""A full page of hits stays light, whatever is asked: over the demo library, which has more than one page of them."""

import gzip
from html.parser import HTMLParser

import pytest
from starlette.testclient import TestClient

MOST_ELEMENTS = 900
MOST_BYTES = 12 * 1024  # of the page itself, compressed
HITS = 20


class Counting(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.elements = 0
        self.hits = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements += 1
        self.hits += tag == "li" and "hit" in (dict(attrs).get("class") or "").split()


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
@pytest.mark.parametrize(
    "there",
    [
        "search",
        "search?q=الإدارة",
        "search?q=المساطر",
        "search?q=تبسيط المساطر الإدارية",
        "search?q=réforme administration publique service",
        "browse",
    ],
)
def test_twenty_hits_are_few_elements_and_few_bytes(reader: TestClient, language: str, there: str) -> None:
    text = reader.get(f"/{language}/{there}").text
    page = Counting()
    page.feed(text)
    assert page.hits == HITS
    assert page.elements <= MOST_ELEMENTS
    assert len(gzip.compress(text.encode())) <= MOST_BYTES
