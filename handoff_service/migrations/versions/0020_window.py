"""How much may still be said to a customer on a channel that counts messages.

Revision 0020, after 0019.
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("contacts", sa.Column("window", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("contacts", "window")
