"""`kb serve` with somebody who watches: one place for the figures of all its processes, and not the public one."""

import os
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.waiting import eventually, free_port

pytestmark = pytest.mark.slow

PATIENCE = 60.0


def asked(port: int, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, ""
    except OSError:
        return 0, ""


def named(port: int) -> set[str]:
    """Return the names of the headers of an answer."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=20) as answer:
            return {name.lower() for name in answer.headers}
    except urllib.error.HTTPError as error:
        return {name.lower() for name in error.headers}


def figure(port: int, name: str, **labels: str) -> float:
    _, told = asked(port, "/metrics")
    samples = (sample for family in text_string_to_metric_families(told) for sample in family.samples)
    return sum(one.value for one in samples if one.name == name and labels.items() <= one.labels.items())


@pytest.mark.parametrize("workers", [1, 2])
def test_the_figures_of_all_processes_are_told_in_one_place_that_is_not_the_site(tmp_path: Path, workers: int) -> None:
    port, watched = free_port(), free_port()
    more = {"KB_HOME": str(tmp_path), "KB_PORT": str(port), "KB_METRICS": f"127.0.0.1:{watched}"}
    command = [sys.executable, "-m", "kb", "serve", "--workers", str(workers)]
    with subprocess.Popen(command, env=os.environ | more, stderr=subprocess.DEVNULL) as server:
        try:
            eventually(lambda: asked(port, "/health/ready")[0] == 200)
            for _ in range(20):
                assert asked(port, "/ar/help/search")[0] == 200
            told = {"route": "/{language}/help/search", "status": "200"}
            # Whichever process answered; it counts once the answer is sent.
            eventually(lambda: figure(watched, "kb_requests_total", **told) == 20)
            assert figure(watched, "kb_request_seconds_count", route=told["route"]) == 20
            assert figure(watched, "kb_up", part="worker") == 1
            assert asked(watched, "/")[0] == 404
            assert not {"server", "x-powered-by"} & named(port), "no answer names its program"
            assert named(watched) & {"server"} == set()
            assert asked(port, "/metrics")[0] == 404, "nothing of it on the public port"
        finally:
            server.terminate()
            try:
                assert server.wait(PATIENCE) == 0
            finally:
                server.kill()


def test_the_figures_cannot_be_told_at_the_address_of_the_site(tmp_path: Path) -> None:
    port = free_port()
    more = {"KB_HOME": str(tmp_path), "KB_PORT": str(port), "KB_METRICS": f"127.0.0.1:{port}"}
    command = [sys.executable, "-m", "kb", "serve"]
    ended = subprocess.run(command, env=os.environ | more, capture_output=True, timeout=60, check=False)
    assert ended.returncode == 1
    assert str(port) in ended.stderr.decode()
