"""Messages that customers leave, how those can be reached, and the mails that tell them of an answer.

Revision 0010, after 0009.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("conversations", sa.Column("kind", sa.String(), server_default="live", nullable=False))
    op.add_column("conversations", sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_conversations_kind_status", "conversations", ["kind", "status"])
    op.add_column("messages", sa.Column("mail", sa.String(), nullable=True))
    op.create_table(
        "contacts",
        sa.Column("sender_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("refused", sa.String(), nullable=True),
        sa.Column("connected", sa.Boolean(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sender_id", name=op.f("pk_contacts")),
    )
    op.create_table(
        "mails",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("sender_id", sa.String(), nullable=False),
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("message_ids", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("link_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_mails_conversation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mails")),
    )
    op.create_index(op.f("ix_mails_sender_id"), "mails", ["sender_id"], unique=False)
    op.create_index("ix_mails_state_due", "mails", ["state", "due_at"], unique=False)


def downgrade() -> None:
    op.drop_table("mails")
    op.drop_table("contacts")
    op.drop_column("messages", "mail")
    op.drop_index("ix_conversations_kind_status", table_name="conversations")
    op.drop_column("conversations", "due_at")
    op.drop_column("conversations", "kind")
