"""Alembic's way in: on the connection that `runner.upgrade` hands over, else on the settings' database.

A new revision, from the repository's root, against a database at the newest one:
`alembic -c handoff_service/migrations/alembic.ini revision --autogenerate -m "…"`
"""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection

from handoff_service.db import Database
from handoff_service.models import Base
from handoff_service.models.base import UtcDateTime
from handoff_service.startup import load_settings


def _render(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Revisions name plain types: they must not change when our own type does."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


def _migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_item=_render,
        render_as_batch=connection.dialect.name == "sqlite",  # SQLite cannot alter most columns in place
    )
    with context.begin_transaction():
        context.run_migrations()


def _run() -> None:
    given = context.config.attributes.get("connection")
    if given is not None:
        _migrate(given)
        return
    database = Database(load_settings().database)
    try:
        with database.transaction() as session:
            _migrate(session.connection())
    finally:
        database.close()


_run()
