"""What every test shares. A program the machine lacks skips its tests, or fails them under KB_REQUIRE_ALL=1."""

import os
from collections.abc import Generator

import pytest
from hypothesis import settings

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

MISSING = "missing "
"""Reasons that begin so name something absent from the machine: a program, or the shared data."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.skipped and os.environ.get("KB_REQUIRE_ALL") == "1" and isinstance(report.longrepr, tuple):
        reason = str(report.longrepr[2])
        if reason.removeprefix("Skipped: ").startswith(MISSING):
            report.outcome = "failed"
            report.longrepr = f"KB_REQUIRE_ALL=1: {item.nodeid} was skipped: {reason}"
    return report
