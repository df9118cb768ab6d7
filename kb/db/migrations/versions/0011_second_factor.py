"""What persons have besides their password: an application that shows codes, and codes on paper."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "second_factor",
        sa.Column("person_id", sa.Text(), primary_key=True),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_second_factor_person_id"),
    )
    for table, column in (("recovery_code", "used_at"), ("half_visit", "ends_at")):
        op.create_table(
            table,
            sa.Column("id", sa.Text(), primary_key=True),
            sa.Column("person_id", sa.Text(), nullable=False),
            sa.Column(column, MOMENT, nullable=column == "used_at"),
            sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=f"fk_{table}_person_id"),
        )
        op.create_index(f"ix_{table}_person_id", table, ["person_id"])
