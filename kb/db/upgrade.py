"""Brings a database to the schema of this version, after keeping a copy; refuses one from a later version."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, inspect, text

from kb.core.errors import KbError, Unavailable
from kb.db.database import Database, failures_named

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"
# Another process that is migrating is waited for this long.
PATIENCE_SECONDS = 600
_POSTGRES_LOCK = 7_261_519  # any number, the same in every process of ours


class NewerDatabase(KbError):
    """The database was made by a later version of the program, which must be installed to read it."""

    code = "newer-database"

    def __init__(self, revision: str) -> None:
        super().__init__(revision)
        self.revision = revision


def upgrade(database: Database, backup_folder: Path) -> None:
    """Run the missing migrations, all or none; at once when there is none.

    Before an SQLite database with something in it is changed, a copy is kept in `backup_folder`, under its name and
    the revision it had. Processes that start together wait for the first. Raises NewerDatabase, and Unavailable
    where nothing can be written.
    """
    head = known()[-1]
    with failures_named():
        with database.engine.connect() as connection:
            if _revision(connection) == head:
                return
        with _alone(database) as connection:
            before = _revision(connection)
            if before == head:
                return
            if before is not None and database.sqlite:
                _keep_copy(Path(str(database.engine.url.database)), backup_folder, before)
            from alembic import command  # noqa: PLC0415 - a fifth of the start of every command, for once a version

            command.upgrade(_config(connection), "head")
            _check_references(connection)


def demand_current(database: Database) -> None:
    """Raises NewerDatabase, and Unavailable where migrations are missing or the database does not answer."""
    with failures_named(), database.engine.connect() as connection:
        if _revision(connection) != known()[-1]:
            raise Unavailable("the database waits for its migrations: any command runs them")


def demand_writable(database: Database) -> None:
    """Raises Unavailable where nothing could be written now: out of reach, locked, read-only. Nothing is changed."""
    with database.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = version_num"))
        session.rollback()


def known() -> list[str]:
    """Return the revisions of this version in their order, which the names of their files begin with."""
    return sorted(path.stem.partition("_")[0] for path in (MIGRATIONS / "versions").glob("*.py"))


def _config(connection: Connection) -> "Config":
    from alembic.config import Config  # noqa: PLC0415 - as above

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if revision is not None and revision not in known():
        raise NewerDatabase(str(revision))
    return revision


@contextmanager
def _alone(database: Database) -> Iterator[Connection]:
    """Open a transaction that no other writer shares. SQLite rebuilds tables, so its foreign keys rest meanwhile."""
    engine = database.engine.execution_options(sqlite_begin="IMMEDIATE")
    with engine.connect() as connection:
        if database.sqlite:
            raw: Any = connection.connection.driver_connection
            raw.execute(f"PRAGMA busy_timeout={PATIENCE_SECONDS * 1000}")
            raw.execute("PRAGMA foreign_keys=OFF")
            connection.detach()  # not for the pool: these settings are for this transaction only
        with connection.begin():
            if not database.sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _POSTGRES_LOCK})
            yield connection


def _check_references(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        assert broken is None, f"a migration left {broken} without its parent"


def _keep_copy(path: Path, folder: Path, revision: str) -> None:
    """Copy the database as it is to a file of its own, complete on disk before it gets its name."""
    kept = folder / f"{path.name}.{revision}"
    part = kept.with_name(f"{kept.name}.part")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(part)) as copy:
            source.backup(copy)
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.replace(kept)
    except (OSError, sqlite3.Error) as error:
        raise Unavailable(f"no copy of {path} could be kept in {folder}: {error}") from error
