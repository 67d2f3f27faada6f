"""Marks of handoffs.

Revision 0002, after 0001.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("handoffs", sa.Column("agent_id", sa.String(), nullable=True))
    op.add_column("handoffs", sa.Column("mark", sa.String(), nullable=True))
    op.add_column("handoffs", sa.Column("marked_by", sa.String(), nullable=True))
    op.add_column("handoffs", sa.Column("marked_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    for column in ("marked_at", "marked_by", "mark", "agent_id"):
        op.drop_column("handoffs", column)
