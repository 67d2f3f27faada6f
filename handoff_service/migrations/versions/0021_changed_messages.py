"""What a customer does to a message: edits one of theirs, reacts to one of ours.

Revision 0021, after 0020.
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("messages", sa.Column("original", sa.Text(), nullable=True))
    op.add_column("messages", sa.Column("reaction", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("messages", "reaction")
    op.drop_column("messages", "original")
