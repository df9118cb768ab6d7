"""The queue's promises: asked twice is once, nothing is lost, nothing blocks for ever."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from kb.db.database import Database
from kb.jobs import queue
from kb.jobs.queue import LOSSES_ALONE, LOSSES_MOST, Job, JobRef

NOW = dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC)
LEASE = dt.timedelta(seconds=20)
SECOND = dt.timedelta(seconds=1)


def put(database: Database, *keys: str, kind: str = "index", at: dt.datetime = NOW) -> None:
    with database.writing() as session:
        for key in keys:
            queue.put(session, kind, key, at)


def claim(database: Database, limit: int = 10, at: dt.datetime = NOW, kind: str = "index") -> list[JobRef]:
    with database.writing() as session:
        return queue.claim(session, kind, limit, at, LEASE)


def finish(database: Database, refs: list[JobRef], at: dt.datetime = NOW) -> None:
    with database.writing() as session:
        queue.finish(session, refs, at)


def fail(database: Database, refs: list[JobRef], at: dt.datetime = NOW, *, passing: bool = False) -> int:
    with database.writing() as session:
        return queue.fail(session, refs, "قفل", at, attempts=3, passing=passing)


def jobs(database: Database) -> list[tuple[str, str]]:
    with database.reading() as session:
        return [(job.key, job.state) for job in session.scalars(select(Job).order_by(Job.id))]


def keys(refs: list[JobRef]) -> list[str]:
    return [ref.key for ref in refs]


def test_asking_twice_is_asking_once(database: Database) -> None:
    put(database, "a", "a")
    put(database, "a", at=NOW + SECOND)
    assert jobs(database) == [("a", "waiting")]


def test_one_key_may_wait_for_two_kinds(database: Database) -> None:
    put(database, "a")
    put(database, "a", kind="extract")
    assert keys(claim(database)) == ["a"]
    assert keys(claim(database, kind="extract")) == ["a"]


def test_the_oldest_are_claimed_first_up_to_the_limit(database: Database) -> None:
    put(database, "late", at=NOW - SECOND)
    put(database, "early", at=NOW - 2 * SECOND)
    put(database, "future", at=NOW + SECOND)
    assert keys(claim(database, limit=1)) == ["early"]
    assert keys(claim(database)) == ["late"]
    assert keys(claim(database)) == []


def test_a_change_during_a_run_runs_again_but_not_beside_it(database: Database) -> None:
    put(database, "a")
    running = claim(database)
    put(database, "a")
    assert claim(database) == []
    finish(database, running)
    assert keys(claim(database)) == ["a"]


def test_a_failed_job_waits_twice_as_long_each_time_and_then_stays_failed(database: Database) -> None:
    put(database, "a")
    at = NOW
    for wait in (2, 4):
        assert fail(database, claim(database, at=at), at) == 0
        assert claim(database, at=at + (wait - 1) * SECOND) == []
        at += wait * SECOND
    assert fail(database, claim(database, at=at), at) == 1
    assert jobs(database) == [("a", "failed")]
    assert claim(database, at=at + dt.timedelta(days=1)) == []


def test_a_passing_failure_never_ends_a_job(database: Database) -> None:
    put(database, "a")
    at = NOW
    for _ in range(20):
        assert fail(database, claim(database, at=at), at, passing=True) == 0
        at += queue.LONGEST_WAIT
    assert keys(claim(database, at=at)) == ["a"]


def test_a_failed_job_leaves_the_work_to_a_newer_one_of_its_key(database: Database) -> None:
    put(database, "a")
    running = claim(database)
    put(database, "a", at=NOW + SECOND)
    fail(database, running)
    assert jobs(database) == [("a", "done"), ("a", "waiting")]


def test_failed_jobs_can_be_sent_back_to_work(database: Database) -> None:
    put(database, "a")
    for _ in range(3):
        fail(database, claim(database, at=NOW + dt.timedelta(hours=1)))
    with database.writing() as session:
        assert queue.retry(session, "index", NOW) == 1
    assert keys(claim(database)) == ["a"]


def test_the_jobs_of_a_dead_worker_come_back(database: Database) -> None:
    put(database, "a", "b")
    claim(database)
    assert claim(database, at=NOW + LEASE) == []
    assert keys(claim(database, at=NOW + LEASE + SECOND)) == ["a", "b"]


def test_a_renewed_lease_keeps_the_jobs(database: Database) -> None:
    put(database, "a")
    held = claim(database)
    with database.writing() as session:
        queue.renew(session, held, NOW + LEASE, LEASE)
    assert claim(database, at=NOW + LEASE + SECOND) == []


def test_a_dead_workers_job_and_a_newer_one_of_its_key_become_one(database: Database) -> None:
    put(database, "a")
    claim(database)
    put(database, "a")
    assert len(claim(database, at=NOW + LEASE + SECOND)) == 1
    assert jobs(database) == [("a", "done"), ("a", "running")]


def test_a_worker_that_lost_its_lease_cannot_close_the_job_of_the_next(database: Database) -> None:
    put(database, "a")
    late = claim(database)
    claim(database, at=NOW + LEASE + SECOND)
    finish(database, late)
    fail(database, late)
    assert jobs(database) == [("a", "running")]


def test_a_released_job_is_due_at_once(database: Database) -> None:
    put(database, "a")
    with database.writing() as session:
        queue.release(session, queue.claim(session, "index", 1, NOW, LEASE), NOW)
    assert keys(claim(database)) == ["a"]


def test_a_job_that_kills_its_workers_is_taken_last_and_alone_then_set_aside(database: Database) -> None:
    put(database, "poison")
    at = NOW
    for _ in range(LOSSES_ALONE):
        claim(database, at=at)
        at += LEASE + SECOND
    put(database, "a", "b", at=at)
    healthy = claim(database, at=at)
    assert keys(healthy) == ["a", "b"]
    assert keys(claim(database, at=at)) == ["poison"]
    finish(database, healthy)
    for _ in range(LOSSES_MOST):
        at += LEASE + SECOND
        claim(database, at=at)
    assert jobs(database)[0] == ("poison", "failed")


@pytest.mark.parametrize("jump", [dt.timedelta(days=-2), dt.timedelta(days=40), dt.timedelta(days=-20000)])
def test_a_clock_that_was_set_hides_no_job(database: Database, jump: dt.timedelta) -> None:
    put(database, "waiting")
    put(database, "running", kind="extract")
    claim(database, kind="extract")
    assert keys(claim(database, at=NOW + jump)) == ["waiting"]
    assert keys(claim(database, at=NOW + jump, kind="extract")) == ["running"]


def test_ready_says_what_claim_would_do(database: Database) -> None:
    put(database, "a", at=NOW + SECOND)
    with database.reading() as session:
        assert not queue.ready(session, ["index"], NOW)
        assert queue.ready(session, ["index"], NOW + SECOND)
        assert not queue.ready(session, ["extract"], NOW + SECOND)


def test_counts_are_by_kind_and_state(database: Database) -> None:
    put(database, "a", "b")
    put(database, "c", kind="extract")
    claim(database, limit=1)
    with database.reading() as session:
        assert queue.counts(session) == {"index": {"running": 1, "waiting": 1}, "extract": {"waiting": 1}}
        assert queue.pending(session, ["index"]) == 2


def test_sweeping_forgets_old_done_jobs_only(database: Database) -> None:
    put(database, "old", "new", "open")
    finish(database, claim(database, limit=1))
    finish(database, claim(database, limit=1), NOW + SECOND)
    with database.writing() as session:
        queue.sweep(session, NOW + SECOND)
    assert jobs(database) == [("new", "done"), ("open", "waiting")]


def test_an_id_is_never_used_twice(database: Database) -> None:
    put(database, "a")
    (first,) = claim(database)
    finish(database, [first])
    with database.writing() as session:
        queue.sweep(session, NOW + SECOND)
    put(database, "a")
    assert claim(database)[0].id > first.id


class World:
    """Two keys, a clock, and workers that may die; remembers when work was last asked for and last begun and ended."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.at = NOW
        self.held: dict[str, JobRef] = {}
        self.begun: dict[int, dt.datetime] = {}
        self.asked: dict[str, dt.datetime] = {}
        self.done: dict[str, dt.datetime] = {}

    def put(self, key: str) -> None:
        put(self.database, key, at=self.at)
        self.asked[key] = self.at

    def claim(self, _: str = "") -> None:
        for ref in claim(self.database, at=self.at):
            self.held[ref.key] = ref
            self.begun[ref.id] = self.at

    def finish(self, key: str) -> None:
        ref = self.held.pop(key, None)
        if ref:
            finish(self.database, [ref], self.at)
            self.done[key] = self.begun[ref.id]

    def fail(self, key: str) -> None:
        ref = self.held.pop(key, None)
        if ref:
            fail(self.database, [ref], self.at, passing=True)

    def die(self, _: str) -> None:
        self.held.clear()
        self.at += LEASE


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.sampled_from(["put", "claim", "finish", "fail", "die"]), st.sampled_from("ab")), max_size=20)
)
def test_whatever_happens_work_is_done_after_it_was_last_asked_for(
    sqlite_url: str, steps: list[tuple[str, str]]
) -> None:
    database = Database(sqlite_url)
    with database.writing() as session:
        session.query(Job).delete()
    world = World(database)
    for step, key in steps:
        world.at += SECOND
        getattr(world, step)(key)
    for _ in range(6):
        world.at += LEASE + queue.LONGEST_WAIT
        world.claim()
        for key in list(world.held):
            world.finish(key)
    assert all(world.done[key] >= asked for key, asked in world.asked.items())
    database.close()
