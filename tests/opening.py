"""A whole library in a temporary folder, opened as the program opens it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kb import app
from kb.catalog.access import PUBLIC
from kb.core.settings import Settings
from kb.services import find, importing
from kb.services.answers import Answer, Ask
from kb.services.context import Services
from kb.services.importing import Summary


@contextmanager
def library(home: Path, **settings: object) -> Iterator[Services]:
    with app.open_services(Settings(home=home, **settings)) as services:  # type: ignore[arg-type]  # by name
        yield services


def drain(services: Services) -> None:
    assert app.drain(services, lambda _done, _total: None) == 0


def take_in(services: Services, *paths: Path, draft: bool = False) -> Summary:
    """Import and work every job to its end."""
    summary = importing.take_in(services, paths, draft=draft)
    drain(services)
    return summary


def ask(services: Services, q: str, **more: object) -> Answer:
    return find.find(services, Ask(q=q, **more), PUBLIC, "ar")  # type: ignore[arg-type]  # by name


def titles(answer: Answer) -> list[str]:
    return [found.card.title.text for found in answer.found]
