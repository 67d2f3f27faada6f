"""Canned answers: each agent's own, and those that all share.

Revision 0007, after 0006.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

OWN = "owner_id IS NOT NULL AND shortcut IS NOT NULL"
SHARED = "owner_id IS NULL AND shortcut IS NOT NULL"


def upgrade() -> None:
    op.create_table(
        "canned_answers",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("owner_id", sa.String(), nullable=True),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("shortcut", sa.String(), nullable=True),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["agents.id"], name=op.f("fk_canned_answers_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_canned_answers")),
    )
    for name, columns, where in (
        ("uq_canned_answers_own_shortcut", ["owner_id", "shortcut"], OWN),
        ("uq_canned_answers_shared_shortcut", ["shortcut"], SHARED),
    ):
        op.create_index(
            name,
            "canned_answers",
            columns,
            unique=True,
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
        )


def downgrade() -> None:
    op.drop_table("canned_answers")
