"""Runs what opens strangers' files where it can hang, leak, crash or be taken over without hurting anyone."""

import json
import os
import re
import selectors
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from kb.core.priority import stands_back
from kb.ingest import child, wire
from kb.ingest import sniff as sniffing
from kb.ingest.extraction import Damaged, Extraction, Extractor, Limits, TooCostly
from kb.ingest.nursery import Nursery

MAX_ANSWER_BYTES = 256 * 1024 * 1024
_CHUNK = 1024 * 1024
_NURSERY = Nursery()
Task = Callable[..., bytes] | tuple[str, str]
_PATIENCE = 6
"""How much longer than its limit of processor time one may take who lets others go first: a tenth of a processor, and
less, is what is left beside readers who never pause. A reader of files that does nothing is met with late then."""
_TO_SNIFF = Limits(seconds=10.0, bytes=512 * 1024 * 1024)
_MEDIA_TYPE = re.compile(r"[\w.+-]{1,100}/[\w.+-]{1,100}", re.ASCII)


def extract(extractor: Extractor, path: Path, limits: Limits) -> Extraction:
    """Extract in a child process. Raises as `call`."""
    kind = type(extractor)
    modules = (kind.__module__, *getattr(extractor, "loads", ()))
    answer = call(child.read, path, limits, {"extractor": (kind.__module__, kind.__qualname__)}, modules)
    return wire.decode(answer, limits)


def sniff(path: Path, name: str = "") -> str:
    """Return the media type of a file, as `sniff.sniff` tells it. Raises as `call`."""
    answer = call(sniffing.told, path, _TO_SNIFF, {"name": name}).decode("ascii", "replace")
    if not _MEDIA_TYPE.fullmatch(answer):
        raise Damaged("the reader's answer makes no sense")
    return answer


def call(
    task: Task,
    path: Path,
    limits: Limits,
    arguments: Mapping[str, Any] | None = None,
    modules: Sequence[str] = (),
) -> bytes:
    """Return `task(path, limits, **arguments)`, done in a child process of its own.

    The child is gone, with all it started, when this returns. `task` is a function of a module, or the names of
    both, `arguments` are JSON, `modules` are imported before the child is born, once for all its like. Raises
    ExtractionError: TooCostly past a limit, Damaged where the child crashed; Unavailable where no process can be
    started. The child has no network, no environment, may write nothing, and read only `path` and the installed
    libraries (see `child`).
    """
    ours, theirs = os.pipe()
    try:
        try:
            pid = _NURSERY.bear(_request(task, path, limits, arguments or {}, modules), theirs)
        finally:
            os.close(theirs)
        try:
            answer = _read(ours, time.monotonic() + limits.seconds * (_PATIENCE if stands_back() else 1))
        finally:
            code = _NURSERY.bury(pid)
    finally:
        os.close(ours)
    if answer[:1] == child.GOOD:
        return answer[1:]
    if answer:
        raise wire.decode_error(answer[1:])
    if code == -signal.SIGXCPU:
        raise TooCostly(f"more than {limits.seconds:g} s of processor time")
    raise Damaged(f"the reader crashed ({code})")


def walls() -> Mapping[str, str]:
    """Return by what a child is kept from the network, from other files and from processes; empty for by nothing."""
    found: Mapping[str, str] = json.loads(call(child.walls, Path(os.devnull), Limits(seconds=10.0)))
    return found


def _request(
    task: Task, path: Path, limits: Limits, arguments: Mapping[str, Any], modules: Sequence[str]
) -> dict[str, object]:
    module, name = task if isinstance(task, tuple) else (task.__module__, task.__qualname__)
    return {
        "path": [os.path.abspath(entry) for entry in sys.path],  # noqa: PTH100 - zip files and "" are entries too
        "task": (module, name),
        "modules": (module, *modules),
        "arguments": arguments,
        "file": str(path.resolve()),
        "limits": [limits.seconds, limits.bytes, limits.pages, limits.page_chars],
    }


def _read(pipe: int, deadline: float) -> bytes:
    """Return all that the child says until it closes its end."""
    parts: list[bytes] = []
    length = 0
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        while True:
            left = deadline - time.monotonic()
            if left <= 0 or not selector.select(left):
                raise TooCostly("no answer within the time limit")
            part = os.read(pipe, _CHUNK)
            if not part:
                return b"".join(parts)
            parts.append(part)
            length += len(part)
            if length > MAX_ANSWER_BYTES:
                raise TooCostly("the answer is too long")
