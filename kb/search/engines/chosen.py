"""The engine of a library that outgrows one: a file in the root of the indexes names the one in use."""

import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple, TypeVar

from kb.core.errors import NoIndex, Unavailable
from kb.core.text import DocumentId
from kb.search.engine import Can, SearchEngine, Writer
from kb.search.query import Query
from kb.search.results import Hit, Results
from kb.search.stamp import current, write_name

T = TypeVar("T")

SMALL, LARGE = "whoosh", "tantivy"
"""The engine of a library at first, and the one that it grows into."""

_CHOICE = "ENGINE"
_HELD = "held"


class Choice(NamedTuple):
    """An engine; `held`: by somebody's decision, so that growth does not change it."""

    name: str
    held: bool = False


def chosen(root: Path) -> Choice:
    """Return the engine in use: where no file names it, the one that there is an index of."""
    try:
        name, _, held = (root / _CHOICE).read_text("ascii").strip().partition(" ")
    except FileNotFoundError:
        there = current(root / LARGE) is not None and current(root / SMALL) is None
        return Choice(LARGE if there else SMALL)
    except (OSError, ValueError) as error:
        raise NoIndex("the name of the engine cannot be read") from error
    return Choice(name, held == _HELD)


def choose(root: Path, choice: Choice) -> None:
    """Make it the engine in use, for every process at its next search."""
    write_name(root / _CHOICE, f"{choice.name} {_HELD}" if choice.held else choice.name)


class ChosenEngine:
    """Asks the engine in use; what it answered while another took over is asked again of that one."""

    def __init__(self, root: Path, open_engine: Callable[[str], SearchEngine]) -> None:
        self._root = root
        self._open_engine = open_engine
        self._opened: dict[str, SearchEngine] = {}
        self._lock = threading.Lock()

    @property
    def choice(self) -> Choice:
        return chosen(self._root)

    @property
    def can(self) -> Can:
        return self._engine(self.choice.name).can

    @property
    def size(self) -> int:
        return self._reading(lambda engine: engine.size)

    def writing(self) -> AbstractContextManager[Writer]:
        return self._engine(self.choice.name).writing()

    def search(self, query: Query) -> Results:
        return self._reading(lambda engine: engine.search(query))

    def similar(self, id: DocumentId, audience: frozenset[str], limit: int, seconds: float) -> tuple[Hit, ...]:
        return self._reading(lambda engine: engine.similar(id, audience, limit, seconds))

    def revisions(self) -> Mapping[DocumentId, int]:
        return self._reading(lambda engine: engine.revisions())

    def tidy(self) -> None:
        self._reading(lambda engine: engine.tidy())

    def close(self) -> None:
        with self._lock:
            for engine in self._opened.values():
                engine.close()
            self._opened = {}

    def _reading(self, read: Callable[[SearchEngine], T]) -> T:
        name = self.choice.name
        while True:
            try:
                answer = read(self._engine(name))
            except Unavailable:
                if name == (name := self.choice.name):
                    raise
            else:
                # An index that was moved away while it was opened may have been found empty.
                if name == (name := self.choice.name):
                    return answer

    def _engine(self, name: str) -> SearchEngine:
        with self._lock:
            if name not in self._opened:
                self._opened[name] = self._open_engine(name)
            return self._opened[name]
