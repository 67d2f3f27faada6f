"""Customers who are blocked, how satisfied they were, and the language they are met in.

Revision 0012, after 0011.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_WHEN = sa.DateTime(timezone=True)
_STANDING = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "blocks",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=True),
        sa.Column("sender_id", sa.String(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("until", _WHEN, nullable=True),
        sa.Column("blocked_by", sa.String(), nullable=False),
        sa.Column("blocked_at", _WHEN, nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("ended_at", _WHEN, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_blocks"),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name="fk_blocks_customer_id", ondelete="CASCADE"
        ),
    )
    for name, column in (("customer", "customer_id"), ("sender", "sender_id")):
        op.create_index(
            f"uq_blocks_standing_{name}",
            "blocks",
            [column],
            unique=True,
            sqlite_where=_STANDING,
            postgresql_where=_STANDING,
        )
    op.create_table(
        "ratings",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("handoff_id", sa.String(), nullable=False),
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("sender_id", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("agent_id", sa.String(), nullable=False),
        sa.Column("asked_at", _WHEN, nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("rated_at", _WHEN, nullable=True),
        sa.Column("closed_at", _WHEN, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_ratings"),
        sa.UniqueConstraint("handoff_id", name="uq_ratings_handoff_id"),
        sa.ForeignKeyConstraint(["handoff_id"], ["handoffs.id"], name="fk_ratings_handoff_id"),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name="fk_ratings_conversation_id"),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name="fk_ratings_agent_id"),
    )
    for column in ("conversation_id", "sender_id", "rated_at"):
        op.create_index(f"ix_ratings_{column}", "ratings", [column])
    op.add_column("customers", sa.Column("language", sa.String(), nullable=True))
    op.add_column("conversations", sa.Column("block_id", sa.String(), nullable=True))
    op.add_column("conversations", sa.Column("rating_id", sa.String(), nullable=True))
    op.add_column("conversations", sa.Column("rating", sa.Integer(), nullable=True))
    op.create_index("ix_conversations_block_id", "conversations", ["block_id"])


def downgrade() -> None:
    op.drop_index("ix_conversations_block_id", "conversations")
    op.drop_column("conversations", "rating")
    op.drop_column("conversations", "rating_id")
    op.drop_column("conversations", "block_id")
    op.drop_column("customers", "language")
    op.drop_table("ratings")
    op.drop_table("blocks")
