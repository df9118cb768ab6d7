"""What people put right of the text of pages, and what they are typing into forms."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")
MOMENT = sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "correction",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("file_id", sa.Text(), sa.ForeignKey("file.id", name="fk_correction_file_id"), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("before", JSON, nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("left", JSON, nullable=False),
        sa.Column("right", JSON, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("undone_by", sa.Text(), nullable=False),
        sa.Column("undone_at", MOMENT, nullable=True),
    )
    op.create_index("correction_of_page", "correction", ["file_id", "page"])
    op.create_table(
        "draft",
        sa.Column("actor", sa.Text(), primary_key=True),
        sa.Column("address", sa.Text(), primary_key=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("fields", JSON, nullable=False),
    )
