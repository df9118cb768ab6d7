"""What an import changes can be taken back to the version before, and a letter is known again when it is sent again."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("bulk_row", sa.Column("before", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("notice", sa.Column("letter", sa.Text(), nullable=False, server_default=""))
    op.add_column("notice", sa.Column("sendings", sa.Integer(), nullable=False, server_default="0"))
