"""What a supervisor is told: that the process lives, and whether it can do its work."""

import json
import logging
import os
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from kb.core.settings import Settings
from kb.db import database
from kb.jobs.pulse import LATE_SECONDS, Pulse
from kb.services import readiness
from kb.services.context import Services
from kb.web.site import create_site
from tests.opening import house_of

PARTS = {"database", "migrations", "index", "store", "worker"}


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    with house_of(Settings(home=tmp_path)) as opened:
        yield opened


@pytest.fixture
def supervisor(services: Services, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    """One that is answered by what is now, not two seconds ago; both lanes are at work."""
    monkeypatch.setattr(readiness, "REMEMBERED_SECONDS", 0.0)
    for lane in ("text", "ocr"):
        Pulse(services.settings.pulses, lane).beat()
    return TestClient(create_site(services), raise_server_exceptions=False)


def failing(supervisor: TestClient) -> set[str]:
    answer = supervisor.get("/health/ready")
    told = answer.json()
    assert set(told) == PARTS | {"ready"}
    assert all(isinstance(value, bool) for value in told.values()), "no word that could tell a stranger something"
    assert answer.status_code == (200 if told["ready"] else 503)
    return {name for name, well in told.items() if not well} - {"ready"}


def test_a_whole_house_is_live_and_ready(supervisor: TestClient) -> None:
    assert supervisor.get("/health/live").json() == {"live": True}
    assert failing(supervisor) == set()


def test_a_database_that_cannot_be_written_is_not_ready_and_only_the_log_says_why(
    services: Services, supervisor: TestClient, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.1)
    services.database.engine.dispose()
    path = services.settings.home / "kb.sqlite3"
    with sqlite3.connect(path) as held:
        held.execute("PRAGMA locking_mode=EXCLUSIVE")
        held.execute("BEGIN IMMEDIATE")
        with caplog.at_level(logging.ERROR):
            assert "database" in failing(supervisor)
    assert "not ready: database" in caplog.text
    assert supervisor.get("/health/live").status_code == 200


def test_a_database_that_waits_for_its_migrations_is_not_ready(services: Services, supervisor: TestClient) -> None:
    with services.database.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    assert failing(supervisor) == {"migrations"}


def test_an_index_that_cannot_be_opened_is_not_ready(services: Services, supervisor: TestClient) -> None:
    for file in (services.settings.home / "index").rglob("*"):
        if file.is_file():
            file.write_bytes(b"not an index")
    services.engine.close()
    assert failing(supervisor) == {"index"}


def test_a_store_that_takes_no_file_is_not_ready(services: Services, supervisor: TestClient) -> None:
    services.settings.corpus.write_bytes(b"a file where the folder should be")
    assert failing(supervisor) == {"store"}


def test_a_worker_that_was_not_seen_for_a_minute_is_not_ready(services: Services, supervisor: TestClient) -> None:
    long_ago = time.time() - LATE_SECONDS - 1
    os.utime(services.settings.pulses / "ocr", (long_ago, long_ago))
    assert failing(supervisor) == {"worker"}
    Pulse(services.settings.pulses, "all").beat()
    assert failing(supervisor) == set(), "one that does everything stands for both"


def test_a_house_that_has_just_opened_waits_for_its_worker_without_an_alarm(
    services: Services, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(readiness, "REMEMBERED_SECONDS", 0.0)
    looking = readiness.Readiness(services)
    with caplog.at_level(logging.INFO, "kb"):
        assert not looking.look()["worker"]
        assert caplog.messages == []
        monkeypatch.setattr(readiness, "STARTING_SECONDS", 0.0)
        assert [looking.look()["worker"] for _ in range(2)] == [False, False]
        Pulse(services.settings.pulses, "all").beat()
        assert looking.look()["worker"]
    assert [message[:10] for message in caplog.messages] == ["not ready:", "ready agai"]


def test_asking_all_the_time_looks_once(services: Services) -> None:
    supervisor = TestClient(create_site(services))
    assert failing(supervisor) == {"worker"}
    Pulse(services.settings.pulses, "all").beat()
    assert failing(supervisor) == {"worker"}, "as it was a moment ago"


def test_what_the_database_said_is_not_told_to_strangers(services: Services, supervisor: TestClient) -> None:
    services.database.engine.dispose()
    (services.settings.home / "kb.sqlite3").write_bytes(b"no database at all, but long enough to be read as one" * 99)
    for rest in ("-wal", "-shm"):
        Path(f"{services.settings.home}/kb.sqlite3{rest}").unlink(missing_ok=True)
    told = supervisor.get("/health")
    assert told.status_code == 503
    assert json.loads(told.text)["problems"] == ["database"]
