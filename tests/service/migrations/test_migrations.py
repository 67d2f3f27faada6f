"""The migrations and the models say the same, and upgrading is safe."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import MetaData, Table, select, text
from sqlalchemy.exc import OperationalError

from handoff_service.db import Database
from handoff_service.migrations import runner
from handoff_service.migrations.runner import is_current, upgrade
from handoff_service.models import Base, Conversation, DutyEntry
from tests.service.databases import SqliteDatabases


def test_the_migrations_build_what_the_models_describe(database: Database) -> None:
    with database.reading() as session:
        migration = MigrationContext.configure(
            session.connection(), opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(migration, Base.metadata) == []


def test_a_missing_column_would_be_noticed(sqlite_databases: SqliteDatabases) -> None:
    with sqlite_databases.fresh() as url:
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


def test_recording_of_duty_begins_with_everybody_as_they_are(database: Database) -> None:
    before = dt.datetime.now(dt.UTC)
    with database.transaction() as session:  # one for all: if it fails, the tables are as they were
        config = runner._config()
        config.attributes["connection"] = session.connection()
        command.downgrade(config, "0004")
        agents = Table("agents", MetaData(), autoload_with=session.connection())  # as it was then
        for name, presence in (("lin", "online"), ("mei", "offline")):
            session.execute(
                agents.insert().values(
                    id=name,
                    email=name,
                    name=name,
                    password_hash="-",
                    role="agent",
                    skills=["zh"],
                    capacity=3,
                    presence=presence,
                    idle_since=before,
                    lapses=0,
                    active=True,
                )
            )
        command.upgrade(config, "head")

    with database.reading() as session:
        found = session.scalars(select(DutyEntry).order_by(DutyEntry.number)).all()
        assert [(e.agent_id, e.role, e.presence, e.skills, e.capacity, e.active) for e in found] == [
            ("lin", "agent", "online", ["zh"], 3, True),
            ("mei", "agent", "offline", ["zh"], 3, True),
        ]
        assert all(entry.found and entry.at >= before for entry in found)
        assert session.scalar(text("SELECT value FROM counters WHERE name = 'duty'")) == 2


def test_what_was_put_off_for_silence_wakes_at_once(database: Database) -> None:
    at = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
    with database.transaction() as session:
        config = runner._config()
        config.attributes["connection"] = session.connection()
        command.downgrade(config, "0005")
        conversations = Table("conversations", MetaData(), autoload_with=session.connection())
        for name, status in (("asleep", "snoozed"), ("awake", "open")):
            session.execute(
                conversations.insert().values(
                    id=name,
                    sender_id=name,
                    channel="rest",
                    language="en",
                    status=status,
                    owner="agent",
                    epoch=3,
                    control="confirmed",
                    priority=1,
                    skills_required=[],
                    skills_preferred=[],
                    skills_strict=[],
                    returned_seq=0,
                    unread=0,
                    created_at=at,
                    updated_at=at,
                )
            )
        command.upgrade(config, "head")

    with database.reading() as session:
        until = dict(session.execute(select(Conversation.id, Conversation.snoozed_until)).all())
    assert until == {"asleep": at, "awake": None}
