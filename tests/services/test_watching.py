"""A watched folder: files are taken when they are whole, and nothing is lost or doubled when the watch is killed."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import func, select

from kb.app import open_services
from kb.catalog.access import PUBLIC
from kb.catalog.tables import Document
from kb.core.errors import Conflict, Invalid, KbError
from kb.core.settings import Settings
from kb.ingest.extraction import Unsupported
from kb.services import watching
from kb.services.context import Services
from kb.web.reasons import reason

WATCH = """
import sys
from kb import app
sys.argv = ["kb", "watch", sys.argv[1]]
app.main()
"""

PATIENCE = 60.0


def settings(home: Path) -> Settings:
    return Settings(home=home, watch_seconds=0.05, watch_still_seconds=0.1, max_upload_bytes=2000)


def watched(services: Services, folder: Path, until: Callable[[], bool], **more: bool) -> list[tuple[str, str]]:
    """Watch until something is so; return the name and the failure of each file that was taken up."""
    stop, said = threading.Event(), list[tuple[str, str]]()
    deadline = time.monotonic() + PATIENCE

    def told(path: Path, error: KbError | None) -> None:
        said.append((path.name, error.code if error else ""))

    def end() -> None:
        try:
            while not until() and time.monotonic() < deadline:
                time.sleep(0.02)
        finally:
            stop.set()

    thread = threading.Thread(target=end, daemon=True)
    thread.start()
    watching.watch(
        services,
        folder,
        stop,
        publish=more.get("publish", False),
        explain=partial(reason, services.settings),
        told=told,
    )
    thread.join()
    assert until(), "it did not come true in time"
    return said


def states(services: Services) -> list[str]:
    with services.database.reading() as session:
        return sorted(session.scalars(select(Document.state)))


def test_files_are_taken_in_and_put_away_and_what_is_refused_says_why(tmp_path: Path) -> None:
    folder = tmp_path / "scan"
    (folder / "sub").mkdir(parents=True)
    (folder / "sub" / "a.txt").write_text("نص أول", "utf-8")
    os.utime(folder / "sub" / "a.txt", (1, 1))  # the oldest is taken first
    (folder / "b.txt").write_text("نص ثان", "utf-8")
    (folder / "b.txt.toml").write_text('title = "وثيقة موصوفة"\nstate = "published"\n', "utf-8")
    (folder / "empty.txt").touch()
    (folder / "large.txt").write_text("x" * 2001)
    (folder / "run.exe").write_bytes(b"MZ\x90\x00" + bytes(range(256)))
    (folder / ".hidden").write_text("x")
    (folder / "link.txt").symlink_to("/etc/passwd")
    with open_services(settings(tmp_path / "home")) as services:
        said = watched(
            services,
            folder,
            lambda: len(list(folder.glob("refused/*.why.txt"))) == 3 and not list(folder.glob("*/a.txt")),
        )
        assert {(name, code) for name, code in said if code} == {
            ("empty.txt", "invalid"),
            ("large.txt", "too-large"),
            ("run.exe", "unsupported-format"),
        }
        assert states(services) == ["draft", "published"]
    left = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    assert "done/sub/a.txt" in left
    assert {"done/b.txt", "done/b.txt.toml"} <= set(left)
    assert {".hidden", "link.txt", "refused/run.exe", "refused/run.exe.why.txt"} <= set(left)
    said_of = {name: (folder / "refused" / f"{name}.why.txt").read_text("utf-8") for name in ("run.exe", "large.txt")}
    assert said_of["run.exe"] == "ليس من الأنواع التي تُقرأ هنا. احفظه بصيغة PDF أو DOCX ثم أودعه.\n"
    assert "الحد هو" in said_of["large.txt"]
    assert "2 KB" in said_of["large.txt"]


@pytest.mark.parametrize(
    ("language", "error", "said"),
    [
        ("fr", Invalid({"file": "empty-file"}), "Le fichier est vide. Vérifiez qu’il a été copié en entier."),
        ("ar", Invalid({"": "not-toml"}), "بطاقة الوصف ليست بصيغة TOML"),
        ("en", Invalid({"date": "not-a-date"}), "date: "),
        ("en", Invalid({"file": "nowhere-told"}), "nowhere-told"),
        ("fr", Unsupported(), "DOCX"),
    ],
)
def test_a_reason_is_told_in_the_language_of_the_library(language: str, error: KbError, said: str) -> None:
    words = reason(Settings(language=language), error)
    assert said in words
    assert "{" not in words


def test_a_file_that_still_grows_is_left_alone(tmp_path: Path) -> None:
    growing, seen = tmp_path / "growing.txt", dict[Path, tuple[int, int, float]]()
    growing.write_text("سطر", "utf-8")
    assert list(watching._still(tmp_path, seen, 5)) == [], "it was never seen before"
    size, modified, since = seen[growing]
    seen[growing] = (size, modified, since - 10)
    growing.write_text("سطر وسطر", "utf-8")
    assert list(watching._still(tmp_path, seen, 5)) == [], "it has grown meanwhile"
    size, modified, since = seen[growing]
    seen[growing] = (size, modified, since - 10)
    assert list(watching._still(tmp_path, seen, 5)) == [growing]


def test_a_file_that_another_has_replaced_is_not_the_one_that_was_read(tmp_path: Path) -> None:
    scan = tmp_path / "scan.txt"
    scan.write_text("أول", "utf-8")
    before = scan.stat()
    assert watching._is_still(scan, before)
    (tmp_path / "new").write_text("ثان", "utf-8")
    (tmp_path / "new").replace(scan)
    assert not watching._is_still(scan, before)


def test_the_same_name_again_and_the_same_bytes_again_overwrite_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "scan"
    folder.mkdir()
    with open_services(settings(tmp_path / "home")) as services:
        for number, text in enumerate(("أول", "ثان", "أول"), 1):
            (folder / "note.txt").write_text(text, "utf-8")
            watched(services, folder, lambda n=number: len(list(folder.glob("done/*"))) == n, publish=True)  # type: ignore[misc]
        assert {path.name for path in folder.glob("done/*")} == {"note.txt", "note (2).txt", "note (3).txt"}
        assert states(services) == ["published", "published"]
        with services.database.reading() as session:
            assert session.scalar(select(func.count()).where(Document.audience.in_(PUBLIC))) == 2


def test_one_process_alone_watches_a_folder(tmp_path: Path) -> None:
    with open_services(settings(tmp_path / "home")) as services, watching._alone(tmp_path), pytest.raises(Conflict):
        watching.watch(
            services,
            tmp_path,
            threading.Event(),
            publish=False,
            explain=partial(reason, services.settings),
            told=lambda *_: None,
        )


@pytest.mark.slow
def test_a_watch_that_is_killed_at_any_moment_loses_and_doubles_nothing(tmp_path: Path) -> None:
    folder, home = tmp_path / "scan", tmp_path / "home"
    folder.mkdir()
    for number in range(30):
        (folder / f"{number:02}.txt").write_text(f"وثيقة ممسوحة رقم {number}", "utf-8")
    quick = {"KB_HOME": str(home), "KB_WATCH_SECONDS": "0.05", "KB_WATCH_STILL_SECONDS": "0.1"}
    with open_services(Settings(home=home)):
        pass
    for kill in range(3):
        child = subprocess.Popen(
            [sys.executable, "-c", WATCH, str(folder)], env=os.environ | quick, stdout=subprocess.PIPE, text=True
        )
        assert child.stdout
        with child.stdout:
            for _ in range(4 + kill):
                assert child.stdout.readline().strip().endswith("taken in")
            time.sleep(0.01 * kill)
            child.send_signal(signal.SIGKILL)
        child.wait()
    with open_services(settings(home)) as services:
        watched(services, folder, lambda: len(list(folder.glob("done/*"))) == 30)
        assert states(services) == ["draft"] * 30
    assert not list(folder.glob("*.txt"))
