"""Bot's answers that a channel could not bring to the customer, until Rasa's event of them comes.

Revision 0023, after 0022.
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lost_answers",
        sa.Column("key", sa.String(), primary_key=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_lost_answers_at", "lost_answers", ["at"])


def downgrade() -> None:
    op.drop_table("lost_answers")
