"""A process that has the readers in its memory already and bears a child for each file.

To fork takes milliseconds; to start Python and import a reader takes half a second, for each of thousands of files. The
nursery itself never opens a stranger's file.
"""

import array
import atexit
import gc
import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from kb.core.errors import Unavailable
from kb.core.priority import stand_back_together
from kb.ingest import child

ENVIRONMENT = {"OMP_THREAD_LIMIT": "1", "OPENBLAS_NUM_THREADS": "1"}
"""All that a child is told: libraries that start threads at will would want address space for each."""

PATIENCE_SECONDS = 60.0
"""Longest wait for the nursery itself, which imports at its first file and forks at each."""

_START = """
import json, sys
sys.path[:] = json.loads(sys.argv[1])
from kb.ingest import nursery
nursery.serve(int(sys.argv[2]))
"""
_LENGTH_BYTES = 4
_CHUNK = 64 * 1024
_FIRST_DESCRIPTOR = 3
_DESCRIPTORS = 256


class Nursery:
    """This process's end: starts the nursery when it is first wanted, and again when it is gone. For any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._owner = 0
        atexit.register(self.close)

    def bear(self, request: Mapping[str, Any], answers: int) -> int:
        """Start a child that does `request` and writes to the descriptor `answers`; return its process id.

        Raises Unavailable where no process can be started.
        """
        with self._lock:
            try:
                said = self._ask(request, answers)
            except (OSError, EOFError):
                self._close()  # killed by the system for want of memory, perhaps long ago: another may do
                try:
                    said = self._ask(request, answers)
                except (OSError, EOFError) as error:
                    self._close()
                    raise Unavailable(f"no process can be started: {error}") from error
        if "pid" not in said:
            raise Unavailable(f"no process can be started: {said['error']}")
        return int(said["pid"])

    def bury(self, pid: int) -> int:
        """End a child, with its process group; return how it ended, as `subprocess` says it."""
        with self._lock:
            try:
                return int(self._ask({"end": pid})["code"])
            except (OSError, EOFError):
                self._close()  # whose children die with it
                return -signal.SIGKILL

    def close(self) -> None:
        with self._lock:
            self._close()

    def _ask(self, message: Mapping[str, Any], descriptor: int | None = None) -> Mapping[str, Any]:
        control = self._open()
        _send(control, message, descriptor)
        said, _ = _receive(control)
        return said

    def _open(self) -> socket.socket:
        if self._control is not None and self._owner == os.getpid():
            return self._control
        ours, theirs = socket.socketpair()
        path = [os.path.abspath(entry) for entry in sys.path]  # noqa: PTH100 - zip files and "" are entries too
        with theirs:
            try:
                process = subprocess.Popen(  # noqa: S603 - our own interpreter, our own program
                    [sys.executable, "-I", "-B", "-c", _START, json.dumps(path), str(theirs.fileno())],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    start_new_session=True,
                    pass_fds=[theirs.fileno()],
                    cwd="/",
                    env=ENVIRONMENT,
                )
            except OSError:
                ours.close()
                raise
        ours.settimeout(PATIENCE_SECONDS)
        self._process, self._control, self._owner = process, ours, os.getpid()
        return ours

    def _close(self) -> None:
        process, control = self._process, self._control
        self._process = self._control = None
        if control is not None:
            control.close()
        if process is not None and self._owner == os.getpid():
            process.kill()
            process.wait()


def serve(control_descriptor: int) -> None:
    """Bear and bury children as told, until the other end is closed: then all of them die, and so does this process."""
    stand_back_together()
    alive: set[int] = set()
    with socket.socket(fileno=control_descriptor) as control, suppress(EOFError, OSError):
        while True:
            message, descriptors = _receive(control)
            if "end" in message:
                _send(control, {"code": _bury(int(message["end"]))})
                alive.discard(int(message["end"]))
                continue
            try:
                pid = _bear(message, descriptors[0], control)
            except OSError as error:
                _send(control, {"error": error.strerror})
            else:
                alive.add(pid)
                _send(control, {"pid": pid})
            finally:
                os.close(descriptors[0])
    for pid in alive:
        _bury(pid)
    os._exit(0)


def _bear(request: Mapping[str, Any], answers: int, control: socket.socket) -> int:
    sys.path[:] = request["path"]
    for module in request["modules"]:
        with suppress(Exception):  # the child says what is wrong with it
            importlib.import_module(module)
    gc.freeze()
    nursery = os.getpid()
    pid = os.fork()
    if pid == 0:
        try:
            os.setpgid(0, 0)
            control.detach()
            os.dup2(answers, _FIRST_DESCRIPTOR)
            os.closerange(_FIRST_DESCRIPTOR + 1, _DESCRIPTORS)
            child.main(request, _FIRST_DESCRIPTOR, nursery)
        finally:
            os._exit(1)
    with suppress(OSError):  # here too: it must be a group before anyone may end it
        os.setpgid(pid, pid)
    return pid


def _bury(pid: int) -> int:
    for end in (os.killpg, os.kill):  # before the child is reaped its number cannot be another's
        with suppress(ProcessLookupError):
            end(pid, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _send(control: socket.socket, message: Mapping[str, Any], descriptor: int | None = None) -> None:
    data = json.dumps(message).encode()
    passed = [] if descriptor is None else [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [descriptor]))]
    control.sendmsg([len(data).to_bytes(_LENGTH_BYTES, "big")], passed)
    control.sendall(data)


def _receive(control: socket.socket) -> tuple[dict[str, Any], list[int]]:
    head, descriptors, _, _ = socket.recv_fds(control, _LENGTH_BYTES, 1)
    data = bytearray()
    while len(head) < _LENGTH_BYTES:
        head += _some(control, _LENGTH_BYTES - len(head))
    length = int.from_bytes(head, "big")
    while len(data) < length:
        data += _some(control, length - len(data))
    message: dict[str, Any] = json.loads(bytes(data))
    return message, list(descriptors)


def _some(control: socket.socket, most: int) -> bytes:
    part = control.recv(min(most, _CHUNK))
    if not part:
        raise EOFError
    return part
