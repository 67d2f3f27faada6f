"""What was taken up of a conversation is deleted with it.

Revision 0018, after 0017.
"""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

TABLES = ("answer_pairs", "answer_sources")


def upgrade() -> None:
    _refer(ondelete="CASCADE")


def downgrade() -> None:
    _refer(ondelete=None)


def _refer(*, ondelete: str | None) -> None:
    for name in TABLES:
        key = f"fk_{name}_conversation_id"
        with op.batch_alter_table(name) as table:
            table.drop_constraint(op.f(key), type_="foreignkey")
            table.create_foreign_key(
                op.f(key), "conversations", ["conversation_id"], ["id"], ondelete=ondelete
            )
