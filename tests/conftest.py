"""What every test shares. A program the machine lacks skips its tests, or fails them under KB_REQUIRE_ALL=1."""

import os
from collections.abc import Generator

import pytest
from argon2 import PasswordHasher
from hypothesis import settings

from kb.catalog import passwords
from tests.database import (
    blank_postgres_url,
    database,
    migrated_sqlite,
    postgres,
    postgres_url,
    sqlite_url,
    url,
)

__all__ = ["blank_postgres_url", "database", "migrated_sqlite", "postgres", "postgres_url", "sqlite_url", "url"]

settings.register_profile("house", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("house")

SHIPPED = passwords._hasher
"""What the house keeps passwords by, see tests/services/test_accounts.py. To guess one is made to cost 150 ms of a
processor; tests that sign in hundreds of times about other things do not pay it.
"""
passwords._hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)

MISSING = "missing "
"""Reasons that begin so name something absent from the machine: a program, or the shared data."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests first: processes that take file after file then end at about the same time."""
    slow = {item.path for item in items if item.get_closest_marker("slow") or item.get_closest_marker("browser")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.skipped and os.environ.get("KB_REQUIRE_ALL") == "1" and isinstance(report.longrepr, tuple):
        reason = str(report.longrepr[2])
        if reason.removeprefix("Skipped: ").startswith(MISSING):
            report.outcome = "failed"
            report.longrepr = f"KB_REQUIRE_ALL=1: {item.nodeid} was skipped: {reason}"
    return report
