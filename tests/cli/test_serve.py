"""`kb serve` as an operator knows it: it answers, its worker comes back, and it leaves nothing behind."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.waiting import eventually, free_port

pytestmark = pytest.mark.slow

PATIENCE = 30.0


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def server(tmp_path: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    environment = {**os.environ, "KB_HOME": str(tmp_path / "home"), "KB_PORT": str(port)}
    with subprocess.Popen([sys.executable, "-m", "kb", "serve"], env=environment, stderr=subprocess.DEVNULL) as child:
        eventually(lambda: healthy(port) and worker_of(child), PATIENCE)
        yield child
        child.kill()


def healthy(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5) as answer:
            return bool(json.load(answer)["ok"])
    except OSError:
        return False


def children_of(server: subprocess.Popen[bytes], command: bytes) -> set[int]:
    """Return the processes of this command that the server started and that live."""
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            status = (process / "stat").read_text().rpartition(")")[2].split()
            words = (process / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if int(status[1]) == server.pid and status[0] != "Z" and command in words:
            found.add(int(process.name))
    return found


def worker_of(server: subprocess.Popen[bytes]) -> int:
    """Return the process id of a worker that this server started; 0 while there is none."""
    return min(children_of(server, b"work"), default=0)


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
    eventually(lambda: worker_of(server) not in (0, first), PATIENCE)
    assert healthy(port)


def test_a_worker_does_not_outlive_a_server_that_is_killed(server: subprocess.Popen[bytes]) -> None:
    worker = worker_of(server)
    server.kill()
    server.wait()
    eventually(lambda: not alive(worker), PATIENCE)


@pytest.fixture
def servers(tmp_path: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A server of which two processes answer."""
    environment = {**os.environ, "KB_HOME": str(tmp_path / "home"), "KB_PORT": str(port)}
    command = [sys.executable, "-m", "kb", "serve", "--workers", "2"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as child:
        eventually(lambda: healthy(port) and len(children_of(child, b"serve")) == 2, PATIENCE)
        yield child
        child.kill()


def test_of_several_that_answer_one_may_die_and_is_started_again(servers: subprocess.Popen[bytes], port: int) -> None:
    first = children_of(servers, b"serve")
    os.kill(min(first), signal.SIGKILL)
    eventually(lambda: len(children_of(servers, b"serve") - first) == 1, PATIENCE)
    assert healthy(port)


def test_threads_of_one_that_answers_share_their_memory(servers: subprocess.Popen[bytes]) -> None:
    for process in children_of(servers, b"serve"):
        told = (Path("/proc") / str(process) / "environ").read_bytes().split(b"\0")
        assert b"MALLOC_ARENA_MAX=2" in told


def test_a_term_ends_all_that_answer(servers: subprocess.Popen[bytes]) -> None:
    several = children_of(servers, b"serve")
    servers.send_signal(signal.SIGTERM)
    assert servers.wait(PATIENCE) == 0
    assert not any(map(alive, several))


def test_none_that_answers_outlives_a_server_that_is_killed(servers: subprocess.Popen[bytes]) -> None:
    several = children_of(servers, b"serve")
    servers.kill()
    servers.wait()
    eventually(lambda: not any(map(alive, several)), PATIENCE)


def test_one_that_is_still_starting_when_its_server_is_killed_ends_too(tmp_path: Path, port: int) -> None:
    environment = {**os.environ, "KB_HOME": str(tmp_path / "home"), "KB_PORT": str(port)}
    command = [sys.executable, "-m", "kb", "serve", "--workers", "2"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as server:
        eventually(lambda: len(children_of(server, b"serve")) == 2, PATIENCE)
        several = children_of(server, b"serve")
        server.kill()
    eventually(lambda: not any(map(alive, several)), PATIENCE)
