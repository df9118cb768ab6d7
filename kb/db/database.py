"""One door to the database: a reading session or a writing one, nothing else."""

import threading
import time
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import URL, Connection, Engine, MetaData, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, NoSuchModuleError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.orm.exc import StaleDataError

from kb.core.errors import Busy, Conflict, NoRoom, ReadOnly, Unavailable

BUSY_SECONDS = 5.0

# Result codes of SQLite (sqlite.org/rescode.html): BUSY LOCKED READONLY IOERR CORRUPT FULL CANTOPEN PROTOCOL NOTADB.
_SQLITE_OUT = frozenset({5, 6, 8, 10, 11, 13, 14, 15, 26})
_SQLITE_IOERR = 10  # also where the log's index finds no room
_KINDS: dict[int | str, type[Unavailable]] = {
    5: Busy,
    6: Busy,
    8: ReadOnly,
    _SQLITE_IOERR: NoRoom,
    13: NoRoom,
    "55P03": Busy,
    "25006": ReadOnly,
    "53100": NoRoom,
}
_SQLITE_TWICE = frozenset({1555, 2067})  # extended: CONSTRAINT_PRIMARYKEY, CONSTRAINT_UNIQUE
# SQLSTATE (appendix A of PostgreSQL's manual): connection, read-only, rollback, resources, state, operator, system.
_POSTGRES_OUT = ("08", "25006", "40", "53", "55", "57", "58")
_POSTGRES_TWICE = "23505"
# All queries of a reading session see one moment, as they do on SQLite.
_POSTGRES_READING = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


class Base(DeclarativeBase):
    """Parent of every table in the house. Constraints have names, so that a migration can change them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Database:
    """Sessions for one URL. `writing()` is the unit of work: all of it or none.

    Both raise Unavailable when the database is locked longer than BUSY_SECONDS, full, unreadable or out of reach;
    `writing()` raises Conflict when somebody else changed or created the same row first.
    """

    def __init__(self, url: str) -> None:
        address = _address(url)
        self.sqlite = address.get_backend_name() == "sqlite"
        try:
            self.engine = create_engine(
                address,
                pool_size=10,
                max_overflow=40,
                pool_timeout=BUSY_SECONDS,
                pool_pre_ping=not self.sqlite,
                hide_parameters=True,  # an error goes to the log; what a reader typed or a person is called must not
            )
        except (ImportError, NoSuchModuleError) as error:
            advice = "" if self.sqlite else ": pip install 'rassid[postgresql]' brings it"
            raise Unavailable(f"the driver {address.drivername} of the database is not installed{advice}") from error
        if self.sqlite:
            _tame_sqlite(self.engine)
        reading = {"sqlite_reading": True} if self.sqlite else _POSTGRES_READING
        self._reader = self.engine.execution_options(**reading)
        self._writer = self.engine.execution_options(sqlite_begin="IMMEDIATE")
        self._look: Connection | None = None
        self._looking = threading.Lock()
        self._commit = object()  # another after each session of ours that may have written
        self._seen: tuple[float, object, Hashable] = 0.0, None, None

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a session whose changes are refused, by us at flush and by the database itself."""
        with failures_named(), Session(self._reader, info={"reading": True}) as session:
            event.listen(session, "before_flush", _refuse)
            yield session
            session.rollback()

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Open a session that commits on clean exit and rolls back on any error.

        What was loaded in it can still be read after it, as it was at the commit.
        """
        with failures_named(), Session(self._writer, expire_on_commit=False) as session:
            try:
                with session.begin():
                    session.connection()  # takes the lock before anything is read, so that nothing read can be stale
                    yield session
            finally:
                self._commit = object()  # a commit of which nothing more was heard may have been one

    def moment(self, within: float = 0.0) -> Hashable:
        """Return what is the same at two times only if nothing was committed between them, by whatever process.

        That of up to `within` seconds ago where this object committed nothing since; what others did meanwhile is in
        the next. What a session reads that is opened after it is as new as it, or newer. Raises Unavailable.
        """
        looked, last, (at, seen, moment) = time.monotonic(), self._commit, self._seen
        if seen is not last or looked - at >= within:
            moment = self._now_is()
            self._seen = looked, last, moment
        return moment

    def _now_is(self) -> Hashable:
        with failures_named():
            if not self.sqlite:
                with self._reader.connect() as connection:
                    return str(connection.exec_driver_sql("SELECT pg_current_snapshot()").scalar_one())
            with self._looking:
                # SQLite counts for each connection what others committed: it has to be the same that looks every time.
                look = self._look = self._look or self._reader.connect()
                try:
                    return int(look.exec_driver_sql("PRAGMA data_version").scalar_one())
                finally:
                    look.rollback()

    def close(self) -> None:
        with self._looking:
            if self._look:
                self._look.close()
        self.engine.dispose()


def _address(url: str) -> URL:
    """Read KB_DATABASE. Raises Unavailable for what is no URL of SQLite or PostgreSQL; never repeats a password."""
    try:
        address = make_url(url)
    except ArgumentError:
        raise Unavailable("the database: KB_DATABASE is no URL, such as postgresql://user@host/name") from None
    if address.get_backend_name() not in {"sqlite", "postgresql"}:
        raise Unavailable(f"a database of {address.get_backend_name()}: KB_DATABASE names SQLite or PostgreSQL")
    return address.set(drivername="postgresql+psycopg") if address.drivername == "postgresql" else address


@contextmanager
def failures_named() -> Iterator[None]:
    try:
        yield
    except StaleDataError as error:
        raise Conflict("changed since it was read") from error
    except PoolTimeout as error:
        raise Unavailable("no free connection to the database") from error
    except DBAPIError as error:
        if isinstance(error, IntegrityError) and _is_twice(error):
            raise Conflict("somebody else was first") from error
        if _is_out(error):
            advice = " (is the disk full?)" if _code(error) == _SQLITE_IOERR else ""
            kind = _KINDS.get(_code(error) or str(getattr(error.orig, "sqlstate", "")), Unavailable)
            raise kind(f"database: {error.orig}{advice}") from error
        raise


def _is_out(error: DBAPIError) -> bool:
    """Tell whether the database cannot answer now, as opposed to a statement that is wrong."""
    code = _code(error)
    if code is not None:
        return code in _SQLITE_OUT
    if error.connection_invalidated:
        return True
    state = getattr(error.orig, "sqlstate", None)
    return state.startswith(_POSTGRES_OUT) if state else isinstance(error, OperationalError)


def _code(error: DBAPIError) -> int | None:
    """Return SQLite's primary result code; None of another database."""
    code: int | None = getattr(error.orig, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


def _is_twice(error: IntegrityError) -> bool:
    return (
        getattr(error.orig, "sqlite_errorcode", None) in _SQLITE_TWICE
        or getattr(error.orig, "sqlstate", None) == _POSTGRES_TWICE
    )


def _refuse(session: Session, *_: object) -> None:
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("a reading session cannot write: open Database.writing()")


def _tame_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def configure(connection: Any, _: object) -> None:
        connection.isolation_level = None  # SQLAlchemy issues BEGIN, not sqlite3
        connection.execute(f"PRAGMA busy_timeout={int(BUSY_SECONDS * 1000)}")
        _enter_wal(connection)
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA synchronous=FULL")  # an upload that was acknowledged survives a power cut

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        connection.exec_driver_sql(f"PRAGMA query_only={int(options.get('sqlite_reading', False))}")
        connection.exec_driver_sql(f"BEGIN {options.get('sqlite_begin', 'DEFERRED')}")


def _enter_wal(connection: Any) -> None:
    """Switch to write-ahead logging. SQLite answers BUSY at once, without waiting, while another does the same."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except connection.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != 5 or time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return
