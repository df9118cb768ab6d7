"""Carries the whole content of one database into another, of the same kind or of the other, and compares them."""

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Connection, Row, Table, bindparam, func, inspect, select, text

from kb.core.errors import Conflict, Unavailable
from kb.db.database import Base, Database

_BATCH = 500
"""Rows in memory at once; a page of text may be some hundred thousand characters."""

_BEYOND_TABLES = {"alembic_version"}

Progress = Callable[[int, int], None]
"""Called with (rows copied, rows in all)."""


def transfer(source: Database, target: Database, progress: Progress) -> dict[str, int]:
    """Copy every row, all or none, and compare both sides row by row before it is kept; return rows by table.

    Both are at the newest schema. The source is read at one moment: what is written to it later is not in the copy.
    Raises Conflict when the target holds a row already, Unavailable when a database fails or the two differ.
    """
    tables = Base.metadata.sorted_tables
    with source.reading() as reading, target.writing() as writing:
        ours, theirs = reading.connection(), writing.connection()
        _same_tables(ours)
        for table in tables:
            if theirs.execute(select(func.count()).select_from(table)).scalar_one():
                raise Conflict(f"the table {table.name} of the target holds rows already; give it an empty database")
        counts = {t.name: ours.execute(select(func.count()).select_from(t)).scalar_one() for t in tables}
        total, done = sum(counts.values()), 0
        for table in tables:
            within = _within(table)
            for rows in _batches(ours, table):
                plain = [dict(row._mapping) for row in rows]  # noqa: SLF001 - its public name
                theirs.execute(table.insert(), [row | within for row in plain])
                done += len(rows)
                progress(done, total)
            for name in within:
                _name_again(ours, theirs, table, name)
            _count_on(ours, theirs, table)
            if _digest(ours, table) != _digest(theirs, table):
                raise Unavailable(f"the rows of the table {table.name} did not arrive as they are; nothing is kept")
    return counts


def _within(table: Table) -> dict[str, None]:
    """Return the columns by which rows name others of their table, empty: those others may only come after them."""
    found = [column for column in table.columns for key in column.foreign_keys if key.column.table is table]
    assert all(column.nullable for column in found), f"rows of {table.name} cannot come one after the other"
    return dict.fromkeys(column.name for column in found)


def _name_again(ours: Connection, theirs: Connection, table: Table, name: str) -> None:
    """Let rows name others of their table as they do in the source, now that all of them are there."""
    [key] = table.primary_key
    column = table.columns[name]
    query = select(key.label("row_key"), column.label("named")).where(column.is_not(None)).order_by(key)
    update = table.update().where(key == bindparam("row_key")).values({name: bindparam("named")})
    for part in ours.execute(query, execution_options={"yield_per": _BATCH}).mappings().partitions():
        theirs.execute(update, [dict(row) for row in part])


def _same_tables(connection: Connection) -> None:
    """Make sure that no table is forgotten: one that the models do not know would be lost without a word."""
    found = set(inspect(connection).get_table_names()) - _BEYOND_TABLES
    known = set(Base.metadata.tables)
    assert found == known, f"tables without a model: {sorted(found ^ known)}"


def _batches(connection: Connection, table: Table) -> Iterator[list[Row[Any]]]:
    """Yield all rows in the order of their key, read as they are used."""
    query = select(table).order_by(*table.primary_key)
    for part in connection.execute(query, execution_options={"yield_per": _BATCH}).partitions():
        yield list(part)


def _digest(connection: Connection, table: Table) -> str:
    """Return a digest of all rows, which does not depend on the order that a database sorts text in."""
    digests = [hashlib.sha256(_plain(row).encode()).digest() for part in _batches(connection, table) for row in part]
    return hashlib.sha256(b"".join(sorted(digests))).hexdigest()


def _plain(row: Row[Any]) -> str:
    return json.dumps(list(row), ensure_ascii=False, sort_keys=True, default=_spelled)


def _spelled(value: object) -> str:
    if isinstance(value, (bytes, memoryview)):
        return bytes(value).hex()
    assert isinstance(value, dt.date), f"{value!r} is of a type that was never compared"  # a datetime is one too
    return value.isoformat()


def _count_on(ours: Connection, theirs: Connection, table: Table) -> None:
    """Let the numbers that the target gives to new rows begin where those of the source would have gone on."""
    column = table.autoincrement_column
    if column is None:
        return
    last = max(
        ours.execute(select(func.coalesce(func.max(column), 0))).scalar_one(), _last_number(ours, table, column.name)
    )
    if last and theirs.dialect.name == "postgresql":
        sequence = select(func.pg_get_serial_sequence(table.name, column.name)).scalar_subquery()
        theirs.execute(select(func.setval(sequence, last)))
    elif last and table.dialect_options["sqlite"]["autoincrement"]:
        named = {"name": table.name, "last": last}
        theirs.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), named)
        theirs.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)"), named)


def _last_number(connection: Connection, table: Table, column: str) -> int:
    """Return the last number that was given out, to a row that may be gone; 0 where the database does not keep it."""
    if connection.dialect.name == "postgresql":
        sequence = connection.execute(select(func.pg_get_serial_sequence(table.name, column))).scalar_one()
        schema, _, name = str(sequence).rpartition(".")
        asked = text("SELECT last_value FROM pg_sequences WHERE schemaname = :schema AND sequencename = :name")
        return connection.execute(asked, {"schema": schema, "name": name.strip('"')}).scalar() or 0
    if not table.dialect_options["sqlite"]["autoincrement"]:
        return 0
    asked = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
    return connection.execute(asked, {"name": table.name}).scalar() or 0
