"""Each hostile file, read and drawn the way a house does it: a text or a named failure, in time, and nobody hurt."""

import resource
import time
from pathlib import Path

import pytest

from kb.ingest import sandbox
from kb.ingest.extraction import ExtractionError, Limits
from kb.ingest.formats import choose
from kb.ingest.gallery import DRAWN
from tests.ingest.hostile import HOSTILE

LIMITS = Limits(seconds=8.0, bytes=700 * 1024 * 1024)
MOST_SECONDS = 5.0
"""Processor time of the parent, whose child is held to its limits: what else a machine does is not counted."""

MOST_MEMORY = 300 * 1024  # KiB that the parent may grow by


def read(path: Path) -> str:
    try:
        pages = sandbox.extract(choose(sandbox.sniff(path)), path, LIMITS).pages
    except ExtractionError as error:
        return error.code
    return "root:" if any("root:" in page.text for page in pages) else "text"


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_a_hostile_file_ends_in_text_or_a_named_failure(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(HOSTILE[name]())
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    assert read(path) != "root:"  # what stands first in the file of passwords
    assert time.process_time() - started < MOST_SECONDS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MOST_MEMORY


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(name for name in HOSTILE if name.endswith((".pdf", ".png", ".tiff", ".jpeg"))))
def test_a_hostile_file_is_drawn_or_refused_by_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(HOSTILE[name]())
    if sandbox.sniff(path) not in DRAWN:
        return
    started = time.process_time()
    try:
        arguments = {"number": 1, "across": 900, "pixels": 50_000_000}
        drawn = sandbox.call(("kb.ingest.picture", "draw"), path, LIMITS, arguments)
    except ExtractionError as error:
        ending = error.code
    else:
        ending = drawn[:4].decode("latin-1")
    assert ending in {"RIFF", "damaged-file", "encrypted-file", "too-costly"}
    assert time.process_time() - started < MOST_SECONDS
