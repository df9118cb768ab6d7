"""An import killed at random moments, and its undo; `python -m tests.contracts.bulk_crash` kills ten times in each."""

import random
from pathlib import Path

import pytest

from tests.contracts import bulk_crash


@pytest.mark.slow
def test_an_import_and_its_undo_survive_kills_of_web_and_workers(tmp_path: Path) -> None:
    assert bulk_crash.run(tmp_path, kills=1, rows=16, chance=random.Random(20261126)) == 2
