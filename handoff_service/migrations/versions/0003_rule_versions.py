"""Who made and activated which version of the rules, the draft, and alerts.

Revision 0003, after 0002.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # What was there before came from the shipped file, or from one that its operator still names.
    op.add_column(
        "rule_versions", sa.Column("created_by", sa.String(), nullable=False, server_default="shipped")
    )
    with op.batch_alter_table("rule_versions") as table:
        table.alter_column("created_by", server_default=None)
        table.add_column(sa.Column("note", sa.String(), nullable=True))
    op.create_table(
        "rule_activations",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["version"], ["rule_versions.version"], name=op.f("fk_rule_activations_version")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_rule_activations")),
    )
    # Number 0, before all that the service will give; the newest version was the one in force.
    op.execute(
        'INSERT INTO rule_activations (number, version, at, "by") '
        "SELECT 0, version, created_at, created_by FROM rule_versions ORDER BY version DESC LIMIT 1"
    )
    op.create_table(
        "rule_drafts",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("base_version", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["base_version"], ["rule_versions.version"], name=op.f("fk_rule_drafts_base_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_drafts")),
    )
    op.create_table(
        "alerts",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("turn_id", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("rules_version", sa.Integer(), nullable=False),
        sa.Column("text", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("acknowledged_by", sa.String(), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_alerts_conversation_id")
        ),
        sa.ForeignKeyConstraint(["turn_id"], ["turns.id"], name=op.f("fk_alerts_turn_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
    )
    op.create_index(op.f("ix_alerts_at"), "alerts", ["at"], unique=False)
    op.create_index("ix_alerts_conversation_seq", "alerts", ["conversation_id", "seq"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_alerts_conversation_seq", table_name="alerts")
    op.drop_index(op.f("ix_alerts_at"), table_name="alerts")
    op.drop_table("alerts")
    op.drop_table("rule_drafts")
    op.drop_table("rule_activations")
    with op.batch_alter_table("rule_versions") as table:
        table.drop_column("note")
        table.drop_column("created_by")
