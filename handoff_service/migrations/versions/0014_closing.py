"""Categories to close a conversation with, and one word for each way in which it may have come out.

Revision 0014, after 0013.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

OUTCOMES = {"done": "solved", "unsettled": "unsolved"}


def upgrade() -> None:
    op.create_table(
        "closing_categories",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("parent_id", sa.String(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["closing_categories.id"], name=op.f("fk_closing_categories_parent_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closing_categories")),
    )
    op.add_column("handoffs", sa.Column("category_id", sa.String(), nullable=True))
    _reword(OUTCOMES)


def downgrade() -> None:
    _reword({new: old for old, new in OUTCOMES.items()})
    op.drop_column("handoffs", "category_id")
    op.drop_table("closing_categories")


def _reword(words: dict[str, str]) -> None:
    handoffs = sa.table("handoffs", sa.column("outcome"))
    for before, after in words.items():
        op.execute(sa.update(handoffs).where(handoffs.c.outcome == before).values(outcome=after))
