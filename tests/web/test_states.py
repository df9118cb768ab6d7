"""Where a part of the house is gone the others still answer; every failure is told in words and found in the log."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from kb.api.routes import create_router
from kb.app import open_services
from kb.core.settings import Settings
from kb.services import importing
from kb.web import words
from kb.web.site import create_site
from tests.visited import LIBRARY, House, settle

WITHOUT_DATABASE = ("/search/advanced", "/help/search", "/accessibility", "/data-protection", "/map", "/api")
WITHOUT_INDEX = ("/", "/d/{id}", "/d/{id}/f/1/p/1?q=المساطر", "/d/{id}/cite", "/reading-list", *WITHOUT_DATABASE)


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, Path, str]]:
    """A site with one document, its home and the id; the index is gone."""
    home = tmp_path_factory.mktemp("broken")
    with open_services(Settings(home=home)) as services:
        document = importing.take_in(services, [LIBRARY / "guide.toml"]).touched[0]
        settle(services)
        shutil.rmtree(home / "index")
        with TestClient(create_site(services, create_router), raise_server_exceptions=False) as client:
            yield client, home, document
        services.database.close()


@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize("path", WITHOUT_INDEX)
def test_pages_that_need_no_index_work_while_it_is_rebuilt(
    broken: tuple[TestClient, Path, str], path: str, language: str
) -> None:
    client, _, document = broken
    assert client.get(f"/{language}" + path.format(id=document)).status_code == 200


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_a_search_while_the_index_is_rebuilt_says_so_and_leads_on(
    broken: tuple[TestClient, Path, str], language: str
) -> None:
    client, _, _ = broken
    answer = client.get(f"/{language}/search?q=a%22b")
    tongue = words.tongues()[language]
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
    assert str(tongue.say("error.503.index")) in answer.text
    assert f'href="/{language}/search?q=a%22b"' in answer.text, "the same again"
    assert 'href="/fr/search?q=a%22b"' in answer.text, "in another language"
    for path in ("/", "/map"):
        assert f'href="/{language}{path}"' in answer.text
        assert client.get(f"/{language}{path}").status_code == 200


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_the_page_of_a_failure_needs_no_database(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, language: str
) -> None:
    with open_services(Settings(home=tmp_path)) as services:
        client = TestClient(create_site(services, create_router), raise_server_exceptions=False)
        services.database.close()
        for file in tmp_path.glob("kb.sqlite3*"):
            file.unlink()
        (tmp_path / "kb.sqlite3").mkdir()
        for path in ("/", "/search?q=a", "/d/aaaaaaaaaa", "/d/aaaaaaaaaa/f/1/p/1"):
            answer = client.get(f"/{language}{path}")
            assert answer.status_code == 503
            assert told_and_logged(answer.text, caplog)
            assert f'<html lang="{language}"' in answer.text
            assert "sqlite" not in answer.text
        for path in WITHOUT_DATABASE:
            assert client.get(f"/{language}{path}").status_code == 200, path


def told_and_logged(page: str, caplog: pytest.LogCaptureFixture) -> bool:
    """Whether the page has a search box and a reference that a line of the log has too."""
    reference = re.search(r'<bdi dir="ltr">([0-9a-f]{8})</bdi>', page)
    assert reference is not None
    assert 'name="q" type="search"' in page
    return any(reference[1] in record.getMessage() for record in caplog.records)


@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize(
    ("status", "method", "path", "headers"),
    [
        (400, "GET", "/", {"Host": "elsewhere.example"}),
        (403, "POST", "/upload", {"Sec-Fetch-Site": "cross-site"}),
        (404, "GET", "/d/aaaaaaaaaa", {}),
        (404, "GET", "/nothing", {}),
        (405, "POST", "/search", {}),
        (410, "GET", "/d/{withdrawn}", {}),
        (413, "POST", "/upload", {"Content-Length": "999999999999"}),
        (414, "GET", "/search?q=" + "x" * 9000, {}),
        (431, "GET", "/", {"X-Long": "x" * 40000}),
    ],
)
def test_every_refusal_is_told_in_the_language_asked_and_found_in_the_log(
    house: House,
    caplog: pytest.LogCaptureFixture,
    language: str,
    status: int,
    method: str,
    path: str,
    headers: dict[str, str],
) -> None:
    with house.visitor() as client:
        answer = client.request(method, f"/{language}" + path.format(**house.ids), headers=headers)
    assert answer.status_code == status
    assert f'<html lang="{language}"' in answer.text
    assert told_and_logged(answer.text, caplog)
    assert not any("q=" in record.getMessage() for record in caplog.records), "what was searched is not logged"


def test_a_refusal_links_nowhere_else(visitor: TestClient) -> None:
    for path in ("//evil.example/x", "/ar//evil.example", "/ar/%22%3E%3Cb%3E", "/ar/?next=//evil.example"):
        links = re.findall(r'href="([^"]*)"', visitor.get(path).text)
        assert not [link for link in links if link.startswith("//") or "<" in link]
