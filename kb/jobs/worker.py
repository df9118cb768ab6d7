"""The loop that works the queue: claim, hand to the handler, close or send back. Handlers are given, not found."""

import datetime as dt
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from kb.core import logs
from kb.core.clock import now
from kb.core.errors import Conflict, Unavailable
from kb.db.database import Database
from kb.jobs import queue
from kb.jobs.queue import JobRef

Handler = Callable[[Sequence[JobRef]], None]
"""Does the jobs of one batch, all of one kind; doing one twice must do no harm. An error fails them all."""

Progress = Callable[[int, int], None]
"""Told (jobs ended, jobs still open) after each batch."""

POLL_SECONDS = 0.5
STOP_SECONDS = 10.0
TURN = 20  # jobs that one kind may do before the next has its turn
KEPT = dt.timedelta(days=7)  # how long a done job can still be looked up
SWEEP_SECONDS = 3600.0
_ERROR_LENGTH = 2000
_WATCH_SECONDS = 0.1

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Summary:
    """Numbers of jobs: done, failed for good, sent back to be tried later, and `left` waiting or running."""

    done: int = 0
    failed: int = 0
    again: int = 0
    left: int = 0

    def __add__(self, other: "Summary") -> "Summary":
        return Summary(self.done + other.done, self.failed + other.failed, self.again + other.again)


class _Stopped(Exception):
    """The handler did not end in time after a stop."""


class Worker:
    """One worker. Any number of them, in any number of processes, may share a queue.

    `batches` says how many jobs of a kind a handler takes at once (1 unless said), `turns` how many jobs a kind may do
    before the next has its turn (20 unless said). `lease_seconds` after a worker
    died, its jobs come back; a living one renews its lease as it works. `attempts` is how often a job may fail.
    """

    def __init__(
        self,
        database: Database,
        handlers: Mapping[str, Handler],
        *,
        batches: Mapping[str, int] | None = None,
        turns: Mapping[str, int] | None = None,
        attempts: int = 6,
        lease_seconds: float = 20.0,
        stop_seconds: float = STOP_SECONDS,
    ) -> None:
        self._database = database
        self._handlers = dict(handlers)
        self._batches = dict(batches or {})
        self._turns = dict(turns or {})
        self._attempts = attempts
        self._lease = dt.timedelta(seconds=lease_seconds)
        self._stop_seconds = stop_seconds
        self._held: list[JobRef] = []  # claimed and not settled yet
        self._swept = time.monotonic() - SWEEP_SECONDS
        self._began = 0.0
        self._alive: Callable[[], None] = lambda: None

    def run(self, stop: threading.Event, alive: Callable[[], None] = lambda: None) -> None:
        """Work until told to stop; then end the batch in hand within `stop_seconds`, or give its jobs back.

        `alive` is called every second at least, also in the midst of a long job.
        """
        self._alive = alive
        while not stop.is_set():
            self._alive()
            if not sum(tally.done for tally in self._round(stop)):
                self._sweep()
                stop.wait(POLL_SECONDS)

    def run_once(self) -> int:
        """Do what is due, each kind in its turn; return the number of jobs done."""
        return sum(tally.done for tally in self._round(threading.Event()))

    def drain(self, progress: Progress = lambda _ended, _open: None, *, patience_seconds: float = 60.0) -> Summary:
        """Work until no job is open, through the waits between attempts and what other workers have in hand.

        What is not to be done for longer than such a wait stays for a later worker.

        Gives up after `patience_seconds` in which no job ended; `left` tells how many stay open for a later worker.
        """
        total, fewest, moved = Summary(), self._open(), time.monotonic()
        while (left := self._open()) and time.monotonic() - moved < patience_seconds:
            ended = 0
            for tally in self._round(threading.Event()):
                total += tally
                ended += tally.done + tally.failed
                progress(total.done + total.failed, self._open())
            if ended or left < fewest:
                fewest, moved = min(left, fewest), time.monotonic()
            if not ended:
                time.sleep(POLL_SECONDS)
        self._sweep()
        return replace(total, left=self._open())

    def _round(self, stop: threading.Event) -> Iterator[Summary]:
        """Give each kind its turn; yield what came of each batch."""
        for kind in self._handlers:
            spent = 0
            while spent < self._turns.get(kind, TURN) and not stop.is_set():
                batch = self._claim(kind)
                if not batch:
                    break
                spent += len(batch)
                yield self._work(batch, stop)

    def _claim(self, kind: str) -> list[JobRef]:
        try:
            with self._database.reading() as session:
                if not queue.ready(session, (kind,), now()):
                    return []
            with self._database.writing() as session:
                return queue.claim(session, kind, self._batches.get(kind, 1), now(), self._lease)
        except (Unavailable, Conflict) as error:
            _log.warning("no %s jobs could be claimed: %s", kind, error)
            return []

    def _work(self, batch: Sequence[JobRef], stop: threading.Event) -> Summary:
        """Hand the batch over; when it fails, each of its jobs alone, so that one bad job harms no other."""
        self._held = list(batch)
        tally = Summary()
        try:
            error = self._attempt(batch, stop)
            if error is None or isinstance(error, Unavailable) or len(batch) == 1:
                return self._settle(batch, error)
            for ref in batch:
                if not stop.is_set():
                    tally += self._settle([ref], self._attempt([ref], stop))
        except _Stopped:
            _log.info("stopped with %d jobs in hand", len(self._held))
        finally:
            self._release()
        return tally

    def _attempt(self, refs: Sequence[JobRef], stop: threading.Event) -> Exception | None:
        """Run the handler in a thread, renewing our leases the while; return its error. Raises _Stopped.

        The thread is left behind when it does not end in time after a stop: what it does is done again later.
        """
        self._began = time.perf_counter()
        outcome: list[Exception | None] = []
        thread = threading.Thread(target=self._call, args=(refs, outcome), daemon=True)
        thread.start()
        renewed, told = time.monotonic(), None
        while thread.is_alive():
            thread.join(_WATCH_SECONDS)
            self._alive()
            moment = time.monotonic()
            if moment - renewed > self._lease.total_seconds() / 4:
                self._renew()
                renewed = moment
            if stop.is_set():
                told = moment if told is None else told
                if moment - told > self._stop_seconds:
                    raise _Stopped
        return outcome[0] if outcome else RuntimeError("the handler ended its thread")

    def _call(self, refs: Sequence[JobRef], outcome: list[Exception | None]) -> None:
        try:
            self._handlers[refs[0].kind](refs)
        except Exception as error:  # noqa: BLE001 -- here a failure, whatever it is, becomes a fact of the queue
            # what passes by itself needs no traceback, however often it comes
            cause = None if isinstance(error, Unavailable) else error
            _log.error("jobs %s of kind %s failed: %s", [ref.id for ref in refs], refs[0].kind, error, exc_info=cause)
            outcome.append(error)
        else:
            outcome.append(None)

    def _settle(self, refs: Sequence[JobRef], error: Exception | None) -> Summary:
        """Write down what became of the jobs. Where that cannot be written their leases will bring them back."""
        try:
            with self._database.writing() as session:
                if error is None:
                    queue.finish(session, refs, now())
                    failed = 0
                else:
                    said = f"{type(error).__name__}: {error}"[:_ERROR_LENGTH]
                    passing = isinstance(error, Unavailable)
                    failed = queue.fail(session, refs, said, now(), attempts=self._attempts, passing=passing)
        except (Unavailable, Conflict) as trouble:
            _log.warning("jobs %s could not be closed: %s", [ref.id for ref in refs], trouble)
            return Summary()
        self._held = [ref for ref in self._held if ref not in refs]
        self._tell(refs, "done" if error is None else "failed" if failed else "sent back")
        return Summary(done=len(refs)) if error is None else Summary(failed=failed, again=len(refs) - failed)

    def _tell(self, refs: Sequence[JobRef], outcome: str) -> None:
        """One line for what was done together. Keys are not told: that of a letter is an address."""
        told = {
            "kind": refs[0].kind,
            "jobs": [ref.id for ref in refs],
            "outcome": outcome,
            "ms": round((time.perf_counter() - self._began) * 1000, 1),
        }
        _log.info("%s: jobs %s %s in %s ms", *told.values(), extra=logs.facts(**told))

    def _renew(self) -> None:
        try:
            with self._database.writing() as session:
                queue.renew(session, self._held, now(), self._lease)
        except (Unavailable, Conflict) as error:
            _log.warning("leases could not be renewed: %s", error)

    def _release(self) -> None:
        """Give back what is still in hand: after a stop, or when the program is being broken off."""
        if not self._held:
            return
        try:
            with self._database.writing() as session:
                queue.release(session, self._held, now())
        except (Unavailable, Conflict) as error:
            _log.warning("jobs %s could not be given back: %s", [ref.id for ref in self._held], error)
        self._held = []

    def _open(self) -> int:
        with self._database.reading() as session:
            return queue.pending(session, self._handlers, now() + queue.LONGEST_WAIT)

    def _sweep(self) -> None:
        if time.monotonic() - self._swept < SWEEP_SECONDS:
            return
        try:
            with self._database.writing() as session:
                queue.sweep(session, now() - KEPT)
        except (Unavailable, Conflict) as error:
            _log.warning("old jobs could not be swept: %s", error)
        else:
            self._swept = time.monotonic()
