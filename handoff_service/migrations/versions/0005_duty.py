"""Who was on duty when.

Revision 0005, after 0004.
"""

import datetime as dt

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

COPIED = ("role", "skills", "capacity", "presence", "active")


def upgrade() -> None:
    duty = op.create_table(
        "duty",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("agent_id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("skills", sa.JSON(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("presence", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("found", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_duty_agent_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_duty")),
    )
    op.create_index(op.f("ix_duty_at"), "duty", ["at"], unique=False)
    # Recording begins with everybody as they are now; the service goes on counting from there.
    now = dt.datetime.now(dt.UTC)
    agents = sa.table("agents", sa.column("id"), *(sa.column(name, duty.c[name].type) for name in COPIED))
    found = op.get_bind().execute(sa.select(agents).order_by(agents.c.id)).mappings().all()
    if found:
        op.bulk_insert(
            duty,
            [
                {
                    "number": number,
                    "agent_id": agent["id"],
                    "at": now,
                    "found": True,
                    **{name: agent[name] for name in COPIED},
                }
                for number, agent in enumerate(found, start=1)
            ],
        )
        counters = sa.table("counters", sa.column("name"), sa.column("value"))
        op.bulk_insert(counters, [{"name": "duty", "value": len(found)}])


def downgrade() -> None:
    op.execute("DELETE FROM counters WHERE name = 'duty'")
    op.drop_index(op.f("ix_duty_at"), table_name="duty")
    op.drop_table("duty")
