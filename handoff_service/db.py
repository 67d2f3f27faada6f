"""Transactions. Writers take turns, on SQLite by its nature and on PostgreSQL by an advisory lock.

That one rule carries much of the service's correctness: numbers are given in commit order, capacity
cannot be exceeded by two assignments at once, and no two writers can deadlock. Its price is a ceiling
of some hundred writes a second, far above what a desk of people causes (docs/decisions).
"""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

_BUSY_SECONDS = 30
_WRITERS = 0x6261746F6E  # "baton": the advisory lock's key


class Database:
    """The engine and its two ways in: `reading()` and `transaction()`."""

    def __init__(self, url: str, engine: Engine | None = None) -> None:
        """`engine`: that of an earlier one on the same URL, with the SQL it has compiled; else its own."""
        self._sqlite = make_url(url).get_backend_name() == "sqlite"
        self.engine = engine or (_sqlite_engine(url) if self._sqlite else _postgres_engine(url))
        self._readers = self.engine.execution_options(reading=True)
        self._after_commit: list[Callable[[], None]] = []
        self._turn = threading.Lock()  # SQLite's own waiting polls; this one is fair and immediate

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Call it after each committed write, from the writer's thread. It must be quick."""
        self._after_commit.append(callback)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A consistent look that never waits for writers and never writes."""
        with Session(self._readers, autoflush=False) as session:
            yield session

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """All of it or nothing; the only writer while it runs. Never call out of the process inside."""
        with self._writing() as session:
            yield session
        for callback in self._after_commit:
            callback()

    @contextmanager
    def _writing(self) -> Iterator[Session]:
        if self._sqlite:
            with self._turn, Session(self.engine, expire_on_commit=False) as session, session.begin():
                yield session
        else:
            with Session(self.engine, expire_on_commit=False) as session, session.begin():
                session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _WRITERS})
                yield session

    def close(self) -> None:
        self.engine.dispose()


def _postgres_engine(url: str) -> Engine:
    return create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1), pool_pre_ping=True)


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Switch the file to WAL. Here alone SQLite does not wait by itself for another who is doing the same."""
    deadline = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def _sqlite_engine(url: str) -> Engine:
    engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": _BUSY_SECONDS})

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves; the driver's own is too late for reads
        _write_ahead(connection)
        connection.execute("PRAGMA synchronous=FULL")  # an acknowledged message outlives a power cut
        connection.execute("PRAGMA foreign_keys=ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        reading = connection.get_execution_options().get("reading")
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine
