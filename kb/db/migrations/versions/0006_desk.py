"""The desk: more states, who brought a document and who sees to it, locks, notices, days of review."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")
_STATES = "'draft', 'submitted', 'review', 'returned', 'published', 'withdrawn', 'archived'"


def upgrade() -> None:
    with op.batch_alter_table("document") as table:
        table.add_column(sa.Column("deposited_by", sa.Text(), nullable=False, server_default=""))
        table.add_column(sa.Column("assigned_to", sa.Text(), nullable=False, server_default=""))
        table.add_column(sa.Column("review_on", sa.Date(), nullable=True))
        table.drop_constraint(op.f("ck_document_state_known"), type_="check")
        table.create_check_constraint(op.f("ck_document_state_known"), f"state IN ({_STATES})")
    op.execute(
        "UPDATE document SET deposited_by = COALESCE((SELECT actor FROM event WHERE event.document_id = document.id"
        " AND event.action = 'create' ORDER BY event.id LIMIT 1), '')"
    )
    for column in ("deposited_by", "assigned_to", "review_on"):
        op.create_index(f"ix_document_{column}", "document", [column])
    op.create_index("document_waiting", "document", ["state", "created_at"])
    _locks()
    _notices()


def _locks() -> None:
    op.create_table(
        "document_lock",
        sa.Column("document_id", sa.Text(), primary_key=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name="fk_document_lock_document_id"),
    )


def _notices() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("read_at", MOMENT, nullable=True),
        sa.Column("mailed_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_notice_person_id"),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name="fk_notice_document_id"),
    )
    op.create_index("ix_notice_document_id", "notice", ["document_id"])
    op.create_index("notice_unread", "notice", ["person_id", "read_at"])
