"""What readers see of the index through real doors, while other processes write, fold, replace or damage it."""

import json
import os
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path

import pytest

from tests.aged import age
from tests.cli.test_serve import worker_of
from tests.waiting import eventually, free_port

pytestmark = pytest.mark.slow

COUNT = 30
PATIENCE = 600.0  # a worker has the smallest share of a machine that others keep busy; on a quiet one it takes seconds


class House:
    """A library in a folder, its commands and its server."""

    def __init__(self, home: Path, port: int) -> None:
        self.home, self.port = home, port

    def environment(self, **settings: object) -> dict[str, str]:
        more = {f"KB_{name.upper()}": str(value) for name, value in settings.items()}
        return {**os.environ, "KB_HOME": str(self.home), "KB_PORT": str(self.port), **more}

    def run(self, *words: object, code: int = 0) -> str:
        command = [sys.executable, "-m", "kb", *map(str, words)]
        done = subprocess.run(
            command, env=self.environment(index_at_once=0), capture_output=True, text=True, check=False
        )
        assert done.returncode == code, done.stderr
        return done.stdout or done.stderr

    @contextmanager
    def served(self, **settings: object) -> Iterator[subprocess.Popen[bytes]]:
        command = [sys.executable, "-m", "kb", "serve", "--workers", "2"]
        environment = self.environment(**settings)
        with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as server:
            try:
                eventually(lambda: self.get("/health")[0] and worker_of(server), PATIENCE)
                yield server
            finally:
                server.terminate()
                try:
                    server.wait(PATIENCE)
                finally:
                    server.kill()

    def get(self, path: str) -> tuple[int, str]:
        """Return the status, 0 where nobody answers, and the body."""
        address = f"http://127.0.0.1:{self.port}{urllib.parse.quote(path, safe='/?=&')}"
        try:
            with urllib.request.urlopen(address, timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def total(self, word: str) -> int:
        """Return how many documents a search finds; -1 where it is not answered."""
        status, body = self.get(f"/api/v1/search?q={word}&also=false")
        return int(json.loads(body)["total"]) if status == 200 else -1

    def health(self) -> dict[str, object]:
        return dict(json.loads(self.get("/health")[1] or "{}"))


@pytest.fixture(scope="module")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a library with some documents."""
    folder = tmp_path_factory.mktemp("stocked")
    House(folder / "home", 0).run("import", write(folder / "in", "بداية", COUNT))
    return folder / "home"


@pytest.fixture
def house(stocked: Path, tmp_path: Path) -> House:
    """A copy of it, with a port that nobody has."""
    shutil.copytree(stocked, tmp_path / "home")
    return House(tmp_path / "home", free_port())


def write(folder: Path, word: str, count: int) -> Path:
    folder.mkdir(exist_ok=True)
    for number in range(count):
        text = f"دليل {word} رقم {number}\n\nنص الدليل حول تبسيط المساطر.\n"
        (folder / f"{word}-{number}.txt").write_text(text, "utf-8")
    return folder


def test_every_process_that_answers_shows_what_was_committed_elsewhere(house: House, tmp_path: Path) -> None:
    with house.served():
        assert {house.total("بداية") for _ in range(10)} == {COUNT}
        house.run("import", write(tmp_path / "more", "لاحقة", 1))  # returns when the index has it
        assert {house.total("لاحقة") for _ in range(10)} == {1}


def test_a_fold_while_readers_ask_changes_no_answer(house: House, tmp_path: Path) -> None:
    house.run("import", write(tmp_path / "more", "دفعة", 1))
    with house.served():
        command = [sys.executable, "-m", "kb", "index", "merge"]
        with subprocess.Popen(command, env=house.environment(), stdout=subprocess.DEVNULL) as folding:
            seen = set()
            while folding.poll() is None:
                seen.add(house.total("بداية"))
        assert folding.returncode == 0
        assert seen | {house.total("بداية")} == {COUNT}
        assert len(list(house.home.rglob("*.seg"))) == 1


def test_a_search_cut_short_says_so_in_each_language(house: House) -> None:
    with house.served(search_seconds=0.000001):
        for language, said in (("ar", "نتائج جزئية"), ("fr", "résultats sont partiels"), ("en", "results are partial")):
            status, page = house.get(f"/{language}/search?q=تبسيط")
            assert (status, said in page) == (200, True)
        assert "partial" in json.loads(house.get("/api/v1/search?q=تبسيط")[1])["notices"]


def test_after_an_upgrade_the_earlier_index_answers_until_the_new_one_is_there(house: House) -> None:
    older = age(house.home, readable=True)
    with house.served(index_at_once=0):
        totals = {house.total("بداية")}
        while house.health()["outdated"]:
            totals.add(house.total("بداية"))
        assert totals | {house.total("بداية")} == {COUNT}
        eventually(lambda: house.health()["rebuilding"] is None, PATIENCE)
        assert not (house.home / "index" / "whoosh" / older).exists()


def test_a_worker_killed_while_it_makes_the_index_is_followed_by_one_that_goes_on(house: House) -> None:
    age(house.home, readable=False)
    with house.served(index_at_once=0, job_lease_seconds=1) as server:
        eventually(lambda: list((house.home / "index").rglob("*.part")) or house.total("بداية") == COUNT, PATIENCE)
        if worker := worker_of(server):
            os.kill(worker, signal.SIGKILL)
        eventually(lambda: house.total("بداية") == COUNT, PATIENCE)
        eventually(lambda: not list((house.home / "index").rglob("*.part")), PATIENCE)
    assert json.loads(house.run("index", "check", "--json")) == {"missing": 0, "stale": 0, "surplus": 0}


def test_a_check_of_a_damaged_index_has_it_made_anew(house: House) -> None:
    with house.served(index_at_once=0):
        # A worker that is still starting would see for itself.
        eventually(lambda: house.get("/health/ready")[0] == HTTPStatus.OK, PATIENCE)
        for file in (house.home / "index").rglob("*.seg"):
            file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
        assert "cannot be read" in house.run("index", "check", code=1)
        eventually(lambda: house.total("بداية") == COUNT, PATIENCE)
    assert json.loads(house.run("index", "check", "--json")) == {"missing": 0, "stale": 0, "surplus": 0}
