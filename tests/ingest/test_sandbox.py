"""The sandbox: whatever a reader does, the parent gets a named answer in time and nothing is left."""

import json
import os
import signal
import socket
import struct
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kb.core.errors import Unavailable
from kb.core.text import Box, Finding, Heading, Page, Region, Span
from kb.ingest import child, media, sandbox, wire
from kb.ingest.extraction import Damaged, Empty, Encrypted, Extraction, ExtractionError, Limits, TooCostly
from kb.ingest.nursery import Nursery
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
        (extractors.Panics(), LIMITS, Damaged),
        (extractors.Recurses(), LIMITS, Damaged),
        (extractors.Locked(), LIMITS, Encrypted),
    ],
)
def test_every_failure_has_a_name(
    path: Path, extractor: extractors.Plain, limits: Limits, error: type[ExtractionError]
) -> None:
    with pytest.raises(error):
        sandbox.extract(extractor, path, limits)


def test_who_lets_others_go_first_waits_longer_by_the_clock_and_not_for_ever(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox, "stands_back", lambda: False)
    with pytest.raises(TooCostly):
        sandbox.extract(extractors.Waits(), path, SHORT)
    monkeypatch.setattr(sandbox, "stands_back", lambda: True)
    assert sandbox.extract(extractors.Waits(), path, SHORT).pages[0].text == "نص الملف"
    with pytest.raises(TooCostly):
        sandbox.extract(extractors.Hangs(), path, SHORT)


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


def test_what_a_reader_imports_late_is_in_the_memory_of_its_child_already(path: Path) -> None:
    assert sandbox.extract(extractors.Late(), path, LIMITS).pages[0].text == "True"


def test_what_a_reader_prints_is_not_its_answer(path: Path) -> None:
    assert sandbox.extract(extractors.Prints(), path, LIMITS).pages[0].text == "quiet"


def test_a_list_of_entries_too_long_for_the_memory_is_too_costly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = b"PK\x01\x02" + bytes(24) + struct.pack("<H", 1) + bytes(16) + b"a"
    count = 200_000
    end = b"PK\x06\x06" + struct.pack("<QHHLLQQQQ", 44, 45, 45, 0, 0, count, count, count * len(entry), 4)
    end += b"PK\x06\x07" + struct.pack("<LQL", 0, 4 + count * len(entry), 1)
    end += b"PK\x05\x06" + struct.pack("<HHHHLLH", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    path = tmp_path / "long.zip"
    path.write_bytes(b"PK\x03\x04" + entry * count + end)
    assert sandbox.sniff(path, "long.zip") == media.ZIP
    monkeypatch.setattr(sandbox, "_TO_SNIFF", Limits(seconds=20.0, bytes=64 * 1024 * 1024))
    with pytest.raises(TooCostly):
        sandbox.sniff(path, "long.zip")


def kept_from(what: str) -> None:
    if not sandbox.walls()[what]:
        pytest.skip(f"missing means of this system: nothing keeps a child from {what}")


def test_a_reader_that_calls_the_system_itself_reaches_nobody_on_this_machine(path: Path) -> None:
    kept_from("network")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        path.write_text(str(server.getsockname()[1]))
        with pytest.raises(Damaged, match=r"PermissionError|unreachable"):
            sandbox.extract(extractors.CallsHome(), path, LIMITS)
        with pytest.raises(BlockingIOError):
            server.accept()


@pytest.mark.parametrize(
    ("extractor", "what"),
    [
        (extractors.CallsFork(), "processes"),
        (extractors.CallsExec(), "processes"),
        (extractors.CallsSetsid(), "processes"),
        (extractors.CallsKill(), "processes"),
        (extractors.CallsUnshare(), "processes"),
        (extractors.CallsMkdir(), "processes"),
        (extractors.CallsWrite(), "files"),
        (extractors.CallsRead(), "files"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_a_reader_that_calls_the_system_itself_is_refused_too(
    path: Path, extractor: extractors.Plain, what: str
) -> None:
    kept_from(what)
    with pytest.raises(Damaged, match="PermissionError"):
        sandbox.extract(extractor, path, LIMITS)
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_a_system_without_room_for_a_process_is_asked_again_later(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(path.parent / "missing"))
    with pytest.raises(Unavailable), path.open() as answers:
        Nursery().bear({}, answers.fileno())


def request(extractor: extractors.Plain, path: Path) -> dict[str, object]:
    arguments = {"extractor": (type(extractor).__module__, type(extractor).__qualname__)}
    return sandbox._request(child.read, path, LIMITS, arguments, (type(extractor).__module__,))


def test_children_die_with_the_nursery_and_the_next_one_finds_another(path: Path) -> None:
    nursery = Nursery()
    ours, theirs = os.pipe()
    nursery.bear(request(extractors.Hangs(), path), theirs)
    assert nursery._process
    nursery._process.kill()
    os.close(theirs)
    assert os.read(ours, 1) == b""  # nobody is left who could write
    os.close(ours)
    answers, theirs = os.pipe()
    pid = nursery.bear(request(extractors.Plain(), path), theirs)
    os.close(theirs)
    assert os.read(answers, 1000)[:1] == child.GOOD
    os.close(answers)
    assert nursery.bury(pid) in {0, -signal.SIGKILL}
    nursery.close()


def test_children_die_with_the_process_that_asked_for_them(path: Path) -> None:
    program = (
        "import os, sys, json\nfrom kb.ingest.nursery import Nursery\n"
        "Nursery().bear(json.loads(sys.argv[1]), int(sys.argv[2]))\nos.kill(os.getpid(), 9)"
    )
    ours, theirs = os.pipe()
    wanted = json.dumps(request(extractors.Hangs(), path))
    subprocess.run([sys.executable, "-c", program, wanted, str(theirs)], pass_fds=[theirs], check=False)
    os.close(theirs)
    assert os.read(ours, 1) == b""
    os.close(ours)


def test_many_children_at_once_each_give_their_own_answer(tmp_path: Path) -> None:
    paths = [tmp_path / str(number) for number in range(24)]
    for path in paths:
        path.write_text(path.name)
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda path: sandbox.extract(extractors.Plain(), path, LIMITS).pages[0].text, paths))
    assert found == [path.name for path in paths]


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
