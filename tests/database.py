"""Databases for tests: SQLite always; PostgreSQL too, in a cluster of its own, where the machine has it."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import URL, create_engine, make_url, text

from kb.db.database import Database
from kb.db.upgrade import upgrade

_NUMBERS = count()
_TEMPORARY = tempfile.gettempdir()
"""Asked before any test opens a house, whose temporary files are in a home that the server's account may not enter."""
_MEMORY, _ENOUGH = Path("/dev/shm"), 1024**3
"""A folder in memory, where Linux has one, and the bytes that are to be free there: each library is a copy of 8 MB."""
_SERVER = "-c fsync=off -c listen_addresses='' -c max_connections=200 -c unix_socket_directories="


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty library at the newest schema, to be copied."""
    folder = tmp_path_factory.mktemp("migrated")
    database = Database(f"sqlite:///{folder}/kb.sqlite3")
    upgrade(database, folder / "kept")
    database.close()
    return folder / "kb.sqlite3"


@pytest.fixture(scope="session")
def postgres() -> Iterator[URL]:
    """The address of a server with an empty `migrated` database, to be used as template."""
    bin = _postgres_programs()
    if bin is None:
        pytest.skip("missing PostgreSQL server")
    folder = Path(tempfile.mkdtemp(prefix="kb-postgres-", dir=_place()))
    user = "postgres" if os.geteuid() == 0 else None
    if user:
        account = pwd.getpwnam(user)
        os.chown(folder, account.pw_uid, account.pw_gid)
    data = folder / "data"
    _run(user, bin / "initdb", "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync")
    _run(user, bin / "pg_ctl", "start", "-w", "-D", data, "-l", folder / "log", "-o", f"{_SERVER}{folder}")
    server = make_url(f"postgresql+psycopg://postgres@/postgres?host={folder}")
    try:
        _ask(server, "CREATE DATABASE migrated")
        database = Database(_url(server, "migrated"))
        upgrade(database, folder)
        database.close()
        yield server
    finally:
        _run(user, bin / "pg_ctl", "stop", "-m", "immediate", "-D", data)
        shutil.rmtree(folder)


@pytest.fixture
def postgres_url(postgres: URL) -> Iterator[str]:
    """An empty library on PostgreSQL, dropped after the test."""
    name = f"library_{next(_NUMBERS)}"
    _ask(postgres, f"CREATE DATABASE {name} TEMPLATE migrated")
    yield _url(postgres, name)
    _ask(postgres, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def blank_postgres_url(postgres: URL) -> Iterator[str]:
    """A database without any table."""
    name = f"blank_{next(_NUMBERS)}"
    _ask(postgres, f"CREATE DATABASE {name}")
    yield _url(postgres, name)
    _ask(postgres, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def sqlite_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    """An empty library on SQLite."""
    path = tmp_path / "kb.sqlite3"
    shutil.copyfile(migrated_sqlite, path)
    return f"sqlite:///{path}"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def url(request: pytest.FixtureRequest) -> str:
    """An empty library on each database."""
    address: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return address


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    """An open empty library on each database."""
    database = Database(url)
    yield database
    database.close()


def _place() -> str:
    fits = _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free >= _ENOUGH
    return str(_MEMORY) if fits else _TEMPORARY


def _postgres_programs() -> Path | None:
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    return max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name), default=None)


def _run(user: str | None, *command: object) -> None:
    subprocess.run(list(map(str, command)), check=True, user=user, cwd="/", stdout=subprocess.DEVNULL)


def _ask(server: URL, statement: str) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def _url(server: URL, name: str) -> str:
    return server.set(database=name).render_as_string(hide_password=False)
