"""A small part of `make fuzz`: no wrong file gets past the sandbox, and the wrong files are the same each time."""

import itertools
import time
from random import Random

import pytest

from kb.ingest.extraction import Limits
from tests.fuzz import run
from tests.fuzz.mutations import mutate


def test_files_made_wrong_end_in_text_or_a_named_failure() -> None:
    endings = list(run.run(96, 20260107, run.samples(), limits=Limits(seconds=10.0)))
    assert len(endings) == 96
    assert [ending for ending in endings if ending.offends] == []
    assert any(ending.outcome.startswith("read") for ending in endings)
    assert any(not ending.outcome.startswith("read") for ending in endings)


def test_the_same_seed_makes_the_same_wrong_file_whatever_the_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", itertools.count(time.time(), 60).__next__)
    for path in run.samples():
        data = path.read_bytes()
        first, again = (mutate(data, Random("a"), [data]) for _ in range(2))
        assert first == again
