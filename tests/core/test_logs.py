"""The log: one line a fact, nothing in it that opens a door, and no line that a stranger wrote."""

import io
import json
import logging
from collections.abc import Iterator
from typing import NoReturn

import pytest

from kb.core import logs
from kb.core.logs import Form, discreet

MARKS = ("OPEN", "sesame")


@pytest.fixture
def written(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    """What is written in the form that the test asks for; the log of the tests themselves is put back after it."""
    root, ours = logging.getLogger(), logging.getLogger("kb")
    handlers, level, own = root.handlers[:], root.level, ours.level
    stream = io.StringIO()
    root.handlers = []
    logs.begin(request.param, stream)
    yield stream
    root.handlers, ours.level = handlers, own
    root.setLevel(level)


in_words = pytest.mark.parametrize("written", ["text"], indirect=True)
as_json = pytest.mark.parametrize("written", ["json"], indirect=True)


@pytest.mark.parametrize(
    "told",
    [
        "no door at postgresql://kb:OPEN-sesame@db.example:5432/kb",
        "SMTPRecipientsRefused({'OPEN.sesame@example.ma': (550, b'no')})",
        "404 to GET '/ar/link/OPENsesameOPENsesameOPENsesame'",
        "key kb_OPENsesameOPENsesameOPENsesame is unknown",
        "visit OPENsesame_OPENsesame-OPENsesameOPENsesame1 is over",
        "GET https://id.example/auth?code=OPENsesame&state=OPEN",
        "id token eyJOPENsesame.eyJzdWIiOiJPUEVOIn0.sesame",
        "Cookie: OPENsesame; session=OPENsesame",
        "{'password': 'OPENsesame'}",
        "Authorization: Bearer OPENsesame",
    ],
)
def test_what_opens_a_door_is_left_out_whoever_says_it(told: str) -> None:
    said = discreet(told)
    assert "…" in said
    assert not any(mark in said for mark in MARKS), said


@pytest.mark.parametrize(
    "told",
    [
        f"originals: 1 changed: {'0123456789abcdef' * 4}",
        "request 1f2e3d4c: GET /ar/d/{id} answered 200 in 12.5 ms",
        "تعذر فتح الفهرس: هل القرص ممتلئ؟",
        "document abcdefghij was read in 3.2 s",
    ],
)
def test_what_an_operator_needs_stays(told: str) -> None:
    assert discreet(told) == told


def _fail(said: str) -> NoReturn:
    raise ValueError(said)


@in_words
def test_a_line_break_of_a_stranger_makes_no_line(written: io.StringIO) -> None:
    logging.getLogger("kb").error("asked: %s", "x\r\n2026-01-01T00:00:00Z ERROR kb: forged\u202e\u2028")
    [line] = written.getvalue().splitlines()
    assert "\\x0d\\x0a2026" in line
    assert "\\x202e" in line


@in_words
def test_a_cause_is_told_below_its_line_and_begins_none(written: io.StringIO) -> None:
    try:
        _fail("of\nmany lines, for boss@example.ma")
    except ValueError:
        logging.getLogger("kb").exception("it failed")
    first, *rest = written.getvalue().splitlines()
    assert first.endswith("ERROR kb: it failed")
    assert all(line.startswith("    ") for line in rest)
    assert "boss" not in written.getvalue()


@as_json
def test_json_is_an_object_a_line_with_the_facts_of_it(written: io.StringIO) -> None:
    logging.getLogger("kb").error("%s by\n%s", "asked", "boss@example.ma", extra=logs.facts(status=503, who="a@b.ma"))
    try:
        _fail("password=OPENsesame")
    except ValueError:
        logging.getLogger("kb").exception("it failed")
    first, second = map(json.loads, written.getvalue().splitlines())
    assert first["message"] == "asked by\n…"
    assert (first["level"], first["logger"], first["status"], first["who"]) == ("error", "kb", 503, "…")
    assert "Traceback" in second["cause"]
    assert "sesame" not in second["cause"]


@pytest.mark.parametrize("form", ["text", "json"])
def test_ours_speak_as_loud_as_the_setting_says_and_libraries_only_of_trouble(form: Form) -> None:
    root, ours = logging.getLogger(), logging.getLogger("kb")
    before, level, own = root.handlers[:], root.level, ours.level
    stream = io.StringIO()
    try:
        root.handlers = []
        logs.begin(form, stream)
        ours.info("silent")
        logs.tell("info")
        ours.info("heard")
        logging.getLogger("alembic").info("silent")
        logging.getLogger("alembic").warning("heard")
        assert stream.getvalue().count("heard") == 2
        assert "silent" not in stream.getvalue()
    finally:
        root.handlers, ours.level = before, own
        root.setLevel(level)
