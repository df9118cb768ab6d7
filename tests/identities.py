"""A provider of identities for tests: a real one, as a process of its own, and what a person does there."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx2 as httpx
import pytest

from tests.waiting import eventually, free_port

PROVIDER = Path(__file__).parent / "provider"
SECRET = "a secret of the tests, long enough"


@contextmanager
def running(back: str, left: str) -> Iterator[str]:
    """Run the provider and give its address; `back` is where it sends people, `left` where after signing out."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("missing node")
    if not (PROVIDER / "node_modules").is_dir():
        pytest.skip("missing the packages of tests/provider: scripts/install-test-programs.sh brings them")
    port = free_port()
    command = [node, str(PROVIDER / "provider.mjs"), str(port), back, left]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        address = f"http://127.0.0.1:{port}"
        try:
            eventually(
                lambda: _answers(f"{address}/.well-known/openid-configuration"), what="the start of the provider"
            )
            yield address
        finally:
            process.kill()


def _answers(address: str) -> bool:
    try:
        return httpx.get(address, timeout=5).is_success
    except httpx.HTTPError:
        return False


def sign_in(address: str, login: str, *, refuse: bool = False) -> str:
    """Do at the provider what a person does who was sent to `address`; return where they are sent back to."""
    with httpx.Client(timeout=30) as person:
        answer = person.get(address)
        for _ in range(20):
            while answer.is_redirect:
                onward = urljoin(str(answer.url), answer.headers["location"])
                if urlsplit(onward).hostname != "127.0.0.1":
                    return onward
                answer = person.get(onward)
            assert answer.status_code == 200, answer.text
            if refuse:
                answer = person.get(urljoin(str(answer.url), _found(r'href="([^"]+/abort)"', answer.text)))
                continue
            form = _found(r'action="([^"]+)"', answer.text)
            prompt = _found(r'name="prompt" value="(\w+)"', answer.text)
            fields = {"prompt": prompt} | ({"login": login, "password": "any"} if prompt == "login" else {})
            answer = person.post(urljoin(str(answer.url), form), data=fields)
    raise AssertionError("the provider did not come to an end")


def _found(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found, text
    return found[1]
