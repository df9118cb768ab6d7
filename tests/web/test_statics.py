"""The files pages are made with."""

import gzip

import pytest
from starlette.testclient import TestClient

from kb.web import statics


def test_a_stamped_file_may_be_kept_for_ever(visitor: TestClient) -> None:
    answer = visitor.get(statics.load().address("app.css"))
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"] == "text/css; charset=utf-8"


def test_an_old_stamp_is_answered_but_not_kept(visitor: TestClient) -> None:
    answer = visitor.get("/static/000000000000/app.css")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-cache")


def test_text_is_sent_squeezed_and_fonts_are_not(visitor: TestClient) -> None:
    style = visitor.get(statics.load().address("app.css"))
    assert style.headers["content-encoding"] == "gzip"
    assert style.content == statics.load().files["app.css"].body
    plain = visitor.get(statics.load().address("app.css"), headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert "content-encoding" not in visitor.get(statics.load().address("fonts/ui-ar-400.woff2")).headers


def test_a_file_known_already_is_not_sent_again(visitor: TestClient) -> None:
    address = statics.load().address("icons.svg")
    known = visitor.get(address, headers={"If-None-Match": visitor.get(address).headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")


@pytest.mark.parametrize(
    "name", ["../view.py", "..%2fview.py", "%2e%2e/view.py", "fonts", "", "app.css/", "\\..\\view.py"]
)
def test_nothing_else_can_be_asked_for(visitor: TestClient, name: str) -> None:
    assert visitor.get(f"/static/x/{name}").status_code == 404


def test_pages_are_sent_squeezed(visitor: TestClient) -> None:
    answer = visitor.get("/ar/search")
    assert answer.headers["content-encoding"] == "gzip"
    assert len(gzip.compress(answer.content)) < 12_000


def test_robots_are_kept_from_searching(visitor: TestClient) -> None:
    assert "Disallow: /ar/search" in visitor.get("/robots.txt").text
    assert visitor.get("/favicon.ico").headers["content-type"] == "image/svg+xml"
