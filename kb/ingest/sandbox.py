"""Runs an extractor where it can hang, leak, crash or be taken over without hurting anyone: a child of its own."""

import json
import os
import selectors
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from kb.core.errors import Unavailable
from kb.ingest import wire
from kb.ingest.extraction import Damaged, Extraction, Extractor, Limits, TooCostly

MAX_ANSWER_BYTES = 256 * 1024 * 1024
_START = """
import json, sys
request = json.loads(sys.argv[1])
sys.path[:] = request["path"]
from kb.ingest import child
child.main(request)
"""
_CHUNK = 1024 * 1024


def extract(extractor: Extractor, path: Path, limits: Limits) -> Extraction:
    """Extract in a fresh child process that is gone, with all it started, when this returns.

    Raises ExtractionError: TooCostly past a limit, Damaged where the child crashed; Unavailable where no process can
    be started. The child has no network, no environment, may write nothing, and read only `path` and the installed
    libraries (see `child`).
    """
    child = _started(json.dumps(_request(extractor, path, limits)))
    try:
        answer = _read(child, time.monotonic() + limits.seconds)
    finally:
        # Before the child is reaped its process group cannot be another's.
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        code = child.wait()
        if child.stdout:
            child.stdout.close()
    if answer:
        return wire.decode(answer, limits)
    if code == -signal.SIGXCPU:
        raise TooCostly(f"more than {limits.seconds:g} s of processor time")
    raise Damaged(f"the reader crashed ({code})")


def _started(request: str) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(  # noqa: S603 - our own interpreter, our own program
            [sys.executable, "-I", "-B", "-c", _START, request],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            cwd="/",
            env={},
        )
    except OSError as error:
        raise Unavailable(f"no process can be started: {error.strerror}") from error


def _request(extractor: Extractor, path: Path, limits: Limits) -> dict[str, object]:
    kind = type(extractor)
    return {
        "path": [os.path.abspath(entry) for entry in sys.path],  # noqa: PTH100 - zip files and "" are entries too
        "module": kind.__module__,
        "name": kind.__qualname__,
        "file": str(path.resolve()),
        "limits": [limits.seconds, limits.bytes, limits.pages, limits.page_chars],
        "parent": os.getpid(),
    }


def _read(child: subprocess.Popen[bytes], deadline: float) -> bytes:
    """Return all that the child says until it closes its pipe."""
    assert child.stdout
    parts: list[bytes] = []
    length = 0
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdout, selectors.EVENT_READ)
        while True:
            left = deadline - time.monotonic()
            if left <= 0 or not selector.select(left):
                raise TooCostly("no answer within the time limit")
            part = os.read(child.stdout.fileno(), _CHUNK)
            if not part:
                return b"".join(parts)
            parts.append(part)
            length += len(part)
            if length > MAX_ANSWER_BYTES:
                raise TooCostly("the answer is too long")
