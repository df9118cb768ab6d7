"""The child's side of the sandbox: gives up every right it does not need, reads one file, answers in JSON."""

import ctypes
import importlib
import math
import os
import resource
import signal
import sys
import sysconfig
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from kb.ingest import wire
from kb.ingest.extraction import Damaged, Extraction, ExtractionError, Extractor, Limits, TooCostly

_CLONE_NEWUSER, _CLONE_NEWNET, _CLONE_NEWIPC = 0x10000000, 0x40000000, 0x08000000
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_FORBIDDEN = (
    "socket.",
    "subprocess.",
    "os.fork",
    "os.forkpty",
    "os.exec",
    "os.posix_spawn",
    "os.spawn",
    "os.system",
    "os.kill",
    "os.remove",
    "os.rename",
    "os.link",
    "os.symlink",
    "os.mkdir",
    "os.rmdir",
    "os.chmod",
    "os.chown",
    "os.truncate",
    "os.putenv",
    "shutil.",
    "ctypes.",
    "pickle.",
    "urllib.",
    "http.",
    "ftplib.",
    "smtplib.",
    "webbrowser.",
)


def main(request: Mapping[str, Any]) -> None:
    """Answer `request` on standard output, which nothing but the answer reaches, and leave."""
    answers = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    rest = memoryview(_encoded(request))
    while rest:
        rest = rest[os.write(answers, rest) :]
    os._exit(0)


def _encoded(request: Mapping[str, Any]) -> bytes:
    try:
        return wire.encode(_answer(request))
    except MemoryError:
        return wire.encode(TooCostly("out of memory"))


def _answer(request: Mapping[str, Any]) -> Extraction | ExtractionError:
    limits = Limits(*request["limits"])
    path = Path(request["file"])
    try:
        extractor = _load(request)
        _lock(path, limits, int(request["parent"]))
        return extractor.extract(path, limits)
    except ExtractionError as error:
        return error
    except MemoryError:
        return TooCostly("out of memory")
    except Exception as error:  # noqa: BLE001 - a reader of strangers' files raises anything
        return Damaged(f"{type(error).__name__}: {error}")


def _load(request: Mapping[str, Any]) -> Extractor:
    kind: Any = importlib.import_module(request["module"])
    for part in str(request["name"]).split("."):
        kind = getattr(kind, part)
    extractor: Extractor = kind()
    return extractor


def _lock(path: Path, limits: Limits, parent: int) -> None:
    """Give up rights for good; where a system lacks a means, the others still hold."""
    _leave_network(parent)
    seconds = max(1, math.ceil(limits.seconds))
    for kind, most in (
        (resource.RLIMIT_AS, limits.bytes),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        hard = resource.getrlimit(kind)[1]
        lower = most if hard == resource.RLIM_INFINITY else min(most, hard)
        with suppress(ValueError, OSError):
            resource.setrlimit(kind, (lower, lower))
    sys.addaudithook(_guard(path))


def _leave_network(parent: int) -> None:
    """Die with the parent; enter an empty network. Linux only, and not where user namespaces are switched off."""
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET | _CLONE_NEWIPC)


def _guard(path: Path) -> Any:
    """Return an audit hook that refuses sockets, processes, writing, and reading beyond `path` and the libraries."""
    own = str(path)
    libraries = tuple({os.path.realpath(folder) + os.sep for folder in [*sys.path, *sysconfig.get_paths().values()]})

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event.startswith(_FORBIDDEN):
            raise PermissionError(event)
        if event == "open":
            name, _, flags = arguments
            if isinstance(flags, int) and flags & _WRITING:
                raise PermissionError("writing")
            found = os.path.realpath(os.fsdecode(name)) if isinstance(name, str | bytes) else own
            if found != own and not found.startswith(libraries):
                raise PermissionError("reading")

    return hook
