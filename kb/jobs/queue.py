"""Work to do later, kept in the same database and the same transaction as its cause."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import ColumnElement, Index, delete, func, or_, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from kb.db.columns import Text, UtcDateTime
from kb.db.database import Base

FIRST_WAIT = dt.timedelta(seconds=2)
LONGEST_WAIT = dt.timedelta(minutes=1)
# A moment further ahead than this was written by a clock that has since been set back: it counts as passed.
FAR = dt.timedelta(hours=6)
# A job whose workers died this often is taken last and alone, so that it drags no other with it,
LOSSES_ALONE = 2
# and is set aside after so many deaths.
LOSSES_MOST = 30


class JobState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Job(Base):
    """One piece of work. At most one waits for each (kind, key).

    `attempts` counts starts, `errors` the handler's failures, `losses` the workers that died on it.
    """

    __tablename__ = "job"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    key: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, default=JobState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    errors: Mapped[int] = mapped_column(default=0)
    losses: Mapped[int] = mapped_column(default=0)
    due: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    lease: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    ended: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (
        Index(
            "job_one_waiting",
            "kind",
            "key",
            unique=True,
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index("job_due", "state", "kind", "due"),
        {"sqlite_autoincrement": True},  # an id in a log never means two jobs
    )


class JobRef(NamedTuple):
    """A claimed job as its handler sees it. `attempts` tells this claim from a later one of the same job."""

    id: int
    kind: str
    key: str
    attempts: int


def put(session: Session, kind: str, key: str, now: dt.datetime) -> None:
    """Ask for work. Asking twice before it starts is asking once; asking while it runs makes it run again."""
    row = {"kind": kind, "key": key, "state": JobState.WAITING, "attempts": 0, "errors": 0, "losses": 0}
    row |= {"due": now, "error": ""}
    if session.get_bind().dialect.name == "sqlite":
        session.execute(sqlite.insert(Job).values(row).on_conflict_do_nothing())
    else:
        session.execute(postgresql.insert(Job).values(row).on_conflict_do_nothing())


def ready(session: Session, kinds: Iterable[str], now: dt.datetime) -> bool:
    """Tell whether `claim` would have something to do for one of these kinds."""
    query = select(Job.id).where(Job.kind.in_(list(kinds)), or_(_due(now), _lost(now))).limit(1)
    return session.scalar(query) is not None


def claim(session: Session, kind: str, limit: int, now: dt.datetime, lease: dt.timedelta) -> list[JobRef]:
    """Take up to `limit` due jobs, oldest first, those of dead workers included. No key is worked on twice at once."""
    _recover(session, kind, now)
    other = aliased(Job)
    busy = select(other.id).where(other.kind == Job.kind, other.key == Job.key, other.state == JobState.RUNNING)
    open_ = select(Job).where(Job.kind == kind, _due(now), ~busy.exists()).with_for_update(skip_locked=True)
    oldest = open_.order_by(Job.due, Job.id)  # the order of the index job_due: no sorting, however many wait
    taken = session.scalars(oldest.where(Job.losses < LOSSES_ALONE).limit(limit)).all()
    taken = taken or session.scalars(oldest.limit(1)).all()
    for job in taken:
        job.state, job.lease, job.attempts = JobState.RUNNING, now + lease, job.attempts + 1
    return [JobRef(job.id, job.kind, job.key, job.attempts) for job in taken]


def renew(session: Session, refs: Sequence[JobRef], now: dt.datetime, lease: dt.timedelta) -> None:
    """Say that the worker is still alive on these."""
    for job in _held(session, refs):
        job.lease = now + lease


def finish(session: Session, refs: Sequence[JobRef], now: dt.datetime) -> None:
    """Close the jobs; silent for one whose lease ran out and that another worker has taken since."""
    for job in _held(session, refs):
        _end(job, JobState.DONE, now)


def release(session: Session, refs: Sequence[JobRef], now: dt.datetime) -> None:
    """Give jobs back unharmed, to be done by the next worker at once."""
    for job in _held(session, refs):
        _wait_again(session, job, now, now)


def fail(
    session: Session, refs: Sequence[JobRef], error: str, now: dt.datetime, *, attempts: int, passing: bool = False
) -> int:
    """Send the jobs back to wait, twice as long each time; after `attempts` failures they stay failed.

    Return how many stayed failed. A `passing` failure (a lock, a full disk) is no fault of the job and may happen any
    number of times.
    """
    failed = 0
    for job in _held(session, refs):
        job.error = error
        if not passing:
            job.errors += 1
        if job.errors >= attempts:
            _end(job, JobState.FAILED, now)
            failed += 1
        else:
            wait = min(FIRST_WAIT * 2 ** min(job.attempts - 1, 30), LONGEST_WAIT)
            _wait_again(session, job, now + wait, now)
    return failed


def retry(session: Session, kind: str, now: dt.datetime) -> int:
    """Send the failed jobs of a kind back to work with a clean sheet; return how many there were."""
    failed = session.scalars(select(Job).where(Job.kind == kind, Job.state == JobState.FAILED)).all()
    for job in failed:
        job.errors = job.losses = 0
        _wait_again(session, job, now, now)
    return len(failed)


def is_open(session: Session, kind: str, key: str) -> bool:
    """Tell whether a job of this kind waits or runs for the key."""
    open_states = (JobState.WAITING, JobState.RUNNING)
    return (
        session.scalar(select(Job.id).where(Job.kind == kind, Job.key == key, Job.state.in_(open_states))) is not None
    )


def running(session: Session, kind: str, keys: Iterable[str]) -> set[str]:
    """Return those of the keys that a job of this kind runs for."""
    query = select(Job.key).where(Job.kind == kind, Job.state == JobState.RUNNING, Job.key.in_(list(keys)))
    return set(session.scalars(query))


def counts(session: Session) -> Mapping[str, Mapping[str, int]]:
    """Return {kind: {state: number of jobs}}."""
    found: dict[str, dict[str, int]] = {}
    for kind, state, number in session.execute(select(Job.kind, Job.state, func.count()).group_by(Job.kind, Job.state)):
        found.setdefault(kind, {})[state] = number
    return found


def pending(session: Session, kinds: Iterable[str], until: dt.datetime | None = None) -> int:
    """Count the jobs of these kinds that wait or run; with `until`, only those that are due by then."""
    open_states = (JobState.WAITING, JobState.RUNNING)
    query = select(func.count()).select_from(Job).where(Job.kind.in_(list(kinds)), Job.state.in_(open_states))
    return session.scalar(query if until is None else query.where(Job.due <= until)) or 0


def sweep(session: Session, before: dt.datetime) -> None:
    """Forget the jobs that were done before this moment; failed ones stay until they are retried."""
    session.execute(delete(Job).where(Job.state == JobState.DONE, Job.ended < before))


def _due(now: dt.datetime) -> ColumnElement[bool]:
    return (Job.state == JobState.WAITING) & or_(Job.due <= now, Job.due > now + FAR)


def _lost(now: dt.datetime) -> ColumnElement[bool]:
    return (Job.state == JobState.RUNNING) & or_(Job.lease < now, Job.lease > now + FAR)


def _held(session: Session, refs: Sequence[JobRef]) -> list[Job]:
    """Return the jobs that are still ours, locked."""
    attempts = {ref.id: ref.attempts for ref in refs}
    query = select(Job).where(Job.id.in_(list(attempts)), Job.state == JobState.RUNNING).order_by(Job.id)
    return [job for job in session.scalars(query.with_for_update()) if job.attempts == attempts[job.id]]


def _recover(session: Session, kind: str, now: dt.datetime) -> None:
    query = select(Job).where(Job.kind == kind, _lost(now)).order_by(Job.id)
    for job in session.scalars(query.with_for_update(skip_locked=True)):
        job.losses += 1
        if job.losses >= LOSSES_MOST:
            job.error = f"{job.losses} workers died on it"
            _end(job, JobState.FAILED, now)
        else:
            _wait_again(session, job, now, now)


def _wait_again(session: Session, job: Job, due: dt.datetime, now: dt.datetime) -> None:
    """Wait until `due`, unless a newer job waits for the same key: that one will do the work."""
    twin = select(Job.id).where(Job.kind == job.kind, Job.key == job.key, Job.state == JobState.WAITING)
    if session.scalar(twin) is not None:
        _end(job, JobState.DONE, now)
    else:
        job.state, job.due, job.lease = JobState.WAITING, due, None


def _end(job: Job, state: JobState, now: dt.datetime) -> None:
    job.state, job.lease, job.ended = state, None, now
