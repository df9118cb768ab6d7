"""Which language a visitor is answered in."""

import pytest
from starlette.testclient import TestClient

from kb.web.wiring import COOKIE


@pytest.mark.parametrize(
    ("accepted", "cookie", "language"),
    [
        ("", "", "ar"),
        ("fr-MA,fr;q=0.9,ar;q=0.5", "", "fr"),
        ("de, en;q=0.4, fr;q=0.3", "", "en"),
        ("fr;q=0, en;q=0.1", "", "en"),
        ("fr;q=banana, en", "", "en"),
        ("de", "", "ar"),
        ("fr", "en", "en"),
        ("fr", "klingon", "fr"),
        (";;;,,,q=", "", "ar"),
        ("fr" * 5000, "", "ar"),
    ],
)
def test_cookie_then_browser_then_house_decide(visitor: TestClient, accepted: str, cookie: str, language: str) -> None:
    headers = {"Accept-Language": accepted} | ({"Cookie": f"{COOKIE}={cookie}"} if cookie else {})
    answer = visitor.get("/", headers=headers)
    assert answer.status_code == 302
    assert answer.headers["location"] == f"/{language}/"
    assert {"Accept-Language", "Cookie"} <= set(answer.headers["vary"].split(", "))


def test_switching_inside_the_site_is_remembered(visitor: TestClient) -> None:
    visitor.get("/fr/", headers={"Sec-Fetch-Site": "same-origin"})
    assert visitor.get("/", headers={"Accept-Language": "ar"}).headers["location"] == "/fr/"


def test_a_link_from_outside_changes_no_preference(visitor: TestClient) -> None:
    for site in ("cross-site", "none"):
        assert "set-cookie" not in visitor.get("/fr/", headers={"Sec-Fetch-Site": site}).headers
    assert "set-cookie" not in visitor.get("/fr/").headers


def test_a_language_without_its_slash_is_sent_to_its_home(visitor: TestClient) -> None:
    answer = visitor.get("/fr")
    assert (answer.status_code, answer.headers["location"]) == (308, "/fr/")
