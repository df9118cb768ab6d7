"""A deposit that is killed at random moments; `python -m tests.contracts.deposit_crash` does so thirty times."""

import random
from pathlib import Path

import pytest

from tests.contracts import deposit_crash


@pytest.mark.slow
def test_a_deposit_of_many_files_survives_kills_of_web_and_workers(tmp_path: Path) -> None:
    ledger = deposit_crash.run(tmp_path, kills=2, count=6, chance=random.Random(20261126))
    assert (ledger.kills, len(ledger.done)) == (2, 6)
