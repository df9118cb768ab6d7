"""Runs what opens strangers' files where it can hang, leak, crash or be taken over without hurting anyone."""

import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from kb.core.errors import Unavailable
from kb.ingest import child, wire
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
ENVIRONMENT = {"OMP_THREAD_LIMIT": "1", "OPENBLAS_NUM_THREADS": "1"}
"""All that a child is told: libraries that start threads at will would want address space for each."""


def extract(extractor: Extractor, path: Path, limits: Limits) -> Extraction:
    """Extract in a child process. Raises as `call`."""
    kind = type(extractor)
    answer = call(child.read, path, limits, {"extractor": (kind.__module__, kind.__qualname__)}, (kind.__module__,))
    return wire.decode(answer, limits)


def call(
    task: Callable[..., bytes],
    path: Path,
    limits: Limits,
    arguments: Mapping[str, Any] | None = None,
    modules: Sequence[str] = (),
) -> bytes:
    """Return `task(path, limits, **arguments)`, done in a fresh child process.

    The child is gone, with all it started, when this returns. `task` is a function of a module, `arguments` are
    JSON, `modules` are imported before the child gives up its rights. Raises ExtractionError: TooCostly past a
    limit, Damaged where the child crashed; Unavailable where no process can be started. The child has no network,
    no environment, may write nothing, and read only `path` and the installed libraries (see `child`).
    """
    process = _started(json.dumps(_request(task, path, limits, arguments or {}, modules)))
    try:
        answer = _read(process, time.monotonic() + limits.seconds)
    finally:
        # Before the child is reaped its process group cannot be another's.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        code = process.wait()
        if process.stdout:
            process.stdout.close()
    if answer[:1] == child.GOOD:
        return answer[1:]
    if answer:
        raise wire.decode_error(answer[1:])
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
            env=ENVIRONMENT,
        )
    except OSError as error:
        raise Unavailable(f"no process can be started: {error.strerror}") from error


def _request(
    task: Callable[..., bytes], path: Path, limits: Limits, arguments: Mapping[str, Any], modules: Sequence[str]
) -> dict[str, object]:
    return {
        "path": [os.path.abspath(entry) for entry in sys.path],  # noqa: PTH100 - zip files and "" are entries too
        "task": (task.__module__, task.__qualname__),
        "modules": modules,
        "arguments": arguments,
        "file": str(path.resolve()),
        "limits": [limits.seconds, limits.bytes, limits.pages, limits.page_chars],
        "parent": os.getpid(),
    }


def _read(process: subprocess.Popen[bytes], deadline: float) -> bytes:
    """Return all that the child says until it closes its pipe."""
    assert process.stdout
    parts: list[bytes] = []
    length = 0
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while True:
            left = deadline - time.monotonic()
            if left <= 0 or not selector.select(left):
                raise TooCostly("no answer within the time limit")
            part = os.read(process.stdout.fileno(), _CHUNK)
            if not part:
                return b"".join(parts)
            parts.append(part)
            length += len(part)
            if length > MAX_ANSWER_BYTES:
                raise TooCostly("the answer is too long")
