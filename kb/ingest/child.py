"""The child's side of the sandbox: gives up every right it does not need, does one task on one file, answers."""

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
from kb.ingest.extraction import Damaged, ExtractionError, Limits, TooCostly

_CLONE_NEWUSER, _CLONE_NEWNET, _CLONE_NEWIPC = 0x10000000, 0x40000000, 0x08000000
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
GOOD, BAD = b"+", b"-"
"""The first byte of an answer: an answer, or an error."""

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
    rest = memoryview(_answer(request))
    while rest:
        rest = rest[os.write(answers, rest) :]
    os._exit(0)


def read(path: Path, limits: Limits, extractor: tuple[str, str]) -> bytes:
    """Do the task of an extractor, given by its module and name."""
    return wire.encode(named(*extractor)().extract(path, limits))


def named(module: str, name: str) -> Any:
    """Return what a module calls by a name, which may have dots."""
    found: Any = importlib.import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    return found


def _answer(request: Mapping[str, Any]) -> bytes:
    """Return the answer of the task behind GOOD, or the reason why there is none behind BAD."""
    limits = Limits(*request["limits"])
    path = Path(request["file"])
    try:
        for module in request["modules"]:
            importlib.import_module(module)
        task = named(*request["task"])
        _lock(path, limits, int(request["parent"]))
        return GOOD + bytes(task(path, limits, **request["arguments"]))
    except ExtractionError as error:
        return BAD + wire.encode_error(error)
    except MemoryError:
        return BAD + wire.encode_error(TooCostly("out of memory"))
    except Exception as error:  # noqa: BLE001 - a reader of strangers' files raises anything
        return BAD + wire.encode_error(Damaged(f"{type(error).__name__}: {error}"))


def _lock(path: Path, limits: Limits, parent: int) -> None:
    """Give up rights for good; where a system lacks a means, the others still hold."""
    _leave_network(parent)
    seconds = max(1, math.ceil(limits.seconds))
    for kind, most in (
        (resource.RLIMIT_AS, limits.bytes),
        (resource.RLIMIT_CPU, seconds + 1),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        hard = resource.getrlimit(kind)[1]
        lower = most if hard == resource.RLIM_INFINITY else min(most, hard)
        with suppress(ValueError, OSError):
            # At the soft limit of time the signal tells why; at the hard one it would not.
            soft = max(1, lower - 1) if kind == resource.RLIMIT_CPU else lower
            resource.setrlimit(kind, (soft, lower))
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
