"""The sandbox: whatever a reader does, the parent gets a named answer in time and nothing is left."""

import json
import sys
import time
from pathlib import Path

import pytest

from kb.core.errors import Unavailable
from kb.core.text import Box, Finding, Heading, Page, Region, Span
from kb.ingest import child, sandbox, wire
from kb.ingest.extraction import Damaged, Empty, Encrypted, Extraction, ExtractionError, Limits, TooCostly
from tests.ingest import extractors

LIMITS = Limits(seconds=20.0, bytes=512 * 1024 * 1024, pages=3, page_chars=100)
SHORT = Limits(seconds=1.0, bytes=512 * 1024 * 1024)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "ملف.txt"
    path.write_text("نص الملف")
    return path


def test_a_good_file_comes_back_as_the_reader_gave_it(path: Path) -> None:
    assert sandbox.extract(extractors.Plain(), path, LIMITS) == extractors.Plain().extract(path, LIMITS)


def test_the_path_may_be_relative(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(path.parent)
    assert sandbox.extract(extractors.Plain(), Path(path.name), LIMITS).pages[0].text == "نص الملف"


@pytest.mark.parametrize(
    ("extractor", "limits", "error"),
    [
        (extractors.Hangs(), SHORT, TooCostly),
        (extractors.Spins(), SHORT, TooCostly),
        (extractors.Eats(), LIMITS, TooCostly),
        (extractors.TalksTooLong(), LIMITS, TooCostly),
        (extractors.Dies(), LIMITS, Damaged),
        (extractors.Errs(), LIMITS, Damaged),
        (extractors.Recurses(), LIMITS, Damaged),
        (extractors.Locked(), LIMITS, Encrypted),
    ],
)
def test_every_failure_has_a_name(
    path: Path, extractor: extractors.Plain, limits: Limits, error: type[ExtractionError]
) -> None:
    started = time.monotonic()
    with pytest.raises(error):
        sandbox.extract(extractor, path, limits)
    assert time.monotonic() - started < 15


@pytest.mark.parametrize(
    "extractor",
    [
        extractors.Connects(),
        extractors.Downloads(),
        extractors.Spawns(),
        extractors.Forks(),
        extractors.Writes(),
        extractors.Removes(),
        extractors.Peeks(),
    ],
    ids=lambda extractor: type(extractor).__name__,
)
def test_a_reader_can_do_nothing_but_read_its_file(path: Path, extractor: extractors.Plain) -> None:
    with pytest.raises(Damaged, match="PermissionError"):
        sandbox.extract(extractor, path, LIMITS)
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_a_reader_sees_no_environment_no_folder_and_no_input(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CMAP_PATH", str(path.parent))
    assert sandbox.extract(extractors.Surroundings(), path, LIMITS).pages[0].text == "[] / False "


def test_what_a_reader_prints_is_not_its_answer(path: Path) -> None:
    assert sandbox.extract(extractors.Prints(), path, LIMITS).pages[0].text == "quiet"


def test_a_system_without_room_for_a_process_is_asked_again_later(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(path.parent / "missing"))
    with pytest.raises(Unavailable):
        sandbox.extract(extractors.Plain(), path, LIMITS)


def running(mark: bytes) -> list[str]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (folder / "cmdline").read_bytes():
                found.append(folder.name)
        except OSError:
            continue
    return found


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="missing /proc: processes cannot be counted")
def test_processes_of_a_reader_end_with_it(path: Path) -> None:
    plain = extractors.Plain
    arguments = {"extractor": (plain.__module__, plain.__qualname__)}
    sandbox.call(child.read, path, LIMITS, arguments, ("tests.ingest.leaves_a_process",))
    time.sleep(0.1)
    assert running(b"time.sleep(60)  # left over") == []


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"not json",
        b"[]",
        b"{}",
        json.dumps({"pages": [{"number": 1}], "meta": {}, "findings": [], "by": "", "outline": []}).encode(),
        wire.encode(Extraction((Page(2, "نص"),))),
        wire.encode(Extraction((Page(1, "نص", origin="dream"),))),
        wire.encode(Extraction((Page(1, "نص", boxes=(Box(1, 0, 0, 9, 9),)),))),
        wire.encode(Extraction((Page(1, "نص أول", boxes=(Box(1, 0, 0, 9, 9), Box(0, 0, 0, 9, 9))),))),
        wire.encode(Extraction((Page(1, "نص", regions=(Region("heading", Span(0, 3), 1),)),))),
        wire.encode(Extraction((Page(1, "نص", regions=(Region("heading", Span(2, 0), 1),)),))),
        wire.encode(Extraction((Page(1, "نص", regions=(Region("dream", Span(0, 2), 1),)),))),
        b"[" * 100_000,
    ],
)
def test_an_answer_that_makes_no_sense_is_a_damaged_file(answer: bytes) -> None:
    with pytest.raises(Damaged):
        wire.decode(answer, LIMITS)


@pytest.mark.parametrize("pages", [4, 1])
def test_an_answer_above_the_limits_is_refused_by_the_parent_too(pages: int) -> None:
    text = "x" * (101 if pages == 1 else 1)
    answer = wire.encode(Extraction(tuple(Page(number + 1, text) for number in range(pages))))
    with pytest.raises(TooCostly):
        wire.decode(answer, LIMITS)


def test_errors_cross_the_border_with_their_name() -> None:
    error = wire.decode_error(wire.encode_error(Empty("no bytes")))
    assert (type(error), str(error)) == (Empty, "no bytes")


@pytest.mark.parametrize("answer", [b"", b"{}", b'["new-error", ""]', b"[" * 100_000])
def test_an_error_of_no_name_is_a_damaged_file(answer: bytes) -> None:
    assert type(wire.decode_error(answer)) is Damaged


def test_places_regions_and_findings_cross_the_border_as_they_are() -> None:
    page = Page(
        1,
        "العنوان نص",
        "repaired",
        "أ",
        0.5,
        (Finding("wrong-map-repaired", "ل ← ا"),),
        (Box(0, 1, 2, 3, 4), Box(1, 5, 6, 7, 8, 90), Box(1, 5, 9, 7, 11)),
        5950,
        8420,
        (Region("heading", Span(0, 7), 2),),
        "رأس",
        "قدم",
        "ar",
    )
    extraction = Extraction((page,), {}, (Finding("said"),), "a/1", (Heading("العنوان", 1, 2),))
    assert wire.decode(wire.encode(extraction), Limits()) == extraction
