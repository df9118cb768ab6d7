"""An engine that follows CURRENT: a rebuild in another process is noticed at the next search."""

import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TypeVar

from kb.core.errors import Unavailable
from kb.core.text import DocumentId
from kb.search.engine import Can, SearchEngine, Writer
from kb.search.query import Query
from kb.search.results import Hit, Results
from kb.search.stamp import current, folder_in_use, settle

T = TypeVar("T")


class CurrentEngine:
    """Opens the index that is in use, at the first use and again whenever that is another one.

    One of our layout answers by whatever rules it was filled. Every method raises Stale for one of another layout,
    NoIndex for one that cannot be read.
    """

    def __init__(
        self,
        root: Path,
        stamp: str,
        create: Callable[[Path], None] | None,
        open_folder: Callable[[Path], SearchEngine],
    ) -> None:
        """Lay an index that never was by `create`; without it, one that is not there was lost."""
        self._root = root
        self._stamp = stamp
        self._create = create
        self._open_folder = open_folder
        self._lock = threading.Lock()
        self._settled = False
        self._opened: tuple[Path, SearchEngine] | None = None

    @property
    def can(self) -> Can:
        return self._engine().can

    @property
    def size(self) -> int:
        return self._reading(lambda engine: engine.size)

    def writing(self) -> AbstractContextManager[Writer]:
        return self._engine().writing()

    def search(self, query: Query) -> Results:
        return self._reading(lambda engine: engine.search(query))

    def similar(self, id: DocumentId, audience: frozenset[str], limit: int, seconds: float) -> tuple[Hit, ...]:
        return self._reading(lambda engine: engine.similar(id, audience, limit, seconds))

    def revisions(self) -> Mapping[DocumentId, int]:
        return self._reading(lambda engine: engine.revisions())

    def tidy(self) -> None:
        self._engine().tidy()

    def close(self) -> None:
        with self._lock:
            if self._opened:
                self._opened[1].close()
                self._opened = None

    def _reading(self, read: Callable[[SearchEngine], T]) -> T:
        """Read; once more where the index was replaced, and the old one removed, under our hands."""
        before = current(self._root)
        try:
            return read(self._engine())
        except Unavailable:
            if current(self._root) == before:
                raise
            return read(self._engine())

    def _engine(self) -> SearchEngine:
        # Later on an index that is missing was lost, and an empty one is no answer.
        if self._create and not self._settled:
            settle(self._root, self._stamp, self._create)
            self._settled = True
        folder = folder_in_use(self._root, self._stamp)
        with self._lock:
            if self._opened is None or self._opened[0] != folder:
                # The engine before is not closed: other threads may be searching it. It goes with its last user.
                self._opened = folder, self._open_folder(folder)
            return self._opened[1]
