"""`kb serve` as an operator knows it: it answers, its worker comes back, and it leaves nothing behind."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

PATIENCE = 30.0


def eventually(fact: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not fact():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.1)


@pytest.fixture
def port() -> int:
    with socket.socket() as chosen:
        chosen.bind(("127.0.0.1", 0))
        return int(chosen.getsockname()[1])


@pytest.fixture
def server(tmp_path: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    environment = {**os.environ, "KB_HOME": str(tmp_path / "home"), "KB_PORT": str(port)}
    with subprocess.Popen([sys.executable, "-m", "kb", "serve"], env=environment, stderr=subprocess.DEVNULL) as child:
        eventually(lambda: healthy(port) and worker_of(child))
        yield child
        child.kill()


def healthy(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5) as answer:
            return bool(json.load(answer)["ok"])
    except OSError:
        return False


def worker_of(server: subprocess.Popen[bytes]) -> int:
    """Return the process id of the worker that this server started; 0 while there is none."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            status = (process / "stat").read_text().rpartition(")")[2].split()
            words = (process / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if int(status[1]) == server.pid and status[0] != "Z" and b"work" in words:
            return int(process.name)
    return 0


def alive(process: int) -> bool:
    try:
        return (Path("/proc") / str(process) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_term_ends_server_and_worker_in_order(server: subprocess.Popen[bytes]) -> None:
    worker = worker_of(server)
    server.send_signal(signal.SIGTERM)
    assert server.wait(PATIENCE) == 0
    assert not alive(worker)


def test_a_worker_that_dies_is_started_again(server: subprocess.Popen[bytes], port: int) -> None:
    first = worker_of(server)
    os.kill(first, signal.SIGKILL)
    eventually(lambda: worker_of(server) not in (0, first))
    assert healthy(port)


def test_a_worker_does_not_outlive_a_server_that_is_killed(server: subprocess.Popen[bytes]) -> None:
    worker = worker_of(server)
    server.kill()
    server.wait()
    eventually(lambda: not alive(worker))
