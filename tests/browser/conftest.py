"""A real server and a real Chromium for the tests of what only a browser can see."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, sync_playwright

from tests.conftest import MISSING
from tests.running import running
from tests.visited import House, house

__all__ = ["browser", "house", "server", "serving"]

CHROMIUM = os.environ.get("KB_CHROMIUM") or shutil.which("chromium") or ""
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync")
QUIETER = ("--disable-background-networking", "--disable-component-update")


@contextmanager
def serving(site: FastAPI) -> Iterator[str]:
    """Run a site; give its address, without a slash at its end."""
    config = uvicorn.Config(site, log_level="error", server_header=False, proxy_headers=False)
    with running(uvicorn.Server(config)) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="session")
def server(house: House) -> Iterator[str]:
    """The address of the running site of the readers."""
    with serving(house.site) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium that is gone with its module: while it lives, no other test can start an event loop."""
    if not CHROMIUM:
        pytest.skip(MISSING + "chromium: no browser to drive")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET, *QUIETER])
        yield opened
        opened.close()
