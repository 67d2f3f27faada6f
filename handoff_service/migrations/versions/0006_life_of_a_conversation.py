"""Private notes, and who passed a conversation on.

Revision 0006, after 0005.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("messages", sa.Column("private", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("handoffs", sa.Column("passed_on_by", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("handoffs", "passed_on_by")
    op.drop_column("messages", "private")
