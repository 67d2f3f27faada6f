"""Private notes, who passed a conversation on or resolved it, until when it is put off, and who has left.

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
    op.add_column("conversations", sa.Column("snoozed_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("conversations", sa.Column("resolved_by", sa.String(), nullable=True))
    # Put off because the customer was silent, which is no reason any more: these wake at once.
    op.execute("UPDATE conversations SET snoozed_until = updated_at WHERE status = 'snoozed'")
    op.add_column("agents", sa.Column("left_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("handoffs", sa.Column("passed_on_by", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("agents", "left_at")
    op.drop_column("conversations", "resolved_by")
    op.drop_column("conversations", "snoozed_until")
    op.drop_column("handoffs", "passed_on_by")
    op.drop_column("messages", "private")
