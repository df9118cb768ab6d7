"""An import that is killed at any moment loses nothing and doubles nothing."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from kb.catalog import documents
from kb.services import index
from tests.opening import ask, library

FILES = 60
KILLS = 30
IMPORT = """
import os
import sys
from pathlib import Path
from kb import app
from kb.core.settings import Settings
from kb.services import importing

for _ in sys.stdin:  # each is a process of its own, without a second to import what all of them use
    if child := os.fork():
        print("ended", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
        continue
    os.setsid()
    with app.open_services(Settings(home=Path(sys.argv[1]))) as services:
        print("open", os.getpid(), flush=True)
        importing.take_in(services, [Path(sys.argv[2])])
        app.drain(services, lambda done, total: None)
    break
"""


def word(number: int) -> str:
    """Return an Arabic word that stands in one file only."""
    letters = "بتثجحخدرزس"
    return "قصب" + letters[number // 10] + "ل" + letters[number % 10]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "in"
    made.mkdir()
    for number in range(FILES):
        text = f"تقرير {word(number)}\n\nنص توضيحي عن المسطرة رقم {number} في الجماعة.\n"
        suffix = ("txt", "md", "html")[number % 3]
        body = f"<html><body><main><h1>تقرير {word(number)}</h1><p>{text}</p></main></body></html>"
        (made / f"{number:02}.{suffix}").write_text(body if suffix == "html" else text, "utf-8")
    return made


class Imports:
    """Imports of a folder, one after the other, each in a process of its own."""

    def __init__(self, parent: subprocess.Popen[str]) -> None:
        assert parent.stdin
        assert parent.stdout
        self._orders, self._said = parent.stdin, parent.stdout

    def start(self) -> int:
        """Start one; return its number when it has opened the library."""
        self._orders.write("go\n")
        self._orders.flush()
        word, number = self._said.readline().split()
        assert word == "open"
        return int(number)

    def ended(self) -> int:
        """Wait for its end; return how it ended, as `subprocess` says it."""
        word, code = self._said.readline().split()
        assert word == "ended"
        return int(code)


@pytest.fixture
def imports(home: Path, folder: Path) -> Iterator[Imports]:
    command = [sys.executable, "-c", IMPORT, str(home), str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        yield Imports(parent)


@pytest.mark.slow
def test_thirty_kills_lose_and_double_nothing(home: Path, imports: Imports) -> None:
    chance = random.Random(20261121)
    for _ in range(KILLS):
        child = imports.start()
        time.sleep(chance.uniform(0, 1.2))
        with suppress(ProcessLookupError):  # it may have come to its end
            os.killpg(child, signal.SIGKILL)
        assert imports.ended() in {0, -signal.SIGKILL}
    imports.start()
    assert imports.ended() == 0
    with library(home) as services:
        with services.database.reading() as session:
            assert len(documents.revisions(session)) == FILES
        assert len(list(services.store.digests())) == FILES
        assert list(services.store.verify()) == []
        assert index.check(services).total == 0
        for number in range(FILES):
            answer = ask(services, f'"{word(number)}"')
            assert [found.card.title.text for found in answer.found] == [f"تقرير {word(number)}"]
