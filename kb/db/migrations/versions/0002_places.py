"""Pages keep the places of their words, their regions and what was found; files their outline and receipt."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    _text("file", "ocr_by")
    _number("file", "unread")
    for column, empty in (("outline", "[]"), ("meta", "{}"), ("receipt", "{}")):
        _json("file", column, empty)
    for column in ("head", "foot", "language"):
        _text("page_text", column)
    for column in ("width", "height"):
        _number("page_text", column)
    for column in ("findings", "regions"):
        _json("page_text", column, "[]")
    _add("page_text", sa.Column("boxes", sa.LargeBinary(), nullable=False, server_default=""))
    _keep_warnings()
    with op.batch_alter_table("page_text") as table:
        table.drop_column("warnings")


def _keep_warnings() -> None:
    """A warning becomes a finding without detail."""
    page = sa.table(
        "page_text",
        *(sa.column(name) for name in ("file_id", "stamp", "number")),
        sa.column("warnings", JSON),
        sa.column("findings", JSON),
    )
    connection = op.get_bind()
    for row in connection.execute(sa.select(page)).all():
        if row.warnings:
            here = (page.c.file_id == row.file_id) & (page.c.stamp == row.stamp) & (page.c.number == row.number)
            findings = [[code, ""] for code in row.warnings]
            connection.execute(page.update().where(here).values(findings=findings))


def _text(table: str, name: str) -> None:
    _add(table, sa.Column(name, sa.Text(), nullable=False, server_default=""))


def _number(table: str, name: str) -> None:
    _add(table, sa.Column(name, sa.Integer(), nullable=False, server_default="0"))


def _json(table: str, name: str, empty: str) -> None:
    _add(table, sa.Column(name, JSON, nullable=False, server_default=empty))


def _add(table: str, column: sa.Column[Any]) -> None:
    op.add_column(table, column)
