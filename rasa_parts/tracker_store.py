"""Where Rasa keeps its trackers: SQLite in the data folder, or any database by its SQLAlchemy URL."""

import sqlite3
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain

from rasa_parts.settings import Settings
from rasa_parts.storable import storable

# A tracker that cannot be saved is a turn forgotten; a writer in another process is done long before this.
BUSY_SECONDS = 10


class BatonTrackerStore(SQLTrackerStore):
    """`type: rasa_parts.tracker_store.BatonTrackerStore` in `endpoints.yml`.

    The database: `TRACKER_DB_URL` if set, else the `url` in `endpoints.yml`, else `<BATON_DATA_DIR>/rasa.db`.
    """

    def __init__(
        self,
        domain: Domain | None = None,
        host: str | None = None,
        event_broker: EventBroker | None = None,
        **kwargs: Any,
    ) -> None:
        settings = Settings.from_env()
        url = settings.tracker_db_url or host
        self._keeper: sqlite3.Connection | None = None
        if url is None:
            path = settings.make_data_dir() / "rasa.db"
            self._keeper = _open_embedded(path)
            url = f"sqlite:///{path}?timeout={BUSY_SECONDS}"
        super().__init__(domain=domain, host=url, event_broker=event_broker, **kwargs)
        sa.event.listen(self.engine, "before_cursor_execute", _make_storable, retval=True)


def _open_embedded(path: Path) -> sqlite3.Connection:
    """Makes the SQLite file one that readers and a writer can use at the same time.

    The connection is to be kept open: Rasa opens and closes one for each look at a tracker, and the last to
    close moves the whole write-ahead log into the file and waits for the disk, several times a turn.
    """
    db = sqlite3.connect(path, timeout=BUSY_SECONDS, check_same_thread=False)
    # Kept in the file itself, so every later connection has it.
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("SELECT count(*) FROM sqlite_master").fetchone()  # the log is opened at the first look
    return db


def _make_storable(
    conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool
) -> tuple[str, Any]:
    """Keeps a character that cannot be bound (in a sender's or an intent's name) from costing the turn."""
    return statement, storable(parameters)
