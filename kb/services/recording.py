"""Counts what readers search, beside the search: in memory first, into the database now and then."""

import logging
import threading
from collections import Counter, defaultdict
from contextlib import suppress

from kb.catalog import searched
from kb.catalog.searched import Tally
from kb.core.clock import now
from kb.core.errors import KbError
from kb.db.database import Database
from kb.services.answers import Answer

_MOST = 2000  # different questions held between two writings; more of them is no reader

_log = logging.getLogger(__name__)


class Recorder:
    """Told of answers by any thread; writes them in a thread of its own. Nothing here ever fails a search.

    What was told and not yet written is lost when the process is killed: a count is not worth a pause.
    """

    def __init__(self, database: Database, seconds: float, *, on: bool) -> None:
        self._database = database
        self._seconds = seconds
        self._on = on
        self._lock = threading.Lock()
        self._held: dict[str, Tally] = defaultdict(lambda: Tally(0, 0))
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def note(self, answer: Answer) -> None:
        """Count the question of an answer: the first page of one without filters, so that nobody counts twice."""
        ask = answer.ask
        if not self._on or ask.page > 1 or ask.narrowed or "partial" in answer.notices:
            return
        terms = searched.recordable(ask.q)
        if not terms:
            return
        with self._lock:
            if len(self._held) < _MOST or terms in self._held:
                self._hold(terms, Tally(1, int(not answer.total), {searched.spelling(ask.q): 1}))
            if self._thread is None:
                self._thread = threading.Thread(target=self._write_now_and_then, daemon=True)
                self._thread.start()

    def write(self) -> None:
        """Write what is held. A database that does not answer keeps it held for the next time."""
        with self._lock:
            held, self._held = self._held, defaultdict(lambda: Tally(0, 0))
        if not held:
            return
        try:
            with self._database.writing() as session:
                searched.add(session, now().date(), held)
        except KbError as error:
            _log.warning("searches are not recorded for now: %s", error)
            with self._lock:
                for terms, tally in held.items():
                    self._hold(terms, tally)

    def _hold(self, terms: str, tally: Tally) -> None:
        held = self._held[terms]
        spellings = Counter(held.spellings)
        spellings.update(tally.spellings)
        self._held[terms] = Tally(held.asked + tally.asked, held.empty + tally.empty, spellings)

    def close(self) -> None:
        self._stop.set()
        if self._thread is not None:
            with suppress(RuntimeError):
                self._thread.join(self._seconds)
        self.write()

    def _write_now_and_then(self) -> None:
        while not self._stop.wait(self._seconds):
            self.write()
