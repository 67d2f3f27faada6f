"""Templates that a network has approved, and which one a message is.

Revision 0022, after 0021.
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "channel_templates",
        sa.Column("channel", sa.String(), primary_key=True),
        sa.Column("account", sa.String(), primary_key=True),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.add_column("messages", sa.Column("template", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("messages", "template")
    op.drop_table("channel_templates")
