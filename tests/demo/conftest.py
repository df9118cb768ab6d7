"""The demo library, taken in once for all tests of a process."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from kb.api.routes import create_router
from kb.services.context import Services
from kb.services.importing import Summary
from kb.web.site import create_site
from tests.opening import library, take_in

DEMO = Path(__file__).resolve().parents[2] / "corpus" / "demo"


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Services, Summary]]:
    with library(tmp_path_factory.mktemp("demo")) as services:
        yield services, take_in(services, DEMO)


@pytest.fixture
def reader(demo: tuple[Services, Summary]) -> Iterator[TestClient]:
    with TestClient(create_site(demo[0], create_router)) as client:
        yield client
