"""The migrations and the models say the same, and upgrading is safe."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from handoff_service.db import Database
from handoff_service.migrations.runner import is_current, upgrade
from handoff_service.models import Base
from tests.service.databases import SqliteDatabases


def test_the_migrations_build_what_the_models_describe(database: Database) -> None:
    with database.reading() as session:
        migration = MigrationContext.configure(
            session.connection(), opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(migration, Base.metadata) == []


def test_a_missing_column_would_be_noticed(tmp_path: Path, sqlite_databases: SqliteDatabases) -> None:
    with sqlite_databases.fresh(tmp_path) as url:
        database = Database(url)
        with database.transaction() as session:
            session.execute(text("ALTER TABLE agents DROP COLUMN lapses"))
        with database.reading() as session:
            differences = compare_metadata(MigrationContext.configure(session.connection()), Base.metadata)
        database.close()

    assert [difference[0] for difference in differences] == ["add_column"]


def test_upgrading_again_changes_nothing(database: Database) -> None:
    with database.transaction() as session:
        session.execute(text("INSERT INTO counters (name, value) VALUES ('stream', 7)"))

    upgrade(database)

    with database.reading() as session:
        assert is_current(session)
        assert session.scalar(text("SELECT value FROM counters")) == 7


def test_a_database_without_tables_is_not_current(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'new.db'}")
    try:
        with database.reading() as session:
            assert not is_current(session)
        upgrade(database)
        with database.reading() as session:
            assert is_current(session)
    finally:
        database.close()


def test_several_at_once_wait_for_each_other(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"

    def run(_: int) -> bool:
        database = Database(url)
        try:
            upgrade(database)
            with database.reading() as session:
                return is_current(session)
        finally:
            database.close()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(run, range(4))) == [True] * 4


def test_an_upgrade_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'new.db'}")
    try:
        with database.transaction() as session:
            session.execute(text("CREATE TABLE turns (other INTEGER)"))  # in the way, late in the revision
        with pytest.raises(OperationalError, match="turns"):
            upgrade(database)
        with database.reading() as session:
            tables = session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'table'")).all()
        assert tables == ["turns"]
    finally:
        database.close()
