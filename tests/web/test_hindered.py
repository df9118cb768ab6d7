"""A deposit while the house cannot write: one clear line each, nothing kept halfway, and the same again goes on."""

import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from kb.app import open_services
from kb.core.settings import Settings
from kb.services import settling
from kb.services.context import Services
from kb.web.site import create_site
from tests.conftest import MISSING
from tests.web.test_bringing import FIELDS, Desk, document_of, sign_in, text

FULL = "لم يبق مكان على قرص الخادم"
CLOSED = "مجلد الخادم مفتوح للقراءة فقط"
BUSY = "قاعدة البيانات مشغولة الآن"


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    with open_services(Settings(home=tmp_path_factory.mktemp("hindered"), upload_chunk_bytes=400_000)) as opened:
        yield opened


@pytest.fixture(scope="module")
def desk(services: Services) -> Desk:
    return sign_in(services, create_site(services), "amina", "contributor")


def test_a_database_that_is_locked_is_told_and_the_same_piece_goes_on(desk: Desk, services: Services) -> None:
    data = text("locked", 900)
    id = desk.announce("locked.txt", data).json()["id"]
    with closing(sqlite3.connect(services.settings.home / "kb.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        answer = desk.piece(id, 0, data)
        other.execute("ROLLBACK")
    assert (answer.status_code, answer.json()["code"]) == (503, "busy")
    assert BUSY in answer.json()["says"]
    assert desk.browser.get(f"/ar/desk/uploads/{id}").json()["offset"] == len(data), "the bytes are kept all the same"
    assert desk.piece(id, len(data), b"").json()["state"] == "done"


def test_a_full_disk_is_told_and_leaves_nothing_of_the_piece(desk: Desk, services: Services) -> None:
    """The limit of a file's size is met as a full disk is: in the middle of a write."""
    data = b"a line that fills the disk\n" * 11_000
    id = desk.announce("full.txt", data).json()["id"]
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
        answer = desk.piece(id, 0, data)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert (answer.status_code, answer.json()["code"]) == (503, "no-room")
    assert FULL in answer.json()["says"]
    assert settling.parts(services).size(id) == 0
    assert desk.piece(id, 0, data).json()["state"] == "done"


def test_a_store_that_fills_up_keeps_the_upload_for_another_try(desk: Desk, services: Services) -> None:
    data = b"a line that fills the store\n" * 9_000
    told = desk.announce("store.txt", data).json()
    settling.parts(services).append(told["id"], 0, data)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
        answer = desk.piece(told["id"], len(data), b"")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert (answer.status_code, answer.json()["code"]) == (503, "no-room")
    done = desk.piece(told["id"], len(data), b"").json()
    assert document_of(desk, done).files == [("store.txt", len(data))]


def test_a_form_without_scripts_names_the_file_that_found_no_room_and_those_after_it(desk: Desk) -> None:
    files = [("file", (f"room{n}.txt", (b"room %d\n" % n) * (25_000 if n else 50))) for n in range(3)]
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, hard))
        answer = desk.browser.post("/ar/desk/deposit", data=FIELDS, files=files)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    if answer.status_code == 303:
        page = desk.browser.get(answer.headers["location"]).text
        assert page.count(FULL) == 2
        assert "دخلت الرصيد وثيقة واحدة" in page
    else:  # the form itself found no room
        assert (answer.status_code, FULL in answer.text) == (503, True)


WITHOUT_RIGHTS = """
    import sys
    from pathlib import Path
    from kb.app import open_services
    from kb.core.settings import Settings
    from kb.web.site import create_site
    from tests.web.test_bringing import sign_in

    with open_services(Settings(home=Path(sys.argv[1]))) as services:
        desk = sign_in(services, create_site(services), "amina", "contributor")
        for folder in (services.settings.uploads, services.settings.corpus):
            folder.mkdir(exist_ok=True)
            id = desk.announce(folder.name + "0.txt", folder.name.encode()).json()["id"]
            folder.chmod(0o500)
            first = desk.announce(folder.name + ".txt", b"abc")
            answer = first if first.status_code != 201 else desk.piece(id, 0, folder.name.encode())
            folder.chmod(0o700)
            print(folder.name, answer.status_code, answer.json()["code"], answer.json()["says"])
            print(desk.piece(id, 0, folder.name.encode()).json().get("state", "goes on"))
"""


@pytest.mark.slow
def test_a_folder_that_can_only_be_read_is_told_to_a_process_without_rights(tmp_path: Path) -> None:
    bare: list[str] = []
    if os.getuid() == 0:  # whom no folder refuses anything, but without that right
        if not shutil.which("setpriv"):
            pytest.skip(MISSING + "setpriv: root writes everywhere")
        bare = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"]
    done = subprocess.run(
        [*bare, sys.executable, "-W", "ignore", "-c", textwrap.dedent(WITHOUT_RIGHTS), str(tmp_path / "home")],
        cwd=Path(__file__).parents[2],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=False,
    )
    lines = done.stdout.splitlines()
    assert len(lines) == 4, done.stderr[-2000:]
    assert lines[0].startswith("uploads 503 read-only " + CLOSED)
    assert lines[1] == "done"
    assert lines[2].startswith("corpus 503 read-only " + CLOSED)
