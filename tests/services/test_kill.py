"""An import that is killed at any moment loses nothing and doubles nothing."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kb.catalog import documents
from kb.services import index
from tests.opening import ask, library

FILES = 60
KILLS = 30
IMPORT = """
import sys
from pathlib import Path
from kb import app
from kb.core.settings import Settings
from kb.services import importing

with app.open_services(Settings(home=Path(sys.argv[1]))) as services:
    print("open", flush=True)
    importing.take_in(services, [Path(sys.argv[2])])
    app.drain(services, lambda done, total: None)
"""


def word(number: int) -> str:
    """Return an Arabic word that stands in one file only."""
    letters = "بتثجحخدرزس"
    return "قصب" + letters[number // 10] + "ل" + letters[number % 10]


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


def start(home: Path, folder: Path) -> subprocess.Popen[bytes]:
    """Start an import and return when it has opened the library."""
    child = subprocess.Popen(
        [sys.executable, "-c", IMPORT, str(home), str(folder)], stdout=subprocess.PIPE, start_new_session=True
    )
    assert child.stdout is not None
    assert child.stdout.readline() == b"open\n"
    return child


@pytest.mark.slow
def test_thirty_kills_lose_and_double_nothing(tmp_path: Path, folder: Path) -> None:
    home, chance = tmp_path / "home", random.Random(20261121)
    for _ in range(KILLS):
        child = start(home, folder)
        time.sleep(chance.uniform(0, 1.2))
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        assert child.stdout is not None
        child.stdout.close()
    with start(home, folder) as last:
        assert last.wait() == 0
    with library(home) as services:
        with services.database.reading() as session:
            assert len(documents.revisions(session)) == FILES
        assert len(list(services.store.digests())) == FILES
        assert list(services.store.verify()) == []
        assert index.check(services).total == 0
        for number in range(FILES):
            answer = ask(services, f'"{word(number)}"')
            assert [found.card.title.text for found in answer.found] == [f"تقرير {word(number)}"]
