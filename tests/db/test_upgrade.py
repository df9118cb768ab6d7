"""Bringing a database up to this version: once, safely, with a copy kept, and never down."""

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

import kb.catalog.corrections
import kb.catalog.drafts
import kb.catalog.intake
import kb.catalog.keys
import kb.catalog.people
import kb.catalog.searched
import kb.catalog.second_factor
import kb.catalog.tables  # the models
import kb.jobs.queue  # noqa: F401 -- the models
from kb.core.errors import Unavailable
from kb.db import upgrade as upgrades
from kb.db.database import Base, Database
from kb.db.upgrade import NewerDatabase, upgrade

NEXT_STEP = """
from alembic import op

revision = "next"
down_revision = "{head}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE TABLE later (id INTEGER)")
    {more}
"""


@pytest.fixture
def add_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Makes this version one migration longer; the argument is what it does besides making the table `later`."""

    def add(more: str) -> None:
        folder = tmp_path / "migrations"
        shutil.copytree(upgrades.MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
        head = max(path.name[:4] for path in (folder / "versions").glob("*.py"))
        (folder / "versions" / "next.py").write_text(NEXT_STEP.format(head=head, more=more))
        monkeypatch.setattr(upgrades, "MIGRATIONS", folder)

    return add


def tables(database: Database) -> set[str]:
    with database.reading() as session:
        if database.sqlite:
            return set(session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'table'")))
        return set(session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")))


def test_models_and_migrations_agree(database: Database) -> None:
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_foreign_keys_are_enforced_after_an_upgrade(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/kb.sqlite3")
    upgrade(database, tmp_path / "kept")
    with database.reading() as session:
        assert session.scalar(text("PRAGMA foreign_keys")) == 1
    database.close()


def test_a_path_may_hold_spaces_percents_and_arabic(tmp_path: Path) -> None:
    folder = tmp_path / "مكتبة 100% جديدة"
    folder.mkdir()
    database = Database(f"sqlite:///{folder}/kb.sqlite3")
    upgrade(database, folder / "kept")
    assert "document" in tables(database)
    database.close()


def test_no_copy_is_kept_when_there_is_nothing_to_do(sqlite_url: str, tmp_path: Path) -> None:
    database = Database(sqlite_url)
    upgrade(database, tmp_path / "kept")
    assert not (tmp_path / "kept").exists()
    database.close()


def test_a_copy_of_the_old_database_is_kept(sqlite_url: str, tmp_path: Path, add_step: Callable[[str], None]) -> None:
    database = Database(sqlite_url)
    with database.writing() as session:
        session.execute(text("INSERT INTO tombstone VALUES ('a', '2026-01-01', '', 'سحب بطلب')"))
    head = max(path.name[:4] for path in (upgrades.MIGRATIONS / "versions").glob("*.py"))
    add_step("")
    upgrade(database, tmp_path / "kept")
    assert "later" in tables(database)
    (kept,) = (tmp_path / "kept").iterdir()
    assert kept.name == f"kb.sqlite3.{head}"
    with closing(sqlite3.connect(kept)) as copy:
        assert copy.execute("SELECT reason FROM tombstone").fetchall() == [("سحب بطلب",)]
        assert copy.execute("SELECT name FROM sqlite_master WHERE name = 'later'").fetchall() == []
    database.close()


def test_a_step_that_fails_changes_nothing(database: Database, tmp_path: Path, add_step: Callable[[str], None]) -> None:
    before = tables(database)
    add_step('op.execute("SELECT nothing FROM nowhere")')
    with pytest.raises(Exception, match="nowhere"):
        upgrade(database, tmp_path / "kept")
    assert tables(database) == before


def test_a_step_that_orphans_a_row_is_refused(sqlite_url: str, tmp_path: Path, add_step: Callable[[str], None]) -> None:
    database = Database(sqlite_url)
    add_step("op.execute(\"INSERT INTO document_theme VALUES ('nobody', 'x')\")")
    with pytest.raises(AssertionError, match="document_theme"):
        upgrade(database, tmp_path / "kept")
    assert "later" not in tables(database)
    database.close()


def test_a_newer_database_is_refused_by_name(
    database: Database, tmp_path: Path, add_step: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    add_step("")
    upgrade(database, tmp_path / "kept")
    monkeypatch.undo()
    with pytest.raises(NewerDatabase) as refusal:
        upgrade(database, tmp_path / "kept")
    assert refusal.value.revision == "next"


def test_nothing_is_changed_where_no_copy_can_be_kept(
    sqlite_url: str, tmp_path: Path, add_step: Callable[[str], None]
) -> None:
    database = Database(sqlite_url)
    add_step("")
    (tmp_path / "kept").write_text("a file where the folder should be")
    with pytest.raises(Unavailable, match="no copy"):
        upgrade(database, tmp_path / "kept")
    assert "later" not in tables(database)
    database.close()


def test_the_files_of_the_steps_are_named_in_their_order() -> None:
    config = Config()
    config.set_main_option("script_location", str(upgrades.MIGRATIONS))
    config.set_main_option("path_separator", "os")
    steps = ScriptDirectory.from_config(config).walk_revisions()
    assert upgrades.known() == [step.revision for step in steps][::-1]


def test_a_database_of_this_version_is_opened_without_the_program_of_the_steps(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib; from kb.db.database import Database; import kb.app;"
        "kb.app.upgrade(Database(sys.argv[1]), pathlib.Path(sys.argv[2])); print('alembic' in sys.modules)"
    )
    command = [sys.executable, "-c", program, f"sqlite:///{tmp_path}/kb.sqlite3", str(tmp_path / "kept")]
    said = [subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip() for _ in range(2)]
    assert said == ["True", "False"]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_processes_that_start_together_migrate_once(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    sqlite = f"sqlite:///{tmp_path}/kb.sqlite3"
    url = sqlite if kind == "sqlite" else request.getfixturevalue("blank_postgres_url")
    program = (
        "import sys, pathlib; from kb.db.database import Database; from kb.db.upgrade import upgrade;"
        "upgrade(Database(sys.argv[1]), pathlib.Path(sys.argv[2]))"
    )
    starts = [
        subprocess.Popen([sys.executable, "-c", program, url, str(tmp_path / "kept")], stderr=subprocess.PIPE)
        for _ in range(4)
    ]
    assert [start.communicate()[1].decode()[-300:] for start in starts] == [""] * 4
    database = Database(url)
    assert {"document", "job", "alembic_version"} <= tables(database)
    database.close()
