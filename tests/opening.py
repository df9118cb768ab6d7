"""A whole library in a temporary folder, opened as the program opens it."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from kb import app
from kb.catalog.access import PUBLIC
from kb.core.settings import Settings
from kb.services import find, importing
from kb.services.answers import Answer, Ask
from kb.services.context import Services
from kb.services.importing import Summary


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
    with house_of(Settings(home=home, **settings)) as services:  # type: ignore[arg-type]  # by name
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
