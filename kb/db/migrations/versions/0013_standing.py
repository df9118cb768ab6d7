"""How a correction stood when its page was last read, to be listed by; nobody has looked at those that are there."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("correction", sa.Column("standing", sa.Text(), nullable=True))
    op.create_index("correction_standing", "correction", ["standing", "id"])
