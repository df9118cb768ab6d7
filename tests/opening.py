"""A whole library in a temporary folder, opened as the program opens it."""

import fcntl
import os
import pickle
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from kb import app
from kb.catalog.access import PUBLIC
from kb.core.settings import Settings
from kb.services import find, importing
from kb.services.answers import Answer, Ask
from kb.services.context import Services
from kb.services.importing import Summary

PATIENT = 60.0
"""Seconds that a search may take where no test is about time."""


@cache
def _empty() -> bytes:
    """The database of a library that was opened and holds nothing: to copy it takes a tenth of making it."""
    with TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        with app.open_services(Settings(home=home)):
            pass
        return (home / "kb.sqlite3").read_bytes()


@contextmanager
def house_of(settings: Settings) -> Iterator[Services]:
    """Open a house as the program does, after its first start, which is not repeated for each."""
    if not settings.database and not (path := settings.home / "kb.sqlite3").exists():
        settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.write_bytes(_empty())
    with app.open_services(settings) as services:
        yield services


@contextmanager
def library(home: Path, **settings: object) -> Iterator[Services]:
    """Open one whose searches come to their end, however busy the machine."""
    given = {"search_seconds": PATIENT} | settings
    with house_of(Settings(home=home, **given)) as services:  # type: ignore[arg-type]  # by name
        yield services


def drain(services: Services) -> None:
    assert app.drain(services, lambda _done, _total: None) == 0


def take_in(services: Services, *paths: Path, draft: bool = False) -> Summary:
    """Import and work every job to its end."""
    summary = importing.take_in(services, paths, draft=draft)
    drain(services)
    return summary


@contextmanager
def stocked(folders: pytest.TempPathFactory, name: str, *paths: Path) -> Iterator[tuple[Services, Summary]]:
    """A library of its own that holds these, and what was said of them when they were taken in.

    That is done once a run, by the process of the tests that asks first; the others wait for it and copy.
    """
    base = folders.getbasetemp()
    run = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with (run / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        told = run / f"{name}.told"
        if not told.exists():
            with library(run / name) as services:
                told.write_bytes(pickle.dumps(take_in(services, *paths)))
    home = folders.mktemp(name) / "home"
    shutil.copytree(run / name, home)
    with library(home) as services:
        yield services, pickle.loads(told.read_bytes())


def ask(services: Services, q: str, **more: object) -> Answer:
    return find.find(services, Ask(q=q, **more), PUBLIC, "ar")  # type: ignore[arg-type]  # by name


def titles(answer: Answer) -> list[str]:
    return [found.card.title.text for found in answer.found]
