"""The demo library, for all tests of a process."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from kb.api.routes import create_router
from kb.services.context import Services
from kb.services.importing import Summary
from kb.web.site import create_site
from tests.opening import stocked

DEMO = Path(__file__).resolve().parents[2] / "corpus" / "demo"


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Services, Summary]]:
    with stocked(tmp_path_factory, "demo", DEMO) as taken_in:
        yield taken_in


@pytest.fixture(scope="session")
def site(demo: tuple[Services, Summary]) -> FastAPI:
    return create_site(demo[0], create_router)


@pytest.fixture
def reader(site: FastAPI) -> Iterator[TestClient]:
    with TestClient(site) as client:
        yield client
