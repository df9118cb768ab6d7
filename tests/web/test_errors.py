"""Failures told in plain words, in the reader's language, without the database."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from kb.api.routes import create_router
from kb.app import open_services
from kb.core.settings import Settings
from kb.services import importing
from kb.web import errors, view, words
from kb.web.errors import SPOKEN, Errors
from kb.web.site import create_site
from tests.visited import LIBRARY, House, settle


def told(house: House, status: int, path: str) -> str:
    """The error page for a path, rendered with no service at hand."""
    pages = Errors(view.build({}, house.services.vocabulary, upload_open=lambda: False))
    asked = {"type": "http", "method": "GET", "path": path, "query_string": b""}
    scope = {**asked, "headers": [], "state": {"reference": "1a2b3c4d"}, "app": house.site}
    return bytes(pages.refuse(scope, status).body).decode()


@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize("status", sorted(SPOKEN))
def test_each_status_has_a_page_in_each_language(house: House, status: int, language: str) -> None:
    text = told(house, status, f"/{language}/anything")
    assert f'<html lang="{language}"' in text
    assert "1a2b3c4d" in text
    assert 'name="q"' in text
    title = re.search("<h1>(.+)</h1>", text)
    assert title is not None
    assert not title[1].startswith("error.")


@pytest.mark.parametrize(("status", "spoken"), [(416, 400), (418, 400), (502, 500)])
def test_any_other_status_is_told_in_the_nearest_words(house: House, status: int, spoken: int) -> None:
    assert words.tongues()["ar"].say(f"error.{spoken}.title") in told(house, status, "/ar/")


def test_an_error_without_language_follows_the_visitor(visitor: TestClient) -> None:
    answer = visitor.get("/nothing", headers={"Accept-Language": "fr"})
    assert answer.status_code == 404
    assert "Page introuvable" in answer.text


def test_a_bug_shows_a_reference_and_nothing_of_itself(house: House, caplog: pytest.LogCaptureFixture) -> None:
    site = create_site(house.services)

    @site.get("/ar/bug")
    def bug() -> None:
        raise RuntimeError("secret detail")

    answer = TestClient(site, raise_server_exceptions=False).get("/ar/bug")
    assert answer.status_code == 500
    assert "secret detail" not in answer.text
    assert "Traceback" not in answer.text
    reference = re.search(r'<bdi dir="ltr">([0-9a-f]{8})</bdi>', answer.text)
    assert reference is not None
    assert any(reference[1] in record.getMessage() and record.exc_info for record in caplog.records)


@pytest.mark.parametrize(("ask", "status"), [({}, 404), ({"sec-fetch-site": "cross-site"}, 403)])
def test_the_log_tells_no_link_of_an_account_and_no_question(
    visitor: TestClient, caplog: pytest.LogCaptureFixture, ask: dict[str, str], status: int
) -> None:
    secret = "s3cret" * 5
    answer = visitor.post(f"/ar/link/{secret}?q=simplification", headers=ask, data={"password": "une phrase"})
    assert answer.status_code == status
    assert "/ar/link/…" in caplog.text
    for kept in (secret, "simplification", "phrase"):
        assert kept not in caplog.text


@pytest.fixture
def ruined(tmp_path: Path) -> Iterator[FastAPI]:
    """A site whose index was overwritten under it."""
    with open_services(Settings(home=tmp_path)) as services:
        importing.take_in(services, [LIBRARY / "guide.toml"])
        settle(services)
        site = create_site(services, create_router)
        for file in (tmp_path / "index").rglob("*"):
            if file.is_file():
                file.write_bytes(b"not an index")
        services.engine.close()
        yield site


@pytest.mark.slow
def test_an_index_that_cannot_be_read_is_said_and_never_an_empty_answer(ruined: FastAPI) -> None:
    client = TestClient(ruined, raise_server_exceptions=False)
    for address in ("/ar/search?q=تبسيط", "/api/v1/search?q=تبسيط"):
        answer = client.get(address)
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "30"
    health = client.get("/health")
    assert health.status_code == 503
    assert health.json()["ok"] is False


def test_every_expected_failure_has_its_status() -> None:
    assert {kind.__name__: code for kind, code in errors.STATUS.items()} == {
        "NotFound": 404,
        "Gone": 410,
        "Forbidden": 403,
        "SignInNeeded": 401,
        "SignInRefused": 401,
        "TooMany": 429,
        "Conflict": 409,
        "TooLarge": 413,
        "Invalid": 422,
        "Unavailable": 503,
        "SlowBody": 408,
    }
