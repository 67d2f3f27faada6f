"""Earlier answers of agents, to be suggested again.

Revision 0015, after 0014.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "answer_pairs",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_answer_pairs_conversation_id")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_answer_pairs")),
    )
    op.create_index(op.f("ix_answer_pairs_conversation_id"), "answer_pairs", ["conversation_id"])
    op.create_table(
        "answer_sources",
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_answer_sources_conversation_id")
        ),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_answer_sources")),
    )
    op.create_index(op.f("ix_answer_sources_resolved_at"), "answer_sources", ["resolved_at"])
    op.create_index(op.f("ix_conversations_resolved_at"), "conversations", ["resolved_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_conversations_resolved_at"), "conversations")
    op.drop_table("answer_sources")
    op.drop_table("answer_pairs")
