"""How readers spell the questions that are counted."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "spelled",
        sa.Column("terms", sa.Text(), primary_key=True),
        sa.Column("typed", sa.Text(), primary_key=True),
        sa.Column("asked", sa.Integer(), nullable=False),
    )
