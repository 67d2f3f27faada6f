"""Teams; since when an agent is online or away, and when they last did something; what a handoff is about.

Revision 0016, after 0015.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "teams",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("skills", sa.JSON(), nullable=False),
        sa.Column("lead_id", sa.String(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["agents.id"], name=op.f("fk_teams_lead_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teams")),
        sa.UniqueConstraint("name", name=op.f("uq_teams_name")),
    )
    op.add_column("agents", sa.Column("team_id", sa.String(), nullable=True))
    for column in ("presence_since", "active_at", "idled_at"):
        op.add_column("agents", sa.Column(column, MOMENT, nullable=True))
    op.add_column("conversations", sa.Column("team_id", sa.String(), nullable=True))
    op.add_column("conversations", sa.Column("topic", sa.String(), nullable=True))
    op.create_index("ix_handoffs_requested_at", "handoffs", ["requested_at"])


def downgrade() -> None:
    op.drop_index("ix_handoffs_requested_at", "handoffs")
    op.drop_column("conversations", "topic")
    op.drop_column("conversations", "team_id")
    for column in ("idled_at", "active_at", "presence_since", "team_id"):
        op.drop_column("agents", column)
    op.drop_table("teams")
