"""LibreOffice, which starts programs and writes files, does both behind walls; its pictures are those of the file."""

import io
import json
import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import select
from starlette.testclient import TestClient

from kb.catalog.tables import File
from kb.ingest import media, office, sandbox
from kb.ingest.extraction import Damaged, Limits, TooCostly
from kb.services.pictures import THUMB
from kb.web.site import create_site
from tests.conftest import MISSING
from tests.opening import library, take_in
from tests.waiting import eventually

SAMPLES = Path(__file__).parents[1] / "fixtures" / "formats"
LIMITS = Limits(seconds=90.0)


def become(folder: Path, script: str) -> "subprocess.CompletedProcess[str]":
    """Run a script of the shell in place of LibreOffice, behind its walls."""
    request = {
        "path": [str(Path(entry).resolve()) for entry in sys.path],
        "command": ["/bin/sh", "-c", script],
        "file": str(folder / "file"),
        "folder": str(folder),
        "seconds": 10,
        "parent": os.getpid(),
    }
    return subprocess.run(
        [sys.executable, "-c", office._START, json.dumps(request)],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for what, wall in sandbox.walls().items():
        if not wall:
            pytest.skip(f"{MISSING}means of this system: nothing keeps a child from {what}")
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "file").write_text("its file")
    return tmp_path / "own"


def test_it_reads_its_file_and_writes_in_its_folder(folder: Path) -> None:
    assert become(folder, "cat file && echo made > made && mkdir more").stdout == "its file"
    assert (folder / "made").read_text() == "made\n"


@pytest.mark.parametrize(
    "script",
    [
        "cat ../secret",
        "cat /etc/passwd",
        "echo x > ../out",
        "rm ../secret",
        "mv file ../out",
        "setsid true",
        "kill $PPID",
    ],
)
def test_it_reaches_nothing_else(folder: Path, script: str) -> None:
    assert become(folder, script).returncode != 0
    assert sorted(path.name for path in folder.parent.iterdir()) == ["own", "secret"]


def test_it_calls_nobody(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        port = server.getsockname()[1]
        assert become(folder, f"bash -c 'exec 3<>/dev/tcp/127.0.0.1/{port}'").returncode != 0
        with pytest.raises(BlockingIOError):
            server.accept()


def needs_libreoffice() -> None:
    if office.program() is None:
        pytest.skip(MISSING + "LibreOffice: office files have no pictures")


@pytest.mark.slow
def test_what_does_not_end_in_time_is_gone_with_all_it_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    needs_libreoffice()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(TooCostly):
        office.convert(SAMPLES / "docx" / "good.docx", media.DOCX, Limits(seconds=0.5))
    eventually(lambda: not [one for one in Path("/proc").glob("[0-9]*/cmdline") if bytes(tmp_path) in _read(one)], 10)
    assert list(tmp_path.iterdir()) == []


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


@pytest.mark.slow
def test_what_it_cannot_read_is_damaged(tmp_path: Path) -> None:
    needs_libreoffice()
    path = tmp_path / "bad.docx"
    path.write_bytes(b"PK\x03\x04" + bytes(100))
    with pytest.raises(Damaged):
        office.convert(path, media.DOCX, LIMITS)


@pytest.mark.slow
def test_slides_have_pictures_and_other_office_files_a_first_page(tmp_path: Path) -> None:
    needs_libreoffice()
    paths = [SAMPLES / "pptx" / "good.pptx", SAMPLES / "docx" / "good.docx"]
    with library(tmp_path / "home", picture_wait_seconds=90.0, office_seconds=90.0) as services:
        take_in(services, *paths)
        visitor = TestClient(create_site(services), raise_server_exceptions=False)
        with services.database.reading() as session:
            at = {row.name: (f"/d/{row.document_id}", row.pages) for row in session.scalars(select(File))}
        slides, count = at["good.pptx"]
        for page in range(1, count + 1):
            answer = visitor.get(f"{slides}/f/1/p/{page}/thumb")
            assert Image.open(io.BytesIO(answer.content)).width == THUMB
        assert '<figure class="sheet"' in visitor.get(f"/ar{slides}/f/1/p/1").text
        text, _ = at["good.docx"]
        assert visitor.get(f"{text}/f/1/p/1/thumb").status_code == 200
        assert visitor.get(f"{text}/f/1/p/2/thumb").status_code == 404
        assert "/f/1/p/1/thumb" in visitor.get(f"/ar{text}").text
        assert '<figure class="sheet"' not in visitor.get(f"/ar{text}/f/1/p/1").text
