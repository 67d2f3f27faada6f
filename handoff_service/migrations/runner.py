"""Bring a database to the newest revision, and tell whether it is there. No `alembic.ini` is needed."""

import functools
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.orm import Session

from handoff_service.db import Database

FOLDER = Path(__file__).parent


def upgrade(database: Database) -> None:
    """Run what is missing, all or nothing; several processes at once wait for each other."""
    with database.transaction() as session:
        config = _config()
        config.attributes["connection"] = session.connection()
        command.upgrade(config, "head")


def is_current(session: Session) -> bool:
    """Whether the database is at the newest revision that this code knows."""
    applied = MigrationContext.configure(session.connection()).get_current_heads()
    return set(applied) == _heads()


@functools.cache
def _heads() -> frozenset[str]:
    return frozenset(ScriptDirectory.from_config(_config()).get_heads())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
