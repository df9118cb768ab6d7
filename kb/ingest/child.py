"""The child's side of the sandbox: gives up every right it does not need, does one task on one file, answers."""

import ctypes
import errno
import importlib
import json
import math
import os
import resource
import signal
import socket
import struct
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from kb.ingest import landlock, seccomp, wire
from kb.ingest.extraction import Damaged, ExtractionError, Limits, TooCostly

_LIBC = ctypes.CDLL(None, use_errno=True)
# Bound before any child is locked: what is in the memory of a process, its hooks in Python cannot take away.
_socket, _connect, _fork, _open = _LIBC.socket, _LIBC.connect, _LIBC.fork, _LIBC.open
_CLONE_NEWUSER, _CLONE_NEWNET, _CLONE_NEWIPC = 0x10000000, 0x40000000, 0x08000000
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
_LOOPBACK = struct.pack("=HH4s8x", socket.AF_INET, socket.htons(9), bytes([127, 0, 0, 1]))
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
GOOD, BAD = b"+", b"-"
"""The first byte of an answer: an answer, or an error."""

_SYSTEM = (
    *("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache"),
    *("/usr/share/fonts", "/usr/local/share/fonts"),  # for pages whose file brings none
)

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


def main(request: Mapping[str, Any], answers: int, parent: int) -> None:
    """Write the answer to `request` to the descriptor `answers`, which nothing else reaches, and leave."""
    rest = memoryview(_answer(request, parent))
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


def walls(_path: Path, _limits: Limits) -> bytes:
    """Try what no reader may, past what Python refuses, and say by what it was kept from each; "" for by nothing."""
    door = _socket(socket.AF_INET, socket.SOCK_STREAM, 0)
    outside = door >= 0 and (_connect(door, _LOOPBACK, len(_LOOPBACK)), ctypes.get_errno())[1] != errno.ENETUNREACH
    born = _fork()
    if born == 0:
        os._exit(0)
    found = {
        "network": "" if outside else "seccomp" if door < 0 else "namespace",
        "files": "landlock" if _open(b"/etc/passwd", os.O_RDONLY) < 0 else "",
        "processes": "seccomp" if born < 0 else "",
    }
    return json.dumps(found).encode()


def _answer(request: Mapping[str, Any], parent: int) -> bytes:
    """Return the answer of the task behind GOOD, or the reason why there is none behind BAD."""
    limits = Limits(*request["limits"])
    path = Path(request["file"])
    try:
        for module in request["modules"]:
            importlib.import_module(module)
        task = named(*request["task"])
        _lock(path, limits, parent)
        return GOOD + bytes(task(path, limits, **request["arguments"]))
    except ExtractionError as error:
        return BAD + wire.encode_error(error)
    except MemoryError:
        return BAD + wire.encode_error(TooCostly("out of memory"))
    except BaseException as error:  # noqa: BLE001 - a reader of strangers' files raises anything, a panic of Rust too
        return BAD + wire.encode_error(Damaged(f"{type(error).__name__}: {error}"))


def _lock(path: Path, limits: Limits, parent: int) -> None:
    """Give up rights for good; where a system lacks a means, the others still hold."""
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
    readable = (*_libraries(), str(path))
    if sys.platform == "linux":
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)
        _LIBC.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        landlock.install(readable)
        if not seccomp.install():
            _LIBC.unshare(_CLONE_NEWUSER | _CLONE_NEWNET | _CLONE_NEWIPC)
    sys.addaudithook(_guard(readable))


def _libraries() -> Iterator[str]:
    """Yield where the libraries are, Python's and the system's, with the packages that are imported already.

    Not all of sys.path: a checkout is on it too, and may hold the originals.
    """
    yield from (sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib"))
    yield from (entry for entry in sys.path if entry.endswith("-packages"))
    for name, module in list(sys.modules.items()):
        if "." not in name:
            yield from getattr(module, "__path__", None) or filter(None, [getattr(module, "__file__", None)])
    yield from _SYSTEM


def _guard(readable: tuple[str, ...]) -> Any:
    """Return an audit hook that refuses sockets, processes, writing, and reading beyond what is `readable`."""
    files = {os.path.realpath(path) for path in readable}
    folders = tuple(path + os.sep for path in files)

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event.startswith(_FORBIDDEN):
            raise PermissionError(event)
        if event == "open":
            name, _, flags = arguments
            if isinstance(flags, int) and flags & _WRITING:
                raise PermissionError("writing")
            if isinstance(name, str | bytes):
                found = os.path.realpath(os.fsdecode(name))
                if found not in files and not found.startswith(folders):
                    raise PermissionError("reading")

    return hook
