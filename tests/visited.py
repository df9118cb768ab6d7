"""A whole house for the tests of the pages and of the JSON: real database, real index, a handful of documents."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import Response
from starlette.testclient import TestClient

from kb.api.routes import create_router
from kb.app import worker
from kb.catalog.access import PUBLIC
from kb.core.settings import Settings
from kb.services import curate, find, importing
from kb.services.answers import Ask
from kb.services.context import Services
from kb.web.site import create_site
from tests.opening import PATIENT, house_of

LIBRARY = Path(__file__).parent / "library"
WITHDRAWN = "درس مسحوب من النشر"
REASON = "صدرت نسخة أحدث من هذا الدرس."


class Browser(TestClient):
    """A browser without scripts that came by one of our pages: what it posts as a form brings that page's token."""

    def token(self) -> str:
        """Return the token of a page with a form."""
        page = self.get("/ar/sign-in", headers={"Accept-Language": "ar"}, follow_redirects=True)
        found = re.search(r'name="csrf" value="([0-9a-f]+)"', page.text)
        assert found, page.text
        return found[1]

    def post(self, url: Any, *, data: Any = None, **more: Any) -> Response:
        if data is not None and "csrf" not in data and url[:4] in {"/ar/", "/fr/", "/en/"}:
            data = {**data, "csrf": self.token()}
        return super().post(url, data=data, **more)


@dataclass(frozen=True)
class House:
    """The services with the ids of the documents, by the stem of the file that describes each."""

    services: Services
    site: FastAPI
    ids: dict[str, str]

    def visitor(self, *, client: str = "127.0.0.1", follow: bool = False) -> Browser:
        """A browser without scripts. Our own failures come back as answers, as they would to a visitor."""
        own = {"Origin": "http://testserver"}
        return Browser(
            self.site, raise_server_exceptions=False, client=(client, 50000), follow_redirects=follow, headers=own
        )


def settle(services: Services) -> None:
    """Read and index everything that waits."""
    assert not worker(services).drain().failed


def build(settings: Settings) -> Iterator[House]:
    with house_of(settings) as services:
        titles = {}
        for path in sorted(LIBRARY.glob("*.toml")):
            summary = importing.take_in(services, [path])
            assert not summary.refused, summary.refused
            titles[path.stem] = summary.touched[0]
        settle(services)
        curate.withdraw(services, titles["withdrawn"], REASON)
        settle(services)
        assert find.find(services, Ask(), PUBLIC, "ar").total == len(titles) - 1
        yield House(services, create_site(services, create_router), titles)


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    yield from build(Settings(home=tmp_path_factory.mktemp("house"), search_seconds=PATIENT))


@pytest.fixture
def visitor(house: House) -> Iterator[TestClient]:
    with house.visitor() as client:
        yield client
