"""The worker's loop: batches, failures, stops, and its own death."""

import datetime as dt
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select

from kb.core.clock import now
from kb.core.errors import Unavailable
from kb.db.database import Database
from kb.jobs import queue
from kb.jobs.queue import Job, JobRef
from kb.jobs.worker import Handler, Summary, Worker
from tests.waiting import eventually


class Record:
    """A handler that remembers its batches and fails on the keys it is told to."""

    def __init__(self, *bad: str, error: type[Exception] = ValueError) -> None:
        self.batches: list[list[str]] = []
        self._bad = set(bad)
        self._error = error

    def __call__(self, jobs: Sequence[JobRef]) -> None:
        keys = [job.key for job in jobs]
        self.batches.append(keys)
        if self._bad.intersection(keys):
            raise self._error("تعذر الفتح")


def put(database: Database, *keys: str, kind: str = "index") -> None:
    with database.writing() as session:
        for key in keys:
            queue.put(session, kind, key, now())


def states(database: Database) -> dict[str, str]:
    with database.reading() as session:
        return {job.key: job.state for job in session.scalars(select(Job))}


def until(true: Callable[[], bool]) -> None:
    eventually(true, pause=0.02)


def test_jobs_come_in_batches_of_the_size_of_their_kind(database: Database) -> None:
    put(database, *"abc")
    put(database, *"de", kind="extract")
    index, extract = Record(), Record()
    worker = Worker(database, {"index": index, "extract": extract}, batches={"index": 2})
    assert worker.run_once() == 5
    assert index.batches == [["a", "b"], ["c"]]
    assert extract.batches == [["d"], ["e"]]


def test_no_kind_keeps_the_others_waiting(database: Database) -> None:
    put(database, *map(str, range(50)), kind="extract")
    put(database, "a")
    seen: list[str] = []
    handlers: dict[str, Handler] = {
        "extract": lambda _: seen.append("extract"),
        "index": lambda _: seen.append("index"),
    }
    Worker(database, handlers).drain()
    assert seen.index("index") <= 20
    assert len(seen) == 51


def test_a_kind_may_be_given_shorter_turns(database: Database) -> None:
    put(database, *map(str, range(5)), kind="renew")
    put(database, *"ab")
    seen: list[str] = []
    handlers: dict[str, Handler] = {"renew": lambda _: seen.append("renew"), "index": lambda _: seen.append("index")}
    Worker(database, handlers, turns={"renew": 1}).drain()
    assert seen[:4] == ["renew", "index", "index", "renew"]


def test_jobs_without_a_handler_are_left_to_others(database: Database) -> None:
    put(database, "a", kind="notice")
    assert Worker(database, {"index": Record()}).run_once() == 0
    assert states(database) == {"a": "waiting"}


def test_one_bad_job_harms_no_other_of_its_batch(database: Database) -> None:
    put(database, "a", "bad", "c")
    Worker(database, {"index": Record("bad")}, batches={"index": 10}, attempts=1).run_once()
    assert states(database) == {"a": "done", "bad": "failed", "c": "done"}


def test_the_error_is_kept_with_the_job(database: Database) -> None:
    put(database, "bad")
    Worker(database, {"index": Record("bad")}).run_once()
    with database.reading() as session:
        assert session.scalars(select(Job.error)).one() == "ValueError: تعذر الفتح"


def test_an_unavailable_part_sends_the_batch_back_whole_and_blames_no_job(database: Database) -> None:
    put(database, "a", "b")
    handler = Record("a", error=Unavailable)
    Worker(database, {"index": handler}, batches={"index": 10}, attempts=1).run_once()
    assert handler.batches == [["a", "b"]]
    assert states(database) == {"a": "waiting", "b": "waiting"}


def test_drain_tries_again_until_it_works_and_tells_how_far_it_is(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "FIRST_WAIT", dt.timedelta(milliseconds=10))
    put(database, "a", "b")
    failures = iter([Unavailable("locked"), ValueError("once")])

    def handler(jobs: Sequence[JobRef]) -> None:
        for error in failures:
            raise error

    told: list[tuple[int, int]] = []
    summary = Worker(database, {"index": handler}).drain(lambda ended, left: told.append((ended, left)))
    assert summary == Summary(done=2, failed=0, again=2, left=0)
    assert told[-1] == (2, 0)


def test_drain_gives_up_when_nothing_moves(database: Database) -> None:
    put(database, "a")
    summary = Worker(database, {"index": Record("a", error=Unavailable)}).drain(patience_seconds=0.3)
    assert (summary.done, summary.left) == (0, 1)


def test_a_job_asked_for_by_a_handler_is_done_too(database: Database) -> None:
    put(database, "a", kind="extract")
    index = Record()

    def extract(jobs: Sequence[JobRef]) -> None:
        put(database, *(f"{job.key}-document" for job in jobs))

    assert Worker(database, {"index": index, "extract": extract}).drain().done == 2
    assert index.batches == [["a-document"]]


def test_a_handler_longer_than_its_lease_keeps_its_jobs(database: Database) -> None:
    put(database, "slow")
    other = Record()

    def handler(jobs: Sequence[JobRef]) -> None:
        time.sleep(1.0)
        Worker(database, {"index": other}).run_once()

    assert Worker(database, {"index": handler}, lease_seconds=0.4).run_once() == 1
    assert other.batches == []


def test_a_stop_lets_the_batch_in_hand_end(database: Database) -> None:
    put(database, "a", "b")
    stop = threading.Event()
    Worker(database, {"index": lambda _: stop.set()}).run(stop)
    assert sorted(states(database).values()) == ["done", "waiting"]


def test_a_stop_gives_back_what_does_not_end_in_time(database: Database) -> None:
    put(database, "a")
    stop, never, ended = threading.Event(), threading.Event(), threading.Event()

    def handler(jobs: Sequence[JobRef]) -> None:
        stop.set()
        never.wait(60)
        ended.set()

    Worker(database, {"index": handler}, stop_seconds=0.2).run(stop)
    assert not ended.is_set(), "it was not waited for"
    assert states(database) == {"a": "waiting"}
    never.set()


def test_a_locked_database_does_not_end_the_loop(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    database = Database(sqlite_url)
    put(database, "a")
    stop, index = threading.Event(), Record()
    claims = 0
    real = queue.claim

    def claim(*given: object) -> list[JobRef]:
        nonlocal claims
        claims += 1
        if claims == 1:
            raise Unavailable("database is locked")
        return real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(queue, "claim", claim)
    thread = threading.Thread(target=Worker(database, {"index": index}).run, args=(stop,))
    thread.start()
    until(lambda: bool(index.batches))
    stop.set()
    thread.join(10)
    assert states(database) == {"a": "done"}
    database.close()


CHILD = """
import signal, sys, threading, time
from pathlib import Path
from kb.db.database import Database
from kb.jobs.worker import Worker

def handle(jobs):
    with open(sys.argv[2], "a", encoding="utf-8") as log:
        for job in jobs:
            time.sleep(0.01)
            log.write(job.key + "\\n")

stop = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())
Worker(Database(sys.argv[1]), {"index": handle}, batches={"index": 5}, lease_seconds=1.0).run(stop)
"""


def start(url: str, log: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", CHILD, url, str(log)])


def longer(log: Path, lines: int) -> bool:
    return log.read_text().count("\n") > lines


@pytest.mark.slow
def test_killed_again_and_again_it_repeats_work_and_loses_none(url: str, tmp_path: Path) -> None:
    database, log = Database(url), tmp_path / "log"
    keys = [f"document-{n}" for n in range(60)]
    put(database, *keys)
    log.touch()
    for round in range(4):
        child = start(url, log)
        enough = log.read_text().count("\n") + 2 * round
        until(partial(longer, log, enough))
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
    last = start(url, log)
    until(lambda: set(states(database).values()) == {"done"})
    last.terminate()
    assert last.wait(10) == 0
    assert set(log.read_text().split()) == set(keys)
    database.close()
