"""A library that is backed up comes back as it was; a backup that is not as it was written is refused."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import func, select

from kb.app import open_services, worker
from kb.catalog import documents
from kb.catalog.access import PUBLIC
from kb.catalog.tables import Document, File, PageText
from kb.core import clock
from kb.core.errors import Conflict, NotFound, Unavailable
from kb.core.settings import Settings
from kb.db.database import Database
from kb.services import audit, backup, doctor, find, importing, restore
from kb.services.answers import Ask
from kb.services.backup import Damaged, Newer
from kb.services.context import Services
from tests.visited import LIBRARY

DOCUMENTS = len(list(LIBRARY.glob("*.toml")))
SECRET = "smtp://user:secret@mail.example"


def ignore(_done: int, _total: int) -> None:
    pass


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """A library with all that a library has."""
    settings = Settings(home=tmp_path_factory.mktemp("living"), smtp=SECRET, mail_from="a@example.ma")
    with open_services(settings) as opened:
        importing.take_in(opened, sorted(LIBRARY.glob("*.toml")))
        worker(opened).drain()
        yield opened


@pytest.fixture(scope="module")
def made(services: Services, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("place")
    folder, _ = backup.make(services, place)
    return folder


@pytest.fixture
def kept(made: Path, tmp_path: Path) -> Path:
    """A copy of the backup, to be spoiled."""
    shutil.copytree(made.parent, tmp_path / "place")
    return tmp_path / "place" / made.name


@pytest.fixture
def empty(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "new")


def counts(database: Database) -> list[int]:
    with database.reading() as session:
        return [session.execute(select(func.count()).select_from(t)).scalar_one() for t in (Document, File, PageText)]


def test_a_restored_library_holds_and_finds_the_same(services: Services, kept: Path, empty: Settings) -> None:
    restored = restore.restore(empty, kept, open_services, ignore)
    assert (restored.documents, restored.missing, restored.differing) == (DOCUMENTS, 0, ())
    assert restored.asked >= 5
    with open_services(empty) as back:
        assert counts(back.database) == counts(services.database)
        assert audit.verify(back, audit.anchors_of(kept), ignore).fault is None
        assert list(back.store.digests()) == list(services.store.digests())
        assert not list(back.store.verify())
        for q in ("تبسيط المساطر", "استقبال", "خطة"):
            one, other = (find.find(s, Ask(q=q), PUBLIC, "ar") for s in (services, back))
            assert [found.card.id for found in one.found] == [found.card.id for found in other.found]


def test_it_comes_back_into_postgresql_too(kept: Path, empty: Settings, blank_postgres_url: str) -> None:
    settings = empty.model_copy(update={"database": blank_postgres_url})
    assert restore.restore(settings, kept, open_services, ignore).differing == ()
    with pytest.raises(Conflict):
        restore.restore(settings.model_copy(update={"home": empty.home / "other"}), kept, open_services, ignore)


def test_a_backup_of_postgresql_is_one_like_any_other(postgres_url: str, tmp_path: Path, empty: Settings) -> None:
    with open_services(Settings(home=tmp_path / "served", database=postgres_url)) as opened:
        importing.take_in(opened, [LIBRARY / "guide.toml"])
        worker(opened).drain()
        folder, _ = backup.make(opened, tmp_path / "place")
    assert restore.restore(empty, folder, open_services, ignore).documents == 1


def test_a_later_backup_copies_only_what_is_new(
    services: Services, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    originals = kept.parent / "originals"
    before = {path: path.stat().st_mtime_ns for path in originals.rglob("*") if path.is_file()}
    moment = clock.now().replace(year=2031)
    monkeypatch.setattr(backup, "now", lambda: moment)
    folder, _ = backup.make(services, kept.parent)
    assert {path: path.stat().st_mtime_ns for path in originals.rglob("*") if path.is_file()} == before
    assert backup.backups(kept.parent) == [folder, kept]
    assert backup.prune(kept.parent, 1) == 1
    assert backup.verify(folder).documents == DOCUMENTS


def test_pruning_removes_originals_that_no_backup_needs(services: Services, kept: Path) -> None:
    stray = kept.parent / "originals" / "ab" / "cd" / ("abcd" + "0" * 60)
    stray.parent.mkdir(parents=True, exist_ok=True)
    stray.write_bytes(b"x")
    older = kept.with_name("rassid-20010101-000000")
    shutil.copytree(kept, older)
    assert backup.prune(kept.parent, 1) == 1
    assert not stray.exists()
    assert not older.exists()
    backup.verify(kept)


def flip(path: Path) -> None:
    path.chmod(0o600)
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)


def an_original(kept: Path) -> Path:
    return next(path for path in (kept.parent / "originals").rglob("*") if path.is_file())


DAMAGES: dict[str, Callable[[Path], object]] = {
    "a bit of the catalog": lambda kept: flip(kept / backup.CATALOG),
    "a bit of the manifest": lambda kept: flip(kept / backup.MANIFEST),
    "a bit of the seal": lambda kept: flip(kept / backup.SEAL),
    "a bit of an original": lambda kept: flip(an_original(kept)),
    "an original is gone": lambda kept: an_original(kept).unlink(),
    "the catalog is cut": lambda kept: (kept / backup.CATALOG).write_bytes((kept / backup.CATALOG).read_bytes()[:-1]),
    "the catalog is gone": lambda kept: (kept / backup.CATALOG).unlink(),
    "the manifest is empty": lambda kept: (kept / backup.MANIFEST).write_bytes(b""),
    "the seal is empty": lambda kept: (kept / backup.SEAL).write_bytes(b""),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_backup_is_refused_and_nothing_is_begun(kept: Path, empty: Settings, damage: str) -> None:
    DAMAGES[damage](kept)
    with pytest.raises(Damaged):
        restore.restore(empty, kept, open_services, ignore)
    assert not empty.home.exists()


def test_a_backup_of_a_later_version_is_refused(kept: Path, empty: Settings) -> None:
    said = json.loads((kept / backup.MANIFEST).read_text("utf-8"))
    raw = json.dumps(said | {"schema": "9999"}).encode()
    (kept / backup.MANIFEST).write_bytes(raw)
    (kept / backup.SEAL).write_text(hashlib.sha256(raw).hexdigest(), "ascii")
    with pytest.raises(Newer):
        restore.restore(empty, kept, open_services, ignore)
    assert not empty.home.exists()


def test_a_living_library_is_never_restored_over(services: Services, kept: Path) -> None:
    before = counts(services.database)
    with pytest.raises(Conflict):
        restore.restore(services.settings, kept, open_services, ignore)
    assert counts(services.database) == before
    assert not list(services.store.verify())


def test_no_password_is_in_a_backup(made: Path) -> None:
    assert "secret" not in (made / backup.MANIFEST).read_text("utf-8")
    assert backup.read(made).settings["smtp"] == "(not kept)"


def test_a_file_that_the_library_lost_is_named_and_the_rest_is_kept(tmp_path: Path, empty: Settings) -> None:
    with open_services(Settings(home=tmp_path / "poor")) as opened:
        importing.take_in(opened, [LIBRARY / "guide.toml", LIBRARY / "plan.toml"])
        worker(opened).drain()
        lost, rotten = list(opened.store.digests())[:2]
        opened.store.path(lost).unlink()
        flip(opened.store.path(rotten))
        folder, manifest = backup.make(opened, tmp_path / "place")
    assert set(manifest.missing) == {lost, rotten}
    restored = restore.restore(empty, folder, open_services, ignore)
    assert (restored.documents, restored.missing) == (2, 2)


def test_a_place_that_cannot_be_written_is_told_in_a_line(services: Services, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(Unavailable, match="cannot be written"):
        backup.make(services, tmp_path / "file" / "place")
    with pytest.raises(NotFound):
        backup.read(tmp_path)


def test_a_backup_while_documents_come_in_is_of_one_moment(tmp_path: Path, empty: Settings) -> None:
    with open_services(Settings(home=tmp_path / "busy")) as opened:
        words = tmp_path / "words"
        words.mkdir()
        for number in range(40):
            (words / f"{number}.txt").write_text(f"مذكرة رقم {number} حول الاستقبال", "utf-8")
        coming = threading.Thread(target=importing.take_in, args=(opened, [words]))
        coming.start()
        folders: list[Path] = []
        while coming.is_alive():
            with pytest.MonkeyPatch.context() as patched:
                moment = clock.now().replace(year=2031 + len(folders))
                patched.setattr(backup, "now", lambda moment=moment: moment)
                folders.append(backup.make(opened, tmp_path / "place")[0])
        coming.join()
    assert folders
    restored = restore.restore(empty, folders[len(folders) // 2], open_services, ignore)
    with closing(Database(empty.database_url)) as database:
        number, files_, _ = counts(database)
    assert number == restored.documents == files_ == restored.files
    assert restored.missing == 0


def test_a_proof_leaves_nothing_but_its_note_and_the_doctor_tells_it(services: Services, kept: Path) -> None:
    before = sorted(path.name for path in kept.parent.iterdir())
    assert restore.prove(services.settings, kept, open_services, ignore).differing == ()
    assert sorted(path.name for path in kept.parent.iterdir()) == before
    name, _, differing = restore.last_proof(services.settings) or ("", None, -1)
    assert (name, differing) == (kept.name, 0)
    told = [
        finding for finding in doctor.examine(services, verify=False, progress=ignore) if finding.subject == "backup"
    ]
    assert told[0].ok
    with services.database.reading() as session:
        assert documents.counts(session, PUBLIC).total


@pytest.mark.slow
def test_the_command_knows_every_table_though_nothing_else_is_loaded(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "kb", "backup", str(tmp_path / "kept")]
    home = {"KB_HOME": str(tmp_path / "home")}
    ended = subprocess.run(command, env=os.environ | home, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
